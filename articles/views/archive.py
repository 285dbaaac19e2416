"""The archive: all stories by year, month and day of publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import archive, page_versions
from articles.cards import in_order
from newsroom.page_cache import shared_page

from .paging import CARDS_A_PAGE, one_page

if TYPE_CHECKING:
    from datetime import date, datetime


@require_safe
@shared_page(version=page_versions.of_site)
def years(request: HttpRequest) -> HttpResponse:
    """Answer with the years that have stories, and their months."""
    context = {"years": archive.months_by_year(timezone.now())}
    return render(request, "articles/archive_years.html", context)


@require_safe
@shared_page(version=page_versions.of_site)
def year(request: HttpRequest, first: date) -> HttpResponse:
    """Answer with the months of a year that have stories."""
    now, span = timezone.now(), archive.year(first)
    months = archive.months_of(span, now)
    if not months:
        raise Http404
    context = {
        "first": span.first,
        "months": months,
        "before": span.before(now),
        "after": span.after(now),
    }
    return render(request, "articles/archive_year.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def month(request: HttpRequest, first: date) -> HttpResponse:
    """Answer with the days of a month that have stories, and the stories."""
    now = timezone.now()
    return _stories(request, archive.month(first), "articles/archive_month.html", now)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def day(request: HttpRequest, first: date) -> HttpResponse:
    """Answer with the stories of one day."""
    now = timezone.now()
    return _stories(request, archive.day(first), "articles/archive_day.html", now)


def _stories(
    request: HttpRequest, span: archive.Span, template: str, now: datetime
) -> HttpResponse:
    ids: Any = span.stories(now).values_list("pk", flat=True)
    page = one_page(ids, CARDS_A_PAGE, request)
    page.object_list = in_order(page.object_list, now)
    if not page.object_list:
        raise Http404
    context = {
        "page": page,
        "first": span.first,
        "before": span.before(now),
        "after": span.after(now),
        "days": archive.days_of(archive.month(span.first), now),
    }
    return render(request, template, context)
