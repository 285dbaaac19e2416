from __future__ import annotations

import secrets
from pathlib import PurePath

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from .images import Image
from .stories import languages

# By suffix, which the site gives by content. For browsers, that are told not to guess.
TYPES = {
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
}


def recording_name(recording: Recording, name: str) -> str:
    """Return a name with 128 random bits, never used again, as renditions have."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}{PurePath(name).suffix.lower()[:5]}"


class Recording(models.Model):
    """Sound or film in the library, and what goes with it wherever it stands."""

    class Kind(models.TextChoices):
        AUDIO = "audio", _("sound")
        VIDEO = "video", _("film")

    kind = models.CharField(_("kind"), choices=Kind, max_length=5, editable=False)
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("As readers see it: “The tide bell at low water”."),
    )
    file = models.FileField(_("file"), upload_to=recording_name, max_length=60)
    original_name = models.CharField(
        _("name of the file"), max_length=255, blank=True, editable=False
    )  # what the one who uploaded it called it: for the desk alone
    size = models.PositiveBigIntegerField(_("size"), editable=False)  # bytes
    seconds = models.PositiveIntegerField(
        _("length in seconds"),
        null=True,
        blank=True,
        help_text=_("Read from the file where it says so. Empty: not told."),
    )
    width = models.PositiveIntegerField(
        _("width"), null=True, editable=False
    )  # pixels, of a film
    height = models.PositiveIntegerField(_("height"), null=True, editable=False)
    description = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        help_text=_(
            "Copied into a story as the caption when the recording is put there."
        ),
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Whose it is; readers see it after a ©. Needed to publish."),
    )
    transcript = models.TextField(
        _("transcript"),
        blank=True,
        help_text=_(
            "What is said and heard, for those who cannot hear it or rather read. "
            "An empty line begins a paragraph."
        ),
    )
    captions = models.FileField(
        _("captions"),
        upload_to=recording_name,
        max_length=60,
        blank=True,
        help_text=_("A WebVTT file (.vtt). A film needs one to be published."),
    )
    captions_language = models.CharField(
        _("language of the captions"),
        choices=languages,
        max_length=10,
        blank=True,
        help_text=_("Empty: the publication's own."),
    )
    poster = models.ForeignKey(
        Image,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posters",
        verbose_name=_("poster"),
        help_text=_("The picture that stands for a film until it is played."),
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="recording_has_a_title",
                violation_error_message=_("Give the recording a title."),
            )
        ]

    def __str__(self) -> str:
        return self.title or gettext("Recording %(id)s") % {"id": self.pk}

    @property
    def is_video(self) -> bool:
        """Whether there is something to see."""
        return self.kind == self.Kind.VIDEO

    @property
    def type(self) -> str:
        """The media type that browsers are told."""
        return TYPES.get(PurePath(str(self.file.name)).suffix, "")

    @property
    def length(self) -> str:
        """How long it is, as in “2:05” or “1:02:05”; "" if nobody knows."""
        if not self.seconds:
            return ""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return f"{hours}:{minutes:02}:{seconds:02}"
        return f"{minutes}:{seconds:02}"

    @property
    def name_of_captions_language(self) -> str:
        """The captions' language in its own words, for the player's menu."""
        if not self.captions_language:
            return gettext("Captions")
        return get_language_info(self.captions_language)["name_local"]

    @property
    def lacks(self) -> list[str]:
        """What is still missing before a story with this recording can be published."""
        missing = []
        if not self.credit:
            missing.append(gettext("a credit"))
        if self.is_video and not self.captions:
            missing.append(gettext("captions"))
        return missing
