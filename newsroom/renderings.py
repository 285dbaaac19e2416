"""A page as it is sent, compressed once, and how often it is asked for."""

from __future__ import annotations

import gzip
import hashlib
import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, Self

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

# What a page is sent in, best first. The texts are public and hold no secret to guess.
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=4),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
    "": bytes,
}
_READ: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "": bytes,
}


class Rendering(NamedTuple):
    """One page in one encoding; ``digest`` is of the page itself, not compressed."""

    body: bytes
    headers: dict[str, str]
    digest: str
    encoding: str

    @classmethod
    def of(cls, response: HttpResponse, encoding: str) -> Self:
        """Return the page that ``response`` holds, in ``encoding``."""
        body = response.content
        return cls(
            ENCODINGS[encoding](body),
            dict(response.headers.items()),
            hashlib.sha256(body).hexdigest()[:32],
            encoding,
        )

    def recoded(self, encoding: str) -> Self:
        """Return the same page in another encoding."""
        body = ENCODINGS[encoding](_READ[self.encoding](self.body))
        return self._replace(body=body, encoding=encoding)

    @property
    def tag(self) -> str:
        """What tells this body from any other, for an ETag."""
        return f"{self.digest}-{self.encoding}" if self.encoding else self.digest

    @staticmethod
    def encoding_for(request: HttpRequest) -> str:
        """Return the first of ``ENCODINGS`` that the browser takes."""
        return _best_of(request.META.get("HTTP_ACCEPT_ENCODING", "")[:200])

    @staticmethod
    def encodings_but(encoding: str) -> Iterator[str]:
        """Return the other encodings."""
        return (one for one in ENCODINGS if one != encoding)


@lru_cache(maxsize=256)
def _best_of(accepted: str) -> str:
    taken = {"": True}
    for line in accepted.lower().split(","):
        name, _, quality = line.partition(";")
        taken[name.strip()] = quality.replace(" ", "") not in {"q=0", "q=0.0"}
    return next((name for name in ENCODINGS if name and taken.get(name)), "")


def digest_of(*parts: object) -> str:
    """Return a key that these parts have, and no others."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class Rush:
    """Counts what this process is asked for, to know which pages are hot."""

    HOT = 20  # times in this second, or in the one before

    def __init__(self) -> None:
        self._second = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def is_on(self, address: str) -> bool:
        """Count one more request for ``address``; tell whether it is hot."""
        second = int(time.monotonic())
        # Two threads may lose a count to each other here: it needs to be no exact one.
        if second != self._second:
            self._before = self._now if second == self._second + 1 else {}
            self._now, self._second = {}, second
        count = self._now[address] = self._now.get(address, 0) + 1
        return count >= self.HOT or self._before.get(address, 0) >= self.HOT
