"""Renditions and recordings, until nginx or a bucket takes over."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from articles.models.recordings import TYPES
from newsroom.storage import StorageGone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files import File

PIECE = 64 * 1024  # bytes read at a time

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\s*\Z", re.ASCII)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a file, or the part that is asked for; it never changes under its name.

    Players ask for parts (RFC 9110, section 14), and Safari plays nothing without. Of
    several parts at once, or in another unit, it answers with the whole.
    """
    try:
        file = default_storage.open(name)
    except StorageGone:
        raise  # not there now is not “not there”, which a cache might remember
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    size = file.size
    asked = None
    # Under a name that is never reused any If-Range holds, but only a GET has parts.
    if request.method == "GET":
        asked = _ONE_RANGE.match(request.headers.get("Range", ""))
    part = _part(asked, size) if asked else None
    response: HttpResponseBase
    if asked and part == range(0):
        file.close()
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
        response.headers["Cache-Control"] = "no-store"
        return response
    response = _partial(file, part, size) if part else FileResponse(file)
    if known := TYPES.get(PurePath(name).suffix):
        response.headers["Content-Type"] = known
    elif part:
        guessed, _encoding = mimetypes.guess_type(name)
        response.headers["Content-Type"] = guessed or "application/octet-stream"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _part(asked: re.Match[str], size: int) -> range | None:
    """Return the bytes asked for, none of them if there are none, None if it is nonsense."""
    first, last = asked.groups()
    if first:
        end = min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None  # invalid: as if it were not there
        return range(int(first), end) if int(first) < size else range(0)
    if not last:
        return None
    return range(size - min(int(last), size), size)  # so many from the end


def _partial(file: File, part: range, size: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_read(file, part), status=206)
    response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response.headers["Content-Length"] = str(len(part))
    return response


def _read(file: File, part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = len(part)
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
