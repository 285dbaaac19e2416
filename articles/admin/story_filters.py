"""What the list of stories is narrowed down by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.http import HttpRequest


class StateFilter(admin.SimpleListFilter):
    """What the story is to readers now."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", _("draft")),
            ("open", _("not finished")),
            ("scheduled", _("scheduled")),
            ("live", _("live")),
            ("withdrawn", _("withdrawn")),
            ("expired", _("expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        chosen: dict[str, dict[str, Any]] = {
            "draft": {"published_at": None, "withdrawn_at": None},
            "scheduled": {"published_at__gt": now, "withdrawn_at": None},
            "withdrawn": {"withdrawn_at__isnull": False},
            "expired": {"expires_at__lte": now, "withdrawn_at": None},
        }
        if self.value() == "live":
            return queryset.live(now)
        if self.value() == "open":
            unfinished = Q(published_at=None) | ~Q(stage=Article.Stage.READY)
            return queryset.filter(unfinished, withdrawn_at=None)
        return queryset.filter(**chosen.get(self.value() or "", {}))


class DueFilter(admin.SimpleListFilter):
    """When the story is to be done."""

    title = gettext_lazy("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("over", _("overdue")),
            ("to come", _("to come")),
            ("none", _("no time")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        chosen: dict[str, dict[str, Any]] = {
            "over": {"due_at__lt": now},
            "to come": {"due_at__gte": now},
            "none": {"due_at": None},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


class AssigneeFilter(admin.SimpleListFilter):
    """Whose turn it is."""

    title = gettext_lazy("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", _("me")), ("somebody", _("somebody")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen: dict[str, dict[str, Any]] = {
            "me": {"assignee": staff_of(request)},
            "somebody": {"assignee__isnull": False},
            "nobody": {"assignee": None},
        }
        who = self.value() or ""
        if who.isascii() and who.isdecimal() and len(who) < 19:  # the desk's own links
            return queryset.filter(assignee=who)
        return queryset.filter(**chosen.get(who, {}))
