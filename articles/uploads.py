"""Refuse a file that is no picture, or one that would harm the server, and say why."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import PurePath
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

import PIL.Image

if TYPE_CHECKING:
    from django.core.files import File

SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "AVIF": ".avif",
    "GIF": ".gif",
    "TIFF": ".tif",
}
FORMATS = tuple(SUFFIXES)
# A broken file can raise almost anything from the depths of a decoder.
BROKEN = (EOFError, MemoryError, OSError, RuntimeError, SyntaxError, ValueError)


class ImageFileField(forms.FileField):
    """An upload that has been decoded to its last pixel before anything keeps it."""

    widget = forms.FileInput  # a link to what is there would lead to no address

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        """Let the browser's dialog show pictures alone."""
        return super().widget_attrs(widget) | {"accept": "image/*"}

    def clean(self, data: File | None, initial: File | None = None) -> File | None:
        file = super().clean(data, initial)
        if file and file is not initial:
            check(file)
        return file


def check(file: File) -> None:
    """Raise ``ValidationError`` with the reason, unless ``file`` is a whole picture.

    The size is read from the header, so that a bomb is refused before it unfolds;
    Pillow's own warning comes too late for pictures of 60 to 179 megapixels.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s; %(most)s is the most. Export a smaller one.")
            % {
                "size": filesizeformat(file.size),
                "most": filesizeformat(settings.IMAGE_MAX_BYTES),
            }
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            file.seek(0)
            picture = PIL.Image.open(file, formats=FORMATS)
            _check_pixels(picture)
            picture.load()
    except PIL.Image.DecompressionBombError as error:
        raise ValidationError(_too_many_pixels()) from error
    except PIL.UnidentifiedImageError as error:
        raise ValidationError(
            _(
                "This is not a picture we can read, whatever its name says. Choose a "
                "JPEG, PNG, WebP, AVIF, GIF or TIFF file."
            )
        ) from error
    except BROKEN as error:
        raise ValidationError(
            _("The picture is damaged or cut short. Export or copy it again.")
        ) from error
    finally:
        file.seek(0)


def _check_pixels(picture: PIL.Image.Image) -> None:
    if picture.width * picture.height > settings.IMAGE_MAX_PIXELS:
        raise ValidationError(_too_many_pixels())


def _too_many_pixels() -> str:
    return _("The picture has more than %(most)d megapixels. Export a smaller one.") % {
        "most": settings.IMAGE_MAX_PIXELS // 1_000_000
    }


def checksum(file: File) -> str:
    """Return the SHA-256 of the whole file in hexadecimal, and rewind it."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def name_of(file: File) -> str:
    """Return what the one who sent ``file`` calls it, fit to be stored and shown."""
    name = PurePath(str(file.name).replace("\\", "/")).name
    return "".join(one for one in name if one.isprintable()).strip()[-255:]


def suffix_of(file: File) -> str:
    """Return the suffix that a checked ``file`` should have, and rewind it.

    By its content: a picture that calls itself a page must not be served as one.
    """
    file.seek(0)
    with PIL.Image.open(file, formats=FORMATS) as picture:
        # Two exposures in one file, as some telephones write them, are a JPEG still.
        suffix = SUFFIXES.get(picture.format or "", SUFFIXES["JPEG"])
    file.seek(0)
    return suffix
