"""Tables of a story's form: who is named over it, and the links after it."""

from django.contrib import admin

from articles.models import Byline, RelatedLink

from .forms import LineForm, LineFormSet


class BylineInline(admin.TabularInline):
    """Who is named over the story, in order."""

    model = Byline
    form = LineForm
    formset = LineFormSet
    extra = 1
    autocomplete_fields = ["author"]
    fields = ["role", "author", "guest", "position"]


class RelatedLinkInline(admin.TabularInline):
    """The links after the story, in order."""

    model = RelatedLink
    form = LineForm
    formset = LineFormSet
    fk_name = "article"
    extra = 1
    autocomplete_fields = ["target"]
    fields = ["target", "url", "title", "position"]
