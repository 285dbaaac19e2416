"""Django's admin as the desk: branded, and hard to guess one's way into."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import BadRequest
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from articles.models import Article, Image
from newsroom import errors, limits, networks
from newsroom.desk_index import lists_for, turns, waiting_for
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse


A_QUARTER_HOUR = timedelta(minutes=15)
DIGITS_OF_A_KEY = 18


class Suggestions(AutocompleteJsonView):
    """Django's suggestions, with a picture and its caption where there are any."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Image):
            result["picture"] = reverse("admin:articles_image_picture", args=[obj.pk])
            result["caption"] = obj.caption
        if isinstance(obj, Article) and obj.lead_image_id:
            picture = reverse("admin:articles_image_picture", args=[obj.lead_image_id])
            result["picture"] = picture
        return result


class Desk(admin.AdminSite):
    """The one admin site; its index says what waits for whom."""

    site_title = gettext_lazy("Newsroom")
    site_header = gettext_lazy("Newsroom")
    index_title = gettext_lazy("Desk")
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_impossible(request, kwargs.get("object_id", ""))
            return checked(request, *args, **kwargs)

        return inner

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Suggestions.as_view(admin_site=self)(request)

    def index(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> TemplateResponse:
        """Show what waits for whom, each number a link, above the list of all."""
        user = staff_of(request)
        context = {
            "waiting": [one for one in waiting_for(user) if one.number],
            "lists": lists_for(user),
            "turns": turns() if user.has_perm("articles.publish_article") else [],
        }
        context |= extra_context or {}
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Sign in; after too many failures from one network, only after a while.

        Failures are counted per network and name, so that nobody can lock a
        colleague out from elsewhere.
        """
        if request.method != "POST":
            return super().login(request, extra_context)
        name = request.POST.get("username", "")[:60].lower()
        key = f"login:{networks.network_key(request)}:{name}".replace("\0", "")[:100]
        most = settings.LOGIN_FAILURES_PER_QUARTER_HOUR
        if limits.number_of(key, within=A_QUARTER_HOUR) >= most:
            return errors.too_many_requests(request, wait=A_QUARTER_HOUR)
        response = super().login(request, extra_context)
        if response.status_code != 302:
            limits.count(key, within=A_QUARTER_HOUR)
        return response


def _refuse_impossible(request: HttpRequest, object_id: str) -> None:
    """Raise what gives a 404 or 400 where Django's own admin would fail with a 500.

    Every key here is a number of 64 bits, and every year one that a date can have.
    """
    if object_id.isdecimal() and len(object_id) > DIGITS_OF_A_KEY:
        raise Http404
    for key in request.POST.getlist("_selected_action"):
        if not (key.isascii() and key.isdecimal() and len(key) <= DIGITS_OF_A_KEY):
            raise BadRequest("What was selected has no such number.")
    for name in request.GET:
        year = request.GET.get(name, "")
        if name.endswith("__year") and not (
            year.isdecimal() and MINYEAR <= int(year[:5]) < MAXYEAR
        ):
            raise BadRequest("There is no such year.")
