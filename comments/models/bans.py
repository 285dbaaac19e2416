from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.querysets import BanQuerySet

LONGEST_FOR_A_NETWORK = timedelta(days=14)  # its key is noise after that


class Ban(models.Model):
    """Someone who may not comment here, for a time or for good."""

    class Kind(models.TextChoices):
        READER = "reader", _("reader (this browser)")
        EMAIL = "email", _("email address")
        DOMAIN = "domain", _("domain of email addresses")
        NETWORK = "network", _("network")

    kind = models.CharField(_("kind"), choices=Kind, max_length=7)
    value = models.CharField(
        _("who"),
        max_length=100,
        help_text=_(
            "An address as in “name@example.org”, a domain as in “example.org”; a "
            "reader or a network is banned from the queue."
        ),
    )
    reason = models.CharField(
        _("reason"), max_length=500, help_text=_("Who is banned reads it.")
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: for good.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = BanQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                name="ban_one_per_person",
                violation_error_message=_("There is a ban on them: change that one."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="network")
                | Q(until__isnull=False, until__lte=F("since") + LONGEST_FOR_A_NETWORK),
                name="ban_of_network_at_most_14_days",
                violation_error_message=_(
                    "A network can be banned for 14 days at most: others use it too."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
