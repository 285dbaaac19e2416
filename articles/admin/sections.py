from django.contrib import admin

from articles.models import Section, Tag
from newsroom.admin.base import ReaderFacingAdmin


@admin.register(Section)
class SectionAdmin(ReaderFacingAdmin):
    """Sections, in the order of the navigation."""

    list_display = ["name", "slug", "description", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]


@admin.register(Tag)
class TagAdmin(ReaderFacingAdmin):
    """Tags, by name."""

    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
