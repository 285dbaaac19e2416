"""The quarantine: votes that were set aside together, and the decision on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin, messages
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.admin.base import ReadOnly
from newsroom.staff import staff_of
from ratings import charts, quarantine
from ratings.models import Burst

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

ACTS = {"_release": quarantine.release, "_remove": quarantine.remove}


class DecisionForm(forms.ModelForm):
    """The reason, which readers find on the page about how votes were counted."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy(
            "Readers find it on the story’s page about how the votes were counted."
        ),
        widget=forms.TextInput({"class": "vTextField"}),
        error_messages={"required": gettext_lazy("Say why: readers find it there.")},
    )

    class Meta:
        model = Burst
        fields = ()


@admin.register(Burst)
class BurstAdmin(ReadOnly, admin.ModelAdmin):
    """Each burst with its rule and a picture; released or removed as a whole."""

    form = DecisionForm
    list_display = ["rule", "article", "score", "size", "first_at", "last_at", "state"]
    list_filter = ["state", "rule"]
    list_select_related = ["article"]
    search_fields = ["article__headline"]
    show_full_result_count = False
    readonly_fields = [
        "rule",
        "article",
        "score",
        "size",
        "first_at",
        "last_at",
        "picture",
        "state",
        "decided_by",
        "decided_at",
    ]

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("ratings.decide_burst")

    @override
    def get_fields(self, request: HttpRequest, obj: Burst | None = None) -> Any:
        return [*self.readonly_fields, "reason"]

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Burst | None = None
    ) -> Any:
        is_decided = obj and obj.state != Burst.State.WAITING
        return [*self.readonly_fields, "reason"] if is_decided else self.readonly_fields

    @admin.display(description=gettext_lazy("votes over time"))
    def picture(self, burst: Burst) -> SafeString:
        times = burst.votes.values_list("created_at", flat=True).order_by()
        zone = timezone.get_current_timezone()
        bars = charts.over_time(
            times, burst.first_at.astimezone(zone), burst.last_at.astimezone(zone)
        )
        return render_to_string("admin/ratings/chart.html", {"bars": bars})

    @override
    def save_model(
        self, request: HttpRequest, obj: Burst, form: Any, change: bool
    ) -> None:
        """Decide as the button says that was pressed."""
        for button, act in ACTS.items():
            if button not in request.POST:
                continue
            # Absent from the form of a burst that was decided meanwhile.
            reason = form.cleaned_data.get("reason", "")
            try:
                act(obj, moderator=staff_of(request), reason=reason)
            except quarantine.DecidedAlready:
                messages.warning(request, _("Another moderator was quicker."))
