"""What this site's own decisions teach about spam.

Each word of a comment that a moderator approved or marked as spam is counted. A new
comment's words are weighed and combined as Gary Robinson proposed, after Fisher ("A
Statistical Approach to the Spam Problem", Linux Journal 107, March 2003).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F

from comments import text
from comments.models import Comment, Word
from comments.words import fold
from newsroom.compiled import Compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

ENOUGH = 20  # comments of each kind, before it says anything
STRENGTH = 0.45  # of the belief that a new word means nothing (Robinson's s)
LEAST_MEANING = 0.1  # words nearer than this to one half are left out
MOST_WORDS = 150  # that are weighed, the strongest first
MOST_TOKENS = 400  # of one comment that are learned or looked up
LONGEST = 40  # characters of a word, as the column has it
TOTAL = ""  # the row that counts comments


_WORD = re.compile(r"\w[\w'’$€£%.-]*\w")
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)(?:[^\s/]*@)?([\w.-]+)")
# Scripts without spaces between words: pairs of characters stand for words there.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]{2,}")
_SHOUTED = re.compile(r"\b[^\W\d_a-z]{4,}\b")


@dataclass(frozen=True)
class Opinion:
    """How sure the learner is that it sees spam, and the words that say so most."""

    percent: int = 0
    words: tuple[str, ...] = ()


NO_OPINION = Opinion()


def tokens(comment: Comment) -> set[str]:
    """Return what is counted of ``comment``: its words, and a few marks of its look."""
    source, found = comment.source, {f"links:{min(text.links_in(comment.source), 3)}"}
    if len(_SHOUTED.findall(source)) > 2:
        found.add("shouted")
    folded = fold(source)
    found |= {f"site:{host}" for host in _ADDRESS.findall(folded)}
    found |= _words(_ADDRESS.sub(" ", folded))
    found |= {f"name:{word}" for word in _words(fold(comment.name))}
    found |= {f"site:{host}" for host in _ADDRESS.findall(fold(comment.website))}
    if comment.email:
        found.add(f"mail:{fold(comment.email).rpartition('@')[2]}")
    short = sorted(token for token in found if len(token) <= LONGEST)
    return set(short[:MOST_TOKENS])


def _words(folded: str) -> set[str]:
    pairs = {
        run[at : at + 2]
        for run in _UNSPACED.findall(folded)
        for at in range(len(run) - 1)
    }
    return pairs | set(_WORD.findall(_UNSPACED.sub(" ", folded)))


def opinion_of(comment: Comment) -> Opinion:
    """Return what the learner makes of ``comment`` (it may be unsaved), in one query."""
    words = tokens(comment)
    rows = _counts_of(len(words)).all(TOTAL, *words)
    return opinion(words, {word: (spam, ham) for word, spam, ham in rows})


@lru_cache(maxsize=MOST_TOKENS)
def _counts_of(number: int) -> Compiled:
    """Return the query for the counts of all comments and of so many words."""

    def write(*words: str) -> QuerySet[Any]:
        found = Word.objects.filter(word__in=words)
        return found.values_list("word", "spam", "ham")

    return Compiled(write, *(f"word {one}" for one in range(number + 1)))


def opinion(words: Iterable[str], counts: Mapping[str, tuple[int, int]]) -> Opinion:
    """Return what ``counts``, spam and ham by word, say of a comment with ``words``.

    None until both kinds were seen often enough.
    """
    spam, ham = counts.get(TOTAL, (0, 0))
    if min(spam, ham) < ENOUGH:
        return NO_OPINION
    weighed = [
        (_meaning(*counts[word], spam, ham), word) for word in words if word in counts
    ]
    telling = [one for one in weighed if abs(one[0] - 0.5) >= LEAST_MEANING]
    telling.sort(key=lambda one: (-abs(one[0] - 0.5), one[1]))
    telling = telling[:MOST_WORDS]
    if not telling:
        return Opinion(50)
    degrees = len(telling)
    good = _chance(-2 * sum(math.log(p) for p, _word in telling), degrees)
    bad = _chance(-2 * sum(math.log(1 - p) for p, _word in telling), degrees)
    strongest = tuple(word for p, word in telling if p > 0.5)[:5]
    return Opinion(math.floor(50 * (1 + good - bad)), strongest)


def _meaning(in_spam: int, in_ham: int, spam: int, ham: int) -> float:
    """Return how much a word means spam, 0 to 1: Robinson's f(w)."""
    number = in_spam + in_ham
    rate_in_spam, rate_in_ham = in_spam / spam, in_ham / ham
    both = rate_in_spam + rate_in_ham
    meaning = rate_in_spam / both if both else 0.5
    return (STRENGTH * 0.5 + number * meaning) / (STRENGTH + number)


def _chance(chi_squared: float, half_degrees: int) -> float:
    """Return how often chance gives ``chi_squared`` or more, with so many degrees."""
    half = chi_squared / 2
    # In logarithms, where many strong words would leave nothing of exp(-half).
    terms = [i * math.log(half) - math.lgamma(i + 1) for i in range(half_degrees)]
    most = max(terms)
    total = sum(math.exp(term - most) for term in terms)
    return min(1.0, math.exp(min(0.0, most - half + math.log(total))))


def lesson_of(comment: Comment) -> str:
    """Return what the decision on ``comment`` teaches: “spam”, “ham” or nothing.

    What was removed may be rude or wrong, and is no advertising; the staff's own
    comments are no readers'.
    """
    if comment.staff_id:
        return ""
    return {Comment.State.SPAM: "spam", Comment.State.APPROVED: "ham"}.get(
        Comment.State(comment.state), ""
    )


def learn(comment: Comment) -> None:
    """Learn from the state a moderator gave ``comment``; forget what it taught before.

    Sets ``learned_as``; the caller saves it, in the decision's transaction.
    """
    lesson = lesson_of(comment)
    if lesson == comment.learned_as:
        return
    forget(comment)
    if lesson:
        _count(sorted(tokens(comment)), lesson)
        comment.learned_as = lesson


def forget(comment: Comment) -> None:
    """Take back what ``comment`` taught, before its words change or are erased.

    Sets ``learned_as``; the caller saves it, in one transaction with the change.
    """
    if not comment.learned_as:
        return
    kind = comment.learned_as
    # One learner at a time: the row of totals is everybody's lock, see ``_count``.
    list(Word.objects.select_for_update().filter(word=TOTAL))
    counted = Word.objects.filter(word__in=[TOTAL, *tokens(comment)])
    counted.filter(**{f"{kind}__gt": 0}).update(**{kind: F(kind) - 1})
    comment.learned_as = ""


def _count(words: list[str], kind: str) -> None:
    """Count one more comment of ``kind`` with ``words``, in one statement.

    The row of totals comes first, and whoever has it goes on alone until the
    transaction ends: so two bulk decisions never wait for each other in a circle.
    """
    spam, ham = (1, 0) if kind == "spam" else (0, 1)
    rows = [TOTAL, *words]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO comments_word (word, spam, ham)
            VALUES {", ".join(["(%s, %s, %s)"] * len(rows))}
            ON CONFLICT (word) DO UPDATE SET
                spam = comments_word.spam + excluded.spam,
                ham = comments_word.ham + excluded.ham
            """,  # noqa: S608  # placeholders alone
            [value for word in rows for value in (word, spam, ham)],
        )
