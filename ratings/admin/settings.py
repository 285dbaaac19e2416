from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.admin.base import OfTheWholePaper, ReaderFacingAdmin
from newsroom.models import Event
from newsroom.staff import staff_of
from ratings.models import RatingSettings
from ratings.wording import USUAL

if TYPE_CHECKING:
    from django.http import HttpRequest


class RatingSettingsForm(forms.ModelForm):
    """Each text with the usual one in its empty field."""

    class Meta:
        model = RatingSettings
        fields = forms.ALL_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, usual in USUAL.items():
            self.fields[name].widget.attrs |= {
                "placeholder": _(usual),
                "class": "vTextField",
            }


@admin.register(RatingSettings)
class RatingSettingsAdmin(OfTheWholePaper, ReaderFacingAdmin):
    """The one set of settings: there is none to add twice, and none to delete."""

    recorded_by_acts = frozenset({"add", "change", "delete"})
    form = RatingSettingsForm
    fieldsets = [
        (
            gettext_lazy("What the widget says"),
            {
                "fields": list(USUAL),
                "description": gettext_lazy(
                    "An empty field says the usual words; a dash (–) says nothing. "
                    "{total}, {average} and {score} are filled in."
                ),
            },
        ),
        (None, {"fields": ["close_after_days"]}),
        (
            gettext_lazy("What is set aside to be looked at"),
            {
                "fields": [
                    "network_votes",
                    "alike_votes",
                    "across_votes",
                    "alike_percent",
                    "pace_votes",
                    "pace_times",
                    "ring_networks",
                    "fresh_minutes",
                ]
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def save_model(
        self, request: HttpRequest, obj: RatingSettings, form: Any, change: bool
    ) -> None:
        before = {name: form.initial.get(name) for name in form.changed_data}
        super().save_model(request, obj, form, change)
        after = {name: form.cleaned_data[name] for name in form.changed_data}
        if after:
            Event.objects.record(
                staff_of(request), "change settings", obj, before=before, after=after
            )
