"""Serve one rendering of a public page to everyone, and never one that is out of date.

A view marked ``@shared_page`` says which numbers its page depends on. They are read
from the database before each answer and are part of the cache key: an act that moves a
number makes every older rendering unreachable, on every server, with nothing to purge.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response

type Version = Hashable | None
type View = Callable[..., HttpResponse]

CACHE_CONTROL = "public, max-age=0, s-maxage=1"
KEPT_FOR = 90  # seconds; the minute is part of the key, so that is all it can serve


@dataclass(frozen=True)
class SharedPage:
    """What the cache must know of a view; see ``shared_page``."""

    version: Callable[..., Version]
    parameters: frozenset[str]
    private: frozenset[str]


def shared_page(
    *,
    version: Callable[..., Version],
    parameters: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Mark a view whose page is the same for everyone.

    ``version`` takes what the URL captured and returns what the page depends on, or
    None if no cache may hold it. ``parameters`` of the query choose among shared
    pages (a page number); one of ``private`` asks for a rendering of its own, which
    is not stored. Any other parameter is dropped by a redirect.
    """

    def mark(view: View) -> View:
        view.shared_page = SharedPage(  # type: ignore[attr-defined]
            version, frozenset(parameters), frozenset(private)
        )
        return view

    return mark


class PageCacheMiddleware:
    """Answer a GET for a shared page from the cache, or fill the cache with it."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page, captured = _shared_page_at(request)
        if page is None:
            return self.get_response(request)
        if unknown := set(request.GET) - page.parameters - page.private:
            return _without(unknown, request)
        if page.private & set(request.GET):
            return _for_one_reader(self.get_response(request))
        version = page.version(**captured)
        if version is None:
            return self.get_response(request)
        key = _key(request, version)
        stored = None if settings.DEBUG else cache.get(key)
        if stored is None:
            response = self.get_response(request)
            if response.status_code != 200:
                return response
            digest = hashlib.sha256(response.content).hexdigest()[:32]
            stored = response.content, response.headers["Content-Type"], f'"{digest}"'
            cache.set(key, stored, KEPT_FOR)
        return _answer(request, *stored)


def _shared_page_at(request: HttpRequest) -> tuple[SharedPage | None, dict[str, Any]]:
    if request.method not in {"GET", "HEAD"}:
        return None, {}
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None, {}
    return getattr(match.func, "shared_page", None), match.kwargs


def _without(parameters: set[str], request: HttpRequest) -> HttpResponse:
    kept = QueryDict(mutable=True)
    for name in request.GET:
        if name not in parameters:
            kept[name] = request.GET[name]
    query = f"?{kept.urlencode()}" if kept else ""
    return HttpResponseRedirect(f"{settings.SITE_URL}{request.path}{query}")


def _for_one_reader(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _key(request: HttpRequest, version: Version) -> str:
    minute = int(timezone.now().timestamp() // 60)
    query = sorted(request.GET.items())
    parts = (settings.RELEASE, version, minute, request.path_info, query)
    return f"page:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def _answer(
    request: HttpRequest, body: bytes, content_type: str, etag: str
) -> HttpResponse:
    response = HttpResponse(
        body,
        headers={
            "Content-Type": content_type,
            "Cache-Control": CACHE_CONTROL,
            "ETag": etag,
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response
