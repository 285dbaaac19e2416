"""Who gets mail about comments, and who asked for none."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """Return what proves to own an address: 128 random bits, sent there by mail."""
    return secrets.token_urlsafe(16)


class Correspondent(models.Model):
    """An address that asked for mail; none is sent before it has confirmed."""

    email = models.EmailField(_("email"), max_length=100, unique=True)
    key = models.CharField(max_length=22, default=new_key, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    stopped_at = models.DateTimeField(_("unsubscribed"), null=True)

    class Meta:
        verbose_name = _("correspondent")
        verbose_name_plural = _("correspondents")
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email

    @property
    def takes_mail(self) -> bool:
        """Whether it confirmed, and did not unsubscribe since."""
        return self.confirmed_at is not None and self.stopped_at is None


class ModeratorMail(models.Model):
    """When a moderator wants to hear by mail of comments that wait."""

    class When(models.TextChoices):
        NEVER = "never", _("never")
        AT_ONCE = "at once", _("at once")
        DIGEST = "digest", _("once a day, all together")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="moderator_mail",
        verbose_name=_("moderator"),
    )
    when = models.CharField(
        _("mail about comments that wait"),
        choices=When,
        default=When.NEVER,
        max_length=7,
    )
    hour = models.PositiveSmallIntegerField(
        _("hour of the digest"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("0 to 23, in the publication’s time zone."),
    )
    # When the next digest is due; empty: nothing waits to be told.
    due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("moderator’s mail")
        verbose_name_plural = _("moderators’ mail")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_when_display()}"
