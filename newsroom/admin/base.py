"""What the admin's classes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin

from newsroom.models import move_site_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models
    from django.forms import BaseFormSet, ModelForm
    from django.http import HttpRequest


class ReaderFacingAdmin(admin.ModelAdmin):
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


class ReadOnly:
    """For what is looked at and never changed by hand, whoever asks."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
