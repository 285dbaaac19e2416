"""Count what one client does, exactly, on any number of servers.

The count is one SQL upsert in autocommit: it stands before the act's transaction
begins, so an act that fails is counted too. Call it outside any transaction.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from newsroom.models import Count


def count(name: str, *, within: timedelta) -> int:
    """Count one more ``name`` and return how many there were in the current window.

    Windows of the length ``within`` stand end to end, from the epoch on.
    """
    now = timezone.now()
    window = int(now.timestamp() // within.total_seconds())
    row = f"{name}:{window}"
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO newsroom_count (name, number, ends_at) VALUES (%s, 1, %s)
            ON CONFLICT (name) DO UPDATE SET number = newsroom_count.number + 1
            RETURNING number
            """,
            [row, connection.ops.adapt_datetimefield_value(now + within)],
        )
        number = cursor.fetchone()[0]
    if number == 1:
        # A window opens seldom, so this is the place to sweep up closed ones.
        Count.objects.filter(ends_at__lt=now).delete()
    return number


def number_of(name: str, *, within: timedelta) -> int:
    """Return how many were counted in the current window, without counting."""
    window = int(timezone.now().timestamp() // within.total_seconds())
    row = Count.objects.filter(name=f"{name}:{window}").first()
    return row.number if row else 0
