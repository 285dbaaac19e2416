"""What other sites show in a story: known by its address, fetched only after a click.

Each provider is asked at the address of its own that follows readers least. A story
names the address that people use, and nothing of the provider's code.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

MAX_LENGTH = 500  # characters of an address
_TILE = 256  # pixels of a map's tile, of which zoom 0 shows the world in one
_MAP = (640, 480)  # pixels that a map is drawn for


@dataclass(frozen=True)
class Embed:
    """Something on another site that can be shown in a story."""

    provider: str  # its name for readers
    origin: str  # the one that the frame, and nothing else, may show
    frame: str  # the address in the frame
    shape: str = "video"  # what it looks like: video, tall, audio, post or map


def recognise(address: str) -> Embed | None:
    """Return what stands at ``address``, or None if no provider here knows it."""
    if len(address) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return None
    host = parts.hostname.removeprefix("www.").removeprefix("m.")
    if host in settings.EMBED_MASTODON_SERVERS:
        return _mastodon(parts, host)
    of_host = _BY_HOST.get(host)
    return of_host(parts) if of_host else None


def host_of(address: str) -> str:
    """Return the host of an ``address`` as readers know it."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _youtube(parts: SplitResult) -> Embed | None:
    query = parse_qs(parts.query)
    in_path = re.match(r"/(?:embed|shorts|live)/([\w-]{11})(?:/|\Z)", parts.path)
    if parts.hostname == "youtu.be":
        key = parts.path[1:].rstrip("/")
    else:
        key = in_path[1] if in_path else query.get("v", [""])[0]
    if not re.fullmatch(r"[\w-]{11}", key, re.ASCII):
        return None
    origin = "https://www.youtube-nocookie.com"
    start = re.match(r"(\d{1,6})s?\Z", query.get("t", query.get("start", [""]))[0])
    at = f"?start={int(start[1])}" if start else ""
    shape = "tall" if "/shorts/" in parts.path else "video"
    return Embed("YouTube", origin, f"{origin}/embed/{key}{at}", shape)


def _vimeo(parts: SplitResult) -> Embed | None:
    found = re.fullmatch(
        r"/(?:video/|channels/\w+/)?(\d{1,12})(?:/(\w{6,20}))?/?", parts.path, re.ASCII
    )
    if not found:
        return None
    # dnt: it then sets no cookie and keeps no statistics of who watches.
    query = {"dnt": "1"} | ({"h": found[2]} if found[2] else {})
    origin = "https://player.vimeo.com"
    return Embed("Vimeo", origin, f"{origin}/video/{found[1]}?{urlencode(query)}")


def _soundcloud(parts: SplitResult) -> Embed | None:
    if not re.fullmatch(r"/[\w-]+/(?:sets/)?[\w-]+/?", parts.path, re.ASCII):
        return None
    query = urlencode({"url": f"https://soundcloud.com{parts.path}"})
    origin = "https://w.soundcloud.com"
    return Embed("SoundCloud", origin, f"{origin}/player/?{query}", "audio")


def _spotify(parts: SplitResult) -> Embed | None:
    kinds = "track|album|episode|show|playlist|artist"
    found = re.fullmatch(
        rf"/(?:intl-\w+/)?(?:embed/)?({kinds})/(\w{{22}})/?", parts.path, re.ASCII
    )
    if not found:
        return None
    origin = "https://open.spotify.com"
    frame = f"{origin}/embed/{found[1]}/{found[2]}"
    return Embed("Spotify", origin, frame, "audio")


def _tiktok(parts: SplitResult) -> Embed | None:
    found = re.fullmatch(r"/@[\w.]+/video/(\d{5,25})/?", parts.path, re.ASCII)
    if not found:
        return None
    origin = "https://www.tiktok.com"
    return Embed("TikTok", origin, f"{origin}/player/v1/{found[1]}", "tall")


def _bluesky(parts: SplitResult) -> Embed | None:
    found = re.fullmatch(
        r"/profile/([\w.:-]{3,253})/post/(\w{5,20})/?", parts.path, re.ASCII
    )
    if not found:
        return None
    origin = "https://embed.bsky.app"
    frame = f"{origin}/embed/{found[1]}/app.bsky.feed.post/{found[2]}"
    return Embed("Bluesky", origin, frame, "post")


def _mastodon(parts: SplitResult, host: str) -> Embed | None:
    found = re.fullmatch(
        r"/(@[\w.-]+(?:@[\w.-]+)?)/(\d{5,25})(?:/embed)?/?", parts.path, re.ASCII
    )
    if not found:
        return None
    origin = f"https://{host}"
    frame = f"{origin}/{found[1]}/{found[2]}/embed"
    return Embed(f"Mastodon ({host})", origin, frame, "post")


def _openstreetmap(parts: SplitResult) -> Embed | None:
    found = re.match(
        r"map=(\d{1,2})/(-?\d{1,2}\.?\d{0,8})/(-?\d{1,3}\.?\d{0,8})(?:&|\Z)",
        parts.fragment,
        re.ASCII,
    )
    if not found:
        return None
    zoom, latitude, longitude = int(found[1]), float(found[2]), float(found[3])
    if zoom > 20 or abs(latitude) > 85 or abs(longitude) > 180:
        return None
    # Web Mercator: how many degrees the map's pixels cover, fewer towards the poles.
    degrees = 360 / (_TILE * 2**zoom)
    across = min(degrees * _MAP[0] / 2, 180)
    down = min(degrees * _MAP[1] / 2 * math.cos(math.radians(latitude)), 85)
    sides = (longitude - across, latitude - down, longitude + across, latitude + down)
    query = {"bbox": ",".join(f"{side:.5f}" for side in sides), "layer": "mapnik"}
    given = parse_qs(parts.query)
    mark = [given.get(name, [""])[0] for name in ("mlat", "mlon")]
    if all(re.fullmatch(r"-?\d{1,3}(\.\d{1,8})?", one, re.ASCII) for one in mark):
        query["marker"] = ",".join(mark)
    origin = "https://www.openstreetmap.org"
    frame = f"{origin}/export/embed.html?{urlencode(query, quote_via=quote)}"
    return Embed("OpenStreetMap", origin, frame, "map")


_BY_HOST: dict[str, Callable[[SplitResult], Embed | None]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
    "soundcloud.com": _soundcloud,
    "open.spotify.com": _spotify,
    "tiktok.com": _tiktok,
    "bsky.app": _bluesky,
    "openstreetmap.org": _openstreetmap,
}
