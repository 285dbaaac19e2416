from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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

    class Meta:
        verbose_name = _("correction or update")
        verbose_name_plural = _("corrections and updates")
        ordering = ["published_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"

    @property
    def stands_above(self) -> bool:
        """Whether it is severe enough to be read before the story."""
        return self.kind in self.ABOVE_THE_BODY
