"""What the admin's classes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from articles.permissions import sections_of
from newsroom.models import Event, move_site_version
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.forms import BaseFormSet
    from django.http import HttpRequest, HttpResponse


class TimesFromAddress(admin.ModelAdmin):
    """Takes what the address says of a time for a new thing, or leaves it."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill a form in from the address, with times as times.

        Django hands them on as they were sent, to boxes for a day and an hour that
        fail with a text. What is no time fills in nothing.
        """
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        for field in self.opts.fields:
            if isinstance(field, models.DateTimeField) and field.name in initial:
                initial[field.name] = _time_of(initial[field.name])
        return initial


class RecordedAdmin(TimesFromAddress):
    """Writes what is added, changed and deleted by hand into the record of events."""

    # What the acts behind this admin write down themselves: “add”, “change”, “delete”.
    recorded_by_acts: frozenset[str] = frozenset()
    # Whether a change is recorded with what its fields said before and say now. Not where
    # readers' own words and addresses are, or a story's: the record cannot forget.
    records_values = False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Lead who may read the record of events to what was done to the thing there."""
        if not request.user.has_perm("newsroom.view_event"):
            return super().history_view(request, object_id, extra_context)
        query = {"object_type": self.opts.label, "object_id": object_id}
        record = reverse("admin:newsroom_event_changelist")
        return HttpResponseRedirect(f"{record}?{urlencode(query)}")

    @override
    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: Any = False
    ) -> Any:
        request.values_changed = {}  # type: ignore[attr-defined]
        # A new password comes in a form of another kind.
        if self.records_values and isinstance(form, ModelForm) and not add:
            request.values_changed = _values_changed_by(form)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._write_down(request, "add", obj, {"change": message})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message:
            values = getattr(request, "values_changed", {})
            before = {name: old for name, (old, _new) in values.items()}
            after = {name: new for name, (_old, new) in values.items()}
            self._write_down(
                request, "change", obj, {"change": message} | after, before or None
            )
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for thing in queryset:
            self._write_down(request, "delete", thing, None)
        return super().log_deletions(request, queryset)

    def _write_down(
        self,
        request: HttpRequest,
        act: str,
        thing: Any,
        after: dict[str, Any] | None,
        before: dict[str, Any] | None = None,
    ) -> None:
        if act not in self.recorded_by_acts:
            user = staff_of(request)
            Event.objects.record(user, act, thing, before=before, after=after)


def _values_changed_by(form: Any) -> dict[str, tuple[Any, Any]]:
    """Return what each changed field of ``form`` held and holds, as the record keeps it."""
    return {
        name: (
            _recordable(form.fields[name], form[name].initial),
            _recordable(form.fields[name], form.cleaned_data.get(name)),
        )
        for name in form.changed_data
    }


def _recordable(field: Any, value: Any) -> Any:
    if isinstance(field, ModelChoiceField):
        keys = field.prepare_value(value)
        keys = keys if isinstance(keys, list) else [keys] if keys else []
        chosen: Any = field.queryset
        return ", ".join(map(str, chosen.filter(pk__in=keys)))
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def _time_of(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
        return timezone.make_aware(at) if at and timezone.is_naive(at) else at
    except (ValueError, OverflowError):
        return None


class ReaderFacingAdmin(RecordedAdmin):
    """For what readers see: whatever is done here makes cached pages out of date.

    Saving, with all that hangs on the form, deleting one and deleting many.
    """

    @override
    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Iterable[BaseFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        move_site_version()

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        super().delete_model(request, obj)
        move_site_version()

    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> None:
        super().delete_queryset(request, queryset)
        move_site_version()


class OfTheWholePaper(admin.ModelAdmin):
    """For what stands on every page: kept by who is limited to no section."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self._is_limited(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and not self._is_limited(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and not self._is_limited(request, obj)

    def _is_limited(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(sections_of(staff_of(request)))


class ReadOnly:
    """For what is looked at and never changed by hand, whoever asks."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
