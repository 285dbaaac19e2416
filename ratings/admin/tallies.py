"""The sums of the votes on each story: the charts, the rankings and the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from newsroom.admin.base import ReadOnly
from newsroom.spreadsheets import csv_of
from ratings import charts
from ratings.models import STARS, Rating, Tally

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

MOST_DAYS = 60
MOST_ROWS = 100_000


class Rated(admin.SimpleListFilter):
    """Stories by what readers give them."""

    title = _("average")
    parameter_name = "average"
    steps = {"low": (0, 2.5), "middle": (2.5, 4), "high": (4, 5.1)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("low", _("under 2.5")), ("middle", _("2.5 to 4")), ("high", _("4 on"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Tally]
    ) -> QuerySet[Tally]:
        if self.value() not in self.steps:
            return queryset
        least, below = self.steps[self.value() or ""]
        return queryset.filter(votes__gt=0).filter(mean__gte=least, mean__lt=below)


@admin.register(Tally)
class TallyAdmin(ReadOnly, admin.ModelAdmin):
    """The sum of the votes on each story, best first by the rank of the rankings."""

    list_display = [
        "article",
        "votes",
        "average_in_stars",
        "rank",
        "excluded",
        "removed",
    ]
    list_filter = [Rated]
    list_select_related = ["article"]
    ordering = ["-rank", "-article"]
    search_fields = ["article__headline"]
    actions = ["export_tallies", "export_votes"]
    show_full_result_count = False
    fields = [
        "article",
        "votes",
        "average_in_stars",
        "excluded",
        "removed",
        "distribution",
        "over_time",
    ]
    readonly_fields = ["average_in_stars", "distribution", "over_time"]

    @admin.display(description="★", ordering="mean")
    def average_in_stars(self, tally: Tally) -> str:
        return f"{tally.average:.1f}"

    @admin.display(description=_("distribution"))
    def distribution(self, tally: Tally) -> SafeString:
        columns = [(f"{stars} ★", tally.counts[stars]) for stars in STARS]
        return _chart(columns)

    @admin.display(description=_("votes by day"))
    def over_time(self, tally: Tally) -> SafeString:
        days = tally.article.day_tallies.order_by("-day")[:MOST_DAYS]
        return _chart([(str(day.day), day.total) for day in reversed(days)])

    @admin.action(description=_("Export the sums to CSV"), permissions=["view"])
    def export_tallies(
        self, request: HttpRequest, queryset: QuerySet[Tally]
    ) -> HttpResponse:
        names = [f"{stars} stars" for stars in STARS]
        head = ["story", "address", "votes", "average", *names, "excluded", "removed"]
        rows = (
            [
                tally.article.headline,
                tally.article.get_absolute_url(),
                tally.votes,
                f"{tally.average:.2f}",
                *(tally.counts[stars] for stars in STARS),
                tally.excluded,
                tally.removed,
            ]
            for tally in queryset.select_related("article")
        )
        return csv_of("tallies.csv", head, rows)

    @admin.action(description=_("Export the votes to CSV"), permissions=["view"])
    def export_votes(
        self, request: HttpRequest, queryset: QuerySet[Tally]
    ) -> HttpResponse:
        """Export single votes: when and how many stars, and nothing of who gave them."""
        votes = Rating.objects.filter(article__tally__in=queryset).order_by("pk")
        columns = ["article_id", "score", "state", "created_at", "changed_at"]
        rows = votes.values_list(*columns)[:MOST_ROWS].iterator(2000)
        return csv_of("votes.csv", columns, rows)


def _chart(columns: list[tuple[str, int]]) -> SafeString:
    context = {"bars": charts.of(columns), "columns": columns}
    return render_to_string("admin/ratings/chart.html", context)
