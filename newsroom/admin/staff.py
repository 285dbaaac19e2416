from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.models import User

from .base import RecordedAdmin


@admin.register(User)
class StaffAdmin(RecordedAdmin, UserAdmin):
    """Accounts of the staff: made here, deactivated here, deleted nowhere."""

    records_values = True

    list_display = ["username", "name", "email", "groups_named", "is_active"]
    list_filter = ["groups", "is_active", "is_superuser"]

    @admin.display(description=_("groups"))
    def groups_named(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
