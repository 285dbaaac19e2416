"""Editions of the newsletter: what is in them, and to whom each was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .front import seen_or_scheduled
from .newsletter import Subscriber
from .stories import Article

if TYPE_CHECKING:
    from typing import Self


class EditionQuerySet(models.QuerySet["Edition"]):
    def on_the_web(self) -> Self:
        """Return those that readers find on the site, newest first."""
        return self.filter(number__isnull=False, is_public=True).order_by("-number")


class Edition(models.Model):
    """One issue of the newsletter, composed at the desk and sent once."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        SENDING = "sending", _("being sent")
        PAUSED = "paused", _("paused")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")

    # Given when the first copy goes out, and part of the address on the site.
    number = models.PositiveIntegerField(
        _("number"), null=True, unique=True, editable=False
    )
    subject = models.CharField(
        _("subject"),
        max_length=120,
        help_text=_("What the list of mails shows first: about 50 characters fit."),
    )
    preheader = models.CharField(
        _("preheader"),
        max_length=150,
        blank=True,
        help_text=_("The words that mail programs show after the subject."),
    )
    introduction = models.TextField(
        _("introduction"),
        blank=True,
        help_text=_(
            "Stands over the stories. An empty line begins a paragraph; addresses "
            "become links."
        ),
    )
    is_public = models.BooleanField(
        _("readers find it on the site"),
        default=True,
        help_text=_("Once it is sent. This can be changed afterwards as well."),
    )
    state = models.CharField(
        _("state"), choices=State, default=State.DRAFT, max_length=9, editable=False
    )
    send_at = models.DateTimeField(_("to be sent"), null=True, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, editable=False)
    finished_at = models.DateTimeField(_("ended"), null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("sent by"),
    )
    recipients = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    delivered = models.PositiveIntegerField(_("delivered"), default=0, editable=False)
    failed = models.PositiveIntegerField(_("refused"), default=0, editable=False)
    left = models.PositiveIntegerField(
        _("unsubscribed before their copy"), default=0, editable=False
    )
    bounced = models.PositiveIntegerField(_("came back"), default=0, editable=False)
    # The worker that sends it, until when it may, and how often it stumbled in a row.
    held_by = models.CharField(max_length=16, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    stumbles = models.PositiveSmallIntegerField(default=0, editable=False)
    fault = models.TextField(_("why it does not go on"), blank=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of the newsletter")
        verbose_name_plural = _("editions of the newsletter")
        ordering = ["-pk"]
        permissions = [("send_edition", "Can send editions of the newsletter")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="edition_scheduled_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(number=None, state__in=["draft", "scheduled"])
                | Q(
                    number__isnull=False,
                    started_at__isnull=False,
                    state__in=["sending", "paused", "sent", "cancelled"],
                ),
                name="edition_numbered_when_begun",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """Return the path of the edition on the site; "" before it was sent."""
        if self.number is None:
            return ""
        return reverse("articles:edition", args=[self.number])

    @property
    def is_draft(self) -> bool:
        """Whether its words can still be changed."""
        return self.state == self.State.DRAFT

    @property
    def is_scheduled(self) -> bool:
        return self.state == self.State.SCHEDULED

    @property
    def is_sending(self) -> bool:
        return self.state == self.State.SENDING

    @property
    def is_paused(self) -> bool:
        return self.state == self.State.PAUSED

    @property
    def done(self) -> int:
        """To how many it needs not be sent any more."""
        return self.delivered + self.failed + self.left


class EditionStory(models.Model):
    """A story in an edition, in its place."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="stories", verbose_name=_("edition")
    )
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        related_name="+",
        limit_choices_to=seen_or_scheduled,
        verbose_name=_("story"),
    )
    heading = models.CharField(
        _("heading"),
        max_length=255,
        blank=True,
        help_text=_("Empty: the story's headline."),
    )
    summary = models.TextField(
        _("summary"),
        max_length=1000,
        blank=True,
        help_text=_("Empty: the story's standfirst."),
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("story of the edition")
        verbose_name_plural = _("stories of the edition")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "article"],
                name="edition_story_once",
                violation_error_message=_("This story is in the edition already."),
            )
        ]

    def __str__(self) -> str:
        return self.heading or str(self.article)


class Copy(models.Model):
    """One edition for one subscriber: sent once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused")
        LEFT = "left", _("unsubscribed before")
        BOUNCED = "bounced", _("came back")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="copies")
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="copies")
    state = models.CharField(choices=State, default=State.WAITING, max_length=7)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # not to be tried before
    sent_at = models.DateTimeField(null=True)  # when the mail server took it

    class Meta:
        indexes = [
            models.Index(
                fields=["edition", "due_at", "id"],
                condition=Q(state="waiting"),
                name="copy_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "subscriber"], name="copy_one_per_subscriber"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | ~Q(state="waiting"),
                name="copy_sent_waits_no_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} → {self.subscriber_id}"
