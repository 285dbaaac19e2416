"""Putting stories into a draft, and into their order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from articles.models import Article, Edition, EditionStory, StoryContent

if TYPE_CHECKING:
    from datetime import datetime

MOST = 12  # stories that are added at once
FIRST_REACH = timedelta(days=7)  # how far back the first edition goes


@transaction.atomic
def fill(edition: Edition, at: datetime) -> int:
    """Add the newest stories that are live ``at`` a time (aware); return how many.

    Those published since the last edition began, newest first, after what is there. No
    story that is paid for: one of those is put in by hand. None that is retracted.
    """
    standing = Q(is_retracted=False)  # annotated
    stories = Article.objects.live(at).with_retracted(at).filter(standing)
    known = edition.stories.values("article")
    news = stories.filter(published_at__gt=_since(at)).exclude(pk__in=known)
    paid = StoryContent.Label.SPONSORED
    rows = news.exclude(live__label=paid).newest_first().values_list("pk", flat=True)
    start = edition.stories.count() + 1
    added = EditionStory.objects.bulk_create(
        EditionStory(edition=edition, article_id=pk, position=position)
        for position, pk in enumerate(rows[:MOST], start=start)
    )
    return len(added)


def _since(at: datetime) -> datetime:
    begun = Edition.objects.filter(started_at__isnull=False).order_by("-started_at")
    last = begun.values_list("started_at", flat=True).first()
    return last or at - FIRST_REACH


@transaction.atomic
def put_in_order(edition: Edition) -> None:
    """Number the stories from 1 on; those without a place come last."""
    rows = list(edition.stories.all())
    _number(sorted(rows, key=lambda row: (not row.position, row.position, row.pk)))


@transaction.atomic
def move(edition: Edition, story: int, *, up: bool) -> None:
    """Exchange the story of the row ``story`` with its neighbour; at the end nothing."""
    rows = list(edition.stories.all())
    here = next((place for place, row in enumerate(rows) if row.pk == story), None)
    if here is None:
        return
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        _number(rows)


def _number(rows: list[EditionStory]) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position
    EditionStory.objects.bulk_update(rows, ["position"])
