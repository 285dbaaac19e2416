"""Which part of a long list a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from articles.cards import in_order
from newsroom import remembered

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import Model, QuerySet

    from articles.models import Article
    from articles.querysets import ArticleQuerySet

CARDS_A_PAGE = 20


def cards(
    articles: ArticleQuerySet, request: HttpRequest, of: Model | None = None
) -> Page[Article]:
    """Return one page of the live ``articles`` as cards, newest first.

    ``of`` is the section, tag or author that they all have; None: they are all live
    ones. Raise ``Http404`` for a page there is not.
    """
    return _page(Cards(articles, of), request)


class Cards(Paginator["Article"]):
    """A long list of stories, of which a page costs the same wherever it is."""

    def __init__(self, articles: ArticleQuerySet, of: Model | None) -> None:
        super().__init__(articles.newest_first(), CARDS_A_PAGE)
        self.articles = articles
        self.of = of

    @cached_property
    def count(self) -> int:
        """How many stories there are, at most a minute ago."""
        key = ("stories", type(self.of), self.of and self.of.pk)
        return remembered.recall(key, self.articles.count)

    def page(self, number: int | str) -> Page[Article]:
        """Return a page, its cards fetched by the numbers that an index alone gives."""
        page = super().page(number)
        ids = cast("ArticleQuerySet", page.object_list).values_list("pk", flat=True)
        page.object_list = in_order(ids, timezone.now())
        return page


def one_page[Row: Model](
    rows: QuerySet[Row], number: int, request: HttpRequest
) -> Page[Row]:
    """Return the page of ``rows`` that ``?page=`` names, ``number`` rows long; or raise."""
    return _page(Paginator(rows, number), request)


def _page[Row: Model](paginator: Paginator[Row], request: HttpRequest) -> Page[Row]:
    try:
        return paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
