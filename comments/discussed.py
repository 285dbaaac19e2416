"""Which stories readers talk about most: from the threads' counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from articles.models import Article

if TYPE_CHECKING:
    from datetime import datetime

    from articles.querysets import ArticleQuerySet

WINDOW = timedelta(days=7)


def most_discussed(at: datetime) -> ArticleQuerySet:
    """Return the stories live at ``at`` (aware) with comments, the most first.

    Annotate ``comment_count``. Only what was published within the ``WINDOW`` counts: as
    many rows are read, by the index of what is live, and the paper's past costs nothing.
    """
    return (
        Article.objects.live(at)
        .filter(published_at__gt=at - WINDOW, thread__approved__gt=0)
        .order_by("-thread__approved", "-pk")
        .annotate(comment_count=F("thread__approved"))
        .for_links()
    )
