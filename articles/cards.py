"""What lists show of stories: a card each, with the wide crop of its picture."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from articles.models import Article, Rendition
from newsroom import remembered
from newsroom.compiled import Compiled, examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet


def cards_of(ids: Iterable[int], at: datetime) -> dict[int, Article]:
    """Return those of the stories ``ids`` that are live at ``at`` (aware), by id.

    They have what a card shows; see ``ArticleQuerySet.for_cards``. Two queries, or one
    where no story has a picture, for those that no other list has asked for.
    """
    return remembered.recall_each("card", ids, lambda missing: _read(missing, at))


def _read(ids: Sequence[int], at: datetime) -> dict[int, Article]:
    found = _stories(len(ids)).all(at, *ids)
    _give_pictures(found, at)
    return {article.pk: article for article in found}


def in_order(ids: Iterable[int], at: datetime) -> list[Article]:
    """Return the same in the order of ``ids``."""
    ids = list(ids)
    cards = cards_of(ids, at)
    return [cards[pk] for pk in ids if pk in cards]


def _give_pictures(articles: Iterable[Article], at: datetime) -> None:
    shown = [article.shown(at) for article in articles]
    leads = [one.lead_image for one in shown if one and one.lead_image]
    ids = {image.pk for image in leads}
    sizes = defaultdict(list)
    for size in _wide(len(ids)).all(*ids) if ids else []:
        sizes[size.image_id].append(size)
    for image in leads:
        image.sizes = sizes[image.pk]


@lru_cache(maxsize=64)
def _stories(number: int) -> Compiled:
    return Compiled(
        lambda at, *ids: Article.objects.live(at).for_cards(at).filter(pk__in=ids),
        *(datetime(1605, 1, 2, tzinfo=UTC), *examples(number)),
    )


@lru_cache(maxsize=64)
def _wide(number: int) -> Compiled:
    return Compiled(_renditions, *examples(number))


def _renditions(*images: int) -> QuerySet[Rendition]:
    return Rendition.objects.filter(image__in=images, crop=Rendition.Crop.WIDE)
