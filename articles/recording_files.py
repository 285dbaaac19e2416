"""Refuse a file that is neither sound nor film, and read what its header tells.

Kind and suffix come from the content, whatever the file is called. Only containers
that today's browsers play are taken; nothing is decoded or converted.
"""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from articles.models import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIO, VIDEO = Recording.Kind.AUDIO, Recording.Kind.VIDEO
HEAD = 64 * 1024  # bytes in which a WebM file names its tracks
MOST_BOXES = 10_000  # of an MP4 file that are looked at
MOST_CAPTIONS = 1024 * 1024  # bytes

_CUE = re.compile(
    r"^((?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3})[ \t]+-->"
    r"[ \t]+((?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3})(?:[ \t].*)?$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Facts:
    """What a file is: its kind, the suffix it gets, and what else was easily read."""

    kind: Recording.Kind
    suffix: str
    seconds: int | None = None
    width: int | None = None  # pixels
    height: int | None = None


class Box(NamedTuple):
    """One box of an MP4 file: its type, and where its content begins and ends."""

    type: bytes
    start: int
    end: int


class RecordingFileField(forms.FileField):
    """An upload whose header says that it is sound or film."""

    widget = forms.FileInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        """Let the browser's dialog show sound and film alone."""
        return super().widget_attrs(widget) | {"accept": "audio/*,video/*"}

    def clean(self, data: File | None, initial: File | None = None) -> File | None:
        file = super().clean(data, initial)
        if file and file is not initial:
            facts_of(file)
        return file


def facts_of(file: File) -> Facts:
    """Return what ``file`` is. Raise ``ValidationError`` if it cannot be taken."""
    if file.size > settings.RECORDING_MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s; %(most)s is the most. Export a smaller one.")
            % {
                "size": filesizeformat(file.size),
                "most": filesizeformat(settings.RECORDING_MAX_BYTES),
            }
        )
    try:
        facts = _read(file)
    except (struct.error, IndexError, OSError, OverflowError, ZeroDivisionError):
        facts = None  # cut short, or made up
    finally:
        file.seek(0)
    if facts is None:
        raise ValidationError(
            _(
                "This is neither sound nor film that browsers play, whatever its name "
                "says. Choose an MP3, M4A, OGG, FLAC, WAV, MP4 or WebM file."
            )
        )
    return facts


def _read(file: File) -> Facts | None:
    file.seek(0)
    head = file.read(HEAD)
    if head[4:8] == b"ftyp":
        return _mp4(file)
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        if b"V_VP" in head or b"V_AV1" in head:
            return Facts(VIDEO, ".webm")
        return Facts(AUDIO, ".weba") if b"A_" in head else None
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Facts(AUDIO, ".wav", _seconds_of_wav(head, file.size))
    if head[:4] == b"fLaC":
        rate_and_samples = int.from_bytes(head[18:26])
        samples, rate = rate_and_samples & 0xFFFFFFFFF, rate_and_samples >> 44
        return Facts(AUDIO, ".flac", round(samples / rate) or None)
    if head[:4] == b"OggS" and b"\x80theora" not in head[:512]:
        return Facts(AUDIO, ".ogg")
    # An ID3 tag, or the first frame of layer III itself.
    is_frame = head[:1] == b"\xff" and head[1] & 0xE6 == 0xE2
    return Facts(AUDIO, ".mp3") if head[:3] == b"ID3" or is_frame else None


def _seconds_of_wav(head: bytes, size: int) -> int | None:
    at, rate = 12, 0  # rate in bytes a second
    while at + 8 <= len(head):
        name, length = (
            head[at : at + 4],
            int.from_bytes(head[at + 4 : at + 8], "little"),
        )
        if name == b"fmt ":
            rate = int.from_bytes(head[at + 16 : at + 20], "little")
        if name == b"data":
            return round(min(length, size - at) / rate) or None
        at += 8 + length + length % 2
    return None


def _mp4(file: File) -> Facts | None:
    movie = next(
        (box for box in _boxes(file, 0, file.size) if box.type == b"moov"), None
    )
    if movie is None:
        return None
    facts: dict[str, int | None] = {}
    kinds = set()
    for box in _boxes(file, movie.start, movie.end):
        if box.type == b"mvhd":
            facts["seconds"] = _seconds_of_mp4(_content(file, box, 32))
        if box.type == b"trak":
            kind, size = _track(file, box)
            kinds.add(kind)
            if kind == b"vide" and all(size):
                facts["width"], facts["height"] = size
    if b"vide" in kinds:
        return Facts(VIDEO, ".mp4", **facts)
    return Facts(AUDIO, ".m4a", facts.get("seconds")) if b"soun" in kinds else None


def _seconds_of_mp4(header: bytes) -> int | None:
    # Version 1 has times of 64 bits.
    form, at = (">IQ", 20) if header[0] == 1 else (">II", 12)
    scale, duration = struct.unpack_from(form, header, at)
    return round(duration / scale) or None


def _track(file: File, track: Box) -> tuple[bytes, tuple[int, int]]:
    """Return the kind of one track, and its size in pixels (fixed point, 16.16)."""
    kind, size = b"", (0, 0)
    for box in _boxes(file, track.start, track.end):
        if box.type == b"tkhd":
            across, down = struct.unpack(">II", _content(file, box, 128)[-8:])
            size = across >> 16, down >> 16
        if box.type == b"mdia":
            for inner in _boxes(file, box.start, box.end):
                if inner.type == b"hdlr":
                    kind = _content(file, inner, 12)[8:12]
    return kind, size


def _boxes(file: File, start: int, end: int) -> Iterator[Box]:
    for _box in range(MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            length, header = int.from_bytes(file.read(8)), 16
        length = length or end - start
        if length < header or start + length > end:
            return
        yield Box(kind, start + header, start + length)
        start += length


def _content(file: File, box: Box, most: int) -> bytes:
    file.seek(box.start)
    return file.read(min(most, box.end - box.start))


def without_place(file: File) -> File:
    """Return a checked ``file`` without what a telephone writes of itself and the place.

    In MP4 that stands in boxes of their own, which become empty space of the same
    size, so that nothing else has to move. Other formats hold no place.
    """
    file.seek(0)
    if file.read(8)[4:] != b"ftyp":
        return file
    told = list(_told_of_maker(file))
    if not told:
        return file
    copy = File(tempfile.TemporaryFile(), name=file.name)  # noqa: SIM115  # it is the result
    file.seek(0)
    shutil.copyfileobj(file, copy)
    for box in told:
        header = 8 if box.start >= 8 else 0
        copy.seek(box.start - header + 4)
        copy.write(b"free" + b"\0" * (box.end - box.start))
    copy.seek(0)
    return copy


def _told_of_maker(file: File) -> Iterator[Box]:
    for movie in _boxes(file, 0, file.size):
        if movie.type != b"moov":
            continue
        for box in _boxes(file, movie.start, movie.end):
            if box.type in {b"udta", b"meta"}:
                yield box
            if box.type == b"trak":
                inner = _boxes(file, box.start, box.end)
                yield from (one for one in inner if one.type in {b"udta", b"meta"})


def captions_of(file: File) -> ContentFile:
    """Return a WebVTT file as it is stored, in UTF-8 with plain line ends.

    Raise ``ValidationError`` that names the line, unless browsers will show each cue.
    """
    if file.size > MOST_CAPTIONS:
        raise ValidationError(_("Captions of more than a megabyte are none."))
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("The captions are not in UTF-8. Export them again, as WebVTT.")
        ) from error
    if not re.match(r"WEBVTT(?:[ \t\n]|\Z)", text):
        raise ValidationError(
            _(
                "Captions are a WebVTT file, which begins with the word WEBVTT. Export "
                "them as WebVTT; SRT is another format."
            )
        )
    cues = 0
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" not in line:
            continue
        cue = _CUE.match(line)
        if not cue or _seconds(cue[1]) >= _seconds(cue[2]):
            raise ValidationError(
                _(
                    "Line %(number)d of the captions has no times that browsers read, as "
                    "in “00:01.000 --> 00:04.000”."
                )
                % {"number": number}
            )
        cues += 1
    if not cues:
        raise ValidationError(_("There is no caption in this file."))
    return ContentFile(text.encode(), name="captions.vtt")


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
