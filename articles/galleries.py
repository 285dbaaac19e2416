"""Galleries: ``<section data-gallery="grid">`` around figures, each as anywhere else."""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

LAYOUTS = ("grid", "strip")

_GALLERY = re.compile(r'<section data-gallery="([a-z]*)">(.*?)</section>\s*', re.DOTALL)
_FIGURE = re.compile(r"<figure[^>]*\sdata-image=[^>]*>.*?</figure>", re.DOTALL)
_SHOWN = re.compile(r"<figure.*?</figure>", re.DOTALL)


def of_figures_alone(body: str) -> str:
    """Return a clean ``body`` whose galleries hold nothing but figures, or are gone."""

    def kept(found: re.Match[str]) -> str:
        layout = found[1] if found[1] in LAYOUTS else LAYOUTS[0]
        figures = "".join(_FIGURE.findall(found[2]))
        if not figures:
            return ""
        return f'<section data-gallery="{layout}">{figures}</section>'

    return _GALLERY.sub(kept, body)


def render(body: str) -> str:
    """Return a ``body``, its figures rendered, with its galleries around them.

    One whose pictures readers may not see is left out.
    """

    def gallery(found: re.Match[str]) -> str:
        figures = _SHOWN.findall(found[2])
        if not figures:
            return ""
        context = {
            "layout": found[1],
            "figures": [mark_safe(one) for one in figures],  # noqa: S308  # templates'
        }
        return render_to_string("articles/_gallery.html", context)

    return _GALLERY.sub(gallery, body)
