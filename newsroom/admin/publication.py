from typing import Any, override

from django.contrib import admin
from django.http import HttpRequest

from newsroom.models import Publication

from .base import ReaderFacingAdmin


@admin.register(Publication)
class PublicationAdmin(ReaderFacingAdmin):
    """The one publication: there is none to add twice, and none to delete."""

    list_display = ["name", "tagline", "time_zone"]
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Publication.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def save_model(
        self, request: HttpRequest, obj: Publication, form: Any, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
