"""Votes, and their sum per story."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article

STARS = range(1, 6)


class Rating(models.Model):
    """One reader's vote on one article, and whether it counts."""

    class State(models.TextChoices):
        COUNTED = "counted", _("counted")
        QUARANTINED = "quarantined", _("in quarantine")
        REMOVED = "removed", _("removed")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="ratings", verbose_name=_("article")
    )
    voter_hash = models.CharField(_("voter"), max_length=64, editable=False)
    # Withdrawing empties it and keeps the row: a removed voter stays removed.
    score = models.PositiveSmallIntegerField(
        _("stars"),
        null=True,
        validators=[
            MinValueValidator(1, _("Choose one to five stars.")),
            MaxValueValidator(5, _("Choose one to five stars.")),
        ],
    )
    state = models.CharField(
        _("state"), choices=State, default=State.COUNTED, max_length=11
    )
    network_key = models.CharField(max_length=32, editable=False)
    browser = models.CharField(max_length=16, editable=False)  # a digest of its name
    created_at = models.DateTimeField(_("first given"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["article", "network_key", "created_at"],
                name="rating_by_network",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "voter_hash"], name="rating_one_per_voter"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(1, 5)),
                name="rating_score_1_to_5",
                violation_error_message=_("Choose one to five stars."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score or '–'} ★ {self.article}"


class Tally(models.Model):
    """How many readers gave one article each number of stars: a narrow row of sums."""

    article = models.OneToOneField(
        Article,
        models.CASCADE,
        primary_key=True,
        related_name="tally",
        verbose_name=_("article"),
    )
    stars_1 = models.PositiveIntegerField(_("one star"), default=0)
    stars_2 = models.PositiveIntegerField(_("two stars"), default=0)
    stars_3 = models.PositiveIntegerField(_("three stars"), default=0)
    stars_4 = models.PositiveIntegerField(_("four stars"), default=0)
    stars_5 = models.PositiveIntegerField(_("five stars"), default=0)
    excluded = models.PositiveIntegerField(_("excluded"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"[{self.total}: {self.average:.1f}] {self.article}"

    @property
    def counts(self) -> dict[int, int]:
        """How many readers gave each number of stars, from five down to one."""
        return {stars: getattr(self, f"stars_{stars}") for stars in reversed(STARS)}

    @property
    def total(self) -> int:
        """How many votes count."""
        return sum(self.counts.values())

    @property
    def average(self) -> float:
        """The mean of the votes that count; 0 if there are none."""
        points = sum(stars * count for stars, count in self.counts.items())
        return points / self.total if self.total else 0

    def move(self, old: int | None, new: int | None) -> None:
        """Change the sums, unsaved, for one vote that was ``old`` and is ``new``.

        In stars; None stands for no vote. The row must be locked.
        """
        if old:
            setattr(self, f"stars_{old}", getattr(self, f"stars_{old}") - 1)
        if new:
            setattr(self, f"stars_{new}", getattr(self, f"stars_{new}") + 1)
