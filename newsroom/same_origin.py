"""Accept readers' forms from our own pages, which hold no token: every cache shares them.

The browser itself says where a POST comes from. What it does not say, or says of
another site, is not lost: a page shows what was typed, with a token and a button.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, RejectRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

type View = Callable[..., HttpResponse]

# What a reader typed, by the names of the fields that our public forms have.
LABELS = {
    "comment": _("Comment"),
    "name": _("Name"),
    "email": _("Email"),
    "website": _("Website"),
    "score": _("Stars"),
    "reason": _("Reason"),
    "text": _("Text"),
}


def same_origin(view: View) -> View:
    """Mark a view that takes a POST on the word of ``Origin`` or ``Sec-Fetch-Site``."""
    view.same_origin = True  # type: ignore[attr-defined]
    return view


class SameOriginMiddleware(CsrfViewMiddleware):
    """Django's CSRF rule, and for marked views the browser's word in place of a token."""

    def process_request(self, request: HttpRequest) -> None:
        is_public = not request.path_info.startswith(settings.ADMIN_PATH)
        if is_public and request.method in {"GET", "HEAD"}:
            return  # a malformed cookie would be answered with a new one
        super().process_request(request)

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., Any],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> Any:
        if getattr(callback, "same_origin", False):
            request.from_same_origin_view = True  # type: ignore[attr-defined]
            if self._comes_from_our_page(request):
                return self._accept(request)  # type: ignore[attr-defined]
            if request.headers.get("Origin") == "null":
                return self._decide_by_token(request)
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _decide_by_token(self, request: HttpRequest) -> HttpResponse | None:
        # A browser that never says where it is could not get past Django's own order,
        # which looks at the Origin first, not even from the page with the token.
        try:
            self._check_token(request)  # type: ignore[attr-defined]
        except RejectRequest as refusal:
            return self._reject(request, refusal.reason)  # type: ignore[attr-defined]
        return self._accept(request)  # type: ignore[attr-defined]

    def _comes_from_our_page(self, request: HttpRequest) -> bool:
        if "Origin" in request.headers:
            return self._origin_verified(request)  # type: ignore[attr-defined]
        return request.headers.get("Sec-Fetch-Site") == "same-origin"


@never_cache
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show what was typed with a token to send it again, or the plain refusal page."""
    if not getattr(request, "from_same_origin_view", False):
        return render(request, "403_csrf.html", status=403)
    typed = [
        (name, LABELS.get(name), value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    return render(request, "newsroom/confirm_origin.html", {"typed": typed}, status=403)
