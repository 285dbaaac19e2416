"""Serve one rendering of a public page to everyone, and never one that is out of date.

A view marked ``@shared_page`` says which numbers its page depends on. They are read
from the database before each answer and are part of the cache key: an act that moves a
number makes every older rendering unreachable, on every server, with nothing to purge.

However many ask at once, a page is rendered once after a change; one that is asked for
very often, at most once a second. See DESIGN.md, “Pages that any cache can hold”.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response

from newsroom import remembered, replica
from newsroom.compiled import Compiled
from newsroom.models import SiteVersion
from newsroom.renderings import Rendering, Rush, digest_of

type View = Callable[..., HttpResponse]

CACHE_CONTROL = "public, max-age=0, s-maxage=1"
if settings.STALE_WHILE_REVALIDATE:
    CACHE_CONTROL += f", stale-while-revalidate={settings.STALE_WHILE_REVALIDATE}"
KEPT_FOR = 90  # seconds; the minute is part of the key, so that is all it can serve
HOT_FOR = 1  # seconds that a page asked for very often may be behind
TURN = 5  # seconds that one may take to render a page while others wait for it
NAP = 0.01  # seconds
CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"}


class Version(NamedTuple):
    """What a page depends on: the number of the site, and what is its own."""

    site: int
    page: Hashable = None


@dataclass(frozen=True)
class SharedPage:
    """What the cache must know of a view; see ``shared_page``."""

    version: Callable[..., Version | None]
    parameters: frozenset[str]
    private: frozenset[str]


def shared_page(
    *,
    version: Callable[..., Version | None],
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


_SITE = Compiled(lambda: SiteVersion.objects.values_list("number"))


def of_site(**captured: object) -> Version | None:
    """Return what a list, or any page but a story's, depends on: one query."""
    found = _SITE.row()
    return Version(found[0] if found else 0)


class PageCacheMiddleware:
    """Answer a GET for a shared page from the cache, or fill the cache with it.

    It stands before all others: what it keeps is the answer as they made it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.rush = Rush()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page, captured = _shared_page_for(request)
        if page is None or not _parameters_of(request) <= page.parameters:
            return self.get_response(request)

        def serve() -> HttpResponse:
            return self._serve(request, page, captured)

        return replica.ask(serve) or serve()

    def _serve(
        self, request: HttpRequest, page: SharedPage, captured: dict[str, Any]
    ) -> HttpResponse:
        try:
            request.get_host()
            version = page.version(**captured)
        except (DisallowedHost, Error) as error:
            if replica.is_asked() and isinstance(error, Error):
                raise  # the primary is asked, then
            version = None  # to be met again within, where errors get their headers
        if version is None:
            return self.get_response(request)
        shelf = _Shelf(request, version)
        is_hot = self.rush.is_on(shelf.address)
        kept = None if settings.DEBUG else shelf.find(is_hot=is_hot)
        if kept is None and not (settings.DEBUG or shelf.take_turn()):
            kept = shelf.wait()
        if kept:
            return _answer(request, kept)
        try:
            with remembered.true_for(version.site):
                response = self.get_response(request)
            if response.status_code != 200 or response.cookies:
                return response
            rendering = Rendering.of(response, shelf.encoding)
            shelf.keep(rendering, is_hot=is_hot)
        finally:
            shelf.end_turn()
        return _answer(request, rendering)


class ParametersMiddleware:
    """Redirect from a shared page's other addresses; hold what is made for one reader."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _parameters_of(request)
        page, _captured = _shared_page_for(request) if asked else (None, {})
        if page is None:
            return self.get_response(request)
        if unknown := asked - page.parameters - page.private:
            return _without(unknown, request)
        response = self.get_response(request)
        return _for_one_reader(response) if asked & page.private else response


class _Shelf:
    """Where the renderings of one page are kept as it is in this minute."""

    def __init__(self, request: HttpRequest, version: Version) -> None:
        query = sorted(request.GET.items()) if _parameters_of(request) else ""
        # Some headers are sent by https alone.
        self.address = f"{request.scheme}:{request.path_info}?{query}"
        self.encoding = Rendering.encoding_for(request)
        # Reckoned before the page is rendered: what is rendered in the next minute may
        # be kept for this one, and not the other way round.
        minute = int(timezone.now().timestamp() // 60)
        self.page = digest_of("page", settings.RELEASE, version, minute, self.address)

    def find(self, *, is_hot: bool) -> Rendering | None:
        """Return what may be served, if it is there."""
        if found := cache.get(self.page + self.encoding):
            return Rendering(*found)
        for encoding in Rendering.encodings_but(self.encoding):
            if found := cache.get(self.page + encoding):
                rendering = Rendering(*found).recoded(self.encoding)
                cache.set(self.page + self.encoding, tuple(rendering), KEPT_FOR)
                return rendering
        if is_hot and (found := cache.get(self._newest)):
            return Rendering(*found)
        return None

    def keep(self, rendering: Rendering, *, is_hot: bool) -> None:
        """Put ``rendering`` where others find it."""
        cache.set(self.page + self.encoding, tuple(rendering), KEPT_FOR)
        if is_hot:
            cache.set(self._newest, tuple(rendering), HOT_FOR)

    def take_turn(self) -> bool:
        """Tell whether it is for this request to render the page, and not for another."""
        return cache.add(f"{self.page}turn", 1, TURN)

    def end_turn(self) -> None:
        """Say that the page is there, or will not be."""
        cache.delete(f"{self.page}turn")

    def wait(self) -> Rendering | None:
        """Return what another request renders; None if it fails, or takes too long."""
        until = time.monotonic() + TURN
        while time.monotonic() < until:
            time.sleep(NAP)
            if found := cache.get(self.page + self.encoding):
                return Rendering(*found)
            if cache.get(f"{self.page}turn") is None:
                break
        return self.find(is_hot=False)

    @property
    def _newest(self) -> str:
        """The last rendering's key, whatever changed since: it is gone in a second."""
        return digest_of("newest", settings.RELEASE, self.address, self.encoding)


def _shared_page_for(request: HttpRequest) -> tuple[SharedPage | None, dict[str, Any]]:
    if request.method not in {"GET", "HEAD"}:
        return None, {}
    return _shared_page_at(request.path_info)


@lru_cache(maxsize=1000)
def _shared_page_at(path: str) -> tuple[SharedPage | None, dict[str, Any]]:
    try:
        match = resolve(path)
    except Resolver404:
        return None, {}
    return getattr(match.func, "shared_page", None), match.kwargs


def _parameters_of(request: HttpRequest) -> set[str]:
    return set(request.GET) if request.META.get("QUERY_STRING") else set()


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


def _answer(request: HttpRequest, rendering: Rendering) -> HttpResponse:
    tag = f'"{rendering.tag}"'
    own = {"Cache-Control": CACHE_CONTROL, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.META.get("HTTP_IF_NONE_MATCH") == tag:  # as browsers ask
        return HttpResponseNotModified(headers=own)
    if rendering.encoding:
        own["Content-Encoding"] = rendering.encoding
    own["Content-Length"] = str(len(rendering.body))
    response = HttpResponse(rendering.body, headers=rendering.headers | own)
    if CONDITIONS & request.META.keys():
        return get_conditional_response(request, tag, response=response) or response
    return response
