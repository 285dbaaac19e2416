"""Trying changed settings on old comments, before anything is saved.

Each comment that moderators decided on meets the checks twice: under the settings as
they stand, and under the changed ones. What was known when it came is put together
again: whether its writer was known by then, and what its stored verdicts tell of the
trap, bans, networks and Akismet. The learner is never tested on what it was taught: it
begins as it was before these comments and goes through them in the order of their
decisions, weighing each before it learns from it ("prequential" evaluation).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min
from django.db.models.functions import Coalesce

from comments import akismet, learning, screening
from comments.models import Comment, Discussion, Word
from comments.rules import combined
from comments.screening import Circumstances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from comments.learning import Opinion
    from comments.rules import Rules

State = Comment.State
EXAMPLES = 10  # of each difference
A_FEW = 5_000  # words asked for at once

LET_IN, HELD, REFUSED = "let in", "held", "refused"
OUTCOMES = {
    State.APPROVED: LET_IN,
    State.PENDING: HELD,
    State.REMOVED: REFUSED,
    State.SPAM: REFUSED,
}


@dataclass
class Tally:
    """What one set of rules would have made of the comments."""

    outcomes: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    good: int = 0  # decided by itself, as the moderators did
    bad_let_in: int = 0
    good_held: int = 0
    good_refused: int = 0

    def add(self, outcome: str, verdicts: list[screening.Verdict], state: str) -> None:
        is_good = state == State.APPROVED
        self.outcomes[outcome] += 1
        self.checks.update(verdict.check for verdict in verdicts)
        self.good += outcome == (LET_IN if is_good else REFUSED)
        self.bad_let_in += outcome == LET_IN and not is_good
        self.good_held += outcome == HELD and is_good
        self.good_refused += outcome == REFUSED and is_good


class Example(NamedTuple):
    """A comment that would have fared otherwise, and the reasons under the new rules."""

    comment: Comment
    reasons: list[str]


class Difference(NamedTuple):
    """A way in which comments would have fared otherwise."""

    before: str
    after: str


@dataclass
class Rehearsal:
    """What came out of it."""

    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    number: int = 0
    differences: Counter[Difference] = field(default_factory=Counter)
    examples: dict[Difference, list[Example]] = field(default_factory=dict)

    def meet(
        self, comment: Comment, around: Circumstances, old: Rules, new: Rules
    ) -> None:
        """Let ``comment`` meet the checks under both rules, and count what happens."""
        verdicts = screening.verdicts_on(comment, around, old)
        changed = (
            verdicts if old == new else screening.verdicts_on(comment, around, new)
        )
        before = OUTCOMES[screening.most_severe(verdicts)]
        after = OUTCOMES[screening.most_severe(changed)]
        self.number += 1
        self.before.add(before, verdicts, comment.state)
        self.after.add(after, changed, comment.state)
        if before != after:
            self._keep(Difference(before, after), comment, changed or verdicts)

    def _keep(
        self, difference: Difference, comment: Comment, why: list[screening.Verdict]
    ) -> None:
        self.differences[difference] += 1
        examples = self.examples.setdefault(difference, [])
        if len(examples) < EXAMPLES:
            reasons = [screening.in_words(verdict.as_stored()) for verdict in why]
            examples.append(Example(comment, reasons))


def rehearse(changed: Discussion, *, newest: int) -> Rehearsal:
    """Try ``changed`` (unsaved) on the ``newest`` decided comments of its scope."""
    comments = _decided(changed, newest)
    rehearsal = Rehearsal()
    settings = list(Discussion.objects.all())
    others = [one for one in settings if _scope(one) != _scope(changed)]
    old, new = _RulesByStory(settings), _RulesByStory([*others, changed])
    known_since = _known_since(comments)
    opinions = dict(_opinions(comments))
    for comment in comments:
        since = known_since.get((comment.email, comment.name))
        around = _as_it_was(
            comment,
            is_known=since is not None and since < comment.created_at,
            learner=opinions[comment.pk],
        )
        rehearsal.meet(comment, around, old.of(comment), new.of(comment))
    return rehearsal


def _decided(changed: Discussion, newest: int) -> list[Comment]:
    comments = Comment.objects.filter(
        decided_at__isnull=False,
        staff=None,
        state__in=[State.APPROVED, State.SPAM, State.REMOVED],
    )
    if changed.article_id:
        comments = comments.filter(thread=changed.article_id)
    elif changed.section_id:
        comments = comments.filter(thread__article__section=changed.section_id)
    comments = comments.select_related("thread__article")
    comments = comments.order_by("-decided_at", "-pk").defer("html")
    return list(comments[:newest])[::-1]


def _scope(settings: Discussion) -> tuple[int | None, int | None]:
    return settings.section_id, settings.article_id


class _RulesByStory:
    def __init__(self, settings: Iterable[Discussion]) -> None:
        self.by_scope = {_scope(one): one for one in settings}
        self.known: dict[tuple[int, int], Rules] = {}

    def of(self, comment: Comment) -> Rules:
        article = comment.thread.article
        key = (article.section_id, article.pk)
        if key not in self.known:
            scopes = [(None, None), (article.section_id, None), (None, article.pk)]
            found = [self.by_scope[one] for one in scopes if one in self.by_scope]
            self.known[key] = combined(found)
        return self.known[key]


def _known_since(comments: list[Comment]) -> dict[tuple[str, str], datetime]:
    """Return when each writer's first comment was approved, by address and name."""
    since: dict[tuple[str, str], datetime] = {}
    emails = sorted({comment.email for comment in comments if comment.email})
    for start in range(0, len(emails), A_FEW):
        approved = Comment.objects.filter(
            state=State.APPROVED, email__in=emails[start : start + A_FEW]
        ).exclude(name="")
        rows = approved.values_list("email", "name").annotate(
            since=Min(Coalesce("decided_at", "created_at"))
        )
        since |= {(email, name): at for email, name, at in rows.order_by()}
    return since


def _as_it_was(comment: Comment, *, is_known: bool, learner: Opinion) -> Circumstances:
    stored = {verdict["check"]: verdict for verdict in comment.verdicts}
    answer = stored.get("akismet", {}).get("state", "")
    return Circumstances(
        trap="x" if "trap" in stored else "",
        from_network_this_hour=2**31 if "network" in stored else 1,
        is_known=is_known,
        ban=stored.get("ban", {}).get("reason", ""),
        learner=learner,
        akismet={"spam": akismet.SPAM, "pending": akismet.SILENT}.get(answer, ""),
    )


def _opinions(comments: list[Comment]) -> Iterator[tuple[int, Opinion]]:
    """Give what the learner would have said of each, before it learned from it."""
    words = {comment.pk: learning.tokens(comment) for comment in comments}
    counts = _counts_before(comments, words)
    for comment in sorted(comments, key=_decision):
        yield comment.pk, learning.opinion(words[comment.pk], counts)
        lesson = learning.lesson_of(comment)
        if lesson:
            _add(counts, words[comment.pk], lesson, 1)


def _decision(comment: Comment) -> tuple[datetime, int]:
    return comment.decided_at or datetime.min.replace(tzinfo=UTC), comment.pk


def _counts_before(
    comments: list[Comment], words: dict[int, set[str]]
) -> dict[str, tuple[int, int]]:
    """Return what the learner knows, without what these comments taught it."""
    every = sorted({learning.TOTAL}.union(*words.values()))
    counts: dict[str, tuple[int, int]] = {}
    for start in range(0, len(every), A_FEW):
        rows = Word.objects.filter(word__in=every[start : start + A_FEW])
        counts |= {
            word: (spam, ham)
            for word, spam, ham in rows.values_list("word", "spam", "ham")
        }
    for comment in comments:
        if comment.learned_as:
            _add(counts, words[comment.pk], comment.learned_as, -1)
    return counts


def _add(
    counts: dict[str, tuple[int, int]], words: set[str], kind: str, by: int
) -> None:
    for word in (learning.TOTAL, *words):
        spam, ham = counts.get(word, (0, 0))
        if kind == "spam":
            counts[word] = max(0, spam + by), ham
        else:
            counts[word] = spam, max(0, ham + by)
