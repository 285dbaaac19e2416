"""The form that arranges a page: its places in order, each with a story and an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import front_page
from articles.front_page import BESIDE, Place
from articles.models import Article, FrontSlot
from articles.models.front import seen_or_scheduled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import QueryDict

    from articles.models import Section

SENT = ("story", "until_0", "until_1")  # what a browser sends of one place


class PlaceForm(forms.Form):
    """One place of the page: a story or nothing, and until when."""

    story = forms.ModelChoiceField(
        Article.objects.filter(seen_or_scheduled()),
        label=gettext_lazy("Story"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "Readers cannot get this story. Choose one that is published or "
                "scheduled."
            )
        },
    )
    until = forms.SplitDateTimeField(
        label=gettext_lazy("Until"), required=False, widget=AdminSplitDateTime
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        story: Any = self.fields["story"]
        widget = AutocompleteSelect(FrontSlot._meta.get_field("article"), admin.site)
        widget.is_required = False
        widget.choices = forms.models.ModelChoiceIterator(story)
        story.widget = widget

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until is None:
            return None
        until = until.replace(second=0, microsecond=0)
        if until <= timezone.now():
            raise forms.ValidationError(
                _("This time is over. Choose a later one, or leave it empty.")
            )
        return until


@dataclass(frozen=True)
class Row:
    """One place as the page shows it: what is chosen, and what readers get there."""

    number: int
    name: str
    form: PlaceForm
    standing: Article | None
    fault: str = ""  # why readers do not get what was chosen


class Arrangement:
    """All places of one page, filled from what was sent, else from what is saved."""

    def __init__(
        self, section: Section | None, at: datetime, sent: QueryDict | None = None
    ) -> None:
        self.section, self.at = section, at
        self.most = front_page.SECTION_PLACES if section else front_page.PLACES
        self.slots = {
            slot.position: slot
            for slot in front_page.slots_of(section, at).select_related(
                "article__section"
            )
        }
        self.base = front_page.state_of(section, at)
        self.focus = ""  # the button that a keyboard goes on with after a move
        if sent is not None:
            sent, self.focus = _moved(sent, self.most)
            self.base = sent.get("base", "")
        self.forms = [self._form(number, sent) for number in self._numbers]

    @property
    def _numbers(self) -> range:
        return range(1, self.most + 1)

    def _form(self, number: int, sent: QueryDict | None) -> PlaceForm:
        slot = self.slots.get(number)
        initial = {"story": slot.article_id, "until": slot.until} if slot else {}
        return PlaceForm(sent, prefix=str(number), initial=initial)

    def is_valid(self) -> bool:
        """Tell whether it can be saved; each form says what is wrong with its place."""
        seen: set[int] = set()
        for form in self.forms:
            story = form.cleaned_data.get("story") if form.is_valid() else None
            if story is None:
                continue
            if story.pk in seen:
                form.add_error("story", _("This story has a place further up."))
            elif self.section and story.section_id != self.section.pk:
                words = _("This story stands in %(section)s.")
                form.add_error("story", words % {"section": story.section})
            seen.add(story.pk)
        return all(form.is_valid() for form in self.forms)

    @property
    def places(self) -> dict[int, Place]:
        """What a valid one says, by place."""
        cleaned = {
            number: form.cleaned_data
            for number, form in zip(self._numbers, self.forms, strict=True)
        }
        return {
            number: Place(fields["story"], fields["until"])
            for number, fields in cleaned.items()
            if fields["story"]
        }

    @property
    def rows(self) -> Sequence[Row]:
        """The places as the page shows them."""
        standing = dict(
            enumerate(front_page.standing(self.section, self.at, self.most), 1)
        )
        return [
            Row(
                number,
                self._name(number),
                form,
                standing.get(number),
                self._fault(self.slots.get(number)),
            )
            for number, form in zip(self._numbers, self.forms, strict=True)
        ]

    def _name(self, number: int) -> str:
        if number == 1:
            return _("Lead")
        if number <= 1 + BESIDE:
            return _("Beside the lead, %(number)d") % {"number": number - 1}
        return _("Below, %(number)d") % {"number": number - 1 - BESIDE}

    def _fault(self, slot: FrontSlot | None) -> str:
        if slot is None:
            return ""
        article = slot.article
        if article.is_live(self.at):
            if self.section and article.section_id != self.section.pk:
                words = _("“%(story)s” is left out: it stands in %(section)s now.")
                return words % {"story": article, "section": article.section}
            return ""
        if article.published_at and article.published_at > self.at:
            return _("“%(story)s” waits until %(time)s; readers get another one.") % {
                "story": article,
                "time": date_format(
                    timezone.localtime(article.published_at), "SHORT_DATETIME_FORMAT"
                ),
            }
        return _("“%(story)s” is left out: %(state)s.") % {
            "story": article,
            "state": article.state(self.at),
        }


def _moved(sent: QueryDict, most: int) -> tuple[QueryDict, str]:
    """Return what was sent with two places exchanged, or one emptied, as a button says.

    “3-up”, “3-down” or “3-out”; anything else moves nothing. The second value is the
    button of the story's new place, "" if it has none.
    """
    number, _dash, where = sent.get("move", "").partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 3):
        return sent, ""
    place = int(number)
    other = {"up": place - 1, "down": place + 1, "out": place}.get(where, 0)
    if not (1 <= place <= most and 1 <= other <= most):
        return sent, ""
    moved = sent.copy()
    for name in SENT:
        here, there = f"{place}-{name}", f"{other}-{name}"
        moved[here] = "" if where == "out" else sent.get(there, "")
        if where != "out":
            moved[there] = sent.get(here, "")
    at_the_end = {1: "down", most: "up"}.get(other, where)
    return moved, f"{other}-{where if where == 'out' else at_the_end}"
