"""The editorial calendar: a month or a week of what is published, due and to come."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from articles.models import Article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

MOST = 500  # entries in what is shown at once


@dataclass(frozen=True, order=True)
class Entry:
    """Something that happens to a story at a time, in the publication's zone."""

    at: datetime
    kind: str  # published, scheduled, embargoed, changes, due or expires
    label: str
    headline: str
    url: str


@dataclass(frozen=True)
class Day:
    """One day with its entries; ``is_outside`` of a month that is shown with its weeks."""

    date: date
    entries: list[Entry]
    is_today: bool
    is_outside: bool


def context_of(request: HttpRequest) -> dict[str, Any]:
    """Return what the calendar shows: ``?month=2026-11``, ``?week=2026-11-23``, or now.

    Weeks begin as the language's do. Raise ``BadRequest`` for what is no date.
    """
    today = timezone.localdate()
    week = request.GET.get("week")
    chosen = _date(week) if week else _date(request.GET.get("month", ""), today)
    first_weekday = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7  # Monday is 0
    if week:
        start = chosen - timedelta(days=(chosen.weekday() - first_weekday) % 7)
        days = [start + timedelta(days=number) for number in range(7)]
        before, after = start - timedelta(days=7), start + timedelta(days=7)
        title = _("Week of %(day)s") % {"day": date_format(start, "DATE_FORMAT")}
    else:
        weeks = calendar.Calendar(first_weekday)
        days = list(weeks.itermonthdates(chosen.year, chosen.month))
        before = chosen.replace(day=1) - timedelta(days=1)
        after = chosen.replace(day=28) + timedelta(days=7)
        title = date_format(chosen, "YEAR_MONTH_FORMAT")
    entries = _entries(days[0], days[-1])
    shown = [
        Day(
            day,
            sorted(entries[day]),
            day == today,
            not week and day.month != chosen.month,
        )
        for day in days
    ]
    kind, format_ = ("week", "%Y-%m-%d") if week else ("month", "%Y-%m")
    return {
        "title": title,
        "is_week": bool(week),
        "weeks": [shown[start : start + 7] for start in range(0, len(shown), 7)],
        "before": f"?{kind}={before.strftime(format_)}",
        "after": f"?{kind}={after.strftime(format_)}",
        "other": f"?month={chosen:%Y-%m}"
        if week
        else f"?week={_week_of(chosen, today)}",
    }


def _week_of(month: date, today: date) -> date:
    is_this = (month.year, month.month) == (today.year, today.month)
    return today if is_this else month


def _date(text: str, otherwise: date | None = None) -> date:
    if not text and otherwise:
        return otherwise
    try:
        chosen = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError as error:
        raise BadRequest("That is no date.") from error
    if not 1900 <= chosen.year <= 9000:
        raise BadRequest("That is no year of a newspaper.")
    return chosen


def _entries(first: date, last: date) -> dict[date, list[Entry]]:
    zone = timezone.get_current_timezone()
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    between = {
        name: Q((f"{name}__gte", start), (f"{name}__lt", end))
        for name in ("published_at", "next_at", "expires_at", "due_at")
    }
    found = Q.create([*between.values()], Q.OR)
    stories = Article.objects.filter(found, withdrawn_at=None).defer("body")
    by_day = defaultdict(list)
    for article in stories[:MOST]:
        for at, kind, label in _times(article):
            if start <= at < end:
                local = timezone.localtime(at)
                url = reverse("admin:articles_article_change", args=[article.pk])
                headline = article.headline or _("(no headline)")
                entry = Entry(local, kind, label, headline, url)
                by_day[local.date()].append(entry)
    return by_day


def _times(article: Article) -> Iterator[tuple[datetime, str, str]]:
    now = timezone.now()
    if at := article.published_at:
        if at <= now:
            yield at, "published", _("published")
        elif article.embargoed:
            yield at, "embargoed", _("embargo ends")
        else:
            yield at, "scheduled", _("to be published")
    if article.next_at:
        yield article.next_at, "changes", _("changes")
    if article.expires_at:
        yield article.expires_at, "expires", _("expires")
    if article.due_at:
        yield article.due_at, "due", _("due")
