"""Lead readers of feeds from where other systems had theirs to ours.

The addresses of WordPress, Ghost, Hugo, Jekyll, Eleventy, Pelican, Drupal, Blogger and Wix.
What we do not have (a category that is no section) stays not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.urls import re_path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.addresses import stories_at
from articles.feeds import address_of
from articles.models import Author, Section, Tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

# What WordPress calls its formats, and what each is here.
KINDS = {"rss": "rss", "rss2": "rss", "rdf": "rss", "atom": "atom"}
_SITE = {
    "rss": r"(?:rss2?|rss2?\.xml|(?:index|feed)\.(?:xml|rdf)|feeds?/(?:rss2?|rdf)"
    r"|feeds|feeds/(?:rss\.xml|posts/default|all\.rss\.xml)|feed/feed\.xml|blog-feed\.xml"
    r"|(?:blog|posts)/(?:feed|rss|(?:index|feed|rss)\.xml)|wp-(?:rss2?|rdf|feed)\.php)/?",
    "atom": r"(?:atom|(?:feeds/)?(?:all\.)?atom\.xml|feeds/atom|wp-atom\.php)/?",
    "json": r"(?:feed|index)\.json",
}
_NAME = r"(?:[-\w]+/)*(?P<slug>[-\w]+)"
_END = r"(?:feed|rss|index\.xml)(?:/(?P<form>rss2?|rdf|atom))?/?"


@require_safe
def site(request: HttpRequest, kind: str) -> HttpResponse:
    """Lead to the feed of the site."""
    return _to(address_of("feed", kind))


@require_safe
def category(request: HttpRequest, slug: str, form: str | None = None) -> HttpResponse:
    """Lead to the feed of the section of that name, or else of the tag."""
    place = _place([("section-feed", Section), ("tag-feed", Tag)], slug, form)
    return _found(place)


@require_safe
def tag(request: HttpRequest, slug: str, form: str | None = None) -> HttpResponse:
    """Lead to the feed of the tag."""
    return _found(_place([("tag-feed", Tag)], slug, form))


@require_safe
def author(request: HttpRequest, slug: str, form: str | None = None) -> HttpResponse:
    """Lead to the feed of the author."""
    return _found(_place([("author-feed", Author)], slug, form))


@require_safe
def comments(request: HttpRequest, form: str = "rss") -> HttpResponse:
    """Lead to the feed of all comments."""
    return _to(_of_comments(form))


@require_safe
def story(request: HttpRequest, path: str, form: str | None = None) -> HttpResponse:
    """Lead to the feed of the comments on the story at ``path``."""
    article = stories_at([f"/{path}/"]).get(f"/{path}/")
    if article is None or not article.is_live(timezone.now()):
        raise Http404
    kind = KINDS[form or "rss"]
    arguments = [article.pk] if kind == "rss" else [article.pk, kind]
    return _to(reverse("comments:story-feed", args=arguments))


urlpatterns = [
    *(re_path(f"^{route}$", site, {"kind": kind}) for kind, route in _SITE.items()),
    re_path(rf"^categor(?:y|ies)/{_NAME}/{_END}$", category),
    re_path(rf"^section/(?P<slug>[-\w]+)/{_END}$", category),
    re_path(rf"^tags?/{_NAME}/{_END}$", tag),
    re_path(rf"^authors?/{_NAME}/{_END}$", author),
    re_path(rf"^feeds/posts/default/-/{_NAME}/?$", category),
    re_path(r"^comments/feed/(?P<form>rss2?|rdf)/?$", comments),
    re_path(r"^(?:feeds/comments/default|wp-commentsrss2\.php)/?$", comments),
    re_path(rf"^(?P<path>\d{{4}}/\d{{2}}/\d{{2}}/[-\w]+)/{_END}$", story),
]


class OldFeedQueryMiddleware:
    """Redirect ``/?feed=rss2``, as WordPress has it where addresses are not pretty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/" and request.method in {"GET", "HEAD"}:
            asked = request.GET.get("feed", "")
            if place := _asked_for(asked, request) if asked else "":
                return _to(place)
        return self.get_response(request)


def _asked_for(asked: str, request: HttpRequest) -> str:
    form = asked.removeprefix("comments-")
    if form == "feed":
        form = "rss"
    if form not in KINDS:
        return ""
    if asked.startswith("comments-"):
        return _of_comments(form)
    named: list[tuple[str, str, type[Model]]] = [
        ("category_name", "section-feed", Section),
        ("tag", "tag-feed", Tag),
        ("author_name", "author-feed", Author),
    ]
    for parameter, name, model in named:
        if slug := request.GET.get(parameter, ""):
            return _place([(name, model)], slug, form)
    return address_of("feed", KINDS[form])


def _place(named: list[tuple[str, type[Model]]], slug: str, form: str | None) -> str:
    """Return the path of the first of the feeds ``named`` that there is, or ""."""
    for name, model in named:
        if model._default_manager.filter(slug=slug).exists():
            return address_of(name, KINDS[form or "rss"], slug)
    return ""


def _of_comments(form: str) -> str:
    arguments = ["atom"] if KINDS[form] == "atom" else []
    return reverse("comments:site-feed", args=arguments)


def _found(place: str) -> HttpResponse:
    if not place:
        raise Http404
    return _to(place)


def _to(place: str) -> HttpResponse:
    return HttpResponsePermanentRedirect(f"{settings.SITE_URL}{place}")
