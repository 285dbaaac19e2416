from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.querysets import CorrectionQuerySet

from .stories import Article


class Correction(models.Model):
    """A dated note to readers on what was wrong, unclear or has changed."""

    class Kind(models.TextChoices):
        RETRACTION = "retraction", _("Retraction")
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    # By severity: what was wrong is said before the story, what is new after it.
    ABOVE_THE_BODY = (Kind.RETRACTION, Kind.CORRECTION)

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="corrections", verbose_name=_("article")
    )
    kind = models.CharField(
        _("kind"), choices=Kind, default=Kind.CORRECTION, max_length=13
    )
    text = models.TextField(
        _("text"),
        help_text=_("What it said, what is right, and how you know. Readers see it."),
    )
    published_at = models.DateTimeField(_("dated"), default=timezone.now)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.CharField(
        _("withdrawn because"),
        max_length=300,
        blank=True,
        help_text=_(
            "Takes the note from the story. Readers find the reason among its versions."
        ),
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction or update")
        verbose_name_plural = _("corrections and updates")
        ordering = ["published_at", "pk"]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="correction_newest")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""),
                name="correction_withdrawn_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        """Return where it stands on its story's page."""
        return f"{self.article.get_absolute_url()}#correction-{self.pk}"

    @property
    def stands_above(self) -> bool:
        """Whether it is severe enough to be read before the story."""
        return self.kind in self.ABOVE_THE_BODY
