"""What the desk keeps about a story while it is worked on; readers see nothing of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .stories import Article


class UnsavedCopy(models.Model):
    """What someone typed into a story's form and has not saved."""

    key = models.CharField(max_length=32, unique=True)  # one for each form opened
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, related_name="unsaved_copies"
    )  # none: a story that was never saved
    # [["headline", ["Bridge reopens"]], …]: the fields that differ from the saved story
    fields = models.JSONField(default=list)
    typed_at = models.DateTimeField()
    # Saved, restored or thrown away since: not to be offered again.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["editor", "article"], name="unsaved_of_editor")]

    def __str__(self) -> str:
        return f"{self.editor_id}: {self.article_id or _('a new story')}"


class OpenForm(models.Model):
    """Who has a story's form open, and when their browser last said so."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="open_forms")
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "editor"], name="open_form_one_per_editor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.editor_id}: {self.article_id}"


class Note(models.Model):
    """What one of the staff says to the others about a story."""

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="notes", verbose_name=_("article")
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("written by"),
    )
    text = models.TextField(_("text"), max_length=5000)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    mentioned = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        verbose_name=_("mentioned"),
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class PreviewLink(models.Model):
    """A signed address at which someone outside reads one revision and answers."""

    class Answer(models.TextChoices):
        APPROVED = "approved", _("approved")
        OBJECTED = "objected", _("objected")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="preview_links", verbose_name=_("article")
    )
    revision = models.ForeignKey(
        "articles.Revision",
        models.CASCADE,
        related_name="+",
        verbose_name=_("revision"),
    )
    reader = models.CharField(
        _("for whom"), max_length=100, help_text=_("As in “Dr. Brandt, solicitor”.")
    )
    # SHA-256 of the address's random part: who reads the database cannot open it.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    answer = models.CharField(_("answer"), choices=Answer, max_length=8, blank=True)
    words = models.TextField(_("in their words"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")),
                name="preview_link_expires_later",
            )
        ]

    def __str__(self) -> str:
        return self.reader

    def is_open(self) -> bool:
        """Tell whether the address can be read now."""
        return not self.revoked_at and self.expires_at > timezone.now()
