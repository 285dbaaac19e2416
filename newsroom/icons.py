"""The publication's logo and icons, as files that browsers and telephones take.

Whoever uploads a picture gets it back drawn anew: nothing that a file hid in itself,
a place or a program, is ever served.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.templatetags.static import static

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import PIL.ImageOps

from newsroom.models import picture_name

if TYPE_CHECKING:
    from django.core.files import File

    from newsroom.models import Publication

MOST_OF_A_LOGO = 1600, 400  # pixels: twice what a page shows, for fine screens
MOST_OF_AN_ICON = 1024, 1024
LEAST_OF_AN_ICON = 192  # pixels; smaller ones are a blur on a home screen
CANVAS = 1024  # pixels; every icon is scaled down from it
# The least that every launcher shows of a maskable icon: a circle of 80 % (W3C,
# “Web Application Manifest”, safe zone). The square within it is 0.8 / √2 wide.
SAFE = 0.56
ICO_SIZES = [(16, 16), (32, 32), (48, 48)]
SIZES = {  # pixels, by name; the maskable ones keep their distance from the edge
    "apple-touch-icon.png": 180,
    "icon-192.png": 192,
    "icon-512.png": 512,
    "maskable-192.png": 192,
    "maskable-512.png": 512,
}
MADE_OF = ("name", "accent", "icon")
PAPER = "#fdfcf9"
FONT = settings.BASE_DIR / "static" / "fonts" / "newsreader-latin.woff2"


def url_of(publication: Publication, name: str) -> str:
    """Return where the icon ``name`` is: the publication's own, else the design's."""
    stored = publication.icons.get(name)
    return default_storage.url(stored) if stored else static(f"icons/{name}")


def fitted(file: File, most: tuple[int, int]) -> ContentFile[bytes]:
    """Return a checked picture as a PNG of ``most`` (width, height) pixels at most."""
    file.seek(0)
    with PIL.Image.open(file) as opened:
        picture = PIL.ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail(most, PIL.Image.Resampling.LANCZOS)
    return ContentFile(_png(picture), name="x.png")


def dress(publication: Publication) -> None:
    """Draw the icons of ``publication`` anew and store them; its row is not saved.

    The files that they replace go when the transaction commits.
    """
    old = list(publication.icons.values())
    publication.icons = {
        name: default_storage.save(
            picture_name(publication, name), ContentFile(content)
        )
        for name, content in drawn(publication).items()
    }
    transaction.on_commit(partial(forget, old))


def forget(names: list[str]) -> None:
    """Delete stored files that nothing names any more."""
    for name in names:
        default_storage.delete(name)


def drawn(publication: Publication) -> dict[str, bytes]:
    """Return every icon's content by its name."""
    if publication.icon:
        with publication.icon.open("rb") as file, PIL.Image.open(file) as opened:
            square = PIL.ImageOps.fit(opened.convert("RGBA"), (CANVAS, CANVAS))
        masked = PIL.Image.new("RGBA", square.size, PAPER)
        inner = square.resize((round(SAFE * CANVAS),) * 2)
        edge = (CANVAS - inner.width) // 2
        masked.alpha_composite(inner, (edge, edge))
    else:
        masked = _letter(publication.name[:1].upper(), publication.accent)
        square = masked
    icons = {
        name: _png((masked if "maskable" in name else square).resize((size, size)))
        for name, size in SIZES.items()
    }
    ico = BytesIO()
    square.resize((48, 48)).save(ico, "ICO", sizes=ICO_SIZES)
    return icons | {"favicon.ico": ico.getvalue()}


def _letter(letter: str, accent: str) -> PIL.Image.Image:
    """Return ``letter`` on ``accent``; what our font lacks gives way to a front page."""
    picture = PIL.Image.new("RGBA", (CANVAS, CANVAS), accent)
    draw = PIL.ImageDraw.Draw(picture)
    font = PIL.ImageFont.truetype(str(FONT), round(0.72 * CANVAS))
    font.set_variation_by_name("Bold")
    if letter.strip() and bytes(font.getmask(letter)) != bytes(font.getmask("\uffff")):
        middle = CANVAS / 2
        left, top, right, bottom = draw.textbbox((0, 0), letter, font)
        place = middle - (left + right) / 2, middle - (top + bottom) / 2
        draw.text(place, letter, "white", font)
    else:
        _front_page(draw)
    return picture


def _front_page(draw: PIL.ImageDraw.ImageDraw) -> None:
    """Draw a nameplate, a picture and lines of words, as in static/icons/favicon.svg."""
    unit = CANVAS / 32
    shapes = [(7, 8, 18, 3), (7, 14, 8, 10), (18, 14, 7, 2.2), (18, 17.9, 7, 2.2),
              (18, 21.8, 7, 2.2)]  # fmt: skip
    for left, top, width, height in shapes:
        corners = (left, top, left + width, top + height)
        draw.rectangle([round(one * unit) for one in corners], "white")


def _png(picture: PIL.Image.Image) -> bytes:
    output = BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()
