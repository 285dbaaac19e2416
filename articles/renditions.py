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

import PIL.Image
import PIL.ImageOps

from articles.models import Image, Rendition
from newsroom.models import move_site_version

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
QUALITY = {Format.WEBP: 78, Format.JPEG: 82}
ARTIST, COPYRIGHT = 0x013B, 0x8298  # EXIF tags


class Wanted(NamedTuple):
    """One rendition to make: its crop, format and width in pixels."""

    crop: Rendition.Crop
    format: Rendition.Format
    width: int


def make(image: Image) -> None:
    """Make every rendition that ``image`` lacks, and show them on the pages."""
    with image.file.open("rb") as file, PIL.Image.open(file) as original:
        whole = _upright(original)
    made = set(image.renditions.values_list("crop", "format", "width"))
    missing = [wanted for wanted in wanted_for(*whole.size) if wanted not in made]
    if not missing:
        return
    sources = {Crop.WHOLE: whole}
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
        rendition.save()
    move_site_version()


@transaction.atomic
def make_again(image: Image) -> None:
    """Replace all renditions: the file, the focal point or the credit has changed."""
    old = list(image.renditions.all())
    image.renditions.all().delete()
    make(image)
    for rendition in old:
        transaction.on_commit(
            partial(rendition.file.storage.delete, str(rendition.file.name))
        )


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
