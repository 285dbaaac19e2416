"""The newsletter itself, and who gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .stories import languages

if TYPE_CHECKING:
    from .editions import Copy


def site_language() -> str:
    """Return the language that the pages are in, for whoever signs up on one."""
    return settings.LANGUAGE_CODE


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def current(self) -> Newsletter:
        """Return the one newsletter, which a migration made."""
        return self.first() or Newsletter(is_open=False)


class Newsletter(models.Model):
    """What readers can sign up for: one row, edited in the admin."""

    name = models.CharField(
        _("name"),
        max_length=80,
        help_text=_("As in “The Friday letter”. It stands over the form."),
    )
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_("What is in it and how often it comes, in a sentence or two."),
    )
    imprint = models.TextField(
        _("imprint"),
        blank=True,
        help_text=_(
            "Who sends it, with a postal address: at the foot of every mail. Many "
            "countries' laws ask for it, and nothing is sent without it."
        ),
    )
    is_open = models.BooleanField(
        _("readers can sign up"),
        default=True,
        help_text=_("Otherwise no form is shown. Who gets it already, still does."),
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletter")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="newsletter_only_one",
                violation_error_message=_("There is one newsletter: edit that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> SubscriberQuerySet:
        """Return those who get the newsletter."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def with_address(self, email: str) -> SubscriberQuerySet:
        """Return the one with that address, in capitals or not."""
        return self.annotate(lower=Lower("email")).filter(lower=email.lower())


class Subscriber(models.Model):
    """An address that asked for the newsletter; none is sent before it has confirmed."""

    class State(models.TextChoices):
        PENDING = "pending", _("not confirmed yet")
        CONFIRMED = "confirmed", _("gets it")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("cannot be reached")

    class Source(models.TextChoices):
        FORM = "form", _("the form on the site")
        IMPORT = "import", _("an imported list")

    email = models.EmailField(_("email"), max_length=254)
    language = models.CharField(
        _("language"), choices=languages, default=site_language, max_length=10
    )
    state = models.CharField(
        _("state"), choices=State, default=State.PENDING, max_length=12
    )
    source = models.CharField(
        _("came by"), choices=Source, default=Source.FORM, max_length=6
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    left_at = models.DateTimeField(_("left"), null=True)
    # Of the last copies, how many came back with “not now”, one after the other.
    soft_bounces = models.PositiveSmallIntegerField(_("came back in a row"), default=0)

    objects = SubscriberQuerySet.as_manager()

    copies: models.Manager[Copy]

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-pk"]
        permissions = [("export_subscriber", "Can export subscribers")]
        indexes = [models.Index(fields=["state", "id"], name="subscriber_by_state")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="subscriber_one_per_address",
                violation_error_message=_("This address is on the list already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="subscriber_confirmed_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "confirmed"], left_at=None)
                | Q(state__in=["unsubscribed", "bounced"], left_at__isnull=False),
                name="subscriber_left_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_confirmed(self) -> bool:
        """Whether the newsletter is sent to it."""
        return self.state == self.State.CONFIRMED

    @property
    def is_bounced(self) -> bool:
        """Whether mail to it came back, so that none is sent any more."""
        return self.state == self.State.BOUNCED


class ForgottenAddress(models.Model):
    """That some address was erased, so that no imported list brings it back.

    A keyed hash: who has the address can tell that it was erased, and nobody can tell
    the address from it.
    """

    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.digest[:8]
