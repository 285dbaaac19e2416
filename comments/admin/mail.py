"""Each moderator's own choice of mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin

from comments.models import ModeratorMail
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(ModeratorMail)
class ModeratorMailAdmin(admin.ModelAdmin):
    """My mail: at once, once a day, or never. Nobody sees or changes another's."""

    list_display = ["when", "hour"]
    fields = ["when", "hour"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModeratorMail]:
        return super().get_queryset(request).filter(user=staff_of(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.moderate_thread")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        is_new = not self.get_queryset(request).exists()
        return self.has_module_permission(request) and is_new

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def save_model(
        self, request: HttpRequest, obj: ModeratorMail, form: Any, change: bool
    ) -> None:
        obj.user = staff_of(request)
        super().save_model(request, obj, form, change)
