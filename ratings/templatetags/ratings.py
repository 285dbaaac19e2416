"""The star widget under a story, and the best rated beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import localize

from newsroom.remembered import recall, remembered
from ratings import ranking, voting, wording
from ratings.models import STARS, RatingSettings, Tally

if TYPE_CHECKING:
    from django.template import Context
    from django.utils.safestring import SafeString

    from articles.models import Article

register = template.Library()

FORM = "ratings/_rating_form.html"
STAR = 24  # the width of one star in its own drawing's units


@register.simple_tag(takes_context=True)
def rating_form(context: Context, article: Article) -> SafeString:
    """Render the stars, the tally and what the reader of this page has just done.

    Where a vote was just taken, ``tally`` and ``rating_settings`` are at hand; on the
    page of a refused one, ``form`` says why.
    """
    tally, settings = context.get("tally"), context.get("rating_settings")
    if not (tally and settings):
        tally, settings = _tally_and_settings(article)
    shown = {
        "article": article,
        "tally": tally,
        "words": wording.words_of(settings),
        "is_open": voting.is_open(article, settings, timezone.now()),
        "after": context.get("after"),
        "form": context.get("form"),
    }
    if shown["after"] or shown["form"]:
        return render_to_string(FORM, shown)
    # The same as before, where the page is made anew for a comment.
    numbers = (getattr(tally, field.attname) for field in tally._meta.concrete_fields)
    key = FORM, *numbers, shown["is_open"]
    return recall(key, lambda: render_to_string(FORM, shown))


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
    tally = getattr(article, "tally", None) or Tally(article=article)
    return tally, _settings()


@remembered
def _settings() -> RatingSettings:
    return RatingSettings.objects.current()
