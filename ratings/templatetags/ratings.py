"""The star widget under a story, and the best rated beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.formats import localize

from ratings import ranking, voting, wording
from ratings.models import STARS, RatingSettings, Tally

if TYPE_CHECKING:
    from django.template import Context

    from articles.models import Article

register = template.Library()

STAR = 24  # the width of one star in its own drawing's units


@register.inclusion_tag("ratings/_rating_form.html", takes_context=True)
def rating_form(context: Context, article: Article) -> dict[str, object]:
    """Render the stars, the tally and what the reader of this page has just done.

    Where a vote was just taken, ``tally`` and ``rating_settings`` are at hand; on the
    page of a refused one, ``form`` says why.
    """
    tally, settings = context.get("tally"), context.get("rating_settings")
    if not (tally and settings):
        tally, settings = _tally_and_settings(article)
    return {
        "article": article,
        "tally": tally,
        "words": wording.words_of(settings),
        "is_open": voting.is_open(article, settings, timezone.now()),
        "after": context.get("after"),
        "form": context.get("form"),
    }


@register.inclusion_tag("ratings/_best_rated.html")
def best_rated() -> dict[str, object]:
    """Render the five best rated stories of the last seven days, if there are any."""
    return {"places": ranking.ranked(ranking.By.TOP, ranking.Over.WEEK)[:5]}


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


@register.filter
def filled(text: str, tally: Tally) -> str:
    """Return ``text`` with its {total} and {average}, which has one decimal at most."""
    average = localize(round(tally.average, 1)).removesuffix(".0")
    return wording.fill(text, total=localize(tally.total), average=average)


@register.filter
def with_score(text: str, score: int) -> str:
    """Return ``text`` with its {score}."""
    return wording.fill(text, score=score)


def _tally_and_settings(article: Article) -> tuple[Tally, RatingSettings]:
    column = RatingSettings.objects.as_column()
    tally = Tally.objects.filter(article=article).annotate(settings=column).first()
    if tally is None:
        return Tally(article=article), RatingSettings.objects.current()
    return tally, RatingSettings(**(tally.settings or {}))
