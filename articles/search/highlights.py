"""Show readers where the words they searched for stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from articles.search.words import Word, words_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.search.questions import Term

SNIPPET = 230  # characters: three lines of a result on a wide page
BEFORE = 60  # characters of a snippet that lead up to the first word found


class _Place(NamedTuple):
    start: int
    end: int
    term: Term


class Highlights:
    """The terms of one question, to be found in the texts of what it found."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._phrases = [term for term in terms if len(term.words) > 1]
        alone = [term for term in terms if len(term.words) == 1]
        self._exact = {word: t for t in alone for word in (*t.words, *t.others)}
        self._beginnings = {t.words[0]: t for t in alone if t.is_beginning}
        self._starts = tuple(self._beginnings)

    def mark(self, text: str) -> SafeString:
        """Return ``text``, which is no HTML, as HTML with what was found in ``<mark>``."""
        return _marked(text, self._places(text), 0, len(text))

    def in_short(self, standfirst: str, text: str) -> SafeString:
        """Return what best shows why a story was found, as HTML.

        That is the standfirst, or the part of ``text`` where more of the words stand
        together, and another one for those that stand elsewhere; the beginning of the
        text if there is neither.
        """
        above, below = self._places(standfirst), self._places(text)
        first, terms = _best(below)
        if standfirst and len(terms) <= len({place.term for place in above}):
            return _marked(standfirst, above, 0, len(standfirst))
        second, more = _best([place for place in below if place.term not in terms])
        if not more:
            return _shown(text, below, [_span(text, first, SNIPPET)])
        starts = sorted((first, second))
        one, other = (_span(text, start, SNIPPET // 2) for start in starts)
        if other[0] <= one[1]:
            return _shown(text, below, [(one[0], other[1])])
        return _shown(text, below, [one, other])

    def _places(self, text: str) -> list[_Place]:
        words = list(words_in(text))
        places = []
        for number, word in enumerate(words):
            if place := self._place(words, number, word):
                places.append(place)
        return places

    def _place(self, words: list[Word], number: int, word: Word) -> _Place | None:
        for term in self._phrases:
            said = words[number : number + len(term.words)]
            if _says(term, [one.word for one in said]):
                return _Place(word.start, said[-1].end, term)
        if term_found := self._exact.get(word.word):
            return _Place(word.start, word.end, term_found)
        if self._starts and word.word.startswith(self._starts):
            start = next(one for one in self._starts if word.word.startswith(one))
            return _Place(word.start, word.end, self._beginnings[start])
        return None


def _says(term: Term, words: list[str]) -> bool:
    *first, last = term.words
    if len(words) != len(term.words) or words[:-1] != first:
        return False
    return words[-1].startswith(last) if term.is_beginning else words[-1] == last


def _best(places: list[_Place]) -> tuple[int, set[Term]]:
    """Return where the most different terms stand near each other, and which."""
    best = 0
    most: set[Term] = set()
    for number, place in enumerate(places[:SNIPPET]):
        near = {place.term}
        for other in places[number + 1 :]:
            if other.end > place.start + (SNIPPET - BEFORE) // 2:
                break
            near.add(other.term)
        if len(near) > len(most):
            best, most = place.start, near
    return best, most


def _span(text: str, at: int, length: int) -> tuple[int, int]:
    """Return where to cut around ``at``: between words, where there are spaces."""
    start = max(at - BEFORE * length // SNIPPET, 0)
    end = start + length
    if start and (space := text.find(" ", start, at)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", at, end)) > at:
        end = space
    return start, min(end, len(text))


def _shown(
    text: str, places: list[_Place], spans: Sequence[tuple[int, int]]
) -> SafeString:
    """Return the parts of ``text`` that ``spans`` cut out, as HTML with dots between."""
    parts = [_marked(text, places, start, end) for start, end in spans]
    return format_html(
        "{}{}{}",
        "… " if spans[0][0] else "",
        mark_safe(" … ".join(parts)),  # noqa: S308  # each is escaped
        " …" if spans[-1][1] < len(text) else "",
    )


def _marked(text: str, places: list[_Place], start: int, end: int) -> SafeString:
    """Return ``text[start:end]`` escaped, with each of ``places`` in it marked."""
    parts, position = [], start
    for place in places:
        # In scripts without spaces one place can begin within another.
        first, last = max(place.start, position), min(place.end, end)
        if first >= last:
            continue
        parts += [escape(text[position:first]), "<mark>", escape(text[first:last])]
        parts.append("</mark>")
        position = last
    parts.append(escape(text[position:end]))
    return mark_safe("".join(parts).replace("</mark><mark>", ""))  # noqa: S308  # escaped
