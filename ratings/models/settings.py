from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ratings.querysets import RatingSettingsQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _words(label: StrOrPromise) -> models.CharField:
    return models.CharField(label, max_length=200, blank=True)


def _number(
    label: StrOrPromise, default: int, help_text: StrOrPromise = "", most: int = 100_000
) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        label,
        default=default,
        validators=[MinValueValidator(1), MaxValueValidator(most)],
        help_text=help_text,
    )


class RatingSettings(models.Model):
    """The widget's words, when ratings close, and what is suspected: one row."""

    invitation = _words(_("over the stars"))
    summary = _words(_("under the stars"))
    saved = _words(_("after a vote"))
    updated = _words(_("after a change"))
    withdrawn = _words(_("after taking a vote back"))
    remembered = _words(_("on return"))
    closed = _words(_("when closed"))

    close_after_days = models.PositiveSmallIntegerField(
        _("close ratings after so many days"),
        default=0,
        validators=[MaxValueValidator(3650)],
        help_text=_("Counted from the publication of the story. 0: never."),
    )

    network_votes = _number(
        _("votes of one network on one story"),
        250,
        _("In 24 hours; more are set aside. An office of 200 must be able to vote."),
    )
    alike_votes = _number(
        _("nearly equal votes of one network on one story"), 40, _("In 24 hours.")
    )
    across_votes = _number(
        _("nearly equal votes of one network on several stories"),
        100,
        _("In 24 hours."),
    )
    alike_percent = _number(
        _("nearly equal"), 90, _("From so many percent on."), most=100
    )
    pace_votes = _number(
        _("votes in an hour at which a story’s pace is looked at"), 100
    )
    pace_times = _number(
        _("times the story’s own pace"), 10, _("Compared with its hours before.")
    )
    ring_networks = _number(
        _("networks that make a ring"),
        10,
        _("Each so much of one voice that chance gives it once in a thousand."),
    )
    fresh_minutes = _number(
        _("minutes for which a reader is new"),
        60,
        _("By the age of the cookie. Pace and rings are looked for among the new."),
        most=10_080,
    )

    objects = RatingSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating settings")
        verbose_name_plural = _("rating settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="rating_settings_only_one_row",
                violation_error_message=_("There is one set: edit that one."),
            )
        ]

    def __str__(self) -> str:
        return str(_("Rating settings"))
