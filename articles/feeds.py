"""The Atom feed of corrections, and of all else that readers are told of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import corrections, page_versions
from newsroom.page_cache import shared_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from articles.models import Correction

NEWEST = 50


class _Corrections(Feed):
    """Notes to readers on live stories, newest first. Every address is the site's own."""

    feed_type = Atom1Feed

    def feed_url(self) -> str:
        return _absolute(reverse("articles:corrections-feed"))

    feed_guid = feed_url

    def title(self) -> str:
        return _("Corrections")

    def link(self) -> str:
        return _absolute(reverse("articles:corrections"))

    def items(self) -> Sequence[Correction]:
        return list(corrections.public(timezone.now())[:NEWEST])

    def item_title(self, item: Correction) -> str:
        revision = item.article.shown()
        names = {
            "kind": item.get_kind_display(),
            "headline": revision.headline if revision else "",
        }
        return _("%(kind)s: “%(headline)s”") % names

    def item_description(self, item: Correction) -> str:
        return linebreaks(item.text, autoescape=True)

    def item_link(self, item: Correction) -> str:
        return _absolute(item.get_absolute_url())

    item_guid = item_link

    def item_pubdate(self, item: Correction) -> datetime:
        return item.published_at

    item_updateddate = item_pubdate


@require_safe
@shared_page(version=page_versions.of_site)
def of_corrections(request: HttpRequest) -> HttpResponse:
    """Answer with the newest notes to readers on all stories."""
    return _Corrections()(request)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
