"""On which days, in which months and years there are stories for readers.

A story's day is the one in its address. Every question here looks into the index by
day and stops at the first live story, however many a month or a year has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models import DateField, Exists, Func
from django.db.models.functions import Cast, TruncMonth

from articles.models import Article
from newsroom import replica

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from articles.querysets import ArticleQuerySet


@dataclass(frozen=True)
class Span:
    """A day, a month or a year: its first day, and the day after its last."""

    first: date
    end: date

    def stories(self, at: datetime) -> ArticleQuerySet:
        """Return those live at ``at`` (aware), newest first in the order of the index."""
        live = Article.objects.live(at).filter(day__gte=self.first, day__lt=self.end)
        return live.order_by("-day", "-published_at", "-pk")

    def before(self, at: datetime) -> date | None:
        """Return the last day before it with a story that is live at ``at``."""
        earlier = Article.objects.live(at).filter(day__lt=self.first)
        return earlier.order_by("-day").values_list("day", flat=True).first()

    def after(self, at: datetime) -> date | None:
        """Return the first day after it with a story that is live at ``at``."""
        later = Article.objects.live(at).filter(day__gte=self.end)
        return later.order_by("day").values_list("day", flat=True).first()


def day(first: date) -> Span:
    """Return the span of one day."""
    # The last day of the calendar has none after it, and no stories either.
    return Span(first, first + timedelta(days=1) if first < date.max else first)


def month(first: date) -> Span:
    """Return the span of the month of ``first``."""
    first = first.replace(day=1)
    return Span(first, _next_month(first))


def year(first: date) -> Span:
    """Return the span of the year of ``first``."""
    first = first.replace(month=1, day=1)
    end = date(first.year + 1, 1, 1) if first.year < date.max.year else date.max
    return Span(first, end)


def days_of(span: Span, at: datetime) -> Sequence[date]:
    """Return the days of a month that have stories live at ``at``, first to last."""
    days = [span.first + timedelta(days=n) for n in range((span.end - span.first).days)]
    return _with_stories([day(one) for one in days], at)


def months_of(span: Span, at: datetime) -> Sequence[date]:
    """Return the first days of the months of a year that have stories, likewise."""
    firsts = [span.first.replace(month=number) for number in range(1, 13)]
    return _with_stories([month(one) for one in firsts], at)


def months_by_year(at: datetime) -> list[list[date]]:
    """Return for each year that has stories live at ``at`` its months, first to last.

    The last year comes first; a month is its first day. One query.
    """
    months = reversed(_months(at))
    years = [[*of_year] for _year, of_year in groupby(months, key=lambda one: one.year)]
    return years[::-1]


def _months(at: datetime) -> list[date]:
    """Return the first days of all months that have stories live at ``at``, last first.

    The database goes from each month to the last day before it that has a story: a look
    into the index for each month of the answer, whatever is between them.
    """
    database = connections[replica.asked()]
    first_day = Cast(TruncMonth("day"), DateField())
    found = Func(template="month.first", output_field=DateField())
    # In the words of the index by day; “not null” would sort all that is live.
    any_day = Article.objects.live(at).filter(day__gte=date.min)
    earlier = Article.objects.live(at).filter(day__lt=found)
    (newest, its_values), (before, their_values) = (
        stories.order_by("-day")
        .values_list(first_day)[:1]
        .query.get_compiler(database.alias)
        .as_sql()
        for stories in (any_day, earlier)
    )
    sql = f"""
        WITH RECURSIVE month (first) AS (
            SELECT ({newest})
            UNION ALL SELECT ({before}) FROM month WHERE first IS NOT NULL
        )
        SELECT first FROM month WHERE first IS NOT NULL
    """  # noqa: S608  # Django wrote both, with places for their values
    with database.cursor() as cursor:
        cursor.execute(sql, [*its_values, *their_values])
        # SQLite has dates as words.
        return [date.fromisoformat(str(first)) for (first,) in cursor.fetchall()]


def _with_stories(spans: list[Span], at: datetime) -> list[date]:
    """Return the first days of those ``spans`` that have a story: one query."""
    if not spans:
        return []
    columns = [
        Exists(Article.objects.live(at).filter(day__gte=span.first, day__lt=span.end))
        for span in spans
    ]
    # A row to ask beside: any story will do, and with none there is nothing to find.
    row = Article.objects.order_by("pk").values_list(*columns).first()
    return [
        span.first for span, has_any in zip(spans, row or (), strict=False) if has_any
    ]


def _next_month(first: date) -> date:
    if first.year == date.max.year and first.month == 12:
        return date.max
    return (first + timedelta(days=31)).replace(day=1)
