from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.models import OldAddress
from articles.permissions import may_publish
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from articles.models import Article
    from newsroom.models import User


class OldAddressForm(forms.ModelForm):
    """An address, to a story that the one who gives it may publish."""

    editor: User  # set by the admin

    class Meta:
        model = OldAddress
        fields = ("path", "article")

    def clean_article(self) -> Article:
        article: Article = self.cleaned_data["article"]
        if not may_publish(self.editor, article.section_id):
            raise ValidationError(_("That story is not in one of your sections."))
        return article


@admin.register(OldAddress)
class OldAddressAdmin(ReaderFacingAdmin):
    """Addresses that redirect: those the desk left behind, and imported ones.

    All are listed, for each exists once; who is limited to sections changes theirs.
    """

    form = OldAddressForm
    list_display = ["path", "article"]
    list_select_related = ["article"]
    search_fields = ["path"]
    autocomplete_fields = ["article"]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.editor = staff_of(request)  # type: ignore[attr-defined]
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_change = super().has_change_permission(request, obj)
        return may_change and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_delete = super().has_delete_permission(request, obj)
        return may_delete and self._is_own(request, obj)

    def _is_own(self, request: HttpRequest, address: OldAddress | None) -> bool:
        if address is None:
            return True
        return may_publish(staff_of(request), address.article.section_id)
