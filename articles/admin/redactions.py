"""Redactions: proposed by one editor, confirmed by another; nothing brings words back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles import redaction
from articles.models import Redaction
from articles.own_sections import of_own_sections
from articles.permissions import may_publish
from articles.redaction import RedactionRefused
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from newsroom.models import User

MOST_PLACES = 100  # shown on a proposal's page


class RedactionForm(forms.ModelForm):
    """A proposal, held against what the story said."""

    editor: User  # set by the admin

    class Meta:
        model = Redaction
        fields = ("article", "words", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if article := cleaned.get("article"):
            if not may_publish(self.editor, article.section_id):
                raise ValidationError(_("That story is not in one of your sections."))
            if "words" in cleaned and "reason" in cleaned:
                self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        try:
            redaction.check(**{name: cleaned[name] for name in self.Meta.fields})
        except RedactionRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


@admin.register(Redaction)
class RedactionAdmin(admin.ModelAdmin):
    """Proposals, and what was decided about them, for those who may publish."""

    form = RedactionForm
    list_display = ["__str__", "article", "state", "proposed_by", "proposed_at"]
    list_filter = ["state"]
    list_select_related = ["article", "proposed_by"]
    autocomplete_fields = ["article"]
    fields = ["article", "words", "reason"]

    # --- Who may do what: whoever may publish -----------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_see = self.has_module_permission(request)
        if obj is None:
            return may_see
        return may_publish(staff_of(request), obj.article.section_id)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- Proposing --------------------------------------------------------------

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.editor = staff_of(request)  # type: ignore[attr-defined]
        return form

    def save_model(
        self, request: HttpRequest, obj: Redaction, form: Any, change: Any
    ) -> None:
        redaction.propose(obj, editor=staff_of(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fields
        decided = ["decided_by", "decided_at"] if obj.decided_by else ["words"]
        return ["article", "state", "reason", "proposed_by", "proposed_at", *decided]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Redaction]:
        people = ("article", "proposed_by", "decided_by")
        found = super().get_queryset(request).select_related(*people)
        return of_own_sections(staff_of(request), found)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: Any = kwargs.get("obj")
        if obj and obj.state == Redaction.State.PROPOSED:
            places = redaction.places_of(obj.article, obj.words)
            editor = staff_of(request)
            may_decide = may_publish(editor, obj.article.section_id)
            context |= {
                "places": places[:MOST_PLACES],
                "number_of_places": len(places),
                "may_drop": may_decide,
                "may_confirm": may_decide and editor != obj.proposed_by,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Deciding ---------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(
                f"<int:pk>/{name}/",
                view(require_POST(answer)),
                name=f"articles_redaction_{name}",
            )
            for name, answer in (("confirm", self.confirm), ("drop", self.drop))
        ] + super().get_urls()

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry a proposal out."""
        said = _("The words are overwritten in all that the story ever said.")
        return self._decide(request, pk, redaction.confirm, said)

    def drop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide against a proposal."""
        return self._decide(request, pk, redaction.drop, _("The proposal is dropped."))

    def _decide(
        self, request: HttpRequest, pk: int, act: Callable[..., Any], said: str
    ) -> HttpResponse:
        found = get_object_or_404(Redaction.objects.select_related("article"), pk=pk)
        editor = staff_of(request)
        if not may_publish(editor, found.article.section_id):
            raise PermissionDenied
        try:
            act(found, editor=editor)
        except RedactionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return HttpResponseRedirect(
            reverse("admin:articles_redaction_change", args=[pk])
        )
