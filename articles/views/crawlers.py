"""What crawlers ask for before any page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import page_versions, sitemaps
from newsroom.page_cache import shared_page
from newsroom.robots import ROBOTS
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from datetime import date

XML = "application/xml; charset=utf-8"


@require_safe
@shared_page(version=page_versions.of_site)
def robots(request: HttpRequest) -> HttpResponse:
    """Answer with what the desk asks of crawlers, and where the sitemaps are: RFC 9309."""
    asked = request.publication.robots.strip() or ROBOTS  # type: ignore[attr-defined]
    lines = [*(line.rstrip() for line in asked.splitlines()), ""]
    for name in ("articles:sitemap", "articles:news-sitemap"):
        lines.append(f"Sitemap: {absolute(reverse(name))}")
    text = "\n".join(lines) + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@shared_page(version=page_versions.of_site)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Answer with the index of all sitemaps."""
    context = {"sitemaps": sitemaps.shards(timezone.now())}
    return render(request, "articles/sitemaps.xml", context, content_type=XML)


@require_safe
@shared_page(version=page_versions.of_site)
def sitemap_of_pages(request: HttpRequest) -> HttpResponse:
    """Answer with every page that is no story's."""
    context = {"addresses": sitemaps.pages(timezone.now())}
    return render(request, "articles/sitemap.xml", context, content_type=XML)


@require_safe
@shared_page(version=page_versions.of_site)
def sitemap_of_month(
    request: HttpRequest, month: date, number: int = 1
) -> HttpResponse:
    """Answer with the stories of a month, or of one shard of it.

    One whose stories all stand elsewhere has none, and is in the index all the same.
    """
    found = None
    if 1 <= number <= sitemaps.MOST_SHARDS:
        found = sitemaps.stories_of(month, number, timezone.now())
    if found is None:
        raise Http404
    context = {"addresses": found}
    return render(request, "articles/sitemap.xml", context, content_type=XML)


@require_safe
@shared_page(version=page_versions.of_site)
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """Answer with the stories of the last two days."""
    context = {"stories": sitemaps.news(timezone.now())}
    return render(request, "articles/news_sitemap.xml", context, content_type=XML)
