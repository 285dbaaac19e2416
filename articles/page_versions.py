"""The numbers in the cache key of a page; an act moves those of what it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Subquery
from django.utils import timezone

from articles.models import Article, PageVersion
from newsroom import page_cache
from newsroom.compiled import Compiled
from newsroom.models import SiteVersion
from newsroom.page_cache import Version

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from articles.querysets import ArticleQuerySet

of_site = page_cache.of_site


def move(article: Article) -> int:
    """Make the cached page of one story out of date, when this transaction commits.

    Return the new number. Call it last in the transaction: readers of the story wait
    for the row. One upsert.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO articles_pageversion (article_id, number) VALUES (%s, 1)
            ON CONFLICT (article_id)
            DO UPDATE SET number = articles_pageversion.number + 1
            RETURNING number
            """,
            [article.pk],
        )
        return cursor.fetchone()[0]


def number_of(article: Article) -> int:
    """Return the story's current number; 0 before anything moved it."""
    row = PageVersion.objects.filter(article=article).first()
    return row.number if row else 0


def of_story(*, day: date, slug: str, **captured: object) -> Version | None:
    """Return what a story's page depends on, in one query; None if it is not live."""
    return _version(_STORY.row(day, slug, timezone.now()))


def of_article(pk: int) -> Version | None:
    """Return what any other page about the article ``pk`` depends on, likewise."""
    return _version(_ARTICLE.row(pk, timezone.now()))


def _version(found: tuple[Any, ...] | None) -> Version | None:
    return Version(found[0] or 0, found[1:]) if found else None


def _numbers(articles: ArticleQuerySet, at: datetime) -> QuerySet[Any]:
    return (
        articles.live(at)
        .with_shown_id(at)
        .values_list(
            Subquery(SiteVersion.objects.values("number")[:1]),
            "pk",
            "page_version__number",
            "shown_id",
        )
    )


def _of_day(day: date, slug: str, at: datetime) -> QuerySet[Any]:
    return _numbers(Article.objects.filter(day=day, slug=slug), at)


def _of_number(pk: int, at: datetime) -> QuerySet[Any]:
    return _numbers(Article.objects.filter(pk=pk), at)


_A_DAY, _A_TIME = date(1605, 1, 2), datetime(1605, 1, 2, 3, 4, tzinfo=UTC)
_STORY = Compiled(_of_day, _A_DAY, "a-slug", _A_TIME)
_ARTICLE = Compiled(_of_number, -1605, _A_TIME)
