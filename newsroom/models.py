"""The people, the publication, the record of what was done, and numbers for readers."""

from __future__ import annotations

import math
import secrets
import zoneinfo
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from newsroom import acts, colours
from newsroom.compiled import Compiled

if TYPE_CHECKING:
    from datetime import datetime


_validate_url = URLValidator(schemes=["http", "https"])
DEFAULT_ACCENT = "#9a2a1f"  # as in static/css/tokens.css


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


def validate_accent(value: str) -> None:
    """Raise ``ValidationError`` unless text in this colour can be read on our paper."""
    if not colours.is_colour(value):
        raise ValidationError(
            _("“%(value)s” is no colour. Give one as in “#9a2a1f”."),
            params={"value": value},
        )
    found = colours.least_contrast(value, colours.LIGHT_PAPERS)
    if found < colours.LEAST_CONTRAST:
        raise ValidationError(
            _(
                "Words in %(value)s cannot be read on light paper: the contrast is "
                "%(found)s : 1, and %(least)s : 1 is the least. Try %(darker)s."
            ),
            params={
                "value": value,
                # Rounded down: 4.49 is not 4.5.
                "found": localize(math.floor(10 * found) / 10),
                "least": localize(colours.LEAST_CONTRAST),
                "darker": colours.darkened(value),
            },
        )


def validate_addresses(value: str) -> None:
    """Raise ``ValidationError`` unless each line of ``value`` is an address of the web."""
    for line in value.split():
        try:
            _validate_url(line)
        except ValidationError as error:
            raise ValidationError(
                _(
                    "“%(value)s” is no address. Give one a line: “https://example.org/us”."
                ),
                params={"value": line},
            ) from error


def profiles_among(lines: str) -> dict[str, str]:
    """Return of each address in ``lines`` what readers see: no scheme, no “www”."""
    return {
        address: address.partition("://")[2].removeprefix("www.").rstrip("/")
        for address in lines.split()
    }


def picture_name(publication: Publication, name: str) -> str:
    """Return a name with 128 random bits, never used again: cacheable for ever."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}{PurePath(name).suffix}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    def current(self) -> Publication:
        """Return the one publication: what was saved, else the defaults, unsaved."""
        return _PUBLICATION.first() or Publication()

    def zone(self) -> zoneinfo.ZoneInfo:
        """Return the time zone of the current one, which costs less than all of it."""
        found = _ZONE.row()
        return zoneinfo.ZoneInfo(found[0]) if found else Publication().zone


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
    elsewhere = models.TextField(
        _("elsewhere"),
        blank=True,
        max_length=2000,
        validators=[validate_addresses],
        help_text=_(
            "Its own pages on other sites, one address a line. Readers find them at the "
            "foot of every page, search engines know by them whose they are."
        ),
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

    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[validate_accent],
        help_text=_(
            "The one colour beside ink and paper. The dark scheme gets a lighter tint."
        ),
    )
    logo = models.ImageField(
        _("logo"),
        upload_to=picture_name,
        blank=True,
        max_length=60,
        width_field="logo_width",
        height_field="logo_height",
        help_text=_(
            "In the place of the name over every page: PNG, WebP or JPEG, not SVG; best "
            "200 pixels high or more, on a transparent ground."
        ),
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)  # pixels
    logo_height = models.PositiveIntegerField(null=True, editable=False)  # pixels
    logo_dark = models.ImageField(
        _("logo for the dark scheme"),
        upload_to=picture_name,
        blank=True,
        max_length=60,
        help_text=_("Of the same shape. Empty: the same logo."),
    )
    icon = models.ImageField(
        _("icon"),
        upload_to=picture_name,
        blank=True,
        max_length=60,
        help_text=_(
            "A square picture of 512 pixels or more, for tabs and home screens. Empty: "
            "the first letter of the name on the accent colour."
        ),
    )
    # Where the icons made of all that are stored, by the name of each.
    icons = models.JSONField(default=dict, editable=False)
    feeds_in_full = models.BooleanField(
        _("whole stories in feeds"),
        default=True,
        help_text=_("Otherwise feeds have the headline and the standfirst alone."),
    )
    robots = models.TextField(
        _("robots.txt"),
        blank=True,
        help_text=_(
            "What crawlers are asked. Where the sitemaps are is always added. Empty it, "
            "and the lines that came with the site are back."
        ),
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
    def profiles(self) -> dict[str, str]:
        """Its pages elsewhere: of each address what readers see."""
        return profiles_among(self.elsewhere)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone as an object."""
        return zoneinfo.ZoneInfo(self.time_zone)


_PUBLICATION = Compiled(lambda: Publication.objects.order_by("pk")[:1])
_ZONE = Compiled(
    lambda: Publication.objects.order_by("pk").values_list("time_zone")[:1]
)


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
            actor_name=_fitting("actor_name", actor.name if actor else ""),
            act=act,
            object_type=thing._meta.label,
            object_id=thing.pk,
            object_name=_fitting("object_name", str(thing)),
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

    def overwrite(self, **fields: Any) -> int:
        """Change events after all: for a redaction by two editors, and nothing else."""
        return super().update(**fields)

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The record of events is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The record of events is append-only.")


def _fitting(name: str, value: str) -> str:
    # Names may be longer than the record's own columns.
    field: Any = Event._meta.get_field(name)
    return value[: field.max_length]


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
        actor = self.actor_name or _("the system")
        return f"{actor}: {self.act_name} {self.object_name}"

    @property
    def act_name(self) -> str:
        """What was done, in the current language."""
        return acts.name_of(self.act)


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
