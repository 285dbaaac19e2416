"""What readers have against a comment, and its writer against a decision."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .comments import Comment


def new_reference() -> str:
    """Return the number of a notice, which nobody can guess: 128 random bits."""
    return secrets.token_urlsafe(16)


class Report(models.Model):
    """One reader's word that a comment should not stand there."""

    class Reason(models.TextChoices):
        INSULT = "insult", _("It insults or threatens someone.")
        HATE = "hate", _("It is hateful towards a group of people.")
        PRIVATE = "private", _("It gives away something private.")
        FALSE = "false", _("It is false and does harm.")
        SPAM = "spam", _("It is advertising.")
        OTHER = "other", _("Something else.")

    comment = models.ForeignKey(
        Comment, models.CASCADE, related_name="reports", verbose_name=_("comment")
    )
    reader_hash = models.CharField(max_length=64, editable=False)
    network_key = models.CharField(max_length=32, editable=False)
    reason = models.CharField(_("reason"), choices=Reason, max_length=7)
    words = models.CharField(_("in the reader’s words"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    # A moderator looked at the comment since: the report no longer counts.
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reader_hash"], name="report_one_per_reader"
            )
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


class IllegalNotice(models.Model):
    """Someone's notice that a comment breaks the law: what DSA, Article 16, asks for."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld: the comment is removed")
        DISMISSED = "dismissed", _("dismissed: the comment stands")

    reference = models.CharField(
        _("reference"),
        max_length=22,
        default=new_reference,
        unique=True,
        editable=False,
    )
    comment = models.ForeignKey(
        Comment,
        models.PROTECT,
        related_name="illegal_notices",
        editable=False,
        verbose_name=_("comment"),
    )
    quoted = models.TextField(_("the comment as it was"), editable=False)
    explanation = models.TextField(_("why it is illegal"))
    law = models.CharField(_("law"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=245, blank=True)
    email = models.EmailField(_("email"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(
        _("state"), choices=State, default=State.OPEN, max_length=9
    )
    statement = models.TextField(
        _("statement of reasons"),
        blank=True,
        help_text=_("Who gave the notice and who wrote the comment read it."),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("notice of illegal content")
        verbose_name_plural = _("notices of illegal content")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | ~Q(state="open") & Q(decided_at__isnull=False),
                name="illegal_notice_decided_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Appeal(models.Model):
    """The one time a writer may ask for another look at a decision."""

    comment = models.OneToOneField(
        Comment, models.CASCADE, related_name="appeal", verbose_name=_("comment")
    )
    words = models.CharField(_("what its writer says"), max_length=1000)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    upheld = models.BooleanField(_("decided for the writer"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(upheld=None, decided_at=None)
                | Q(upheld__isnull=False, decided_at__isnull=False),
                name="appeal_decided_has_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.comment)
