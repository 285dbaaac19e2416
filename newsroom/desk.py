"""Django's admin as the desk: branded, and hard to guess one's way into."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import BadRequest
from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy
from django.views.i18n import JavaScriptCatalog

from articles.models import Article, Image, Recording
from articles.permissions import may_publish
from newsroom import errors, limits, networks
from newsroom.desk_index import lists_for, turns, waiting_for
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse


A_QUARTER_HOUR = timedelta(minutes=15)
DIGITS_OF_A_KEY = 18
# How the names of the views end that look rows up by what the address says.
LOOKING_UP = ("_changelist", "_add", "_change", "_delete", "_history", "_export")
NO_LOOKUPS = {SEARCH_VAR, "ids"}  # words, and pictures to be described
YEARS = {"year", "iso_year"}  # of a date, as parts of a lookup


class Suggestions(AutocompleteJsonView):
    """Django's suggestions, with a picture and its caption where there are any."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Image):
            result["picture"] = reverse("admin:articles_image_picture", args=[obj.pk])
            result["caption"] = obj.caption
        if isinstance(obj, Recording):
            result["caption"] = obj.description
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

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Answer with the words of the scripts: Django's, the editor's and our own."""
        packages = ["django.contrib.admin", "django_prose_editor", "newsroom"]
        return JavaScriptCatalog.as_view(packages=packages)(request)

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
            "may_arrange": may_publish(user),
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

    Every key here is a number of 64 bits, every day one that is a day in each time
    zone, and no field is called by an empty name.
    """
    if object_id.isdecimal() and len(object_id) > DIGITS_OF_A_KEY:
        raise Http404
    for key in request.POST.getlist("_selected_action"):
        if not (key.isascii() and key.isdecimal() and len(key) <= DIGITS_OF_A_KEY):
            raise BadRequest("What was selected has no such number.")
    if "" in {request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)}:
        raise BadRequest("A field has a name.")
    if _is_djangos(request):  # our own views look at what they are asked for
        _refuse_lookups(request)


def _refuse_lookups(request: HttpRequest) -> None:
    for name, values in request.GET.lists():
        if name in NO_LOOKUPS:
            continue
        parts = [part for value in values for part in value.split(",")]
        if any(_is_too_large(part) for part in parts):
            raise BadRequest("There is no such number.")
        if YEARS & set(name.split("__")) and not all(map(_is_year, parts)):
            raise BadRequest("There is no such year.")
        if any(_is_out_of_time(value) for value in values):
            raise BadRequest("There is no such time.")


def _is_djangos(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return name == "autocomplete" or name.endswith(LOOKING_UP)


def _is_too_large(value: str) -> bool:
    try:
        return abs(int(value)) >= 10**DIGITS_OF_A_KEY
    except ValueError:
        return False  # no number at all, which Django answers for


def _is_year(value: str) -> bool:
    # The first year and the last begin or end outside of time in some zone.
    return value.isdecimal() and MINYEAR < int(value[:5]) < MAXYEAR


def _is_out_of_time(value: str) -> bool:
    try:
        moment = parse_datetime(value)
        if moment and moment.tzinfo:
            moment.astimezone(UTC)
    except ValueError:
        return False  # no time at all, which Django answers for
    except OverflowError:
        return True
    return False
