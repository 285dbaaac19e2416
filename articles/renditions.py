"""Make the public copies of an image: sizes and crops, without what the camera told.

A rendition keeps the creator and the copyright notice and drops the rest of the
metadata, the place above all.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

import PIL.Image
import PIL.ImageOps

from articles.models import Image, Rendition
from newsroom.models import move_site_version
from newsroom.storage import StorageGone

if TYPE_CHECKING:
    from collections.abc import Iterator

Crop, Format = Rendition.Crop, Rendition.Format

RATIOS = {Crop.SQUARE: 1 / 1, Crop.CLASSIC: 4 / 3, Crop.WIDE: 16 / 9}
WIDTHS = {  # pixels; the last one is made at the picture's own width if that is less
    (Crop.WHOLE, Format.WEBP): (480, 800, 1280, 1920),
    (Crop.WIDE, Format.WEBP): (400, 800, 1600),
    (Crop.WIDE, Format.JPEG): (1200,),  # for social cards, which read no WebP
    (Crop.CLASSIC, Format.JPEG): (1200,),
    (Crop.SQUARE, Format.WEBP): (160,),
    (Crop.SQUARE, Format.JPEG): (1200,),
}
MOST_PIXELS_HIGH = 16_383  # WebP's own limit, which a long chart can reach
WIDEST_PREVIEW = 640  # pixels, either way
QUALITY = {Format.WEBP: 78, Format.JPEG: 82}
ARTIST, COPYRIGHT = 0x013B, 0x8298  # EXIF tags
# What is drawn into the renditions, or decides how they are cut.
DRAWN = ("file", "focal_x", "focal_y", "credit", "copyright")


class Wanted(NamedTuple):
    """One rendition to make: its crop, format and width in pixels."""

    crop: Rendition.Crop
    format: Rendition.Format
    width: int


def make(image: Image) -> None:
    """Make every rendition that ``image`` lacks, and show them on the pages.

    One whose file is gone from the storage is lacking, too. What goes wrong is written
    to the image, for the desk to read, and raised.
    """
    try:
        there = [
            one
            for one in image.renditions.all()
            if one.file.storage.exists(str(one.file.name))
        ]
    except StorageGone as error:
        _write_down(image, error)
        raise
    _make(image, kept=there)


def make_again(image: Image) -> None:
    """Replace all renditions: what is drawn into them, or how they are cut, changed.

    Readers have the old ones until all the new ones are there.
    """
    _make(image, kept=[])


def _make(image: Image, *, kept: list[Rendition]) -> None:
    image.__dict__.pop("sizes", None)
    have = {(one.crop, one.format, one.width) for one in kept}
    try:
        with image.file.open("rb") as file, PIL.Image.open(file) as original:
            whole = _upright(original)
        missing = [one for one in wanted_for(*whole.size) if one not in have]
        new = _drawn(image, whole, missing)
    except Exception as error:
        _write_down(image, error)
        raise
    _put_in_place(image, new, kept)


def _drawn(
    image: Image, whole: PIL.Image.Image, missing: list[Wanted]
) -> list[Rendition]:
    """Return the ``missing`` renditions, their files stored, their rows not yet."""
    sources = {Crop.WHOLE: whole}
    new: list[Rendition] = []
    try:
        # Largest first: each smaller one is scaled from the one before, not from all.
        for wanted in sorted(missing, key=attrgetter("width"), reverse=True):
            if wanted.crop not in sources:
                sources[wanted.crop] = _cropped(whole, image, RATIOS[wanted.crop])
            source = sources[wanted.crop]
            height = max(1, round(source.height * wanted.width / source.width))
            scaled = source.resize((wanted.width, height), PIL.Image.Resampling.LANCZOS)
            sources[wanted.crop] = scaled
            rendition = Rendition(
                image=image,
                crop=wanted.crop,
                format=wanted.format,
                width=wanted.width,
                height=height,
            )
            content = ContentFile(_encoded(scaled, image, wanted.format))
            rendition.file.save(f"x.{wanted.format}", content, save=False)
            new.append(rendition)
    except Exception:
        _delete_files(new)
        raise
    return new


@transaction.atomic
def _put_in_place(image: Image, new: list[Rendition], kept: list[Rendition]) -> None:
    # The drawing took seconds and no lock. If the image is another one by now, a task
    # that draws that one is on its way.
    if not _is_as_drawn(image):
        _delete_files(new)
        return
    old = list(
        Rendition.objects.filter(image=image).exclude(pk__in=[r.pk for r in kept])
    )
    Rendition.objects.filter(pk__in=[one.pk for one in old]).delete()
    Rendition.objects.bulk_create(new)
    image.sizes_state, image.sizes_fault = Image.Sizes.MADE, ""
    image.save(update_fields=["sizes_state", "sizes_fault"])
    transaction.on_commit(partial(_delete_files, old))
    if new or old:
        move_site_version()


@transaction.atomic
def _write_down(image: Image, error: Exception) -> None:
    if not _is_as_drawn(image):
        return
    if isinstance(error, FileNotFoundError):
        reason = _("The original is no longer in the storage. Replace the file.")
    elif isinstance(error, StorageGone):
        reason = _("The storage did not answer. Make the missing sizes later.")
    else:
        reason = _("The picture could not be drawn (%(error)s). Replace the file.") % {
            "error": type(error).__name__
        }
    image.sizes_state, image.sizes_fault = Image.Sizes.FAILED, reason
    image.save(update_fields=["sizes_state", "sizes_fault"])


def _is_as_drawn(image: Image) -> bool:
    current = Image.objects.select_for_update().filter(pk=image.pk).first()
    return current is not None and all(
        getattr(current, name) == getattr(image, name) for name in DRAWN
    )


def _delete_files(renditions: list[Rendition]) -> None:
    for rendition in renditions:
        rendition.file.storage.delete(str(rendition.file.name))


def wanted_for(width: int, height: int) -> Iterator[Wanted]:
    """Yield what a picture of that size, upright, should have: nothing is enlarged."""
    for (crop, format_), widths in WIDTHS.items():
        if crop in RATIOS:
            widest = min(width, int(height * RATIOS[crop]))
        else:
            widest = min(width, width * MOST_PIXELS_HIGH // height)
        fitting = {one for one in widths if one <= widest}
        if len(fitting) < len(widths):
            fitting.add(max(1, widest))
        for one in sorted(fitting):
            yield Wanted(crop, format_, one)


def preview(image: Image) -> bytes:
    """Return a small JPEG of the original, for the desk, until there are renditions.

    Raise one of ``uploads.BROKEN`` if the original is gone or cannot be read.
    """
    with image.file.open("rb") as file, PIL.Image.open(file) as original:
        original.draft("RGB", (WIDEST_PREVIEW, WIDEST_PREVIEW))  # reads less of a JPEG
        small = _upright(original)
    small.thumbnail((WIDEST_PREVIEW, WIDEST_PREVIEW))
    return _encoded(small, image, Format.JPEG)


def _upright(original: PIL.Image.Image) -> PIL.Image.Image:
    turned = PIL.ImageOps.exif_transpose(original)
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    return turned.convert("RGBA" if has_alpha else "RGB")


def _cropped(whole: PIL.Image.Image, image: Image, ratio: float) -> PIL.Image.Image:
    width = min(whole.width, int(whole.height * ratio)) or 1
    height = min(whole.height, round(width / ratio)) or 1
    # The focal point in the middle, as far as the picture's edges allow.
    left = min(
        max(0, whole.width * image.focal_x // 100 - width // 2), whole.width - width
    )
    top = min(
        max(0, whole.height * image.focal_y // 100 - height // 2), whole.height - height
    )
    return whole.crop((left, top, left + width, top + height))


def _encoded(
    picture: PIL.Image.Image, image: Image, format_: Rendition.Format
) -> bytes:
    if format_ == Format.JPEG and picture.mode == "RGBA":
        paper = PIL.Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    rights = PIL.Image.Exif()
    if image.credit:
        rights[ARTIST] = image.credit
    if notice := image.copyright or image.credit:
        rights[COPYRIGHT] = notice
    output = BytesIO()
    picture.save(
        output,
        format_.upper(),
        quality=QUALITY[format_],
        exif=rights,
        **({"method": 3} if format_ == Format.WEBP else {"optimize": True}),
    )
    return output.getvalue()
