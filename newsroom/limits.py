"""Count what one client does, exactly, on any number of servers.

The count is one SQL upsert in autocommit: it stands before the act's transaction
begins, so an act that fails is counted too. Call it outside any transaction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from newsroom.models import Count

A_MINUTE = timedelta(minutes=1)
_swept_at: datetime | None = None


def count(name: str, *, within: timedelta) -> int:
    """Count one more ``name`` and return how many there were in the current window.

    Windows of the length ``within`` stand end to end, from the epoch on.
    """
    return count_each({name: within})[name]


def count_each(names: Mapping[str, timedelta]) -> dict[str, int]:
    """Count one more of each of ``names`` (with its window): one statement for all."""
    now = timezone.now()
    rows = {
        f"{name}:{int(now.timestamp() // within.total_seconds())}": name
        for name, within in names.items()
    }
    values: list[str | None] = []
    for row, name in sorted(rows.items()):  # in one order, so that none waits in a ring
        ends_at = connection.ops.adapt_datetimefield_value(now + names[name])
        values += [row, ends_at]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsroom_count (name, number, ends_at) VALUES "  # noqa: S608  # places alone
            + ", ".join(["(%s, 1, %s)"] * len(rows))
            + " ON CONFLICT (name) DO UPDATE SET number = newsroom_count.number + 1"
            " RETURNING name, number",
            values,
        )
        numbers = {rows[row]: number for row, number in cursor.fetchall()}
    _sweep(now)
    return numbers


def _sweep(now: datetime) -> None:
    """Delete closed windows, once a minute in each process at most."""
    global _swept_at  # what this process last did
    if _swept_at is None or abs(now - _swept_at) > A_MINUTE:
        _swept_at = now
        Count.objects.filter(ends_at__lt=now).delete()


def number_of(name: str, *, within: timedelta) -> int:
    """Return how many were counted in the current window, without counting."""
    window = int(timezone.now().timestamp() // within.total_seconds())
    row = Count.objects.filter(name=f"{name}:{window}").first()
    return row.number if row else 0
