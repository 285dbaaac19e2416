from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Correction
from articles.permissions import may_publish
from newsroom.staff import staff_of


class CorrectionInline(admin.StackedInline):
    """Notes to readers, dated: they are on the page as soon as the form is saved."""

    model = Correction
    extra = 0
    fields = [("kind", "published_at"), "text"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj) and super().has_change_permission(request, obj)

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        return may_publish(staff_of(request), obj.section_id if obj else None)
