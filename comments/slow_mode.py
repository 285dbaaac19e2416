"""Slow mode: when a discussion gets heated, everyone waits longer between comments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from comments.models import Comment, Report, Thread
from comments.rules import is_slow
from newsroom.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from comments.rules import Rules

AN_HOUR = timedelta(hours=1)
REFUSED = [Comment.State.REMOVED, Comment.State.SPAM]


def note_trouble(thread: Thread, rules: Rules, at: datetime | None = None) -> None:
    """Set slow mode if reports and refusals of the last hour are as many as the rules say.

    Call it after each, with the thread locked, in the transaction that moves the page;
    ``at`` is aware, now if omitted. It only ever lasts longer, and ends by itself.
    """
    at = at or timezone.now()
    if not rules.slow_after or _trouble(thread, at) < rules.slow_after:
        return
    until = lasting(thread, rules, at)
    if thread.slow_until and thread.slow_until >= until:
        return
    was_slow = is_slow(thread, at)
    thread.slow_until = until
    thread.save(update_fields=["slow_until"])
    if not was_slow:
        after = {"until": until.isoformat()}
        Event.objects.record(None, "slow down", thread, after=after)


def lasting(thread: Thread, rules: Rules, at: datetime | None = None) -> datetime:
    """Return until when slow mode lasts that is set at ``at``: a whole minute."""
    at = at or timezone.now()
    return _whole_minute(at + timedelta(minutes=rules.slow_lasts_minutes))


def _trouble(thread: Thread, at: datetime) -> int:
    since = at - AN_HOUR
    reports = Report.objects.filter(comment__thread=thread, created_at__gt=since)
    refused = Comment.objects.filter(thread=thread, state__in=REFUSED).filter(
        Q(decided_at__gt=since) | Q(decided_at=None, created_at__gt=since)
    )
    # Of one network on one comment they are one.
    by_network = reports.values("comment", "network_key").distinct()
    return by_network.count() + refused.count()


def _whole_minute(time: datetime) -> datetime:
    """Return ``time`` or the next whole minute: a page changes at those by itself."""
    whole = time.replace(second=0, microsecond=0)
    return whole if whole == time else whole + timedelta(minutes=1)
