"""The checks a comment passes before it is stored, in order; each says why.

A check returns a verdict or None. All of them run, and all verdicts are kept with the
comment, for moderators to see; the most severe decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_noop

from comments import text
from comments.models import Comment

if TYPE_CHECKING:
    from collections.abc import Callable

APPROVED, PENDING, SPAM = (
    Comment.State.APPROVED,
    Comment.State.PENDING,
    Comment.State.SPAM,
)
SEVERITY = [APPROVED, PENDING, SPAM]


@dataclass(frozen=True)
class Verdict:
    """What one check would do with a comment, and its reason in a sentence."""

    check: str
    state: str
    reason: str


@dataclass(frozen=True)
class Circumstances:
    """What is known of a comment besides its row."""

    trap: str = ""  # what stands in the field that people do not see
    from_network_this_hour: int = 1


def trap_filled(comment: Comment, around: Circumstances) -> Verdict | None:
    if around.trap:
        reason = gettext_noop("The field that only programs see was filled in.")
        return Verdict("trap", SPAM, reason)
    return None


def busy_network(comment: Comment, around: Circumstances) -> Verdict | None:
    # It holds and never refuses: a school or a ministry is one network.
    if around.from_network_this_hour > settings.COMMENTS_PER_NETWORK_HOUR:
        reason = gettext_noop("Many comments came from this network within the hour.")
        return Verdict("network", PENDING, reason)
    return None


def many_links(comment: Comment, around: Circumstances) -> Verdict | None:
    limit = settings.COMMENT_LINKS_HELD
    if limit and text.links_in(comment.source) >= limit:
        return Verdict("links", PENDING, gettext_noop("It holds several links."))
    return None


def first_comment(comment: Comment, around: Circumstances) -> Verdict | None:
    known = Comment.objects.filter(
        state=APPROVED, name=comment.name, email=comment.email
    )
    if not known.exists():
        reason = gettext_noop("No comment by this name and address is approved yet.")
        return Verdict("first", PENDING, reason)
    return None


CHECKS: list[Callable[[Comment, Circumstances], Verdict | None]] = [
    trap_filled,
    busy_network,
    many_links,
    first_comment,
]


def screen(comment: Comment, around: Circumstances) -> None:
    """Set the state of ``comment`` (unsaved) and the verdicts that led to it."""
    verdicts = [verdict for check in CHECKS if (verdict := check(comment, around))]
    comment.state = max(
        (Comment.State(verdict.state) for verdict in verdicts),
        key=SEVERITY.index,
        default=APPROVED,
    )
    comment.verdicts = [vars(verdict) for verdict in verdicts]
