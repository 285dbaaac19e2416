"""The checks a comment passes before it is stored, in order; each says why.

A check looks at a comment, what is known around it, and the rules; it returns a verdict
or None, and asks nobody. So the same checks screen a new comment and rehearse a changed
rule on old ones. All of them run, and all verdicts are kept with the comment, for
moderators to see; the most severe decides.
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

    from comments.rules import Rules

APPROVED, PENDING, REMOVED, SPAM = SEVERITY = [
    Comment.State.APPROVED,
    Comment.State.PENDING,
    Comment.State.REMOVED,
    Comment.State.SPAM,
]


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
    is_known: bool = False  # a comment by this name and address is approved
    ban: str = ""  # the reason of one that is on its writer


def every_comment(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if rules.hold_all:
        return Verdict("all", PENDING, gettext_noop("Every comment is held here."))
    return None


def banned(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    if around.ban:
        return Verdict("ban", REMOVED, around.ban)
    return None


def trap_filled(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if around.trap:
        reason = gettext_noop("The field that only programs see was filled in.")
        return Verdict("trap", SPAM, reason)
    return None


def busy_network(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    # It holds and never refuses: a school or a ministry is one network.
    if around.from_network_this_hour > settings.COMMENTS_PER_NETWORK_HOUR:
        reason = gettext_noop("Many comments came from this network within the hour.")
        return Verdict("network", PENDING, reason)
    return None


def many_links(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    if rules.links_held and text.links_in(comment.source) >= rules.links_held:
        return Verdict("links", PENDING, gettext_noop("It holds several links."))
    return None


def first_comment(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if rules.hold_unknown and not around.is_known:
        reason = gettext_noop("No comment by this name and address is approved yet.")
        return Verdict("first", PENDING, reason)
    return None


CHECKS: list[Callable[[Comment, Circumstances, Rules], Verdict | None]] = [
    every_comment,
    banned,
    trap_filled,
    busy_network,
    many_links,
    first_comment,
]


def screen(comment: Comment, around: Circumstances, rules: Rules) -> None:
    """Set the state of ``comment`` (unsaved) and the verdicts that led to it.

    What the staff write passes unread.
    """
    verdicts = [] if comment.staff_id else verdicts_on(comment, around, rules)
    comment.state = comment.screened_as = most_severe(verdicts)
    comment.verdicts = [vars(verdict) for verdict in verdicts]


def verdicts_on(comment: Comment, around: Circumstances, rules: Rules) -> list[Verdict]:
    """Return what each check that objects has against ``comment``, in their order."""
    return [verdict for check in CHECKS if (verdict := check(comment, around, rules))]


def most_severe(verdicts: list[Verdict]) -> Comment.State:
    """Return the state that ``verdicts`` together give a comment."""
    states = [Comment.State(verdict.state) for verdict in verdicts]
    return max(states, key=SEVERITY.index, default=APPROVED)
