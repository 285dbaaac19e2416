from django.contrib import admin

from newsroom.models import Event

from .base import ReadOnly


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    """Who did what and when: to be read, searched and filtered."""

    list_display = ["when", "actor_name", "act", "object_type", "object_name", "reason"]
    list_filter = ["act", "object_type", "when"]
    search_fields = ["actor_name", "object_name", "reason"]
    date_hierarchy = "when"
    show_full_result_count = False
