"""Who may not comment: banned here by address or domain, and let back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import banning
from comments.models import Ban
from newsroom.admin.base import TimesFromAddress
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

TYPED = [Ban.Kind.EMAIL, Ban.Kind.DOMAIN]


class BanForm(forms.ModelForm):
    """A ban on an address or a domain; other kinds come from the queue."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Even the domain of a free-mail provider"), required=False
    )

    class Meta:
        model = Ban
        fields = ("kind", "value", "reason", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind := self.fields.get("kind"):
            kind.choices = [(one.value, one.label) for one in TYPED]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind and value:
            try:
                cleaned["value"] = banning.normalised(kind, value)
            except ValidationError as error:
                self.add_error("value", error)
            is_free = kind == Ban.Kind.DOMAIN and cleaned["value"] in banning.FREE_MAIL
            if is_free and not cleaned.get("confirmed"):
                said = _("Millions have an address there. Confirm that you mean all.")
                self.add_error("confirmed", said)
        until = cleaned.get("until")
        if until and until <= timezone.now():
            self.add_error("until", _("Choose a time that is yet to come."))
        return cleaned


@admin.register(Ban)
class BanAdmin(TimesFromAddress):
    """Bans are made and lifted; a change of mind is another ban."""

    form = BanForm
    list_display = ["value", "kind", "reason", "since", "until", "by"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["value", "reason"]
    fields = ["kind", "value", "reason", "until", "confirmed"]

    @override
    def has_change_permission(
        self, request: HttpRequest, obj: Ban | None = None
    ) -> bool:
        return False

    @override
    def get_fields(self, request: HttpRequest, obj: Ban | None = None) -> Any:
        return (
            ["kind", "value", "reason", "since", "until", "by"] if obj else self.fields
        )

    @override
    def save_model(
        self, request: HttpRequest, obj: Ban, form: Any, change: bool
    ) -> None:
        lasting = obj.until - timezone.now() if obj.until else None
        made = banning.ban(
            obj.kind,
            obj.value,
            reason=obj.reason,
            lasting=lasting,
            moderator=staff_of(request),
            confirmed=True,
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Ban) -> None:
        banning.lift(obj, moderator=staff_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Ban]) -> None:
        for one in queryset:
            banning.lift(one, moderator=staff_of(request))
