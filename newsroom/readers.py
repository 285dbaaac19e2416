"""Tell one reader from another after they act, and never before.

Voting or commenting sets one cookie: 128 random bits with a signed timestamp. The
database holds the SHA-256 of the random part, so that a copy of it votes for no one.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import HttpRequest, HttpResponse

COOKIE = "newsroom_reader"
LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class Reader:
    """Someone who acts: ``secret`` is theirs alone.

    ``since`` is when their cookie was made (aware); None: they have none yet.
    """

    secret: str
    since: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether they act here for the first time, as far as the browser remembers."""
        return self.since is None

    @property
    def hash(self) -> str:
        """What the database knows of the reader: 64 hexadecimal digits."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def recognise(request: HttpRequest) -> Reader:
    """Return the reader the cookie proves, or a new one; a forged cookie is none."""
    signed = request.COOKIES.get(COOKIE, "")
    try:
        secret = _signer().unsign(signed, max_age=LIFETIME)
    except BadSignature:
        return Reader(secrets.token_hex(16))
    seconds = b62_decode(signed.split(":")[1])  # what the signer wrote beside it
    return Reader(secret, datetime.fromtimestamp(seconds, UTC))


def remember(reader: Reader, response: HttpResponse) -> HttpResponse:
    """Give a new reader the cookie with ``response``, and return the response."""
    if reader.is_new:
        response.set_cookie(
            COOKIE,
            _signer().sign(reader.secret),
            max_age=LIFETIME,
            secure=settings.READER_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="newsroom.readers")
