"""Editions of the newsletter: composed here of stories, looked at, and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Edition, EditionStory
from articles.newsletter import composing
from newsroom.admin.base import ReaderFacingAdmin

from . import edition_sending
from .lines import LineForm, LineFormSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import BaseFormSet, ModelForm
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

WORDS = ("subject", "preheader", "introduction")
PLACE = "stories"  # where the page goes on after a story was moved


class EditionStoryInline(admin.StackedInline):
    """The stories in their order: chosen by a few words of the headline."""

    model = EditionStory
    form = LineForm
    formset = LineFormSet
    extra = 1
    autocomplete_fields = ["article"]
    fields = ["article", "heading", "summary", "order"]
    readonly_fields = ["order"]

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "summary" and field:
            field.widget = forms.Textarea({"rows": 3, "dir": "auto"})
        if db_field.name == "article" and field:  # stories are written elsewhere
            field.widget.can_add_related = field.widget.can_view_related = False
        return field

    @admin.display(description=gettext_lazy("order"))
    def order(self, row: EditionStory) -> SafeString | str:
        if not row.pk or not row.edition.is_draft:
            return "–"
        return format_html(
            '<button name="_move" value="{pk}-up" class="button"'
            ' aria-label="{up}: {name}">{up}</button> '
            '<button name="_move" value="{pk}-down" class="button"'
            ' aria-label="{down}: {name}">{down}</button>',
            pk=row.pk,
            up=_("Up"),
            down=_("Down"),
            name=row,
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("article", "edition")

    # --- Whoever may work on the edition, as long as it is a draft -----------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = request.user.has_perm
        return may("articles.view_edition") or may("articles.change_edition")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_edition") and _is_open(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


def _is_open(edition: Edition | None) -> bool:
    return edition is None or edition.is_draft


@admin.register(Edition)
class EditionAdmin(ReaderFacingAdmin):
    """Drafts to work on, and what was sent, of which no word is changed."""

    list_display = ["subject", "state", "number", "when", "recipients", "delivered"]
    list_filter = ["state"]
    search_fields = ["subject", "introduction"]
    fields = [*WORDS, "is_public"]
    inlines = [EditionStoryInline]
    save_on_top = True  # and so the first button: Enter in a field saves

    class Media:
        css = {"all": ["css/edition.css"]}

    @admin.display(description=gettext_lazy("when"))
    def when(self, edition: Edition) -> Any:
        return edition.started_at or edition.send_at

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        is_there = obj is not None and obj.number and obj.is_public
        return obj.get_absolute_url() if is_there else None

    # --- Who may do what: nobody changes what was sent ----------------------------

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: Any = None
    ) -> Edition | None:
        """Find an edition; one that is being saved waits for its turn with workers."""
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST":
            return Edition.objects.select_for_update().filter(pk=found.pk).first()
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if _is_open(obj) else WORDS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_open(obj)

    # --- Saving -------------------------------------------------------------------

    @override
    def save_model(
        self, request: HttpRequest, obj: Edition, form: Any, change: bool
    ) -> None:
        """Save what the form holds; sums and states are the workers'."""
        if change:
            obj.save(update_fields=[*form.cleaned_data])
        else:
            obj.save()

    @override
    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Iterable[BaseFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        composing.put_in_order(form.instance)

    def response_add(
        self, request: HttpRequest, obj: Edition, post_url_continue: Any = None
    ) -> HttpResponse:
        answer = self._after(request, obj)
        return answer or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Edition) -> HttpResponse:
        return self._after(request, obj) or super().response_change(request, obj)

    def _after(self, request: HttpRequest, edition: Edition) -> HttpResponse | None:
        """Do what a button asks for beside saving; None if none was pressed."""
        here = reverse("admin:articles_edition_change", args=[edition.pk])
        if "_preview" in request.POST:
            here = reverse("admin:articles_edition_preview", args=[edition.pk])
        elif "_check" in request.POST:
            here = reverse("admin:articles_edition_send", args=[edition.pk])
        elif "_fill" in request.POST and edition.is_draft:
            self._fill(request, edition)
            here = f"{here}#{PLACE}-group"
        elif "_move" in request.POST and edition.is_draft:
            number, _dash, where = request.POST["_move"].partition("-")
            if number.isascii() and number.isdecimal() and len(number) <= 18:
                composing.move(edition, int(number), up=where == "up")
            here = f"{here}#{PLACE}-group"
        else:
            return None
        return HttpResponseRedirect(here)

    def _fill(self, request: HttpRequest, edition: Edition) -> None:
        number = composing.fill(edition, timezone.now())
        if number:
            said = ngettext(
                "%(number)d story was added.", "%(number)d stories were added.", number
            )
            messages.success(request, said % {"number": number})
        else:
            messages.warning(request, _("There is no newer story to add."))

    # --- Pages of its own -----------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        pages = {
            "preview": edition_sending.preview,
            "send": edition_sending.send,
        }
        return [
            *(
                path(f"<int:pk>/{name}/", view(page), name=f"articles_edition_{name}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        edition = kwargs.get("obj")
        context |= {
            "is_open": _is_open(edition),
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)
