"""Feeds of stories, and of what readers are told of changes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import corrections, page_versions
from articles.models import Article, Author, Section, Tag
from articles.story_entries import entries_of, id_of
from newsroom import icons
from newsroom.page_cache import shared_page
from newsroom.syndication import Channel, Entry, absolute, answer

if TYPE_CHECKING:
    from articles.models import Correction
    from articles.querysets import ArticleQuerySet
    from newsroom.models import Publication

NEWEST_NOTES = 50


@require_safe
@shared_page(version=page_versions.of_site)
def of_site(request: HttpRequest, kind: str = "rss") -> HttpResponse:
    """Answer with the newest stories there are."""
    front = reverse("articles:front")
    return _stories(request, Article.objects.live(), "", front, "feed", kind)


@require_safe
@shared_page(version=page_versions.of_site)
def of_section(request: HttpRequest, slug: str, kind: str = "rss") -> HttpResponse:
    """Answer with the newest stories of one section."""
    section = get_object_or_404(Section, slug=slug)
    stories, url = section.articles.live(), section.get_absolute_url()
    return _stories(request, stories, section.name, url, "section-feed", kind, slug)


@require_safe
@shared_page(version=page_versions.of_site)
def of_tag(request: HttpRequest, slug: str, kind: str = "rss") -> HttpResponse:
    """Answer with the newest stories under one tag."""
    tag = get_object_or_404(Tag, slug=slug)
    stories, url = tag.articles.live(), tag.get_absolute_url()
    return _stories(request, stories, tag.name, url, "tag-feed", kind, slug)


@require_safe
@shared_page(version=page_versions.of_site)
def of_author(request: HttpRequest, slug: str, kind: str = "rss") -> HttpResponse:
    """Answer with the newest stories that name one author."""
    author = get_object_or_404(Author, slug=slug)
    stories, url = Article.objects.live().by(author), author.get_absolute_url()
    return _stories(request, stories, author.name, url, "author-feed", kind, slug)


@require_safe
@shared_page(version=page_versions.of_site)
def of_corrections(request: HttpRequest, kind: str = "rss") -> HttpResponse:
    """Answer with the newest notes to readers on all live stories."""
    publication = _publication(request)
    now = timezone.now()
    notes = corrections.public(now)[:NEWEST_NOTES]
    channel = Channel(
        title=f"{_('Corrections')} – {publication.name}",
        url=reverse("articles:corrections"),
        feed=address_of("corrections-feed", kind),
        publisher=publication.name,
        icon=absolute(icons.url_of(publication, "icon-192.png")),
        entries=[_note(note) for note in notes],
    )
    return answer(channel, kind)


def address_of(name: str, kind: str, *slugs: str) -> str:
    """Return the path of a feed of ours, as "rss", "atom" or "json"."""
    arguments = slugs if kind == "rss" else (*slugs, kind)
    return reverse(f"articles:{name}", args=arguments)


def _stories(
    request: HttpRequest,
    articles: ArticleQuerySet,
    subject: str,
    url: str,
    name: str,
    kind: str,
    *slugs: str,
) -> HttpResponse:
    publication = _publication(request)
    title = f"{subject} – {publication.name}" if subject else publication.name
    channel = Channel(
        title=title,
        url=url,
        feed=address_of(name, kind, *slugs),
        description="" if subject else publication.description,
        publisher=publication.name,
        icon=absolute(icons.url_of(publication, "icon-192.png")),
        entries=entries_of(
            articles, timezone.now(), full_text=publication.feeds_in_full
        ),
    )
    return answer(channel, kind)


def _note(note: Correction) -> Entry:
    revision = note.article.shown()
    names = {
        "kind": note.get_kind_display(),
        "headline": revision.headline if revision else "",
    }
    return Entry(
        id=f"{id_of(note.article)}-note-{note.pk}",
        url=absolute(note.get_absolute_url()),
        title=_("%(kind)s: “%(headline)s”") % names,
        published=note.published_at,
        updated=note.published_at,
        content=linebreaks(note.text, autoescape=True),
    )


def _publication(request: HttpRequest) -> Publication:
    return request.publication  # type: ignore[attr-defined]
