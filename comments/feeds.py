"""Atom feeds of comments: of one story, and of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import page_versions
from articles.models import Article
from comments.models import Comment
from newsroom.page_cache import Version, shared_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

NEWEST = 50


class _Comments(Feed):
    """Approved comments on live stories, newest first. Every address is the site's own."""

    feed_type = Atom1Feed

    def feed_url(self, article: Article | None) -> str:
        if article:
            return _absolute(reverse("comments:story-feed", args=[article.pk]))
        return _absolute(reverse("comments:site-feed"))

    feed_guid = feed_url

    def title(self, article: Article | None) -> str:
        if article is None:
            return _("Comments")
        revision = article.shown()
        headline = revision.headline if revision else ""
        return _("Comments on “%(headline)s”") % {"headline": headline}

    def link(self, article: Article | None) -> str:
        return _absolute(article.get_absolute_url() if article else "/")

    def items(self, article: Article | None) -> Sequence[Comment]:
        live = Article.objects.live()
        comments = Comment.objects.filter(state=Comment.State.APPROVED)
        comments = (
            comments.filter(thread=article.pk)
            if article
            else comments.filter(thread__article__in=live)
        )
        stories = ("thread__article__live", "thread__article__next")
        return list(comments.select_related(*stories).order_by("-pk")[:NEWEST])

    def item_title(self, item: Comment) -> str:
        revision = item.thread.article.shown()
        names = {"name": item.name, "headline": revision.headline if revision else ""}
        return _("%(name)s on “%(headline)s”") % names

    def item_description(self, item: Comment) -> str:
        return item.html

    def item_link(self, item: Comment) -> str:
        return _absolute(item.get_absolute_url())

    item_guid = item_link

    def item_author_name(self, item: Comment) -> str:
        return item.name

    def item_pubdate(self, item: Comment) -> datetime:
        return item.created_at

    def item_updateddate(self, item: Comment) -> datetime:
        return item.edited_at or item.created_at


class _OfStory(_Comments):
    def get_object(self, request: HttpRequest, article_id: int) -> Article:
        stories = Article.objects.select_related("section", "live", "next")
        return get_object_or_404(stories.live(), pk=article_id)


def _version_of_story(*, article_id: int) -> Version:
    return page_versions.of_article(article_id)


@require_safe
@shared_page(version=_version_of_story)
def of_story(request: HttpRequest, article_id: int) -> HttpResponse:
    """Answer with the newest comments on one story."""
    return _OfStory()(request, article_id=article_id)


@require_safe
@shared_page(version=page_versions.of_site)
def of_site(request: HttpRequest) -> HttpResponse:
    """Answer with the newest comments on all stories, a minute old at most."""
    return _Comments()(request)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
