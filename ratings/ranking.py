"""Which stories readers like best: from the tallies, so that votes cost nothing here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, FloatField, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.cards import cards_of
from articles.models import Article
from ratings.models import PRIOR_AVERAGE, PRIOR_VOTES, STARS, DayTally, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SHOWN = 10
LEAST_VOTES = 2  # one reader alone ranks no story


class By(models.TextChoices):
    TOP = "top", _("Top rated")
    MOST = "most", _("Most rated")


class Over(models.TextChoices):
    DAY = "day", _("Today")
    WEEK = "week", _("7 days")
    MONTH = "month", _("30 days")
    ALL = "all", _("All time")


DAYS = {Over.DAY: 1, Over.WEEK: 7, Over.MONTH: 30}


@dataclass(frozen=True)
class Place:
    """One story in a ranking, with its votes of that time and their average."""

    article: Article
    votes: int
    average: float


def ranked(by: By, over: Over, at: datetime | None = None) -> Sequence[Place]:
    """Return the ten best or most rated live stories at ``at`` (aware; now if omitted).

    The time counts when votes were first given, in whole days (UTC), today included.
    Best is by Bayesian average with the prior of ``ratings.models.tallies``. Two queries.
    """
    at = at or timezone.now()
    rows = _of_all_time(by, at) if over == Over.ALL else _since(by, at, DAYS[over])
    sums = {row["article"]: row for row in rows}
    stories = cards_of(sums, at)
    return [
        Place(stories[pk], row["votes"], row["sum_of_stars"] / row["votes"])
        for pk, row in sums.items()
        if pk in stories
    ][:SHOWN]


def _of_all_time(by: By, at: datetime) -> Any:
    tallies = Tally.objects.filter(article__in=Article.objects.live(at))
    tallies = tallies.filter(votes__gte=LEAST_VOTES)
    points = sum(
        (F(f"stars_{stars}") * stars for stars in STARS), start=models.Value(0)
    )
    order = "-rank" if by == By.TOP else "-votes"
    ordered = tallies.order_by(order, "-article").annotate(sum_of_stars=points)
    return ordered.values("article", "votes", "sum_of_stars")[:SHOWN]


def _since(by: By, at: datetime, days: int) -> Any:
    first = at.astimezone(UTC).date() - timedelta(days=days - 1)
    live = Article.objects.live(at)
    sums = DayTally.objects.filter(day__gte=first, article__in=live).values("article")
    votes = sum((Sum(f"stars_{stars}") for stars in STARS), start=models.Value(0))
    points = sum(
        (Sum(f"stars_{stars}") * stars for stars in STARS), start=models.Value(0)
    )
    found = sums.annotate(votes=votes, sum_of_stars=points).filter(
        votes__gte=LEAST_VOTES
    )
    if by == By.MOST:
        return found.order_by("-votes", "-article")[:SHOWN]
    rank = (F("sum_of_stars") + PRIOR_VOTES * PRIOR_AVERAGE) / (
        F("votes") + models.Value(PRIOR_VOTES, output_field=FloatField())
    )
    return found.annotate(rank=rank).order_by("-rank", "-article")[:SHOWN]
