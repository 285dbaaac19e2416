"""The publication: its words, and its looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import PIL.Image

from articles.uploads import ImageFileField
from newsroom import icons
from newsroom.models import Publication
from newsroom.robots import ROBOTS

from .base import OfTheWholePaper, ReaderFacingAdmin

if TYPE_CHECKING:
    from django.core.files import File
    from django.http import HttpRequest

WORDS = [
    *("name", "tagline", "description", "contact", "elsewhere", "principles"),
    "time_zone",
]
MACHINES = ["feeds_in_full", "robots"]
MOST = {  # pixels, by field
    "logo": icons.MOST_OF_A_LOGO,
    "logo_dark": icons.MOST_OF_A_LOGO,
    "icon": icons.MOST_OF_AN_ICON,
}


class LookField(ImageFileField):
    """A picture that all readers see anyway: the form shows it, and can take it away."""

    widget = AdminFileWidget


class PublicationForm(forms.ModelForm):
    """The publication: pictures looked at to their last pixel, and lines for crawlers."""

    class Meta:
        model = Publication
        fields = [*WORDS, "accent", *MOST, *MACHINES]
        field_classes = dict.fromkeys(MOST, LookField)
        widgets = {"accent": forms.TextInput({"type": "color"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.robots:
            self.initial["robots"] = ROBOTS

    def clean_robots(self) -> str:
        """Keep what differs from our own lines, so that those can change with a release."""
        typed = "\n".join(self.cleaned_data["robots"].splitlines())
        return "" if typed.strip() == ROBOTS.strip() else typed

    def clean_icon(self) -> File | None:
        file = self.cleaned_data["icon"]
        if "icon" in self.changed_data and file:
            with PIL.Image.open(file) as picture:
                smaller = min(picture.size)
            if smaller < icons.LEAST_OF_AN_ICON:
                raise ValidationError(
                    _("An icon needs %(least)d pixels each way; this has %(found)d."),
                    params={"least": icons.LEAST_OF_AN_ICON, "found": smaller},
                )
        return file


@admin.register(Publication)
class PublicationAdmin(OfTheWholePaper, ReaderFacingAdmin):
    """The one publication: there is none to add twice, and none to delete."""

    records_values = True

    form = PublicationForm
    list_display = ["name", "tagline", "time_zone"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": [*WORDS]}),
        (gettext_lazy("Looks"), {"fields": ["accent", *MOST]}),
        (gettext_lazy("Feeds and crawlers"), {"fields": [*MACHINES]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Publication.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def save_model(
        self, request: HttpRequest, obj: Publication, form: Any, change: bool
    ) -> None:
        """Save it, with its pictures drawn anew and its icons made of them."""
        obj.pk = 1
        changed = set(form.changed_data) & set(MOST)
        replaced = [
            str(form.initial[name]) for name in changed if form.initial.get(name)
        ]
        for name in changed:
            if picture := getattr(obj, name):
                setattr(obj, name, icons.fitted(picture, MOST[name]))
        super().save_model(request, obj, form, change)
        if set(form.changed_data) & set(icons.MADE_OF):
            icons.dress(obj)
            obj.save(update_fields=["icons"])
        transaction.on_commit(partial(icons.forget, replaced))
