from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import PurePath

from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.querysets import ImageQuerySet


def originals() -> Storage:
    """Return the private storage; a callable, so that migrations name no folder."""
    return storages["originals"]


def original_name(image: Image, name: str) -> str:
    """Return a new name for an uploaded file: what the client called it is kept out."""
    return f"{secrets.token_hex(16)}{PurePath(name).suffix.lower()[:5]}"


def rendition_name(rendition: Rendition, name: str) -> str:
    """Return a name with 128 random bits, never used again: cacheable for ever."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}{PurePath(name).suffix}"


class Image(models.Model):
    """A picture in the library, and what must be said about it wherever it stands."""

    class Sizes(models.TextChoices):
        WAITING = "waiting", _("being made…")
        MADE = "made", _("made")
        FAILED = "failed", _("failed")

    file = models.ImageField(
        _("file"),
        storage=originals,
        upload_to=original_name,
        width_field="width",
        height_field="height",
        max_length=60,
    )
    width = models.PositiveIntegerField(_("width"), editable=False)  # pixels
    height = models.PositiveIntegerField(_("height"), editable=False)  # pixels
    original_name = models.CharField(
        _("name of the file"), max_length=255, blank=True, editable=False
    )  # what the one who uploaded it called it: for the desk alone
    checksum = models.CharField(
        _("checksum"), max_length=64, editable=False, db_index=True
    )  # SHA-256 of the original, hexadecimal
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It says nothing that the text does not: it needs no alt text."),
    )
    caption = models.CharField(
        _("caption"),
        max_length=500,
        blank=True,
        help_text=_("Copied into a story when the picture is put there."),
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Whose it is; readers see it after a ©. Needed to publish."),
    )
    copyright = models.CharField(_("copyright notice"), max_length=300, blank=True)
    licence = models.CharField(
        _("licence"),
        max_length=100,
        blank=True,
        help_text=_("As in “CC BY 4.0” or “All rights reserved”."),
    )
    licence_expires_on = models.DateField(
        _("last day of the licence"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_(
            "In the publication's time zone. From the next day on readers no longer get "
            "the picture, wherever it stands; the stories stay. Empty: no end."
        ),
    )
    source_url = models.URLField(_("source"), blank=True)
    keywords = models.CharField(
        _("keywords"),
        max_length=1000,
        blank=True,
        help_text=_("For the library's search, as in “bridge, estuary, riggers”."),
    )
    focal_x = models.PositiveSmallIntegerField(
        _("focal point, across"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("Percent from the left edge; crops keep this point in view."),
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point, down"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("Percent from the top edge."),
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    sizes_state = models.CharField(
        _("sizes"), choices=Sizes, default=Sizes.MADE, max_length=7, editable=False
    )
    sizes_fault = models.CharField(
        _("why they failed"), max_length=300, blank=True, editable=False
    )

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__lte=100, focal_y__lte=100),
                name="image_focal_point_inside",
                violation_error_message=_("The focal point is in percent: 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(decorative=False) | Q(alt=""),
                name="image_decorative_has_no_alt",
                violation_error_message=_(
                    "A decorative picture has no alternative text: empty the text, or "
                    "take the mark away."
                ),
            ),
        ]

    def __str__(self) -> str:
        return (
            self.alt
            or self.caption
            or self.original_name
            or gettext("Image %(id)s") % {"id": self.pk}
        )

    @cached_property
    def sizes(self) -> list[Rendition]:
        """The renditions, read once; a page that has read them sets them itself."""
        return list(self.renditions.all())

    def is_licensed(self, at: datetime | None = None) -> bool:
        """Tell of this row what ``Image.objects.licensed(at)`` tells of all."""
        last = self.licence_expires_on
        return last is None or timezone.localdate(at) <= last

    def rendered(
        self, crop: str, format_: str = "webp", *, at: datetime | None = None
    ) -> list[Rendition]:
        """Return what readers get at ``at`` (aware; now if omitted), narrowest first.

        Nothing, once the licence has ended: the only door to what pages show.
        """
        return self.copies(crop, format_) if self.is_licensed(at) else []

    def copies(self, crop: str, format_: str = "webp") -> list[Rendition]:
        """Return the renditions in one crop and format that there are, for the desk."""
        fitting = [
            size for size in self.sizes if (size.crop, size.format) == (crop, format_)
        ]
        return sorted(fitting, key=lambda size: size.width)

    @property
    def thumbnail(self) -> Rendition | None:
        """The smallest square there is, for the desk."""
        return next(iter(self.copies(Rendition.Crop.SQUARE)), None)

    @property
    def smallest(self) -> Rendition | None:
        """The smallest copy of the whole picture there is, for the desk."""
        return next(iter(self.copies(Rendition.Crop.WHOLE)), None)

    @property
    def state_of_sizes(self) -> str:
        """What has become of the renditions, in a few words."""
        if self.sizes_state == self.Sizes.FAILED:
            return gettext("failed: %(reason)s") % {"reason": self.sizes_fault}
        if self.sizes_state == self.Sizes.MADE and not self.sizes:
            return gettext("missing")
        return str(self.get_sizes_state_display())

    @property
    def lacks(self) -> list[str]:
        """What is still missing before a story with this picture can be published."""
        missing = []
        if not self.credit:
            missing.append(gettext("a credit"))
        if not self.alt and not self.decorative:
            missing.append(gettext("an alternative text, or the mark “decorative”"))
        return missing


class Rendition(models.Model):
    """One public copy of an image at one size, made in the background."""

    class Crop(models.TextChoices):
        WHOLE = "whole", _("whole picture")
        SQUARE = "1x1", _("square")
        CLASSIC = "4x3", _("4:3")
        WIDE = "16x9", _("16:9")

    class Format(models.TextChoices):
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    crop = models.CharField(_("crop"), choices=Crop, default=Crop.WHOLE, max_length=5)
    format = models.CharField(
        _("format"), choices=Format, default=Format.WEBP, max_length=4
    )
    width = models.PositiveIntegerField(
        _("width"), validators=[MinValueValidator(1)]
    )  # pixels
    height = models.PositiveIntegerField(_("height"))  # pixels
    file = models.FileField(_("file"), upload_to=rendition_name, max_length=60)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["crop", "format", "width"]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "crop", "format", "width"],
                name="rendition_one_per_size",
            )
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} {self.get_format_display()}"
