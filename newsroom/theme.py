"""The publisher's colour over the tokens of the design: a stylesheet of our own."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse

from newsroom import colours
from newsroom.models import DEFAULT_ACCENT

if TYPE_CHECKING:
    from newsroom.models import Publication

LIGHT_INK, DARK_INK = "#fff", "#1b1a17"  # of words on the accent, as in tokens.css


def address_of(publication: Publication) -> str:
    """Return the path of the theme's stylesheet; "" if the colours are the design's."""
    text = stylesheet(publication.accent)
    return reverse("theme", args=[digest_of(text)]) if text else ""


@lru_cache(maxsize=8)
def stylesheet(accent: str) -> str:
    """Return the stylesheet for ``accent``, as in “#9a2a1f”; "" for the design's own."""
    if accent.lower() == DEFAULT_ACCENT or not colours.is_colour(accent):
        return ""
    return (
        "/* The publication's accent colour; see newsroom/theme.py. */\n"
        "@layer base {\n"
        f"  :root {{ --accent: {accent}; --accent-ink: {LIGHT_INK}; }}\n"
        "  @media (prefers-color-scheme: dark) {\n"
        f"    :root {{ --accent: {colours.lightened(accent)};"
        f" --accent-ink: {DARK_INK}; }}\n"
        "  }\n"
        "}\n"
    )


def digest_of(text: str) -> str:
    """Return what names this content and no other in its address: 16 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
