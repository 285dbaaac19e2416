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
    """Return which of ``words`` (one a line) stands first in ``text``; "" if none."""
    pattern = _pattern(words, inside)
    found = pattern.search(fold(text)) if pattern else None
    return found.group() if found else ""


@lru_cache(maxsize=64)
def _pattern(words: str, inside: bool) -> re.Pattern[str] | None:  # noqa: FBT001
    lines = {fold(line).strip() for line in words.splitlines()}
    # The longest first, so that the reason names the phrase and not a part of it.
    each = [_of_line(line, inside=inside) for line in sorted(lines, key=len)[::-1]]
    either = "|".join(one for one in each if one)
    return re.compile(either) if either else None


def _of_line(line: str, *, inside: bool) -> str:
    word = line.rstrip("*").rstrip()
    if not word:
        return ""
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    if inside:
        return pattern
    # An edge that is no letter, as in “$$$”, has no word around it to be whole in.
    letter = _letters()
    before = f"(?<!{letter})" if re.match(letter, word[0]) else ""
    is_whole = re.match(letter, word[-1]) and not line.endswith("*")
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
