"""The pages of the paper: each the same for everyone who asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.paginator import InvalidPage, Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from articles import after, page_versions, preview_links
from articles.forms import PreviewAnswerForm, SearchForm
from articles.models import Article, Author, PreviewLink, Section, Tag
from articles.preview_links import PreviewOver
from articles.story_page import gather
from newsroom import errors, limits
from newsroom.page_cache import CACHE_CONTROL, shared_page
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from datetime import date

    from django.core.paginator import Page

    from articles.querysets import ArticleQuerySet

CARDS_A_PAGE = 20
AN_HOUR = timedelta(hours=1)
ANSWERS_AN_HOUR = 20  # to one preview


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def front(request: HttpRequest) -> HttpResponse:
    page = _page_of(Article.objects.live(), request)
    return render(request, "articles/front.html", {"page": page})


@require_safe
@shared_page(version=page_versions.of_site)
def about(request: HttpRequest) -> HttpResponse:
    authors = Author.objects.exclude(biography="", role="")
    return render(request, "articles/about.html", {"authors": authors})


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def section(request: HttpRequest, slug: str) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = _page_of(section.articles.live(), request)
    context = {"page": page, "subject": section, "summary": section.description}
    return render(request, "articles/list.html", context | {"section": section})


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    page = _page_of(tag.articles.live(), request)
    context = {"page": page, "subject": tag, "kind": _("Tag")}
    return render(request, "articles/list.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def author(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("photograph"), slug=slug)
    page = _page_of(Article.objects.live().by(author), request)
    context = {"page": page, "subject": author, "summary": author.biography}
    return render(request, "articles/list.html", context | {"kind": author.role})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer with the stories that hold all the words; not stored: questions differ."""
    form = SearchForm(request.GET or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        found = Article.objects.live().saying(form.cleaned_data["q"])
        context["page"] = _page_of(found, request)
    status = 422 if form.errors else 200
    response = render(request, "articles/search.html", context, status=status)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@shared_page(version=page_versions.of_story, private=("after", "reply_to"))
def story(request: HttpRequest, day: date, slug: str) -> HttpResponse:
    """Answer with the story: 404 if no reader has seen it, 410 if it is gone again."""
    now = timezone.now()
    article = get_object_or_404(
        Article.objects.select_related("section", "live", "next"), day=day, slug=slug
    )
    revision = article.shown(now)
    if revision is None or not article.was_seen(now):
        raise Http404
    if not article.is_live(now):
        return _gone(request, article)
    context: dict[str, object] = {
        "story": gather(article, revision, now),
        "article": article,
    }
    if "after" in request.GET:
        act = after.read(request.GET["after"], article)
        if act is None:
            return HttpResponseRedirect(article.get_absolute_url())
        context["after"] = act
    return render(request, "articles/article.html", context)


@never_cache
def _gone(request: HttpRequest, article: Article) -> HttpResponse:
    # Without a word on it a cache may keep a 410, and the story may be published again.
    return render(request, "articles/gone.html", {"article": article}, status=410)


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show one revision to whom the desk sent this address; no cache holds it."""
    return _preview(request, token, PreviewAnswerForm())


@require_POST
@same_origin
def answer_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Take what the reader of a preview says of it."""
    form = PreviewAnswerForm(request.POST)
    if not form.is_valid():
        return _preview(request, token, form)
    try:
        link = preview_links.find(token)
    except PreviewLink.DoesNotExist as error:
        raise Http404 from error
    except PreviewOver:
        return _preview(request, token, form)
    if limits.count(f"preview:{link.pk}", within=AN_HOUR) > ANSWERS_AN_HOUR:
        return errors.too_many_requests(request, wait=AN_HOUR)
    preview_links.answer(link, **form.cleaned_data)
    address = reverse("articles:preview", args=[token])
    return HttpResponseRedirect(f"{address}#answer", status=303)


@never_cache
def _preview(request: HttpRequest, token: str, form: PreviewAnswerForm) -> HttpResponse:
    try:
        link = preview_links.find(token)
    except PreviewLink.DoesNotExist as error:
        raise Http404 from error
    except PreviewOver:
        return render(request, "articles/preview_over.html", {"form": form}, status=410)
    now, article = timezone.now(), link.article
    if not article.published_at:
        article.published_at = link.revision.created_at
    context = {
        "story": gather(article, link.revision, now),
        "article": article,
        "preview": link,
        "token": token,
        "form": form,
    }
    status = 422 if form.errors else 200
    response = render(request, "articles/article.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def media(request: HttpRequest, name: str) -> FileResponse:
    """Answer with a rendition, which never changes under its name."""
    try:
        file = default_storage.open(name)
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    response = FileResponse(file)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _page_of(articles: ArticleQuerySet, request: HttpRequest) -> Page[Article]:
    paginator = Paginator(articles.newest_first().for_cards(), CARDS_A_PAGE)
    try:
        return paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
