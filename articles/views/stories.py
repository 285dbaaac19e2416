"""A story and its public versions: each the same for everyone who asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import after, page_versions
from articles.comparison import compare_for_readers
from articles.models import Article
from articles.story_page import gather, key_of
from newsroom.compiled import Compiled
from newsroom.page_cache import shared_page

from .paging import one_page

if TYPE_CHECKING:
    from articles.models import Revision

VERSIONS_A_PAGE = 50


@require_safe
@shared_page(version=page_versions.of_story, private=("after", "reply_to"))
def story(request: HttpRequest, day: date, slug: str) -> HttpResponse:
    """Answer with the story: 404 if no reader has seen it, 410 if it is gone again."""
    now = timezone.now()
    article, revision = _seen(day, slug, now)
    if not article.is_live(now):
        return _gone(request, article)
    context: dict[str, object] = {
        # Not asked for where its words are remembered.
        "story": SimpleLazyObject(lambda: gather(article, revision, now)),
        "story_key": key_of(article, revision),
        "article": article,
    }
    if "after" in request.GET:
        act = after.read(request.GET["after"], article)
        if act is None:
            return HttpResponseRedirect(article.get_absolute_url())
        context["after"] = act
    return render(request, "articles/article.html", context)


@require_safe
@shared_page(version=page_versions.of_story, parameters=("page",))
def versions(request: HttpRequest, day: date, slug: str) -> HttpResponse:
    """Answer with the versions of a story that readers have had, newest first."""
    now = timezone.now()
    article, revision = _seen(day, slug, now)
    if not article.is_live(now):
        return _gone(request, article)
    page = one_page(article.versions.for_list(now), VERSIONS_A_PAGE, request)
    context = {"article": article, "revision": revision, "page": page, "now": now}
    return render(request, "articles/versions.html", context)


@require_safe
@shared_page(version=page_versions.of_story)
def version(request: HttpRequest, day: date, slug: str, number: int) -> HttpResponse:
    """Answer with what one version changed of the one before, word by word.

    410 if those words are withheld.
    """
    now = timezone.now()
    article, revision = _seen(day, slug, now)
    if not article.is_live(now):
        return _gone(request, article)
    stored = article.versions.seen(now).select_related(
        "note", "revision", "previous__revision"
    )
    found = get_object_or_404(stored, number=number, previous__isnull=False)
    old: Any = found.previous
    context = {"article": article, "revision": revision, "version": found, "now": now}
    if not old.is_open(now):
        return _withheld(request, context)
    context["comparison"] = compare_for_readers(old.revision, found.revision, now)
    return render(request, "articles/version.html", context)


@never_cache
def _withheld(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    return render(request, "articles/version.html", context, status=410)


def _seen(day: date, slug: str, now: datetime) -> tuple[Article, Revision]:
    """Return a story that readers could see until ``now``, and what they get or got."""
    article = _STORY.first(day, slug, now)
    revision = article.shown(now) if article else None
    if revision is None or not article.was_seen(now):
        raise Http404
    return article, revision


_STORY = Compiled(
    lambda day, slug, at: Article.objects.for_page(at).filter(day=day, slug=slug),
    *(date(1605, 1, 2), "a-slug", datetime(1605, 1, 2, 3, 4, tzinfo=UTC)),
)


@never_cache
def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    # Without a word on it a cache may keep a 410, and the story may be published again.
    return render(request, "articles/gone.html", {"article": article}, status=410)
