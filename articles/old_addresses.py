"""Lead those who come by an old address to where the story is now."""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles.models import Article, OldAddress


class OldAddressMiddleware:
    """Answer a page that is not found with a redirect, if it was a story's once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        old = (
            OldAddress.objects.filter(path=request.path_info)
            .select_related("article")
            .first()
        )
        if old is None or not old.article.was_seen():
            return response
        return HttpResponsePermanentRedirect(old.article.get_absolute_url())


def keep(article: Article, path: str) -> None:
    """Let ``path``, which ``article`` is about to leave, go on leading to it."""
    path = unquote(path)  # as a request's path arrives
    OldAddress.objects.update_or_create(path=path, defaults={"article": article})


def is_taken(path: str, *, by_other_than: Article) -> bool:
    """Tell whether ``path`` is an old address of another story than the one given."""
    return (
        OldAddress.objects.filter(path=unquote(path))
        .exclude(article=by_other_than)
        .exists()
    )
