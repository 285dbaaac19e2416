"""Avatars, drawn here: no one else is asked, and nothing of an address can be guessed."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import lru_cache

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from comments.models import Discussion

Style = Discussion.Avatar
# Each at least 4.5 : 1 against the white of the initials (WCAG 2.2, 1.4.3).
COLOURS = (
    "#8a2b20", "#8a4b08", "#6b5a00", "#3f6212", "#1f6b3a", "#0f6b62",
    "#0b6285", "#2b4f9e", "#4b3fa3", "#6d33a0", "#8f2a86", "#9a2456",
)  # fmt: skip
NOBODY = mark_safe(  # our own drawing
    '<circle cx="20" cy="15" r="7" fill="#fff"/>'
    '<path d="M6 38c0-9 6-14 14-14s14 5 14 14z" fill="#fff"/>'
)


@lru_cache(maxsize=1000)
def draw(name: str, address: str, style: str) -> SafeString:
    """Return a square picture for who goes by ``name`` and ``address``, as SVG.

    ``style`` is a ``Discussion.Avatar``. The same person has the same picture, by a
    keyed hash (HMAC-SHA-256). Who has no name is nobody.
    """
    letters = initials(name)
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), (address or name).encode(), hashlib.sha256
    )
    colour = COLOURS[digest[0] % len(COLOURS)]
    if style == Style.NOBODY or not letters:
        colour, drawing = "#6b6559", NOBODY
    elif style == Style.PATTERN:
        drawing = _pattern(digest)
    else:
        drawing = format_html(
            '<text x="20" y="20" dy=".35em" text-anchor="middle" fill="#fff"'
            ' font-size="16">{}</text>',
            letters,
        )
    return format_html(
        '<svg class="avatar" viewBox="0 0 40 40" width="40" height="40"'
        ' aria-hidden="true" focusable="false"><rect width="40" height="40" rx="4"'
        ' fill="{}"/>{}</svg>',
        colour,
        drawing,
    )


def initials(name: str) -> str:
    """Return one or two letters of ``name``, in capitals where its script has them."""
    words = ["".join(filter(_is_letter, word)) for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return ""
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()[:2]


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _pattern(digest: bytes) -> SafeString:
    """Return five by five squares, the same to the left and to the right."""
    squares = "".join(
        f"M{5 + x * 6} {5 + row * 6}h6v6h-6z"
        for row in range(5)
        for column in range(3)
        if digest[1 + row * 3 + column] % 2
        for x in {column, 4 - column}
    )
    return format_html('<path d="{}" fill="#fff"/>', squares)
