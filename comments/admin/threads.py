from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin

from comments import moderation
from comments.models import Thread
from newsroom.staff import staff_of

from .base import Moderated

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Thread)
class ThreadAdmin(Moderated, admin.ModelAdmin):
    """Threads: how many comments there are, and whether more may come."""

    list_display = ["article", "approved", "pending", "closed"]
    list_filter = ["closed"]
    list_select_related = ["article"]
    search_fields = ["article__headline"]
    fields = ["article", "approved", "pending", "closed"]
    readonly_fields = ["article", "approved", "pending"]

    @override
    def save_model(
        self, request: HttpRequest, obj: Thread, form: Any, change: bool
    ) -> None:
        act = moderation.close if obj.closed else moderation.reopen
        act(obj.article, moderator=staff_of(request))
