"""Single votes, to be looked at: nobody adds or changes one here."""

from django.contrib import admin

from newsroom.admin.base import ReadOnly
from ratings.models import Rating


@admin.register(Rating)
class RatingAdmin(ReadOnly, admin.ModelAdmin):
    """Single votes: when, on what, how many stars, and whether they count."""

    list_display = ["article", "score", "state", "created_at", "changed_at"]
    list_filter = ["score", "state", "created_at"]
    list_select_related = ["article"]
    search_fields = ["article__headline"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = ["article", "score", "state", "created_at", "changed_at"]
