"""Feeds of comments: of one story, and of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import page_versions
from articles.models import Article
from articles.story_entries import id_of
from comments.models import Comment
from newsroom import icons
from newsroom.page_cache import Version, shared_page
from newsroom.syndication import Channel, Entry, Person, absolute, answer

if TYPE_CHECKING:
    from comments.querysets import CommentQuerySet
    from newsroom.models import Publication

NEWEST = 50


def _version_of_story(*, article_id: int, **captured: object) -> Version | None:
    return page_versions.of_article(article_id)


@require_safe
@shared_page(version=_version_of_story)
def of_story(request: HttpRequest, article_id: int, kind: str = "rss") -> HttpResponse:
    """Answer with the newest comments on one story."""
    stories = Article.objects.select_related("section", "live", "next")
    article = get_object_or_404(stories.live(), pk=article_id)
    revision = article.shown()
    headline = revision.headline if revision else ""
    channel = Channel(
        title=_("Comments on “%(headline)s”") % {"headline": headline},
        url=article.get_absolute_url(),
        feed=_address_of("story-feed", kind, article_id),
        publisher=_publisher(request),
        icon=absolute(icons.url_of(_publication(request), "icon-192.png")),
        entries=_entries(Comment.objects.filter(thread=article_id)),
    )
    return answer(channel, kind)


@require_safe
@shared_page(version=page_versions.of_site)
def of_site(request: HttpRequest, kind: str = "rss") -> HttpResponse:
    """Answer with the newest comments on all stories, a minute old at most."""
    live = Article.objects.live()
    channel = Channel(
        title=f"{_('Comments')} – {_publisher(request)}",
        url=reverse("articles:front"),
        feed=_address_of("site-feed", kind),
        publisher=_publisher(request),
        icon=absolute(icons.url_of(_publication(request), "icon-192.png")),
        entries=_entries(Comment.objects.filter(thread__article__in=live)),
    )
    return answer(channel, kind)


def _entries(comments: CommentQuerySet) -> list[Entry]:
    stories = ("thread__article__live", "thread__article__next")
    approved = comments.filter(state=Comment.State.APPROVED)
    return [
        _entry(comment)
        for comment in approved.select_related(*stories).order_by("-pk")[:NEWEST]
    ]


def _entry(comment: Comment) -> Entry:
    article = comment.thread.article
    revision = article.shown()
    names = {"name": comment.name, "headline": revision.headline if revision else ""}
    return Entry(
        id=f"{id_of(article)}-comment-{comment.pk}",
        url=absolute(comment.get_absolute_url()),
        title=_("%(name)s on “%(headline)s”") % names,
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
        content=comment.html,
        authors=[Person(comment.name)],
    )


def _address_of(name: str, kind: str, *numbers: int) -> str:
    arguments = numbers if kind == "rss" else (*numbers, kind)
    return reverse(f"comments:{name}", args=arguments)


def _publisher(request: HttpRequest) -> str:
    return _publication(request).name


def _publication(request: HttpRequest) -> Publication:
    return request.publication  # type: ignore[attr-defined]
