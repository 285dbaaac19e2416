from django.contrib import admin

from articles.models import Correction


class CorrectionInline(admin.StackedInline):
    """Notes to readers, dated: they are on the page as soon as the form is saved."""

    model = Correction
    extra = 0
    fields = [("kind", "published_at"), "text"]
