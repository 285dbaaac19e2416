from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from .bursts import Burst

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
    burst = models.ForeignKey(
        Burst,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="votes",
        verbose_name=_("burst"),
    )
    network_key = models.CharField(max_length=32, editable=False)
    browser = models.CharField(max_length=16, editable=False)  # a digest of its name
    # The reader's cookie was young: given with this vote, or shortly before.
    is_fresh = models.BooleanField(_("by a new reader"), default=False, editable=False)
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
            ),
            models.Index(fields=["article", "created_at"], name="rating_in_time"),
            models.Index(
                fields=["network_key", "created_at"], name="rating_by_network_in_time"
            ),
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
