"""What search engines are told to read: all pages by month, and the newest stories.

https://www.sitemaps.org/protocol.html, with the extensions of
https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps and
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from articles.models import (
    Article,
    Author,
    Correction,
    Image,
    Newsletter,
    Page,
    Reference,
    Rendition,
    Section,
    Tag,
)
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from articles.querysets import ArticleQuerySet

# Far below the protocol's 50,000, so that any shard is drawn in a moment.
STORIES_A_SHARD = 2000
MOST_SHARDS = 500  # of one month: what a newspaper of the size of the world would need
MOST_PAGES = 50_000  # addresses in one file, as the protocol has it
NEWS = timedelta(days=2)
MOST_NEWS = 1000
# Google knows languages by two letters, Chinese by two scripts.
_CHINESE = {"zh-hans": "zh-cn", "zh-hant": "zh-tw"}


@dataclass(frozen=True)
class Address:
    """One absolute address, when what it leads to last changed, and its pictures."""

    url: str
    changed: datetime | None = None
    images: Sequence[str] = ()


@dataclass(frozen=True)
class News:
    """One story of the last two days, as Google News reads it."""

    url: str
    headline: str
    published: datetime
    language: str


def shards(at: datetime) -> list[Address]:
    """Return the addresses of all sitemaps, newest month first, in two queries."""
    # By day, for which the index is in order; a month is a function in the database.
    days: Any = (
        _listed(at)
        .order_by("-day")
        .values("day")
        .annotate(
            stories=Count("pk"), newest=Max(Coalesce("updated_at", "published_at"))
        )
        .values_list("day", "stories", "newest")
    )
    told = dict(
        Correction.objects.standing(at)
        .filter(article__in=_listed(at))
        .order_by()
        .values("article__day")
        .annotate(newest=Max("published_at"))
        .values_list("article__day", "newest")
    )
    found = [Address(absolute(reverse("articles:sitemap-pages")))]
    for month, within in groupby(days, key=lambda row: row[0].replace(day=1)):
        rows = list(within)
        stories = sum(number for _day, number, _newest in rows)
        changes = [newest for _day, _number, newest in rows]
        changes += [told[day] for day, _number, _newest in rows if day in told]
        for number in range(-(-stories // STORIES_A_SHARD), 0, -1):
            found.append(Address(absolute(_path_of(month, number)), max(changes)))
    return found


def stories_of(month: date, number: int, at: datetime) -> list[Address] | None:
    """Return the stories of one shard of a ``month`` (its first day), oldest first.

    Three queries. Stories that say they stand elsewhere are left out, so there may be
    none to tell of; None where there is no such shard.
    """
    note = Correction.objects.standing(at).filter(article=OuterRef("pk"))
    first = (number - 1) * STORIES_A_SHARD
    rows = (
        _listed(at)
        .filter(day__range=(month, _last_day(month)))
        .annotate(
            told_at=Subquery(note.order_by("-published_at").values("published_at")[:1])
        )
        .order_by("published_at", "pk")
        .select_related("live", "next")
        .only(
            *("day", "slug", "published_at", "updated_at", "next_at"),
            *(
                f"{which}__{name}"
                for which in ("live", "next")
                for name in ("lead_image", "canonical_url")
            ),
        )[first : first + STORIES_A_SHARD]
    )
    if not rows:
        return None
    stories = [
        (story, shown)
        for story in rows
        if (shown := story.shown(at)) and not shown.canonical_url
    ]
    pictures = _pictures(stories, at)
    return [
        Address(
            absolute(story.get_absolute_url()),
            max(filter(None, _changes(story))),
            pictures[shown.pk],
        )
        for story, shown in stories
    ]


def pages(at: datetime) -> list[Address]:
    """Return every page but the stories': lists with a live story, and the paper's own."""
    live = Article.objects.live(at)
    written = Exists(live.filter(section=OuterRef("pk")))
    tagged = Exists(live.filter(tags=OuterRef("pk")))
    shown = live.with_shown_id(at).filter(
        Q(pk=OuterRef("revision__article"), shown_id=OuterRef("revision"))
    )
    named = Reference.objects.filter(Exists(shown), author=OuterRef("pk"))
    wrote = Author.objects.filter(Exists(named))
    names = ["articles:front", "articles:about", "articles:corrections"]
    if Newsletter.objects.filter(is_open=True).exists():
        names.append("articles:newsletter")
    lists: list[Any] = [
        *Section.objects.filter(written),
        *wrote.only("slug"),
        *Tag.objects.filter(tagged)[: MOST_PAGES // 2],
    ]
    return [
        *(Address(absolute(reverse(name))) for name in names),
        *(
            Address(absolute(page.get_absolute_url()), page.changed_at)
            for page in Page.objects.defer("body")
        ),
        *(Address(absolute(one.get_absolute_url())) for one in lists),
    ][:MOST_PAGES]


def news(at: datetime) -> list[News]:
    """Return the stories of the last two days that are the newsroom's own, newest first."""
    rows = (
        _listed(at)
        .filter(published_at__gte=at - NEWS)
        .newest_first()
        .select_related("live", "next")
        .only(
            *("day", "slug", "published_at", "next_at", "language"),
            *(
                f"{which}__{name}"
                for which in ("live", "next")
                for name in ("headline", "label", "canonical_url")
            ),
        )
    )
    found: list[News] = []
    for story in rows.iterator(chunk_size=MOST_NEWS):
        shown, published = story.shown(at), story.published_at
        if not shown or not published or shown.is_sponsored or shown.canonical_url:
            continue
        url = absolute(story.get_absolute_url())
        language = _language(story.language or settings.LANGUAGE_CODE)
        found.append(News(url, shown.headline, published, language))
        if len(found) == MOST_NEWS:
            break
    return found


def _listed(at: datetime) -> ArticleQuerySet:
    return Article.objects.live(at).filter(noindex=False)


def _path_of(month: date, number: int) -> str:
    if number == 1:
        return reverse("articles:sitemap-month", args=[month])
    return reverse("articles:sitemap-shard", args=[month, number])


def _last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _changes(story: Any) -> Iterable[datetime | None]:
    return story.published_at, story.updated_at, story.told_at


def _pictures(
    stories: Sequence[tuple[Article, Any]], at: datetime
) -> dict[int, list[str]]:
    """Return for each revision the addresses of the pictures that its page shows."""
    named = defaultdict(list)
    for _story, shown in stories:
        if shown.lead_image_id:
            named[shown.pk].append(shown.lead_image_id)
    within = Reference.objects.filter(
        revision__in=[shown.pk for _story, shown in stories], image__isnull=False
    )
    for revision, image in within.order_by("pk").values_list("revision", "image"):
        named[revision].append(image)
    widest = {}
    ids = {pk for images in named.values() for pk in images}
    for one in Rendition.objects.filter(
        image__in=Image.objects.licensed(at).filter(pk__in=ids),
        crop=Rendition.Crop.WHOLE,
    ).order_by("width"):
        widest[one.image_id] = absolute(one.file.url)
    found: dict[int, list[str]] = defaultdict(list)
    for revision, images in named.items():
        urls = (widest[pk] for pk in dict.fromkeys(images) if pk in widest)
        found[revision] = [*urls]
    return found


def _language(code: str) -> str:
    return _CHINESE.get(code, code.partition("-")[0])
