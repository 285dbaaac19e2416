"""Bring the publication to each request that something is rendered for."""

from collections.abc import Callable

from django.conf import settings
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
