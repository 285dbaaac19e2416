from django.contrib import admin

from articles.models import Author
from newsroom.admin.base import ReaderFacingAdmin


@admin.register(Author)
class AuthorAdmin(ReaderFacingAdmin):
    """Authors: a new name or biography is on every page at once."""

    list_display = ["name", "role", "user"]
    list_select_related = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
