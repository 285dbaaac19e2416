"""Lists of stories, and what is said of the paper itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import corrections, front_page, page_versions
from articles.feeds import address_of
from articles.models import Article, Author, Correction, Section, Tag
from newsroom.page_cache import shared_page

from .paging import cards, one_page

NOTES_A_PAGE = 20


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def front(request: HttpRequest) -> HttpResponse:
    """Answer with the arranged page; what is asked for by number is in the long list."""
    if "page" in request.GET:
        page = cards(Article.objects.live(), request)
        query = {"page": page.number} if page.number > 1 else None
        name = "articles:latest" if query else "articles:front"
        return HttpResponseRedirect(reverse(name, query=query))
    now = timezone.now()
    context = {"front": front_page.gather(now), "today": timezone.localdate(now)}
    return render(request, "articles/front.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def latest(request: HttpRequest) -> HttpResponse:
    """Answer with all stories, newest first."""
    page = cards(Article.objects.live(), request)
    return render(request, "articles/latest.html", {"page": page})


@require_safe
@shared_page(version=page_versions.of_site)
def about(request: HttpRequest) -> HttpResponse:
    authors = Author.objects.exclude(biography="", role="")
    return render(request, "articles/about.html", {"authors": authors})


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def section(request: HttpRequest, slug: str) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = cards(section.articles.live(), request, section)
    context = {
        "page": page,
        "subject": section,
        "summary": section.description,
        "section": section,
        "stories": page.object_list,
        "feed": address_of("section-feed", "rss", slug),
    }
    if page.number == 1:
        stories = list(page.object_list)
        stories = front_page.with_chosen_first(stories, section, timezone.now())
        context |= {"lead": stories[0] if stories else None, "stories": stories}
    return render(request, "articles/section.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    page = cards(tag.articles.live(), request, tag)
    context = {"page": page, "subject": tag, "kind": _("Tag")}
    context["feed"] = address_of("tag-feed", "rss", slug)
    return render(request, "articles/list.html", context)


@require_safe
@shared_page(version=page_versions.of_site, parameters=("page",))
def author(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("photograph"), slug=slug)
    page = cards(Article.objects.live().by(author), request, author)
    context = {"page": page, "subject": author, "summary": author.biography}
    context["feed"] = address_of("author-feed", "rss", slug)
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
    page = one_page(notes, NOTES_A_PAGE, request)
    context = {"page": page, "kind": kind, "kinds": Correction.Kind.choices}
    return render(request, "articles/corrections.html", context)
