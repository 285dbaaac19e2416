from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Author
from newsroom.admin.base import ReaderFacingAdmin


@admin.register(Author)
class AuthorAdmin(ReaderFacingAdmin):
    """Authors: a new name or biography is on every page at once."""

    records_values = True

    list_display = ["name", "role", "user"]
    list_select_related = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user", "photograph"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the account to those who may look at accounts."""
        fields = super().get_fields(request, obj)
        if request.user.has_perm("newsroom.view_user"):
            return fields
        return [name for name in fields if name != "user"]
