from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.querysets import PublishedVersionQuerySet

from .corrections import Correction
from .stories import Article, Revision

if TYPE_CHECKING:
    from datetime import datetime


class PublishedVersion(models.Model):
    """A revision that readers have had, or will have, from a time on.

    One whose time is still to come is known to nobody but the desk.
    """

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="versions", verbose_name=_("article")
    )
    number = models.PositiveIntegerField(_("number"))
    revision = models.ForeignKey(
        Revision, models.CASCADE, related_name="+", verbose_name=_("revision")
    )
    previous = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="following"
    )
    shown_from = models.DateTimeField(_("shown from"))
    # What readers were told of the change; none for the first, and for a minor one.
    note = models.OneToOneField(
        Correction, models.RESTRICT, null=True, related_name="version"
    )
    # From then on readers get its dates, and none of its words.
    withheld_at = models.DateTimeField(_("withheld"), null=True)
    withheld_because = models.CharField(_("withheld because"), max_length=300)

    objects = PublishedVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="version_one_per_number"
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous=None)
                | Q(number__gt=1, previous__isnull=False),
                name="version_follows_another",
            ),
            models.CheckConstraint(
                condition=Q(withheld_at=None, withheld_because="")
                | Q(withheld_at__isnull=False) & ~Q(withheld_because=""),
                name="version_withheld_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.number}"

    def is_open(self, at: datetime) -> bool:
        """Tell whether readers may read at ``at`` what it said."""
        return not (self.withheld_at and self.withheld_at <= at)
