"""Know that two requests came from one network, for a fortnight, and no address."""

import hashlib
import hmac
import re
import secrets
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from newsroom.models import NetworkSalt

PREFIX_BITS = {4: 24, 6: 56}  # an office, a household, a mobile carrier's gateway

# 203.0.113.7:4711, [2001:db8::1]:443 and [2001:db8::1], as some load balancers write.
# An IPv6 address without brackets has no port: its last group would pass for one.
_WITH_PORT = re.compile(
    r"(?:\[(?P<six>[^\[\]]+)\]|(?P<four>[0-9.]+(?=:)))(?::[0-9]{1,5})?", re.ASCII
)


def client_address(request: HttpRequest) -> str:
    """Return the address the request came from, as far as it can be believed.

    Each of the ``TRUSTED_PROXIES`` in front appends one entry to X-Forwarded-For;
    what stands before theirs was written by the client, and is not looked at. A port
    beside the address is left out.
    """
    proxies = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(forwarded) >= proxies and forwarded[-proxies].strip():
        return _without_port(forwarded[-proxies].strip())
    return request.META.get("REMOTE_ADDR", "")


def _without_port(entry: str) -> str:
    found = _WITH_PORT.fullmatch(entry)
    return (found["six"] or found["four"]) if found else entry


def network_key(request: HttpRequest) -> str:
    """Return 32 hexadecimal digits for the client's network, good for this week.

    A keyed hash (HMAC-SHA-256, cut to 128 bits) of the /24 or /56 prefix. A client
    without a readable address (a Unix socket) has the network of all such clients.
    """
    return _key(_this_week(), _prefix_of(request))


def network_keys(request: HttpRequest) -> tuple[str, ...]:
    """Return the keys of the client's network under this week's salt and the last.

    What was noted last week is found by the second: for bans, and for nothing that
    is counted.
    """
    prefix, this_week = _prefix_of(request), _this_week()
    last_week = _kept_salt_of(this_week - timedelta(weeks=1))
    keys = [_key(this_week, prefix)]
    return (*keys, _hash(last_week, prefix)) if last_week else tuple(keys)


def _prefix_of(request: HttpRequest) -> str:
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    bits = PREFIX_BITS[address.version]
    # strict=False: the host's bits are cut off, which is the point.
    return str(ip_network(f"{address}/{bits}", strict=False))


def _key(week: date, prefix: str) -> str:
    return _hash(_salt_of(week), prefix)


def _hash(salt: bytes, prefix: str) -> str:
    return hmac.digest(salt, prefix.encode(), hashlib.sha256)[:16].hex()


def _this_week() -> date:
    return monday_of(timezone.now().date())


@lru_cache(maxsize=1)
def _kept_salt_of(week: date) -> bytes | None:
    row = NetworkSalt.objects.filter(week=week).first()
    return bytes(row.salt) if row else None


@lru_cache(maxsize=1)
def _salt_of(week: date) -> bytes:
    # Kept in the process: it is the same for everyone, all week.
    row = NetworkSalt.objects.filter(week=week).first()
    if row is None:
        row, _ = NetworkSalt.objects.get_or_create(
            week=week, defaults={"salt": secrets.token_bytes(32)}
        )
        # Without its salt a key is noise: nothing reaches further back than last week.
        NetworkSalt.objects.filter(week__lt=week - timedelta(weeks=1)).delete()
    return bytes(row.salt)


def forget_salt() -> None:
    """Read the salt from the database again: for tests, whose databases come and go."""
    _salt_of.cache_clear()
    _kept_salt_of.cache_clear()


def monday_of(day: date) -> date:
    """Return the Monday of the week that ``day`` is in."""
    return day - timedelta(days=day.weekday())
