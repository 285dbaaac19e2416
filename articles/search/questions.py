"""What a reader asks the index, and how each database is asked it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from articles.search.words import is_unspaced, words_of

if TYPE_CHECKING:
    from datetime import date

    from articles.models import Author, Section

# A word of so many letters is also the beginning of longer ones: “bridge” is in
# “bridges” and in “Brückensperre”; “art” is not in “article”.
FEWEST_TO_BEGIN = 4
_QUOTES = str.maketrans("“”„«»＂", '""""""')
_TYPED = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True)
class Term:
    """One word that was typed, or several that must stand together."""

    typed: str
    words: tuple[str, ...]
    is_beginning: bool = False
    others: tuple[str, ...] = ()  # single words that will do as well

    @classmethod
    def exactly(cls, typed: str) -> Term:
        """Return the term for words in quotes: as they are, in that order."""
        words = words_of(typed)
        typed = f'"{typed.strip()}"'
        if not words:
            return cls(typed, ())
        is_run = is_unspaced(words[-1])
        # A run ends in its last character alone, which more may follow in a story.
        if is_run and len(words) > 1:
            return cls(typed, tuple(words[:-1]))
        return cls(typed, tuple(words), is_beginning=is_run)

    @classmethod
    def of(cls, typed: str) -> Term:
        """Return the term for a word without quotes: its longer and singular forms too."""
        term = replace(cls.exactly(typed), typed=typed)
        if not term.words or is_unspaced(term.words[-1]):
            return term
        last = term.words[-1]
        if len(term.words) > 1:
            return replace(term, is_beginning=len(last) >= FEWEST_TO_BEGIN)
        if len(last) < FEWEST_TO_BEGIN:
            return replace(term, others=(f"{last}s",) if len(last) > 2 else ())
        return replace(term, is_beginning=True, others=_singulars(last))

    def for_sqlite(self) -> str:
        """Return it as FTS5 reads it. Words hold letters and digits: nothing to escape."""
        phrase = f'"{" ".join(self.words)}"{" *" if self.is_beginning else ""}'
        return f"({' OR '.join([phrase, *(f'"{word}"' for word in self.others)])})"

    def for_postgresql(self) -> str:
        """Return it as a ``tsquery`` is written."""
        phrase = " <-> ".join(f"'{word}'" for word in self.words)
        phrase = f"({phrase}{':*' if self.is_beginning else ''})"
        return f"({' | '.join([phrase, *(f"'{word}'" for word in self.others)])})"


def _singulars(word: str) -> tuple[str, ...]:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith("ies"):
        return (f"{word[:-3]}y", word[:-1])
    if word.endswith("es"):
        return (word[:-2], word[:-1])
    return (word[:-1],)


def section_mark(pk: int) -> str:
    """Return the word that entries of stories in a section hold; no text can."""
    return f"§{pk}"


def author_mark(pk: int) -> str:
    """Return the word that entries of stories by an author hold; no text can."""
    return f"©{pk}"


@dataclass(frozen=True)
class Question:
    """Words that a story must hold, and where and when it must stand."""

    terms: tuple[Term, ...]
    section: Section | None = None
    author: Author | None = None
    since: date | None = None  # the first and the last day of publication,
    until: date | None = None  # in the current time zone

    @property
    def typed(self) -> str:
        """The words as a reader would type them."""
        return " ".join(term.typed for term in self.terms)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.section or self.author or self.since or self.until)

    @property
    def marks(self) -> list[str]:
        """The marks of the section and the author that are asked for."""
        marks = [section_mark(self.section.pk)] if self.section else []
        return [*marks, author_mark(self.author.pk)] if self.author else marks

    def for_sqlite(self) -> str:
        """Return what ``MATCH`` takes."""
        words = " AND ".join(term.for_sqlite() for term in self.terms)
        marks = "".join(f' AND marks : "{mark}"' for mark in self.marks)
        return f"{{headline text}} : ({words}){marks}"

    def for_postgresql(self) -> str:
        """Return it as a ``tsquery`` is written."""
        words = [term.for_postgresql() for term in self.terms]
        return " & ".join([*words, *(f"'{mark}'" for mark in self.marks)])


def terms_of(typed: str) -> tuple[Term, ...]:
    """Return what the words in ``typed`` ask for; signs alone ask for nothing.

    Words in quotes must stand as they are, in that order. No other sign means anything.
    """
    terms = [
        Term.exactly(quoted) if quoted else Term.of(word)
        for quoted, word in _TYPED.findall(typed.translate(_QUOTES))
    ]
    return tuple(term for term in terms if term.words)
