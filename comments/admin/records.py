"""The log of moderation, and its statistics."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from comments import moderation
from comments.models import Appeal, Ban, Comment, IllegalNotice, Thread
from comments.statistics import statistics_since
from newsroom import acts
from newsroom.models import Event

from .filters import CHECKS, LARGEST_KEY
from .rooms import check_may_look, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

EVENTS_A_PAGE = 50
PERIODS = (7, 30)  # days
THINGS = [model._meta.label for model in (Comment, Thread, Ban, Appeal, IllegalNotice)]


ACTS = [
    *moderation.DECISIONS,
    "pick",
    "unpick",
    "withdraw",
    "close",
    "reopen",
    "slow down",
    "end slow mode",
    "uphold appeal",
    "dismiss appeal",
    "uphold notice",
    "dismiss notice",
    "ban",
    "lift ban",
]


class LogFilter(forms.Form):
    """Whose acts, which, and on what story."""

    moderator = forms.CharField(
        label=gettext_lazy("Moderator"), max_length=200, required=False
    )
    act = forms.ChoiceField(
        label=gettext_lazy("Act"),
        choices=[("", "–"), *((act, acts.NAMES[act]) for act in ACTS)],
        required=False,
    )
    story = forms.IntegerField(
        label=gettext_lazy("Number of the story"),
        min_value=1,
        max_value=LARGEST_KEY,
        required=False,
    )
    beyond = forms.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, widget=forms.HiddenInput
    )


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Show who decided what and why, newest first."""
    check_may_look(request)
    form = LogFilter(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    events = Event.objects.filter(object_type__in=THINGS).order_by("-pk")
    if "moderator" in chosen:
        events = events.filter(actor_name__icontains=chosen["moderator"])
    if "act" in chosen:
        events = events.filter(act=chosen["act"])
    if "story" in chosen:
        of_story = Comment.objects.filter(thread=chosen["story"]).values("pk")
        events = events.filter(
            Q(object_type=Comment._meta.label, object_id__in=of_story)
            | Q(object_type=Thread._meta.label, object_id=chosen["story"])
        )
    if "beyond" in chosen:
        events = events.filter(pk__lt=chosen.pop("beyond"))
    rows = list(events[: EVENTS_A_PAGE + 1])
    shown = rows[:EVENTS_A_PAGE]
    has_more = len(rows) > EVENTS_A_PAGE
    context = {
        "title": _("Log of moderation"),
        "form": form,
        "events": shown,
        "next": urlencode(chosen | {"beyond": shown[-1].pk}) if has_more else "",
    }
    return page(request, "log", context)


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show how moderation did in the last week and the last month."""
    check_may_look(request)
    now = timezone.now()
    context = {
        "title": _("Statistics of moderation"),
        "periods": [
            (days, statistics_since(now - timedelta(days=days))) for days in PERIODS
        ],
        "names": dict(CHECKS),
    }
    return page(request, "statistics", context)
