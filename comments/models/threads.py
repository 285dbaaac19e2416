from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article


class Thread(models.Model):
    """All comments on one article: whether it takes more, and how many there are."""

    article = models.OneToOneField(
        Article,
        models.CASCADE,
        primary_key=True,
        related_name="thread",
        verbose_name=_("article"),
    )
    closed = models.BooleanField(
        _("closed"),
        default=False,
        help_text=_("Readers see the comments and can write none."),
    )
    # A whole minute, as all that changes a page by the clock alone.
    slow_until = models.DateTimeField(_("slow until"), null=True, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    approved = models.PositiveIntegerField(_("approved"), default=0, editable=False)
    pending = models.PositiveIntegerField(_("pending"), default=0, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        permissions = [("moderate_thread", "Can decide on comments")]

    def __str__(self) -> str:
        return str(self.article)
