"""Words as the index of stories has them: folded and cut alike for every database.

Case, accents and widths are folded. Scripts that put no space between words (Chinese,
Japanese, Thai, Lao, Khmer, Burmese) are cut into overlapping pairs of characters, so
that a search finds any part of a run: “東京都” is 東京, 京都, 都.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST = 64  # characters; what is longer is no word, and is cut
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f"
    r"\U00016ff0-\U00018dff\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{UNSPACED}]+)|[^{UNSPACED}]+")
# Written over or under letters of Latin, Greek, Cyrillic, Hebrew and Arabic; other
# scripts spell their vowels with marks, which stay.
_ACCENT = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f]"
)
# Letters that Unicode does not take apart, as readers without them type them.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"þ": "th", "ð": "d", "ŋ": "n", "ĸ": "k"}
)


class Word(NamedTuple):
    """One word of the index, and where it stands in the text: [start, end)."""

    start: int
    end: int
    word: str


class _Spaced(dict[int, str]):
    """Signs as spaces, and all else as it is: a character for each character."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = unicodedata.category(character)
        is_sign = kind[0] in "ZPS" or kind in {"Cc", "Cn", "Co", "Cs"}
        self[code] = " " if is_sign else character
        return self[code]


_SPACED = _Spaced()


def words_in(text: str) -> Iterator[Word]:
    """Yield the words of ``text`` in its order; a pair of characters overlaps the next."""
    for piece in re.finditer(r"\S+", text.translate(_SPACED)):
        if piece[0].isascii():
            yield Word(piece.start(), piece.end(), piece[0].lower()[:LONGEST])
            continue
        for run in _RUN.finditer(piece[0]):
            start = piece.start() + run.start()
            if not run[1]:
                for word in _folded(run[0]):
                    yield Word(start, start + len(run[0]), word)
                continue
            for at in range(len(run[1])):
                pair = run[1][at : at + 2]
                for word in _folded(pair):
                    yield Word(start + at, start + at + len(pair), word)


def words_of(text: str) -> list[str]:
    """Return the words of ``text``, however its characters are composed."""
    return [found.word for found in words_in(unicodedata.normalize("NFKC", text))]


def is_unspaced(word: str) -> bool:
    """Tell whether ``word`` is of a script without spaces between words."""
    return bool(re.match(f"[{UNSPACED}]", word))


@lru_cache(maxsize=50_000)
def _folded(piece: str) -> tuple[str, ...]:
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", piece).casefold())
    letters = (
        character
        for character in plain.translate(_PLAIN).translate(_SPACED)
        if unicodedata.category(character) != "Cf"
    )
    words = unicodedata.normalize("NFC", "".join(letters)).split()
    return tuple(word[:LONGEST] for word in words)
