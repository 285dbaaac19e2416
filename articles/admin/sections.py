from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Section, Tag
from articles.permissions import sections_of
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.staff import staff_of


@admin.register(Section)
class SectionAdmin(ReaderFacingAdmin):
    """Sections, in the order of the navigation."""

    list_display = ["name", "slug", "description", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
    autocomplete_fields = ["editors"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let an editor of some sections change those alone."""
        may = super().has_change_permission(request, obj)
        if not may or obj is None:
            return may
        own = sections_of(staff_of(request))
        return not own or obj.pk in own

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep a section that says who publishes where from those it may limit."""
        may = super().has_delete_permission(request, obj)
        if not may or obj is None or request.user.has_perm("newsroom.change_user"):
            return may
        return not sections_of(staff_of(request)) and not obj.editors.exists()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave who publishes where to those who may change accounts."""
        fields = super().get_fields(request, obj)
        if request.user.has_perm("newsroom.change_user"):
            return fields
        return [name for name in fields if name != "editors"]


@admin.register(Tag)
class TagAdmin(ReaderFacingAdmin):
    """Tags, by name."""

    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
