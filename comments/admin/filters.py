"""What the queue shows: which comments, and of them which page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from comments import screening
from comments.models import Comment

if TYPE_CHECKING:
    from django.db.models import QuerySet

A_PAGE = 25
LARGEST_KEY = 2**63 - 1
# Those that wait come oldest first; those that are decided, newest first.
WAITING = {"pending", "reported", "appealed", "all"}
SHOWN = [
    ("pending", _("pending")),
    ("reported", _("reported")),
    ("appealed", _("appealed")),
    ("refused", _("refused by a rule")),
    ("spam", _("spam")),
    ("removed", _("removed")),
    ("approved", _("approved")),
    ("all", _("all")),
]
CHECKS = [("", _("any")), *screening.NAMES.items()]


class QueueFilter(forms.Form):
    """Which comments a moderator wants to see. What makes no sense filters nothing."""

    show = forms.ChoiceField(label=_("Show"), choices=SHOWN, required=False)
    check = forms.ChoiceField(label=_("Held by"), choices=CHECKS, required=False)
    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    story = forms.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, widget=forms.HiddenInput
    )
    reader = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    network = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    beyond = forms.IntegerField(
        min_value=1, max_value=LARGEST_KEY, required=False, widget=forms.HiddenInput
    )

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def page(self, comments: QuerySet[Comment]) -> tuple[list[Comment], int | None]:
        """Return one page of ``comments``, and beyond which one the next begins."""
        chosen = self.chosen()
        is_of_someone = chosen.keys() & {"story", "reader", "network", "q"}
        show = chosen.get("show", "all" if is_of_someone else "pending")
        found = comments.filter(_shown_as(show), **_asked_for(chosen))
        if "check" in chosen:
            # As both databases write JSON; a query into a list is not in SQLite.
            found = found.alias(said=Cast("verdicts", TextField())).filter(
                said__contains=f'"check": "{chosen["check"]}"'
            )
        if "q" in chosen:
            words = chosen["q"]
            found = found.filter(
                Q(source__icontains=words)
                | Q(name__icontains=words)
                | Q(email__icontains=words)
            )
        is_oldest_first = show in WAITING
        if "beyond" in chosen:
            side = "pk__gt" if is_oldest_first else "pk__lt"
            found = found.filter(**{side: chosen["beyond"]})
        found = found.order_by("pk" if is_oldest_first else "-pk")
        rows = list(found[: A_PAGE + 1])
        page = rows[:A_PAGE]
        return page, page[-1].pk if len(rows) > A_PAGE else None


def _shown_as(show: str) -> Q:
    return {
        "reported": Q(open_reports__gt=0),
        "appealed": Q(appeal__isnull=False, appeal__decided_at=None),
        "refused": Q(state__in=["removed", "spam"], decided_at=None),
        "all": Q(),
    }.get(show, Q(state=show))


def _asked_for(chosen: dict[str, Any]) -> dict[str, Any]:
    names = {"story": "thread", "reader": "reader_hash", "network": "network_key"}
    return {names[name]: chosen[name] for name in names if name in chosen}
