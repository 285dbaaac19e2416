"""How moderation does: how long readers wait, what is held, what is overturned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from comments.models import Appeal, Comment
from comments.moderation import DECISIONS
from comments.screening import NAMES
from newsroom.models import Event

if TYPE_CHECKING:
    from datetime import datetime

State = Comment.State


@dataclass(frozen=True)
class OfCheck:
    """What one check caught, and what moderators made of it since."""

    check: str
    caught: int
    published: int


@dataclass(frozen=True)
class Statistics:
    """Numbers of the days asked for; times are None where nothing was decided."""

    written: int
    held: int
    refused: int
    decided: int
    median: timedelta | None
    ninetieth: timedelta | None
    appeals: int
    overturned: int
    checks: list[OfCheck]
    moderators: list[tuple[str, int]]

    @property
    def held_percent(self) -> int:
        return _percent(self.held, self.written)

    @property
    def refused_percent(self) -> int:
        return _percent(self.refused, self.written)

    @property
    def overturned_percent(self) -> int:
        return _percent(self.overturned, self.appeals)


def statistics_since(since: datetime) -> Statistics:
    """Return the statistics of what was written and decided from ``since`` on.

    A fixed number of queries, each bounded by an index on its time.
    """
    written = Comment.objects.filter(created_at__gte=since, staff=None).aggregate(
        all=Count("pk"),
        held=Count("pk", filter=Q(screened_as=State.PENDING)),
        refused=Count("pk", filter=Q(screened_as__in=[State.REMOVED, State.SPAM])),
    )
    decided = Comment.objects.filter(
        decided_at__gte=since, screened_as=State.PENDING
    ).values_list("created_at", "decided_at")
    waited = sorted(until - start for start, until in decided if until)
    appeals = Appeal.objects.filter(decided_at__gte=since).aggregate(
        all=Count("pk"), overturned=Count("pk", filter=Q(upheld=True))
    )
    by_moderator = (
        Event.objects.filter(
            when__gte=since,
            act__in=DECISIONS,
            object_type=Comment._meta.label,
            actor__isnull=False,
        )
        .order_by()
        .values_list("actor_name")
        .annotate(number=Count("pk"))
        .order_by("-number", "actor_name")
    )
    return Statistics(
        written=written["all"],
        held=written["held"],
        refused=written["refused"],
        decided=len(waited),
        median=_at_share(waited, 50),
        ninetieth=_at_share(waited, 90),
        appeals=appeals["all"],
        overturned=appeals["overturned"],
        checks=_by_check(since),
        moderators=[(name, number) for name, number in by_moderator],
    )


def _by_check(since: datetime) -> list[OfCheck]:
    caught: Counter[str] = Counter()
    published: Counter[str] = Counter()
    rows = Comment.objects.filter(created_at__gte=since).exclude(
        screened_as=State.APPROVED
    )
    for verdicts, state in rows.values_list("verdicts", "state").iterator():
        checks = {verdict["check"] for verdict in verdicts}
        caught.update(checks)
        if state == State.APPROVED:
            published.update(checks)
    return [
        OfCheck(str(NAMES.get(check, check)), number, published[check])
        for check, number in caught.most_common()
    ]


def _at_share(sorted_times: list[timedelta], percent: int) -> timedelta | None:
    """Return the nearest-rank percentile: the first that ``percent`` do not exceed."""
    if not sorted_times:
        return None
    rank = -(-len(sorted_times) * percent // 100)  # rounded up
    seconds = sorted_times[max(rank, 1) - 1].total_seconds()
    return timedelta(seconds=round(seconds))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
