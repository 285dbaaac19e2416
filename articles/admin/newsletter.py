"""The newsletter, and who gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.urls import path
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Newsletter, Subscriber
from articles.newsletter import subscribing
from newsroom.admin.base import OfTheWholePaper, ReaderFacingAdmin
from newsroom.models import Event
from newsroom.staff import staff_of

from . import subscriber_lists

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Newsletter)
class NewsletterAdmin(OfTheWholePaper, ReaderFacingAdmin):
    """The one newsletter, which is there from the start: none to add, none to delete."""

    records_values = True

    list_display = ["name", "is_open"]
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    """Addresses: they come by the form or a list, and no hand changes one.

    The record of events names them by their numbers: an address that is erased shall
    not stay there.
    """

    list_display = ["email", "state", "source", "asked_at", "confirmed_at", "left_at"]
    list_filter = ["state", "source", "language"]
    search_fields = ["email"]
    show_full_result_count = False
    actions = ["unsubscribe_selected"]
    readonly_fields = [
        field.name for field in Subscriber._meta.fields if field.name != "id"
    ]
    change_list_template = "admin/articles/subscriber/change_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(
                "lists/",
                view(subscriber_lists.lists),
                name="articles_subscriber_lists",
            ),
            path(
                "lists/all.csv",
                view(subscriber_lists.export),
                name="articles_subscriber_csv",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_unsubscribe_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_subscriber")

    @admin.action(
        description=gettext_lazy("Unsubscribe the selected addresses"),
        permissions=["unsubscribe"],
    )
    def unsubscribe_selected(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> None:
        for subscriber in queryset:
            subscribing.leave(subscriber)
            self._write_down(request, "change", subscriber)
        said = ngettext(
            "%(number)d address gets no newsletter any more.",
            "%(number)d addresses get no newsletter any more.",
            len(queryset),
        )
        messages.success(request, said % {"number": len(queryset)})

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        subscribing.erase(obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> None:
        for subscriber in queryset:
            subscribing.erase(subscriber)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[Any]:
        for subscriber in queryset:
            self._write_down(request, "erase", subscriber)
        return []

    def _write_down(
        self, request: HttpRequest, act: str, subscriber: Subscriber
    ) -> None:
        name = f"{subscriber._meta.verbose_name} {subscriber.pk}"
        nameless = Subscriber(pk=subscriber.pk, email=name)
        Event.objects.record(staff_of(request), act, nameless)
