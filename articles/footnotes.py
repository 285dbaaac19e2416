"""Footnotes: ``<span data-footnote="k3f">…</span>`` in the flow, a list for readers.

The note stands where it is referred to, so that it moves with its sentence. Readers
get a number there and the text after the story, with links both ways.
"""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

# Any short word: it keeps two notes in a row apart in the editor, and means nothing.
IS_KEY = re.compile(r"[a-z0-9]{0,8}\Z")

_NOTE = re.compile(r'\s*<span data-footnote="[a-z0-9]*">(.*?)</span>', re.DOTALL)


def render(body: str) -> str:
    """Return a ``body`` with a number for each note, and their list at its end.

    Numbers follow the order of the references. A note without words is left out.
    """
    notes: list[str] = []

    def reference(found: re.Match[str]) -> str:
        text = found[1].strip()
        if not text:
            return ""
        notes.append(mark_safe(text))  # noqa: S308  # cleaned with the body
        context = {"number": len(notes)}
        return render_to_string("articles/_footnote_reference.html", context).strip()

    body = _NOTE.sub(reference, body)
    if not notes:
        return body
    return body + render_to_string("articles/_footnotes.html", {"notes": notes})
