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
COLOURS = 12  # static/css/comments.css has them
NOBODY = mark_safe(  # our own drawing
    '<circle cx="20" cy="15" r="7" fill="#fff"/>'
    '<path d="M6 38c0-9 6-14 14-14s14 5 14 14z" fill="#fff"/>'
)


@lru_cache(maxsize=1000)
def draw(name: str, address: str, style: str) -> SafeString:
    """Return a square picture for who goes by ``name`` and ``address``, as HTML.

    ``style`` is a ``Discussion.Avatar``. The same person has the same picture, by a
    keyed hash (HMAC-SHA-256). Who has no name is nobody.
    """
    letters = initials(name)
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), (address or name).encode(), hashlib.sha256
    )
    if style == Style.NOBODY or not letters:
        return _drawn(NOBODY)
    colour = digest[0] % COLOURS
    if style == Style.PATTERN:
        return _drawn(_pattern(digest), colour)
    # A page has hundreds, and a browser takes longer over a drawing than over letters.
    return format_html(
        '<span class="avatar" data-colour="{}" aria-hidden="true">{}</span>',
        colour,
        letters,
    )


def _drawn(drawing: SafeString, colour: int | str = "") -> SafeString:
    return format_html(
        '<svg class="avatar" data-colour="{}" viewBox="0 0 40 40" aria-hidden="true"'
        ' focusable="false">{}</svg>',
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
