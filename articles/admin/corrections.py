"""Notes to readers in a story's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import BaseModelFormSet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import corrections
from articles.models import Correction
from articles.permissions import may_publish
from newsroom.staff import staff_of

from .forms import LineForm, LineFormSet, validate_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import BaseFormSet
    from django.http import HttpRequest

    from newsroom.models import User


class CorrectionForm(LineForm):
    """A note to readers; a reason for its withdrawal takes it from the story."""

    class Meta:
        model = Correction
        fields = corrections.SAID

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        at, now = cleaned.get("published_at"), timezone.now()
        if at:
            validate_time(at)
        if at and self.instance.pk and self.instance.published_at <= now < at:
            said = _(
                "Readers have this note. Give a reason for its withdrawal instead."
            )
            self.add_error("published_at", said)
        is_withdrawn = bool(cleaned.get("withdrawal_reason"))
        if is_withdrawn != bool(self.instance.withdrawn_at):
            self.instance.withdrawn_at = timezone.now() if is_withdrawn else None
        return cleaned


class CorrectionInline(admin.StackedInline):
    """Notes to readers, dated: they are on the page as soon as the form is saved."""

    model = Correction
    form = CorrectionForm
    formset = LineFormSet
    view_on_site = False
    extra = 0
    fields = [("kind", "published_at"), "text", "withdrawal_reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A story that is not saved yet has told readers nothing to correct."""
        may = obj is not None and self._may(request, obj)
        return may and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep what readers of the story may have read: it is withdrawn instead."""
        if obj and obj.was_seen():
            return False
        return super().has_delete_permission(request, obj)

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        return may_publish(staff_of(request), obj.section_id if obj else None)


def record(formsets: Iterable[BaseFormSet], *, editor: User) -> None:
    """Sign and log the notes that a story's form has just saved."""
    for formset in formsets:
        if not isinstance(formset, BaseModelFormSet) or formset.model is not Correction:
            continue
        for note in formset.new_objects:
            corrections.add(note, editor=editor)
        for note, names in formset.changed_objects:
            form = next(one for one in formset.initial_forms if one.instance == note)
            before = {name: form.initial.get(name) for name in names}
            corrections.change(note, editor=editor, before=before)
