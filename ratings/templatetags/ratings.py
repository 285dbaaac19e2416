"""The star widget under a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from ratings.models import STARS, Tally

if TYPE_CHECKING:
    from django.template import Context

    from articles.models import Article

register = template.Library()

STAR = 24  # the width of one star in its own drawing's units


@register.inclusion_tag("ratings/_rating_form.html", takes_context=True)
def rating_form(context: Context, article: Article) -> dict[str, object]:
    """Render the stars, the tally and what the reader of this page has just done.

    On the page of a refused vote its ``form`` says why.
    """
    tally = Tally.objects.filter(article=article).first() or Tally(article=article)
    done = {"after": context.get("after"), "form": context.get("form")}
    return {"article": article, "tally": tally} | done


@register.simple_tag
def stars(tally: Tally) -> list[dict[str, float]]:
    """Return the five stars, each with the width to fill for the tally's average."""
    return [
        {
            "score": star,
            "filled": round(STAR * min(max(tally.average - star + 1, 0), 1), 2),
        }
        for star in STARS
    ]
