"""Refuse requests that cannot be read, and bring the publication to all others."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from newsroom.models import Publication


class PublicationMiddleware:
    """Set ``request.publication`` and make its time zone the current one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.MEDIA_URL):
            return self.get_response(request)  # a picture shows no time
        publication = Publication.objects.current()
        request.publication = publication  # type: ignore[attr-defined]
        with timezone.override(publication.zone):
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
