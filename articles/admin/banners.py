"""The line over every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Banner
from articles.permissions import publishes_everywhere
from newsroom.admin.base import ReaderFacingAdmin

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


class BannerForm(forms.ModelForm):
    """A banner, whose times are whole minutes as all that pages change by."""

    class Meta:
        model = Banner
        fields = ["kind", "text", "article", "url", "start", "until"]

    def clean_start(self) -> datetime:
        return self.cleaned_data["start"].replace(second=0, microsecond=0)

    def clean_until(self) -> datetime:
        return self.cleaned_data["until"].replace(second=0, microsecond=0)


@admin.register(Banner)
class BannerAdmin(ReaderFacingAdmin):
    """Banners, newest first: for those who publish in every section."""

    form = BannerForm
    list_display = ["text", "kind", "start", "until", "state"]
    list_select_related = ["article"]
    search_fields = ["text"]
    autocomplete_fields = ["article"]

    @admin.display(description=gettext_lazy("what readers get"))
    def state(self, banner: Banner) -> str:
        """Say whether readers see it now, and if not, why not."""
        now = timezone.now()
        if banner.until <= now:
            return _("over")
        if banner.start > now:
            return _("not yet")
        if banner.article and not banner.article.is_live(now):
            return _("not shown: its story is %(state)s") % {
                "state": banner.article.state(now)
            }
        shown = Banner.objects.shown(now).first()
        return _("shown") if shown == banner else _("not shown: a newer one is")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return publishes_everywhere(request.user)

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return publishes_everywhere(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return publishes_everywhere(request.user)
