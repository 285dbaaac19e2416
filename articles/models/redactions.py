from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .stories import Article


class Redaction(models.Model):
    """Words that two editors overwrite in all that a story ever said."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("carried out")
        DROPPED = "dropped", _("dropped")

    article = models.ForeignKey(
        Article,
        models.CASCADE,
        related_name="redactions",
        verbose_name=_("article"),
    )
    # Forgotten with the decision: a list of what may not be said would say it.
    words = models.TextField(
        _("words"),
        help_text=_(
            "Exactly as they stand in the story, within one paragraph; spaces and line "
            "breaks count alike. One who is named by several names takes several."
        ),
    )
    reason = models.CharField(
        _("reason"),
        max_length=500,
        help_text=_("For the record, which keeps it: do not repeat the words."),
    )
    state = models.CharField(
        _("state"),
        choices=State,
        default=State.PROPOSED,
        max_length=9,
        editable=False,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(
        _("proposed"), default=timezone.now, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(
                    state__in=["confirmed", "dropped"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    words="",
                ),
                name="redaction_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed", decided_by=F("proposed_by")),
                name="redaction_by_two_editors",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Redaction %(number)s") % {"number": self.pk})
