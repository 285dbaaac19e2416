"""Read what photographers and agencies write into a file: whose it is, what it shows.

The same thing may stand in three places. XMP comes first, then IPTC, then EXIF, as the
Metadata Working Group's guidelines of 2010 advise, for XMP is what today's programs
keep up to date. Where a picture was taken is never read.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from typing import TYPE_CHECKING, cast
from xml.parsers import expat

import PIL.Image
from PIL import IptcImagePlugin

from articles.uploads import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files import File
    from django.db.models import CharField

    from PIL.ImageFile import ImageFile

    from articles.models import Image

# Bad metadata is no reason to refuse a good picture: whatever its reader raises.
UNREADABLE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, expat.ExpatError),
    PIL.Image.DecompressionBombError,
    struct.error,
)
MOST_BYTES_OF_XMP = 1_000_000
# What cameras write where a caption should be.
NO_CAPTIONS = re.compile(
    r"(OLYMPUS|SONY|KODAK|SAMSUNG|MINOLTA|Exif_JPEG|DCIM|DSC|untitled|default)"
    r"[\w .-]{0,20}|\W*",
    re.IGNORECASE,
)
CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)"
)

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
CC = "http://creativecommons.org/ns#"

IPTC_UTF8 = b"\x1b%G"
IPTC = {  # record and data set, by what they say
    "credit": (2, 110),
    "creator": (2, 80),
    "caption": (2, 120),
    "copyright": (2, 116),
    "keywords": (2, 25),
}
EXIF = {"creator": 0x013B, "caption": 0x010E, "copyright": 0x8298}

type Values = dict[str, list[str]]


def read(file: File) -> dict[str, str]:
    """Return what ``file`` says of itself, by the names of ``Image``'s fields.

    Nothing is raised, whatever stands in the file: what cannot be read is left out.
    """
    xmp, iptc, exif = _raw(file)
    sources = [xmp, iptc, exif]
    creators = _first(sources, "creator")
    found = {
        "alt": _first(sources, "alt")[:1],
        "caption": [
            text
            for text in _first(sources, "caption")[:1]
            if not NO_CAPTIONS.fullmatch(text)
        ],
        "credit": _first(sources, "credit")[:1] or [", ".join(creators)],
        "copyright": _first(sources, "copyright")[:1],
        "keywords": [", ".join(dict.fromkeys(_first(sources, "keywords")))],
        "licence": [_licence(xmp)],
    }
    return {name: values[0] for name, values in found.items() if values and values[0]}


def fill(image: Image, found: dict[str, str]) -> list[str]:
    """Put ``found`` into the fields of ``image`` that are empty; return which ones.

    What somebody typed stays, and a decorative picture gets no alternative text.
    """
    filled = []
    for name, value in found.items():
        if getattr(image, name) or (name == "alt" and image.decorative):
            continue
        field = cast("CharField", image._meta.get_field(name))
        setattr(image, name, value[: field.max_length])
        filled.append(name)
    return filled


def _raw(file: File) -> tuple[Values, Values, Values]:
    read_as: list[Values] = []
    for reader in (_xmp, _iptc, _exif):
        try:
            file.seek(0)
            with PIL.Image.open(file, formats=FORMATS) as picture:
                read_as.append(_cleaned(reader(picture)))
        except UNREADABLE:
            read_as.append({})
    file.seek(0)
    xmp, iptc, exif = read_as
    return xmp, iptc, exif


def _cleaned(values: Values) -> Values:
    """Return ``values`` without control characters, half characters and spaces."""
    return {
        name: texts
        for name, raw in values.items()
        if (texts := [text for one in raw if (text := _text(one))])
    }


def _text(raw: str) -> str:
    printable = "".join(
        character if character.isprintable() or character.isspace() else " "
        for character in raw
    )
    return " ".join(printable.split())


def _first(sources: Iterable[Values], name: str) -> list[str]:
    return next((source[name] for source in sources if source.get(name)), [])


def _licence(xmp: Values) -> str:
    for text in (*xmp.get("licence", []), *xmp.get("statement", [])):
        if common := CREATIVE_COMMONS.match(text):
            kind, name, version = common.groups()
            if kind == "licenses":
                return f"CC {name.upper()} {version}"
            return f"CC0 {version}" if name == "zero" else "Public domain"
    return next(iter(xmp.get("terms", [])), "")


def _exif(picture: ImageFile) -> Values:
    told = picture.getexif()
    values: Values = {}
    for name, tag in EXIF.items():
        value = told.get(tag, "")
        # Pillow takes for Latin-1 what most programs write in UTF-8.
        raw = value if isinstance(value, bytes) else str(value).encode("latin-1")
        values[name] = [_decoded(raw)]
    return values


def _iptc(picture: ImageFile) -> Values:
    told = IptcImagePlugin.getiptcinfo(picture) or {}
    is_utf8 = told.get((1, 90)) == IPTC_UTF8
    values: Values = {}
    for name, tag in IPTC.items():
        raw = told.get(tag) or []
        several = raw if isinstance(raw, list) else [raw]
        values[name] = [_decoded(one, is_utf8=is_utf8) for one in several if one]
    return values


def _decoded(raw: bytes, *, is_utf8: bool = False) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        # Old programs wrote in the encoding of their system and said nothing of it.
        return raw.decode("utf-8" if is_utf8 else "cp1252", "replace")


def _xmp(picture: ImageFile) -> Values:
    packet = picture.info.get("xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode()
    if not packet or len(packet) > MOST_BYTES_OF_XMP:
        return {}
    return _Packet().read(packet.rstrip(b"\0 "))


class _Packet:
    """An XMP packet, read element by element: a deep one needs no deep stack.

    A packet has no document type. One that declares any is refused before an entity
    of its own could be named, let alone unfolded.
    """

    NAMES = {
        f"{IPTC_CORE} AltTextAccessibility": "alt",
        f"{DC} description": "caption",
        f"{PHOTOSHOP} Credit": "credit",
        f"{DC} creator": "creator",
        f"{DC} rights": "copyright",
        f"{DC} subject": "keywords",
        f"{CC} license": "licence",
        f"{RIGHTS} WebStatement": "statement",
        f"{RIGHTS} UsageTerms": "terms",
    }

    def __init__(self) -> None:
        self.values: Values = defaultdict(list)
        self.path: list[str] = []
        self.text = ""

    def read(self, packet: bytes) -> Values:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._characters
        parser.EndElementHandler = self._end
        parser.Parse(packet, True)  # noqa: FBT003  # it takes no keywords
        return self.values

    def _refuse(self, *declared: object) -> None:
        raise ValueError("A packet of XMP declares no document type.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        self.text = ""
        if name == f"{RDF} Description" and self.path[-2:-1] == [f"{RDF} RDF"]:
            for property_, value in attributes.items():
                self._take(property_, value)
        elif self._property() == name:
            self._take(name, attributes.get(f"{RDF} resource", ""))

    def _characters(self, text: str) -> None:
        self.text += text

    def _end(self, name: str) -> None:
        self._take(self._property(), self.text)
        self.text = ""
        self.path.pop()

    def _property(self) -> str:
        # Directly under the description: the ones inside a history are another's.
        if f"{RDF} RDF" not in self.path[:3]:
            return ""
        place = self.path.index(f"{RDF} RDF") + 2
        return self.path[place] if len(self.path) > place else ""

    def _take(self, property_: str, value: str) -> None:
        if property_ in self.NAMES and value.strip():
            self.values[self.NAMES[property_]].append(value)
