from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from ratings.querysets import BurstQuerySet


class Burst(models.Model):
    """Votes that were set aside together, why, and what was decided on them."""

    class Rule(models.TextChoices):
        NETWORK = "network", _("many votes on one story from one network")
        ALIKE = "alike", _("many equal votes on one story from one network")
        ACROSS = "across", _("many equal votes on many stories from one network")
        PACE = "pace", _("far more equal votes than this story gets")
        RING = "ring", _("networks that each vote with one voice")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RELEASED = "released", _("released: the votes count")
        REMOVED = "removed", _("removed")

    rule = models.CharField(_("rule"), choices=Rule, max_length=7)
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        null=True,
        related_name="bursts",
        verbose_name=_("article"),
    )
    network_key = models.CharField(max_length=32, blank=True, editable=False)
    score = models.PositiveSmallIntegerField(_("stars"), null=True)
    state = models.CharField(
        _("state"), choices=State, default=State.WAITING, max_length=8
    )
    first_at = models.DateTimeField(_("first vote"))
    last_at = models.DateTimeField(_("last vote"))
    size = models.PositiveIntegerField(_("votes"), default=0)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = BurstQuerySet.as_manager()

    class Meta:
        verbose_name = _("burst of votes")
        verbose_name_plural = _("bursts of votes")
        ordering = ["-pk"]
        permissions = [("decide_burst", "Can release and remove suspected votes")]
        indexes = [
            models.Index(fields=["state", "-id"], name="burst_queue"),
            models.Index(
                fields=["article", "network_key", "rule"], name="burst_by_subject"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "rule",
                Coalesce("article", 0),
                "network_key",
                Coalesce("score", 0),
                condition=Q(state="waiting"),
                name="burst_one_waiting_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | ~Q(state="waiting") & Q(decided_at__isnull=False) & ~Q(reason=""),
                name="burst_decided_has_time_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.size}"
