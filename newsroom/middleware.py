"""Refuse what cannot be read or stored, and bring the publication to all others."""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from newsroom import errors
from newsroom.models import Publication
from newsroom.remembered import remembered
from newsroom.storage import StorageGone

logger = logging.getLogger(__name__)


@remembered
def _publication() -> Publication:
    return Publication.objects.current()


def _publication_and_zone(request: HttpRequest) -> tuple[Publication, ZoneInfo]:
    if request.method in {"GET", "HEAD"}:
        publication = _publication()
        return publication, publication.zone
    # The answer to what a reader does seldom shows more of it than its zone.
    lazy: Any = SimpleLazyObject(Publication.objects.current)
    return lazy, Publication.objects.zone()


class PublicationMiddleware:
    """Set ``request.publication`` and make its time zone the current one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.MEDIA_URL):
            return self.get_response(request)  # a picture shows no time
        publication, zone = _publication_and_zone(request)
        request.publication = publication  # type: ignore[attr-defined]
        with timezone.override(zone):
            return self.get_response(request)


class UnreadableMiddleware:
    """Answer 400 to what no browser sends, and no form or database could take.

    A NUL character in the address, which PostgreSQL refuses in any text; and a body
    in another encoding than UTF-8, some of whose names are no text encodings at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8"}:
            raise BadRequest("A form must be sent in UTF-8.")
        return self.get_response(request)


class StorageGoneMiddleware:
    """Answer 503, in words, where the storage of pictures does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, StorageGone):
            logger.error("The storage of pictures does not answer: %s", exception)
            return errors.storage_gone(request)
        return None
