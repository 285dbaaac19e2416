from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments import moderation
from comments.models import Thread
from newsroom.staff import staff_of

from .base import Moderated

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Thread)
class ThreadAdmin(Moderated, admin.ModelAdmin):
    """Threads: how many comments there are, and whether more may come."""

    list_display = ["article", "approved", "pending", "closed", "slow_until"]
    actions = ["slow_down", "end_slow_mode", "hold_every", "hold_as_usual"]
    list_filter = ["closed"]
    list_select_related = ["article"]
    search_fields = ["article__headline"]
    fields = ["article", "approved", "pending", "slow_until", "closed"]
    readonly_fields = ["article", "approved", "pending", "slow_until"]

    @override
    def save_model(
        self, request: HttpRequest, obj: Thread, form: Any, change: bool
    ) -> None:
        act = moderation.close if obj.closed else moderation.reopen
        act(obj.article, moderator=staff_of(request))

    @admin.action(description=_("Slow down now"), permissions=["moderate"])
    def slow_down(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        for thread in queryset:
            moderation.slow_down(thread.article, moderator=staff_of(request))

    @admin.action(description=_("End slow mode"), permissions=["moderate"])
    def end_slow_mode(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        for thread in queryset:
            moderation.end_slow_mode(thread.article, moderator=staff_of(request))

    @admin.action(
        description=_("Hold every comment on these stories"), permissions=["moderate"]
    )
    def hold_every(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        for thread in queryset:
            moderation.hold_every_comment(thread.article, moderator=staff_of(request))

    @admin.action(
        description=_("No longer hold every comment there"), permissions=["moderate"]
    )
    def hold_as_usual(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        for thread in queryset:
            moderation.hold_every_comment(
                thread.article, moderator=staff_of(request), hold=False
            )
