"""Reading comments beyond the story's page, and taking new ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles import after, page_versions
from articles.models import Article
from comments import pages
from comments.forms import CommentForm
from comments.models import Comment
from comments.posting import (
    CommentRefused,
    Duplicate,
    NotRepliable,
    ThreadClosed,
    TooSoon,
    post_comment,
)
from comments.screening import Circumstances
from newsroom import limits, networks, readers
from newsroom.models import Event
from newsroom.page_cache import Version, shared_page
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from articles.querysets import ArticleQuerySet
    from newsroom.readers import Reader

AN_HOUR = timedelta(hours=1)
MOST_NUMBER = 2**31 - 1  # of a comment in its thread: what the column holds


def _version_of_thread(*, article_id: int) -> Version:
    return page_versions.of_article(article_id)


def _version_of_comment(*, pk: int) -> Version:
    article_id = Comment.objects.filter(pk=pk).values_list("thread_id", flat=True)
    return page_versions.of_article(article_id.first() or 0)


@require_http_methods(["GET", "HEAD", "POST"])
@shared_page(version=_version_of_thread, parameters=("from",))
@same_origin
def thread(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show comments from the number ``from`` on; a POST adds one."""
    if request.method == "POST":
        article = get_object_or_404(_articles(), pk=article_id)
        return _post(request, article) if article.is_live() else _gone(request, article)
    article = _live_article(article_id)
    page = pages.page_of(article, start=_number(request.GET.get("from", "0")))
    context = {"article": article, "page": page}
    return render(request, "comments/thread.html", context)


@require_safe
@shared_page(version=_version_of_comment, parameters=("from",))
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one comment with all that was answered, from the path ``from`` on."""
    roots = Comment.objects.visible().select_related("thread")
    root = get_object_or_404(roots, pk=pk, depth=0)
    article = root.thread.article = _live_article(root.thread_id)
    start = request.GET.get("from", "")
    if start and not (start.isascii() and start.isalnum()):
        raise Http404
    shown, following = pages.replies_page(root, start=start)
    context: dict[str, object] = {
        "article": article,
        "thread": root.thread,
        "next_from": following,
    }
    context["branch"] = pages.Branch(root, shown, more=0)
    return render(request, "comments/replies.html", context)


@never_cache
@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a comment's permanent address to the page that holds it today."""
    comment = get_object_or_404(Comment.objects.visible(), pk=pk)
    article = _live_article(comment.thread_id)
    return HttpResponseRedirect(pages.address_of(comment, article))


@never_cache
@require_safe
def status(request: HttpRequest, key: str) -> HttpResponse:
    """Show the one who wrote a comment what became of it."""
    comment = get_object_or_404(
        Comment.objects.select_related("thread__article"), status_key=key
    )
    reason = ""
    if comment.state == Comment.State.REMOVED:
        decision = Event.objects.about(comment).first()
        reason = decision.reason if decision else ""
    context = {"comment": comment, "article": comment.thread.article, "reason": reason}
    response = render(request, "comments/status.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response


def _post(request: HttpRequest, article: Article) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _form_again(request, article, form, status=422)
    typed = form.cleaned_data
    network = networks.network_key(request)
    reader = readers.recognise(request)
    around = Circumstances(
        trap=typed["subject"],
        from_network_this_hour=limits.count(f"comments:{network}", within=AN_HOUR),
    )
    try:
        comment = post_comment(
            article,
            _comment(typed, reader, network),
            reply_to=typed["reply_to"],
            around=around,
        )
    except CommentRefused as refusal:
        message, status = _in_words(refusal)
        form.add_error(None, message)
        response = _form_again(request, article, form, status=status)
        if isinstance(refusal, TooSoon):
            response.headers["Retry-After"] = str(settings.COMMENT_FLOOD_SECONDS)
        return response
    fragment = f"comment-{comment.pk}" if comment.is_approved else "respond"
    response = after.answer(article, act="comment", item=comment.pk, fragment=fragment)
    return readers.remember(reader, response)


@never_cache
def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    """Give back what was written under a story that was withdrawn meanwhile."""
    if not article.was_seen():
        raise Http404
    context = {"article": article, "typed": request.POST.get("comment", "")}
    return render(request, "comments/gone.html", context, status=410)


def _comment(typed: dict[str, str], reader: Reader, network: str) -> Comment:
    return Comment(
        name=typed["name"],
        email=typed["email"],
        website=typed["website"],
        source=typed["comment"],
        reader_hash=reader.hash,
        network_key=network,
    )


def _in_words(refusal: CommentRefused) -> tuple[str, int]:
    """Return what to say to the reader, and the HTTP status that goes with it."""
    wait = _(
        "You posted a moment ago. Wait %(seconds)d seconds and press the button again."
    )
    words: dict[type[CommentRefused], tuple[str, int]] = {
        ThreadClosed: (
            _("Comments on this story are closed. Your text is below."),
            403,
        ),
        NotRepliable: (
            _(
                "The comment you answer is no longer there, or takes no replies. Your "
                "text is kept: post it as a comment of its own."
            ),
            422,
        ),
        Duplicate: (
            _(
                "You have said that already: these words stand here, wait for a "
                "moderator, or were not published."
            ),
            409,
        ),
        TooSoon: (wait % {"seconds": settings.COMMENT_FLOOD_SECONDS}, 429),
    }
    return words[type(refusal)]


@never_cache
def _form_again(
    request: HttpRequest, article: Article, form: CommentForm, *, status: int
) -> HttpResponse:
    reply_to = form.cleaned_data.get("reply_to") or 0
    repliable = Comment.objects.repliable().filter(thread=article.pk)
    parent = repliable.filter(pk=reply_to).first()
    if parent is None:  # so that it can be sent again as it is
        form.data = {**request.POST.dict(), "reply_to": ""}
    context = {"article": article, "form": form, "parent": parent}
    return render(request, "comments/respond.html", context, status=status)


def _articles() -> ArticleQuerySet:
    return Article.objects.select_related("section", "live", "next")


def _live_article(pk: int) -> Article:
    return get_object_or_404(_articles().live(), pk=pk)


def _number(value: str) -> int:
    is_number = value.isascii() and value.isdigit() and len(value) <= 10
    if not is_number or int(value) > MOST_NUMBER:
        raise Http404
    return int(value)
