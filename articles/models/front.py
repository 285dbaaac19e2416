from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .sections import Section
from .stories import Article


def seen_or_scheduled() -> Q:
    """Return which stories an editor may choose: those that readers get, or will."""
    return Q(published_at__isnull=False, withdrawn_at=None)


class FrontSlot(models.Model):
    """A place on the front page, or on a section's, that an editor filled by hand.

    Places without a row fill themselves; so does one whose story is not live.
    """

    section = models.ForeignKey(
        Section,
        models.CASCADE,
        null=True,
        related_name="slots",
        verbose_name=_("section"),
    )  # none: the front page
    position = models.PositiveSmallIntegerField(_("place"))  # 1 leads the page
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        related_name="slots",
        limit_choices_to=seen_or_scheduled,
        verbose_name=_("story"),
    )
    until = models.DateTimeField(_("until"), null=True)  # a whole minute

    class Meta:
        verbose_name = _("place on the front page")
        verbose_name_plural = _("front page")
        ordering = ["section_id", "position"]
        constraints = [
            # Two of each: in a unique index no empty section is like another one.
            models.UniqueConstraint(
                fields=["position"],
                condition=Q(section=None),
                name="front_slot_one_per_place",
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(section=None),
                name="front_slot_one_per_story",
            ),
            models.UniqueConstraint(
                fields=["section", "position"], name="front_slot_one_per_section_place"
            ),
            models.UniqueConstraint(
                fields=["section", "article"], name="front_slot_one_per_section_story"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="front_slot_places_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.article}"
