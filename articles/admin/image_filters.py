"""What the picture library is narrowed down by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Image, Recording, Reference, Revision
from articles.querysets import SOON

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class WhatIsMissing(admin.SimpleListFilter):
    """Images that keep a story from being published."""

    title = _("what is missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("credit", gettext("a credit")),
            ("alt", gettext("an alternative text")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> Any:
        lacking = {"credit": Q(credit=""), "alt": Q(alt="", decorative=False)}
        return queryset.filter(lacking.get(self.value() or "", Q()))


class Licence(admin.AllValuesFieldListFilter):
    """Images under one licence, or under none that anybody wrote down."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or gettext("not stated")}


class LicenceEnds(admin.SimpleListFilter):
    """Images that readers will soon get no longer, or get no longer."""

    title = _("licence ends")
    parameter_name = "licence_ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        soon = gettext("within %(days)d days") % {"days": SOON.days}
        return [
            ("soon", soon),
            ("ended", gettext("has ended")),
            ("some", gettext("some day")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "soon":
            return queryset.licence_ending(within=SOON)
        if self.value() == "ended":
            return queryset.licence_ended()
        if self.value() == "some":
            return queryset.exclude(licence_expires_on=None)
        return queryset


class Use(admin.SimpleListFilter):
    """Images that a story's working copy, newest, live or next revision shows.

    Or that stand beside an author's name, or for a film.
    """

    title = _("use")
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("in use")), ("no", gettext("not used anywhere"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        in_use = Revision.objects.in_use()
        image = OuterRef("pk")
        used = (
            Exists(Article.objects.filter(lead_image=image))
            | Exists(in_use.filter(lead_image=image))
            | Exists(
                Reference.objects.filter(image=image, revision__in=in_use.values("pk"))
            )
            | Exists(Author.objects.filter(photograph=image))
            | Exists(Recording.objects.filter(poster=image))
        )
        return queryset.filter(used if self.value() == "yes" else ~used)
