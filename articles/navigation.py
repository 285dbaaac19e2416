"""What stands around every page: sections, a banner if it is time, a newsletter's form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone

from articles.models import Banner, Newsletter, Section
from newsroom.remembered import remembered


@dataclass(frozen=True)
class ShownBanner:
    """What a page shows of a banner; ``url`` is "" if it leads nowhere."""

    kind: Banner.Kind
    text: str
    url: str


class Navigation:
    """One reading of it all, in one query, which a page that shows none never makes."""

    @cached_property
    def sections(self) -> list[Any]:
        """The sections in their order, each with ``banner``'s row and ``newsletter``."""
        banner = Banner.objects.as_column(timezone.now())
        newsletter = Subquery(_open_newsletter()[:1])
        return list(Section.objects.annotate(banner=banner, newsletter=newsletter))

    @cached_property
    def banner(self) -> ShownBanner | None:
        """The banner to show, or None."""
        if self.sections:
            row = self.sections[0].banner
        else:  # a site that has only begun
            row = Banner.objects.shown(timezone.now()).as_row()
        return _shown(row) if row else None

    @cached_property
    def newsletter(self) -> str:
        """The name of the newsletter that readers can sign up for; "" if there is none."""
        if self.sections:
            return self.sections[0].newsletter or ""
        return _open_newsletter().first() or ""


def _open_newsletter() -> Any:
    return Newsletter.objects.filter(is_open=True).values_list("name", flat=True)


@remembered
def around_every_page() -> Navigation:
    """Return what stands around every page: one query, when it is first shown."""
    return Navigation()


def _shown(row: dict[str, str]) -> ShownBanner:
    url = row["url"]
    if row["day"]:
        day = date.fromisoformat(row["day"])
        url = reverse("articles:story", args=[day, row["slug"]])
    return ShownBanner(Banner.Kind(row["kind"]), row["text"], url)
