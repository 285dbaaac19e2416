"""The people, the publication, the record of what was done, and numbers for readers."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class User(AbstractUser):
    """A member of staff. Accounts are deactivated, never deleted."""

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    @property
    def name(self) -> str:
        """The name colleagues know: the full name, or the user name without one."""
        return self.get_full_name() or self.get_username()


def validate_time_zone(value: str) -> None:
    """Raise ``ValidationError`` unless ``value`` is a name of the IANA database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is no time zone. Give one as in “Europe/Vienna” or “UTC”."),
            params={"value": value},
        )


class PublicationQuerySet(models.QuerySet["Publication"]):
    def current(self) -> Publication:
        """Return the one publication: what was saved, else the defaults, unsaved."""
        return self.first() or Publication()


class Publication(models.Model):
    """What this site is: one row, edited in the admin."""

    name = models.CharField(_("name"), max_length=100, default="Newsroom")
    tagline = models.CharField(
        _("tagline"),
        max_length=200,
        blank=True,
        help_text=_("A few words under the name, as in “News from the estuary”."),
    )
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_("One or two sentences for search engines and the footer."),
    )
    contact = models.EmailField(
        _("contact"),
        blank=True,
        help_text=_("Where readers write to, as in “desk@example.org”."),
    )
    principles = models.TextField(
        _("publishing principles"),
        blank=True,
        help_text=_("How you report, correct and are paid for. Readers see it."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("The one that pages show times in, as in “Europe/Vienna”."),
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publication")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="publication_only_one",
                violation_error_message=_("There is one publication: edit that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone as an object."""
        return zoneinfo.ZoneInfo(self.time_zone)


class SiteVersion(models.Model):
    """The number that moves with everything readers see outside one story's page."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="site_version_only_one")
        ]

    def __str__(self) -> str:
        return str(self.number)


class EventQuerySet(models.QuerySet["Event"]):
    def record(
        self,
        actor: User | None,
        act: str,
        thing: models.Model,
        *,
        reason: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> Event:
        """Write down that ``actor`` (none: the system) did ``act`` to ``thing``."""
        return self.create(
            actor=actor,
            actor_name=actor.name if actor else "",
            act=act,
            object_type=thing._meta.label,
            object_id=thing.pk,
            object_name=str(thing)[:255],
            reason=reason,
            before=before,
            after=after,
        )

    def about(self, thing: models.Model) -> Self:
        """Return what was done to ``thing``, newest first."""
        return self.filter(object_type=thing._meta.label, object_id=thing.pk).order_by(
            "-pk"
        )

    def forget_name_of(self, thing: models.Model) -> None:
        """Let the record of ``thing`` keep its number alone: its person was erased.

        What was done and why stays.
        """
        name = f"{thing._meta.verbose_name} {thing.pk}"
        super(EventQuerySet, self.about(thing)).update(object_name=name)

    def overwrite_about(
        self, thing: models.Model, overwrite: Callable[[Any], Any]
    ) -> None:
        """Let ``overwrite`` take words out of the record of ``thing``: a redaction.

        It is given each text or structure of texts. With ``forget_name_of`` the one
        change that the record knows.
        """
        names = ("object_name", "reason", "before", "after")
        for event in self.about(thing).iterator(chunk_size=200):
            old = {name: getattr(event, name) for name in names}
            new = {name: overwrite(value) for name, value in old.items()}
            if new != old:
                super(EventQuerySet, self.filter(pk=event.pk)).update(**new)

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The record of events is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The record of events is append-only.")


class Event(models.Model):
    """Who did what to which thing, when and why: the audit trail, append-only."""

    when = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    actor_name = models.CharField(_("actor's name"), max_length=200, blank=True)
    act = models.CharField(_("act"), max_length=40)
    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.BigIntegerField(_("number of the thing"))
    object_name = models.CharField(_("thing"), max_length=255)
    reason = models.TextField(_("reason"), blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["object_type", "object_id", "-id"], name="event_by_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or _('the system')}: {self.act} {self.object_name}"


class NetworkSalt(models.Model):
    """One week's salt for network keys; without it the keys of that week are noise."""

    week = models.DateField(primary_key=True)  # its Monday, UTC
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.week.isoformat()


class Count(models.Model):
    """How often something was done within one window of time; see ``limits``."""

    name = models.CharField(max_length=120, unique=True)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"


class Delivery(models.Model):
    """One mail to one address about one thing that happened: sent once."""

    event = models.CharField(max_length=120)
    recipient = models.EmailField(max_length=254)
    enqueued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)  # when the mail server took it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient"], name="delivery_one_per_recipient"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient}"


def move_site_version() -> None:
    """Make every cached page of the site out of date, when this transaction commits.

    Call it last in the transaction: the row is shared by the whole site.
    """
    if not SiteVersion.objects.filter(pk=1).update(number=F("number") + 1):
        SiteVersion.objects.get_or_create(pk=1, defaults={"number": 1})


def local_day(at: datetime, publication: Publication) -> Any:
    """Return the date that ``at`` (aware) has in the publication's time zone."""
    return timezone.localdate(at, publication.zone)
