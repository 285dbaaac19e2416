"""What to search for instead, when nothing is found.

Every suggestion has been asked for before it is made: it finds something that readers
may see now. So a word that only an embargoed or withdrawn story has is never given away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q

from articles.models import SearchWord
from articles.search.finding import are_found
from articles.search.questions import FEWEST_TO_BEGIN, Question, Term
from articles.search.words import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

MOST = 3  # suggestions of a kind
NEAR = 5_000  # words that misspelt ones are compared with: some 20 ms
LONG = 8  # letters, from which on a word may be wrong in two places


@dataclass(frozen=True)
class Suggestions:
    """Questions that find something, by what differs from the one that did not."""

    spelt: Sequence[Question]
    shorter: Sequence[Question]
    wider: Question | None


def suggest(question: Question, *, at: datetime) -> Suggestions:
    """Return what finds something in place of ``question``: three queries at most.

    The same words as other stories spell them, fewer of them, and all of them without
    the section, author and dates that were asked for.
    """
    alone = [replace(question, terms=(term,)) for term in question.terms]
    are_known = are_found(alone, at=at) if len(alone) > 1 else [False]
    unknown = [
        term
        for term, is_known in zip(question.terms, are_known, strict=True)
        if not is_known
    ]
    spelt = list(_spelt(question, unknown))
    shorter = list(_shorter(question, unknown))
    wider = [Question(question.terms)] if question.is_narrowed else []
    asked = [*spelt, *shorter, *wider]
    good = [
        one for one, told in zip(asked, are_found(asked, at=at), strict=True) if told
    ]
    return Suggestions(
        [one for one in spelt if one in good][:MOST],
        [one for one in shorter if one in good][:MOST],
        next((one for one in wider if one in good), None),
    )


def _spelt(question: Question, unknown: list[Term]) -> Iterator[Question]:
    """Yield the question with every unknown word as stories spell one like it."""
    near = _near([term for term in unknown if _can_be_misspelt(term)])
    if not near:
        return
    for number in range(MOST):
        yield replace(
            question,
            terms=tuple(
                Term.of(words[min(number, len(words) - 1)])
                if (words := near.get(term.words[0]))
                else term
                for term in question.terms
            ),
        )
        if all(len(words) <= number + 1 for words in near.values()):
            return


def _shorter(question: Question, unknown: list[Term]) -> Iterator[Question]:
    """Yield the question without its unknown words; or without each one in turn."""
    if known := tuple(term for term in question.terms if term not in unknown):
        if unknown:
            yield replace(question, terms=known)
        elif len(known) > 1:
            for left_out in reversed(known):
                terms = tuple(term for term in known if term is not left_out)
                yield replace(question, terms=terms)


def _can_be_misspelt(term: Term) -> bool:
    word = term.words[0]
    return (
        len(term.words) == 1
        and len(word) >= FEWEST_TO_BEGIN
        and not is_unspaced(word)
        and not any(letter.isdigit() for letter in word)
    )


def _near(terms: list[Term]) -> dict[str, list[str]]:
    """Return words as stories write them, nearest first, for each that has such."""
    if not terms:
        return {}
    misspelt = [term.words[0] for term in terms]
    like = Q.create([_like(word) for word in misspelt], Q.OR)
    found = SearchWord.objects.filter(like).values_list("word", "written")[:NEAR]
    near: dict[str, list[tuple[int, int, str]]] = {}
    for word, written in found:
        for typed in misspelt:
            most = 2 if len(typed) >= LONG else 1
            slips = slips_between(typed, word, most=most)
            if 0 < slips <= most:
                far = abs(len(word) - len(typed)) + (word[0] != typed[0])
                near.setdefault(typed, []).append((slips, far, written))
    return {
        typed: [written for *_rank, written in sorted(words)[:MOST]]
        for typed, words in near.items()
    }


def _like(word: str) -> Q:
    ends = Q(head=word[:2]) | Q(tail=word[-2:])
    most = 2 if len(word) >= LONG else 1
    return ends & Q(length__range=(len(word) - most, len(word) + most))


def slips_between(typed: str, word: str, *, most: int) -> int:
    """Return how many slips of the hand make ``word`` into ``typed``; ``most`` + 1 if more.

    A letter too many, one too few, another one, or two that changed places: the
    distance of Damerau and Levenshtein in its restricted form (optimal alignment).
    """
    if abs(len(typed) - len(word)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(word) + 1))
    for i, a in enumerate(typed, start=1):
        row = [i]
        for j, b in enumerate(word, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == word[j - 2] and typed[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
