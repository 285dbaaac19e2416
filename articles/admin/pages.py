from typing import Any, override

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from django_prose_editor.fields import ProseEditorFormField

from articles import body
from articles.models import Page
from newsroom.admin.base import OfTheWholePaper, ReaderFacingAdmin
from newsroom.models import Publication

from .forms import EXTENSIONS, BodyWidget

STATEMENT = Page.Kind.ACCESSIBILITY
# A page has no pictures and leads to no story: the stories' own blocks are left out.
PLAIN = {
    name: EXTENSIONS[name]
    for name in (
        *("Bold", "Italic", "Strike", "Subscript", "Superscript", "Link"),
        *("Heading", "BulletList", "OrderedList", "ListItem", "Blockquote"),
        *("HardBreak", "HorizontalRule"),
    )
}


class PageForm(forms.ModelForm):
    """A page of the paper, its text in the stories' editor."""

    body = ProseEditorFormField(
        label=_("Body"),
        required=False,
        config={"extensions": PLAIN},
        sanitize=body.clean,
        widget=BodyWidget,
        preset="configurable",
    )

    class Meta:
        model = Page
        fields = ("kind", "title", "slug", "body", "position")


@admin.register(Page)
class PageAdmin(OfTheWholePaper, ReaderFacingAdmin):
    """Pages of the paper about itself, in the order of the footer."""

    records_values = True

    form = PageForm
    list_display = ["title", "kind", "changed_at", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["title"]}
    search_fields = ["title"]

    class Media:
        css = {"all": ["css/editor.css"]}

    @override
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer the draft of a statement that the paper has not got."""
        offered = None
        if not Page.objects.filter(kind=STATEMENT).exists():
            offered = f"?kind={STATEMENT}"
        is_taken = request.GET.get("kind") == STATEMENT
        context = {"draft": None if is_taken else offered}
        return super().add_view(request, form_url, context | (extra_context or {}))

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill an accessibility statement in with its draft."""
        initial = super().get_changeform_initial_data(request)
        if initial.get("kind") != STATEMENT:
            return initial
        return _statement() | initial


def _statement() -> dict[str, str]:
    """Return the fields of an accessibility statement, in the language of the site."""
    publication = Publication.objects.current()
    context = {
        "publication": publication,
        "site": settings.SITE_URL,
        "today": timezone.localdate(timezone=publication.zone),
    }
    with translation.override(settings.LANGUAGE_CODE):
        title = translation.gettext("Accessibility")
        text = render_to_string("admin/articles/page/_accessibility.html", context)
    return {
        "title": title,
        "slug": slugify(title, allow_unicode=True),
        "body": body.clean(text),
    }
