"""Draw the card that other sites show of a story without a picture.

The headline in the paper's own type. A card has no row: its address holds a digest of
the words on it under the site's key, so that a new headline has a new address and nobody
can guess one. It is drawn when it is first asked for, and kept beside the renditions.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from newsroom.storage import StorageGone

if TYPE_CHECKING:
    from articles.models import Article, Revision
    from newsroom.models import Publication

WIDTH, HEIGHT = 1200, 630  # pixels, as the networks ask: 1.91 to 1
DRAWING = 1  # counted up when cards look different, so that old ones are not served
MARGIN = 80
BREADTH = WIDTH - 2 * MARGIN
PAPER, INK, SOFT, ACCENT = "#fdfcf9", "#1b1a17", "#57534b", "#9a2a1f"  # as tokens.css
SIZES = (96, 84, 72, 62, 54, 46)  # pixels; the largest in which the headline fits
KICKER, NAME = 34, 40  # pixels
LINE = 1.12  # of the size
TOP, FOOT = 190, 500  # between them stands the headline
# Each letter in the first that has it.
FONTS = ("newsreader-latin.woff2", "newsreader-latin-ext.woff2")
REGULAR, BOLD = 400, 700
# Symbols and what is never seen: a headline says the same without them.
_SIGNS = {"So", "Sk", "Cf", "Co", "Cn", "Cs"}


@dataclass(frozen=True)
class Card:
    """The words on one card; ``article_id`` is none for the paper's own."""

    headline: str
    kicker: str
    name: str
    article_id: int | None = None

    @cached_property
    def token(self) -> str:
        """128 bits that change with the words, and that nobody else can tell."""
        words = (DRAWING, self.article_id, self.headline, self.kicker, self.name)
        return _digest("card", repr(words))

    def get_absolute_url(self) -> str:
        if self.article_id is None:
            return reverse("articles:paper-card", args=[self.token])
        return reverse("articles:social-card", args=[self.article_id, self.token])


def card_of(article: Article, shown: Revision, publication: Publication) -> Card:
    """Return the card of a story as readers have it."""
    return Card(
        headline=shown.social_headline or shown.headline,
        kicker=str(shown.get_label_display() or article.section.name),
        name=publication.name,
        article_id=article.pk,
    )


def card_of_paper(publication: Publication) -> Card:
    """Return the card of every page that is no story's."""
    return Card(headline=publication.name, kicker="", name=publication.tagline)


def png(card: Card) -> bytes:
    """Return ``card`` as a PNG, drawn now unless it was drawn before."""
    # Another digest than in the address: who knows that cannot tell the file's name.
    name = f"{_folder(card.article_id)}/{_digest('kept card', card.token)}.png"
    with suppress(OSError), default_storage.open(name) as file:
        return file.read()
    drawn = draw(card)
    with suppress(StorageGone):  # then it is drawn again next time
        default_storage.save(name, ContentFile(drawn))
    return drawn


def forget(article: Article) -> None:
    """Delete the cards that were drawn of a story: they hold words that are to go."""
    folder = _folder(article.pk)
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


def draw(card: Card) -> bytes:
    """Return ``card`` drawn: what the paper's type cannot write is left out.

    A headline in another script makes a card with the name of the paper alone.
    """
    picture = PIL.Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = PIL.ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 16), fill=ACCENT)
    headline, kicker, name = (
        _normal(text) if _can_write(_normal(text)) else ""
        for text in (card.headline, card.kicker, card.name)
    )
    if not headline:
        headline, kicker, name = name, "", ""
    if kicker:
        _write(pen, (MARGIN, 96), kicker, _Type(KICKER, BOLD), ACCENT)
    size, lines = _fitted(headline)
    letters = _Type(size, BOLD)
    height = round(size * LINE)
    top = TOP + (FOOT - TOP - height * len(lines)) // 2
    for number, line in enumerate(lines):
        _write(pen, (MARGIN, top + number * height), line, letters, INK)
    pen.line((MARGIN, FOOT + 22, WIDTH - MARGIN, FOOT + 22), fill=INK, width=3)
    pen.line((MARGIN, FOOT + 29, WIDTH - MARGIN, FOOT + 29), fill=INK)
    if name:
        foot = _Type(NAME, REGULAR)
        line = _shortened(name, foot)
        _write(pen, (MARGIN, FOOT + 50), line, foot, SOFT)
    output = BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()


class _Type:
    """The paper's type in one size and weight."""

    def __init__(self, size: int, weight: int) -> None:
        self.fonts = [
            PIL.ImageFont.truetype(BytesIO(_bytes_of(name)), size) for name in FONTS
        ]
        for font in self.fonts:
            font.set_variation_by_axes([weight])

    def runs(self, text: str) -> list[tuple[str, PIL.ImageFont.FreeTypeFont]]:
        """Return ``text`` in pieces, each with the font that has its letters."""
        pieces: list[tuple[str, int]] = []
        for letter in text:
            place = _place_of(letter)
            # A space, or what no font has, goes on in the font before it.
            if pieces and place in {None, pieces[-1][1]}:
                pieces[-1] = (pieces[-1][0] + letter, pieces[-1][1])
            else:
                pieces.append((letter, place or 0))
        return [(piece, self.fonts[place]) for piece, place in pieces]

    def width_of(self, text: str) -> float:
        return sum(font.getlength(piece) for piece, font in self.runs(text))


def _write(
    pen: PIL.ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    letters: _Type,
    colour: str,
) -> None:
    across, down = at
    for piece, font in letters.runs(text):
        pen.text((across, down), piece, fill=colour, font=font, anchor="la")
        across += font.getlength(piece)


def _fitted(headline: str) -> tuple[int, list[str]]:
    """Return the largest size in which ``headline`` fits, and its lines."""
    for size in SIZES:
        letters = _Type(size, BOLD)
        lines = _lines(headline, letters)
        most = int((FOOT - TOP) / (size * LINE))
        is_whole = all(letters.width_of(word) <= BREADTH for word in headline.split())
        if len(lines) <= most and is_whole:
            return size, lines
    if len(lines) <= most:
        return size, lines
    return size, [*lines[: most - 1], _shortened(f"{lines[most - 1]}…", letters)]


def _lines(text: str, letters: _Type) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.width_of(longer) <= BREADTH:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, letters))
    return lines


def _shortened(text: str, letters: _Type) -> str:
    if letters.width_of(text) <= BREADTH:
        return text
    text = text.rstrip("…")
    while text and letters.width_of(f"{text}…") > BREADTH:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _normal(text: str) -> str:
    """Return ``text`` in one line, accents joined to letters, without emoji."""
    composed = unicodedata.normalize("NFC", text)
    kept = (
        letter
        for letter in composed
        if unicodedata.category(letter) not in _SIGNS or _place_of(letter) is not None
    )
    return " ".join("".join(kept).replace("\ufe0f", "").split())


def _can_write(text: str) -> bool:
    return all(letter == " " or _place_of(letter) is not None for letter in text)


@lru_cache(maxsize=4096)
def _place_of(letter: str) -> int | None:
    """Return the place in ``FONTS`` of the first font with ``letter``; None: no font."""
    if letter.isspace():
        return None
    for place, name in enumerate(FONTS):
        font = PIL.ImageFont.truetype(BytesIO(_bytes_of(name)), 32)
        # What a font lacks, it draws as it draws a code that no letter will ever have.
        if bytes(font.getmask(letter)) != bytes(font.getmask("\U0010ffff")):
            return place
    return None


@lru_cache
def _bytes_of(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / "fonts" / name).read_bytes()


def _folder(article_id: int | None) -> str:
    return f"cards/{_digest('kept cards', str(article_id))}"


def _digest(what: str, words: str) -> str:
    salt = f"newsroom.social_cards.{what}"
    return salted_hmac(salt, words, algorithm="sha256").hexdigest()[:32]
