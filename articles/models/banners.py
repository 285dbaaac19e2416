from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.querysets import BannerQuerySet

from .front import seen_or_scheduled
from .stories import Article


class Banner(models.Model):
    """A line over every page, for a time: news that cannot wait for its story."""

    class Kind(models.TextChoices):
        BREAKING = "breaking", _("Breaking news")
        LIVE = "live", _("Live")
        NOTICE = "notice", _("Notice")

    kind = models.CharField(
        _("kind"), choices=Kind, default=Kind.BREAKING, max_length=8
    )
    text = models.CharField(
        _("text"),
        max_length=160,
        help_text=_("One sentence, as in “The Estuary Bridge is closed in both ways.”"),
    )
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to=seen_or_scheduled,
        verbose_name=_("story"),
        help_text=_("Where it leads. Until the story is live the banner is not shown."),
    )
    url = models.URLField(
        _("address"),
        blank=True,
        help_text=_("In place of a story, as in “https://example.org/live”."),
    )
    start = models.DateTimeField(_("from"), default=timezone.now)  # a whole minute
    until = models.DateTimeField(
        _("until"),
        help_text=_("It goes by itself, in the publication's time zone."),
    )  # a whole minute

    objects = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        ordering = ["-start", "-pk"]
        indexes = [models.Index(fields=["-until"], name="banner_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")),
                name="banner_ends_after_it_begins",
                violation_error_message=_("A banner ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(article=None) | Q(url=""),
                name="banner_story_or_address",
                violation_error_message=_(
                    "Choose a story or give an address, not both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text
