from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Section, Tag
from newsroom.admin.base import ReaderFacingAdmin


@admin.register(Section)
class SectionAdmin(ReaderFacingAdmin):
    """Sections, in the order of the navigation."""

    list_display = ["name", "slug", "description", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
    autocomplete_fields = ["editors"]

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
