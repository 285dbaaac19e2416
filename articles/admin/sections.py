from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Article, Section, Tag
from articles.permissions import may_publish, sections_of
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.staff import staff_of


@admin.register(Section)
class SectionAdmin(ReaderFacingAdmin):
    """Sections, in the order of the navigation."""

    records_values = True

    list_display = ["name", "slug", "description", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
    autocomplete_fields = ["editors"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Leave the order, which is every section's, to who is limited to none."""
        changelist = super().get_changelist_instance(request)
        if sections_of(staff_of(request)):
            changelist.list_editable = ()
        return changelist

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave a new line in every page's navigation to who is limited to none."""
        may = super().has_add_permission(request)
        return may and not sections_of(staff_of(request))

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
        """Leave who publishes where to those who may change accounts.

        And the place among the others to who is limited to none.
        """
        fields = super().get_fields(request, obj)
        if request.user.has_perm("newsroom.change_user"):
            return fields
        left_out = {"editors"}
        if sections_of(staff_of(request)):
            left_out.add("position")
        return [name for name in fields if name not in left_out]


@admin.register(Tag)
class TagAdmin(ReaderFacingAdmin):
    """Tags, by name; one that readers have is changed by who may publish its stories."""

    records_values = True

    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and self._may_publish(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and self._may_publish(request, obj)

    def _may_publish(self, request: HttpRequest, tag: Tag | None) -> bool:
        if tag is None:
            return True
        stories = Article.objects.filter(
            tags=tag, published_at__isnull=False, withdrawn_at=None
        )
        sections = set(stories.values_list("section", flat=True))
        return not sections or may_publish(staff_of(request), *sections)
