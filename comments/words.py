"""Looking for the words of a list in what somebody wrote.

Both sides are folded (Unicode NFKC, no case, no invisible characters), and accents are
kept: “côté” is not “cote”. A word is found whole; with an asterisk behind it, at the
beginning of words; with ``inside``, anywhere. A phrase may be broken over lines.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Return ``text`` as it is compared: one way of writing for what reads the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():  # soft hyphens, zero-width spaces, marks of direction
        folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", folded)


def first_found(words: str, text: str, *, inside: bool) -> str:
    """Return one of ``words`` (one a line) that stands in ``text``; "" if none does."""
    folded = fold(text)
    for part, pattern in _patterns(words, inside):
        # Most words are nowhere, which this finds out a hundred times as fast.
        if part in folded and (found := pattern.search(folded)):
            return found.group()
    return ""


@lru_cache(maxsize=64)
def _patterns(words: str, inside: bool) -> list[tuple[str, re.Pattern[str]]]:  # noqa: FBT001
    """Return for each word the part that must be there, and what finds it.

    The longest comes first, so that a reason names the phrase and not a word of it.
    """
    lines = {fold(line).strip() for line in words.splitlines()}
    return [
        (
            word.split()[0],
            re.compile(_of_line(word, is_open=line.endswith("*"), inside=inside)),
        )
        for line in sorted(lines, key=lambda one: (-len(one), one))
        if (word := line.rstrip("*").rstrip())
    ]


def _of_line(word: str, *, is_open: bool, inside: bool) -> str:
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    if inside:
        return pattern
    # An edge that is no letter, as in “$$$”, has no word around it to be whole in.
    letter = _letters()
    before = f"(?<!{letter})" if re.match(letter, word[0]) else ""
    is_whole = re.match(letter, word[-1]) and not is_open
    return before + pattern + (f"(?!{letter})" if is_whole else "")


@lru_cache(maxsize=1)
def _letters() -> str:
    # ``\w`` lacks the vowel signs of many scripts, which are marks: with it alone a
    # syllable of Hindi would count as a whole word.
    marks = [
        code
        for code in range(0x300, sys.maxunicode + 1)
        if unicodedata.category(chr(code))[0] == "M"
    ]
    runs: list[list[int]] = []
    for code in marks:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return r"[\w" + "".join(f"{chr(a)}-{chr(b)}" for a, b in runs) + "]"
