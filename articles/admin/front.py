"""Where editors arrange the front page, or the page of a section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import front_page
from articles.front_page import ArrangedMeanwhile
from articles.models import FrontSlot, Section
from articles.permissions import may_publish, publishes_everywhere, sections_of
from newsroom.admin.base import RecordedAdmin
from newsroom.staff import staff_of

from .places import Arrangement, PlaceForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from newsroom.models import User


@admin.register(FrontSlot)
class FrontSlotAdmin(RecordedAdmin):
    """One form for all places of a page, in the place of a list of rows."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_publish(request.user)

    has_change_permission = has_view_permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_publish(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lead to the page that holds all places."""
        return HttpResponseRedirect(reverse("admin:articles_frontslot_changelist"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the places of ``?section=ID``, or of the front page; a POST fills them."""
        user = staff_of(request)
        pages = _pages_of(user)
        section = _chosen(request.GET.get("section", ""), pages)
        sent = request.POST if request.method == "POST" else None
        arrangement = Arrangement(section, timezone.now(), sent)
        status = 200
        if sent is not None and "move" not in sent:
            if arrangement.is_valid() and _save(request, arrangement, user):
                return HttpResponseRedirect(request.get_full_path())
            status = 422
        context = admin.site.each_context(request) | {
            "title": _("Front page") if section is None else section.name,
            "opts": FrontSlot._meta,
            "arrangement": arrangement,
            "pages": pages,
            "media": self.media + PlaceForm().media,
        }
        template = "admin/articles/frontslot/change_list.html"
        return render(request, template, context, status=status)


def _pages_of(user: User) -> list[Section | None]:
    """Return the pages that ``user`` may arrange; None stands for the front page."""
    if not may_publish(user):
        return []
    sections = list(Section.objects.all())
    if publishes_everywhere(user):
        return [None, *sections]
    own = sections_of(user)
    return [section for section in sections if section.pk in own]


def _chosen(number: str, pages: list[Section | None]) -> Section | None:
    """Return one of ``pages``, the first if ``number`` is ""; raise if it is not there."""
    if not pages:
        raise PermissionDenied
    if not number:
        return pages[0]
    for section in pages:
        if section and str(section.pk) == number:
            return section
    raise Http404


def _save(request: HttpRequest, arrangement: Arrangement, user: User) -> bool:
    try:
        front_page.arrange(
            arrangement.places,
            section=arrangement.section,
            editor=user,
            base=arrangement.base,
        )
    except ArrangedMeanwhile:
        messages.error(
            request,
            _(
                "A colleague arranged this page while you did. Below is yours, and what "
                "readers get now beside it: save again to put yours in its place."
            ),
        )
        arrangement.base = front_page.state_of(arrangement.section, timezone.now())
        return False
    messages.success(request, _("This is what readers get now."))
    return True
