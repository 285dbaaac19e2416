from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from django_prose_editor.fields import ProseEditorFormField

from articles import body
from articles.models import Page
from newsroom.admin.base import OfTheWholePaper, ReaderFacingAdmin

from .forms import EXTENSIONS, BodyWidget

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
