"""Count the votes again, and say where a tally is not their sum."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from django.db import transaction

from articles import page_versions
from articles.models import Article
from ratings.models import STARS, DayTally, Rating, Tally
from ratings.voting import locked_tally

if TYPE_CHECKING:
    from datetime import date

BATCH = 2000


@dataclass(frozen=True)
class Difference:
    """A story whose tally was not the sum of its votes."""

    article: Article
    stored: str
    counted: str


@transaction.atomic
def recount(article: Article, *, mend: bool) -> Difference | None:
    """Count the votes on ``article`` again; None if all its sums agree.

    With ``mend`` the sums are set to what was counted. Its votes wait meanwhile, so
    that no difference is one of time.
    """
    tally = locked_tally(article)
    fresh = Tally(article=article)
    days: dict[date, Counter[int]] = defaultdict(Counter)
    votes = Rating.objects.filter(article=article).exclude(score=None)
    for vote in votes.only("score", "state", "created_at").iterator(BATCH):
        fresh.count(vote, 1)
        if vote.state == Rating.State.COUNTED:
            days[vote.created_at.astimezone(UTC).date()][vote.score or 0] += 1
    stored_days = {
        row.day: Counter({star: n for star, n in row.counts.items() if n})
        for row in article.day_tallies.all()
    }
    agree = _sums(tally) == _sums(fresh) and days == {
        day: counts for day, counts in stored_days.items() if counts
    }
    if agree:
        return None
    if mend:
        fresh.save()
        article.day_tallies.all().delete()
        DayTally.objects.bulk_create(
            DayTally(
                article=article,
                day=day,
                **{f"stars_{star}": counts[star] for star in STARS},
            )
            for day, counts in days.items()
        )
        page_versions.move(article)
    return Difference(article, stored=_sums(tally), counted=_sums(fresh))


def _sums(tally: Tally) -> str:
    counts = ", ".join(f"{star}★ {n}" for star, n in tally.counts.items())
    return f"{counts}, excluded {tally.excluded}, removed {tally.removed}"
