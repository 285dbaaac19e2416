"""The audit trail: read, searched, exported, and changed by nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.filters import AllValuesFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from newsroom import acts
from newsroom.models import Event
from newsroom.spreadsheets import csv_of

from .base import ReadOnly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.utils.safestring import SafeString

MOST_ROWS = 50_000  # in one file; narrow the list down for more


def _kind(object_type: str) -> str:
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type  # of an app that is gone


class ActFilter(AllValuesFieldListFilter):
    """The acts that are on record, by their names in the desk's language."""

    name_of: Callable[[str], str] = staticmethod(acts.name_of)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": self.name_of(str(choice["display"]))}


class KindFilter(ActFilter):
    """The kinds of things that are on record, likewise."""

    name_of = staticmethod(_kind)


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    """Who did what and when: to be read, searched and filtered."""

    list_display = ["when", "who", "what", "kind", "thing", "reason"]
    list_filter = [
        ("act", ActFilter),
        ("object_type", KindFilter),
        "actor",
        "when",
    ]
    list_select_related = ["actor"]
    search_fields = ["actor_name", "object_name", "reason", "=object_id"]
    search_help_text = gettext_lazy(
        "Words of a name, a story or a reason; or the number of a thing."
    )
    date_hierarchy = "when"
    show_full_result_count = False
    readonly_fields = ["who", "what", "kind", "thing", "was", "became"]
    fields = ["when", "who", "what", "kind", "thing", "reason", "was", "became"]

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export)
        return [
            path("export/", export, name="newsroom_event_export"),
            *super().get_urls(),
        ]

    def export(self, request: HttpRequest) -> HttpResponse:
        """Answer with the events that the list's filters and search leave, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        url = reverse("admin:newsroom_event_changelist")
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # As from the list itself, which then says that something is wrong.
            return HttpResponseRedirect(f"{url}?{ERROR_FLAG}=1")
        number = found.count()
        if number > MOST_ROWS:
            said = ngettext(
                "That is %(number)d event; %(most)d fit into a file. Narrow the list "
                "down, by month for one.",
                "That are %(number)d events; %(most)d fit into a file. Narrow the list "
                "down, by month for one.",
                number,
            )
            messages.error(request, said % {"number": number, "most": MOST_ROWS})
            return HttpResponseRedirect(f"{url}?{request.GET.urlencode()}")
        head = [
            "when",
            "actor",
            "act",
            "kind",
            "number",
            "thing",
            "reason",
            "before",
            "after",
        ]
        rows = (
            [
                event.when.isoformat(),
                event.actor_name,
                event.act,
                event.object_type,
                event.object_id,
                event.object_name,
                event.reason,
                json.dumps(event.before, ensure_ascii=False),
                json.dumps(event.after, ensure_ascii=False),
            ]
            for event in found.order_by("-pk").iterator(2000)
        )
        return csv_of("events.csv", head, rows)

    @admin.display(description=gettext_lazy("who"), ordering="actor_name")
    def who(self, event: Event) -> str:
        return event.actor_name or _("the system, or a reader")

    @admin.display(description=gettext_lazy("act"), ordering="act")
    def what(self, event: Event) -> str:
        return event.act_name

    @admin.display(description=gettext_lazy("kind"), ordering="object_type")
    def kind(self, event: Event) -> str:
        return _kind(event.object_type)

    @admin.display(description=gettext_lazy("thing"), ordering="object_name")
    def thing(self, event: Event) -> SafeString | str:
        """Name the thing, with a link to where it is kept; it may be gone since."""
        name = f"admin:{event.object_type.lower().replace('.', '_')}_change"
        try:
            url = reverse(name, args=[event.object_id])
        except NoReverseMatch:
            return event.object_name
        return format_html('<a href="{}" dir="auto">{}</a>', url, event.object_name)

    @admin.display(description=gettext_lazy("before"))
    def was(self, event: Event) -> SafeString | str:
        return _facts(event.before)

    @admin.display(description=gettext_lazy("after"))
    def became(self, event: Event) -> SafeString | str:
        return _facts(event.after)


def _facts(facts: Any) -> SafeString | str:
    if not facts:
        return "–"
    text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)
    return format_html('<pre class="facts">{}</pre>', text)
