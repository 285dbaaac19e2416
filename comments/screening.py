"""The checks a comment passes before it is stored, in order; each says why.

A check looks at a comment, what is known around it, and the rules; it returns a verdict
or None, and asks nobody. So the same checks screen a new comment and rehearse a changed
rule on old ones. All of them run, and all verdicts are kept with the comment, for
moderators to see; the most severe decides.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from comments import akismet, learning, text, words
from comments.learning import NO_OPINION, Opinion
from comments.models import Ban, Comment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from articles.models import Article
    from comments.akismet import Client
    from comments.rules import Rules

APPROVED, PENDING, REMOVED, SPAM = SEVERITY = [
    Comment.State.APPROVED,
    Comment.State.PENDING,
    Comment.State.REMOVED,
    Comment.State.SPAM,
]


# What moderators call the checks, those of other modules included.
NAMES = {
    "all": gettext_lazy("every comment is held"),
    "first": gettext_lazy("first comment"),
    "links": gettext_lazy("links"),
    "words": gettext_lazy("words that hold"),
    "refuse": gettext_lazy("words that refuse"),
    "learner": gettext_lazy("spam learner"),
    "akismet": gettext_lazy("Akismet"),
    "network": gettext_lazy("busy network"),
    "trap": gettext_lazy("hidden field"),
    "ban": gettext_lazy("ban"),
    "reports": gettext_lazy("reports by readers"),
    "late": gettext_lazy("changed late"),
}


@dataclass(frozen=True)
class Verdict:
    """What one check would do with a comment, and its reason in a sentence.

    ``reason`` is for moderators, untranslated, with ``params`` to fill in; ``told`` is
    what the writer of a refused comment reads.
    """

    check: str
    state: str
    reason: str
    params: dict[str, str] = field(default_factory=dict)
    told: str = ""

    def as_stored(self) -> dict[str, Any]:
        """Return it as ``Comment.verdicts`` keeps it: what is empty is left out."""
        return {name: value for name, value in vars(self).items() if value}


def in_words(verdict: Mapping[str, Any]) -> str:
    """Return the reason of a stored verdict, in the language of who reads it."""
    reason = _(verdict["reason"]) if verdict["reason"] else ""
    params = verdict.get("params")
    return reason % params if params else reason


def told(comment: Comment) -> list[str]:
    """Return what the writer of a comment that screening refused is told, translated.

    Nothing where a moderator has decided since, and says why.
    """
    if comment.state != Comment.State.REMOVED or comment.decided_at:
        return []
    return [_(said) for one in comment.verdicts if (said := one.get("told"))]


@dataclass(frozen=True)
class Circumstances:
    """What is known of a comment besides its row."""

    trap: str = ""  # what stands in the field that people do not see
    from_network_this_hour: int = 1
    is_known: bool = False  # a comment by this name and address is approved
    ban: str = ""  # the reason of one that is on its writer
    learner: Opinion = NO_OPINION
    akismet: str = ""  # what it answered; "" if it was not asked


def every_comment(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if rules.hold_all:
        return Verdict("all", PENDING, gettext_noop("Every comment is held here."))
    return None


REFUSED = {
    "source": gettext_noop("The text holds “%(word)s”, which is refused."),
    "name": gettext_noop("The name holds “%(word)s”, which is refused."),
    "email": gettext_noop("The email address holds “%(word)s”, which is refused."),
    "website": gettext_noop("The website holds “%(word)s”, which is refused."),
}
HELD = {
    "source": gettext_noop("The text holds “%(word)s”, a word to hold."),
    "name": gettext_noop("The name holds “%(word)s”, a word to hold."),
    "email": gettext_noop("The email address holds “%(word)s”, a word to hold."),
    "website": gettext_noop("The website holds “%(word)s”, a word to hold."),
}


def refused_words(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    found = _found(comment, rules.refuse_words, inside=rules.words_inside)
    if found:
        where, word = found
        told = gettext_noop("It holds a word that this site refuses.")
        return Verdict("refuse", REMOVED, REFUSED[where], {"word": word}, told)
    return None


def banned(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    if around.ban:
        return Verdict("ban", REMOVED, around.ban, told=around.ban)
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


def held_words(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    found = _found(comment, rules.hold_words, inside=rules.words_inside)
    if found:
        where, word = found
        return Verdict("words", PENDING, HELD[where], {"word": word})
    return None


def many_links(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    if rules.links_held and _links_in(comment.source) >= rules.links_held:
        return Verdict("links", PENDING, gettext_noop("It holds several links."))
    return None


def first_comment(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if rules.hold_unknown and not around.is_known:
        reason = gettext_noop("No comment by this name and address is approved yet.")
        return Verdict("first", PENDING, reason)
    return None


def like_spam(comment: Comment, around: Circumstances, rules: Rules) -> Verdict | None:
    seen = around.learner
    if not (rules.learner_holds and seen.percent >= rules.learner_percent):
        return None
    reason = gettext_noop(
        "The spam learner is %(percent)s %% sure; its strongest words: %(words)s."
    )
    params = {"percent": str(seen.percent), "words": ", ".join(seen.words) or "–"}
    return Verdict("learner", PENDING, reason, params)


def akismet_says(
    comment: Comment, around: Circumstances, rules: Rules
) -> Verdict | None:
    if not rules.akismet:
        return None
    # “Blatant” it may say of what can be thrown away: here nothing is.
    return {
        akismet.SPAM: Verdict(
            "akismet", SPAM, gettext_noop("Akismet takes it for spam.")
        ),
        akismet.BLATANT: Verdict(
            "akismet", SPAM, gettext_noop("Akismet takes it for blatant spam.")
        ),
        akismet.SILENT: Verdict(
            "akismet", PENDING, gettext_noop("Akismet gave no answer.")
        ),
    }.get(around.akismet)


CHECKS: list[Callable[[Comment, Circumstances, Rules], Verdict | None]] = [
    every_comment,
    refused_words,
    banned,
    trap_filled,
    busy_network,
    held_words,
    many_links,
    first_comment,
    like_spam,
    akismet_says,
]


def look_up(
    comment: Comment,
    article: Article,
    rules: Rules,
    *,
    known: Circumstances,
    client: Client,
) -> Circumstances:
    """Return what the checks need to be told of ``comment`` (unsaved), with ``known``.

    Call it before the transaction: Akismet may take its three seconds. It is not asked
    about what is refused or taken for spam without it.
    """
    if rules.learner_holds:
        known = replace(known, learner=learning.opinion_of(comment))
    if not (rules.akismet and akismet.is_on()):
        return known
    is_banned = Ban.objects.in_force().on(comment).exists()
    if is_banned or most_severe(verdicts_on(comment, known, rules)) in {REMOVED, SPAM}:
        return known
    return replace(known, akismet=akismet.opinion_of(comment, article, client))


def screen(comment: Comment, around: Circumstances, rules: Rules) -> None:
    """Set the state of ``comment`` (unsaved) and the verdicts that led to it.

    What the staff write passes unread.
    """
    verdicts = [] if comment.staff_id else verdicts_on(comment, around, rules)
    comment.state = comment.screened_as = most_severe(verdicts)
    comment.verdicts = [verdict.as_stored() for verdict in verdicts]


def verdicts_on(comment: Comment, around: Circumstances, rules: Rules) -> list[Verdict]:
    """Return what each check that objects has against ``comment``, in their order."""
    return [verdict for check in CHECKS if (verdict := check(comment, around, rules))]


def most_severe(verdicts: list[Verdict]) -> Comment.State:
    """Return the state that ``verdicts`` together give a comment."""
    states = [Comment.State(verdict.state) for verdict in verdicts]
    return max(states, key=SEVERITY.index, default=APPROVED)


def _found(comment: Comment, listed: str, *, inside: bool) -> tuple[str, str] | None:
    """Return the field in which one of the words stands, and the word."""
    if not listed.strip():
        return None
    read = {
        "source": f"{_as_read(comment.source)}\n{comment.source}",
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
    }
    for where, written in read.items():
        if word := words.first_found(listed, written, inside=inside):
            return where, word
    return None


# A rehearsal asks twice about each comment.
_links_in = lru_cache(maxsize=16)(text.links_in)


@lru_cache(maxsize=16)
def _as_read(source: str) -> str:
    """Return the words that readers see, whatever marks stand between the letters."""
    return html.unescape(strip_tags(text.render(source)))
