"""The numbers in the cache key of a page; an act moves those of what it changes."""

from datetime import date

from django.db import connection
from django.db.models import Subquery
from django.utils import timezone

from articles.models import Article, PageVersion
from articles.querysets import ArticleQuerySet
from newsroom.models import SiteVersion
from newsroom.page_cache import Version


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


def of_site(**captured: object) -> Version:
    """Return what a list, or any page but a story's, depends on."""
    return SiteVersion.objects.values_list("number", flat=True).first() or 0


def of_story(*, day: date, slug: str, **captured: object) -> Version:
    """Return what a story's page depends on, in one query; None if it is not live."""
    return _of(Article.objects.filter(day=day, slug=slug))


def of_article(pk: int) -> Version:
    """Return what any other page about the article ``pk`` depends on, likewise."""
    return _of(Article.objects.filter(pk=pk))


def _of(articles: ArticleQuerySet) -> Version:
    now = timezone.now()
    return (
        articles.live(now)
        .with_shown_id(now)
        .values_list(
            "pk",
            "page_version__number",
            "shown_id",
            Subquery(SiteVersion.objects.values("number")[:1]),
        )
        .first()
    )
