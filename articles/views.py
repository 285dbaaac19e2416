"""The pages of the paper: each the same for everyone who asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

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

from articles import after, corrections, page_versions, preview_links
from articles.comparison import compare_for_readers
from articles.forms import PreviewAnswerForm, SearchForm
from articles.models import Article, Author, Correction, PreviewLink, Section, Tag
from articles.preview_links import PreviewOver
from articles.story_page import gather
from newsroom import errors, limits
from newsroom.page_cache import CACHE_CONTROL, shared_page
from newsroom.same_origin import same_origin

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.core.paginator import Page
    from django.db.models import Model, QuerySet

    from articles.models import Revision
    from articles.querysets import ArticleQuerySet

CARDS_A_PAGE = 20
NOTES_A_PAGE = 20
VERSIONS_A_PAGE = 50
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
@shared_page(version=page_versions.of_site, parameters=("page", "kind"))
def corrections_page(request: HttpRequest) -> HttpResponse:
    """Answer with what readers were told of all live stories, or of one kind of it."""
    kind = request.GET.get("kind", "")
    if kind and kind not in Correction.Kind:
        raise Http404
    notes = corrections.public(timezone.now())
    if kind:
        notes = notes.filter(kind=kind)
    page = _page(notes, NOTES_A_PAGE, request)
    context = {"page": page, "kind": kind, "kinds": Correction.Kind.choices}
    return render(request, "articles/corrections.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer with the stories that hold all the words; not stored: questions differ."""
    form = SearchForm(request.GET or None)
    context: dict[str, object] = {"form": form, "page": None}
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
    article, revision = _seen(day, slug, now)
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


@require_safe
@shared_page(version=page_versions.of_story, parameters=("page",))
def versions(request: HttpRequest, day: date, slug: str) -> HttpResponse:
    """Answer with the versions of a story that readers have had, newest first."""
    now = timezone.now()
    article, revision = _seen(day, slug, now)
    if not article.is_live(now):
        return _gone(request, article)
    page = _page(article.versions.for_list(now), VERSIONS_A_PAGE, request)
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
    stories = Article.objects.select_related("section", "live", "next")
    article = get_object_or_404(stories.with_changed(now), day=day, slug=slug)
    revision = article.shown(now)
    if revision is None or not article.was_seen(now):
        raise Http404
    return article, revision


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
    return _page(articles.newest_first().for_cards(), CARDS_A_PAGE, request)


def _page[Row: Model](
    rows: QuerySet[Row], number: int, request: HttpRequest
) -> Page[Row]:
    try:
        return Paginator(rows, number).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
