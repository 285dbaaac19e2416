"""What the pages of moderation show alike, and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from comments.models import Ban, Comment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# For how many days a ban from the queue holds.
LASTING = {"1": _("a day"), "7": _("a week"), "14": _("14 days"), "": _("good")}


def check_may_look(request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` for who may see no comments that wait."""
    may = request.user.has_perm
    if not (may("comments.moderate_thread") or may("comments.view_comment")):
        raise PermissionDenied


def page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with a page of the moderation rooms."""
    may = request.user.has_perm
    common = admin.site.each_context(request) | {
        "opts": Comment._meta,
        "may_decide": may("comments.moderate_thread"),
        "may_ban": may("comments.moderate_thread") and may("comments.add_ban"),
        "faults": Comment.Fault.choices,
        "kinds": Ban.Kind.choices,
        "lasting": list(LASTING.items()),
    }
    return render(request, f"admin/comments/queue/{name}.html", common | context)
