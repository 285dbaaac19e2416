"""Reading comments: the pages beyond the story's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles import page_versions
from articles.models import Article
from comments import pages
from comments.models import Comment
from newsroom.compiled import Compiled
from newsroom.page_cache import Version, shared_page
from newsroom.same_origin import same_origin

from . import posting

if TYPE_CHECKING:
    from articles.querysets import ArticleQuerySet

MOST_NUMBER = 2**31 - 1  # of a comment in its thread: what the column holds


def _version_of_thread(*, article_id: int) -> Version | None:
    return page_versions.of_article(article_id)


def _version_of_comment(*, pk: int) -> Version | None:
    article_id = Comment.objects.filter(pk=pk).values_list("thread_id", flat=True)
    return page_versions.of_article(article_id.first() or 0)


@require_http_methods(["GET", "HEAD", "POST"])
@shared_page(version=_version_of_thread, parameters=("from", "order"))
@same_origin
def thread(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show comments from the number ``from`` on; a POST adds one."""
    if request.method == "POST":
        article = _COMMENTED.first(article_id)
        if article is None:
            raise Http404
        return posting.post(request, article)
    article = _live_article(article_id)
    order = request.GET.get("order", "")
    if order and order not in pages.Order.values:
        raise Http404
    start = _number(request.GET["from"]) if "from" in request.GET else None
    page = pages.page_of(article, order=order, start=start)
    context = {"article": article, "page": page}
    return render(request, "comments/thread.html", context)


@require_safe
@shared_page(version=_version_of_comment, parameters=("from",))
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one comment with all that was answered, from the path ``from`` on."""
    root = get_object_or_404(Comment.objects.visible(), pk=pk, depth=0)
    article = _live_article(root.thread_id)
    root.thread = article.thread
    start = request.GET.get("from", "")
    if start and not (start.isascii() and start.isalnum()):
        raise Http404
    context = {"article": article, "page": pages.replies_page(root, start=start)}
    return render(request, "comments/replies.html", context)


@never_cache
@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a comment's permanent address to the page that holds it today."""
    comment = get_object_or_404(Comment.objects.visible(), pk=pk)
    article = _live_article(comment.thread_id)
    return HttpResponseRedirect(pages.address_of(comment, article))


def _articles() -> ArticleQuerySet:
    return Article.objects.select_related("section", "live", "next")


_COMMENTED = Compiled(lambda pk: _articles().filter(pk=pk), -1605)


def _live_article(pk: int) -> Article:
    return get_object_or_404(_articles().with_companions().live(), pk=pk)


def _number(value: str) -> int:
    is_number = value.isascii() and value.isdigit() and len(value) <= 10
    if not is_number or int(value) > MOST_NUMBER:
        raise Http404
    return int(value)
