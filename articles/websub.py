"""Tell a WebSub hub that our feeds have something new: https://www.w3.org/TR/websub/

The specification leaves open how a hub is told. All of them take the form of its
predecessor: ``hub.mode=publish`` with the addresses that changed
(https://pubsubhubbub.github.io/PubSubHubbub/pubsubhubbub-core-0.4.html#publishing).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.tasks import task
from django.utils import timezone

from articles.feeds import address_of
from articles.models import Article
from articles.story_page import authors_of
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

logger = logging.getLogger(__name__)

PATIENCE = 10  # seconds
TRIES = 5
FIRST_WAIT = timedelta(minutes=1)  # after each further failure five times as long


def announce(article: Article, *, at: datetime | None = None) -> None:
    """Have the hub told of ``article`` when readers get it: now, or at ``at`` (aware).

    Call it in the transaction of the act; a worker tells the hub, if there is one.
    """
    if not settings.WEBSUB_HUB:
        return
    telling = tell.using(run_after=at) if at else tell
    telling.enqueue(article.pk, 1)


@task
def tell(article_id: int, attempt: int) -> None:
    """Tell the hub which feeds a story stands in, if readers have it by now.

    A schedule may have been cancelled, an embargo prolonged: then nothing is said.
    """
    now = timezone.now()
    stories = Article.objects.select_related("section", "live", "next").live(now)
    article = stories.filter(pk=article_id).first()
    if article is None or not settings.WEBSUB_HUB:
        return
    said = [
        ("hub.mode", "publish"),
        *(("hub.url", url) for url in _topics(article, now)),
    ]
    request = Request(  # noqa: S310  # the operator's own
        settings.WEBSUB_HUB, urlencode(said).encode(), {"User-Agent": "Newsroom"}
    )
    try:
        with urlopen(request, timeout=PATIENCE):  # noqa: S310  # the operator's own
            pass
    except (OSError, HTTPException) as error:
        if attempt >= TRIES:
            logger.error("The hub was not told of story %s: %s", article_id, error)
            return
        wait = FIRST_WAIT * 5 ** (attempt - 1)
        tell.using(run_after=now + wait).enqueue(article_id, attempt + 1)


def _topics(article: Article, at: datetime) -> Iterator[str]:
    shown = article.shown(at)
    places = [
        ("feed", []),
        ("section-feed", [article.section.slug]),
        *(("tag-feed", [tag.slug]) for tag in article.tags.all()),
    ]
    for author in authors_of([shown] if shown else []).values():
        places.append(("author-feed", [author.slug]))
    for name, slugs in places:
        for kind in ("rss", "atom", "json"):
            yield absolute(address_of(name, kind, *slugs))
