from django.contrib import admin

from articles.models import OldAddress
from newsroom.admin.base import ReaderFacingAdmin


@admin.register(OldAddress)
class OldAddressAdmin(ReaderFacingAdmin):
    """Addresses that redirect: those the desk left behind, and imported ones."""

    list_display = ["path", "article"]
    list_select_related = ["article"]
    search_fields = ["path"]
    autocomplete_fields = ["article"]
