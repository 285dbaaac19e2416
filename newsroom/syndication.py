"""Feeds: one description of what there is to read, written in three formats.

RSS 2.0: https://www.rssboard.org/rss-specification with Media RSS for pictures,
Atom: RFC 4287, JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/. All name the hub
of the operator's choice, if there is one: https://www.w3.org/TR/websub/#discovery
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, register_converter
from django.utils.feedgenerator import (
    Atom1Feed,
    Enclosure,
    Rss201rev2Feed,
    SyndicationFeed,
    rfc3339_date,
)

if TYPE_CHECKING:
    from django.urls import URLPattern

NEWEST = 30  # entries of a feed
# A feed that is still empty was last changed then: its text must not change by itself.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MEDIA = "http://search.yahoo.com/mrss/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
CREATOR = "http://purl.org/dc/elements/1.1/"
# What no XML document may hold: https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Person:
    """Who wrote an entry, with the absolute address of a page about them, or none."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture over an entry: its absolute address, its size in pixels, its words."""

    url: str
    type: str
    width: int
    height: int
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Playable:
    """Sound or film in an entry: its absolute address, bytes, and seconds if known."""

    url: str
    type: str
    size: int
    title: str
    seconds: int | None = None


@dataclass(frozen=True)
class Entry:
    """One thing to read: words, times (aware) and absolute addresses.

    ``id`` never changes, whatever the address becomes. ``content`` is HTML, or empty
    where a feed gives ``summary`` (plain text) alone.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str = ""
    content: str = ""
    authors: Sequence[Person] = ()
    tags: Sequence[str] = ()
    picture: Picture | None = None
    playables: Sequence[Playable] = ()
    language: str = ""


@dataclass(frozen=True)
class Channel:
    """A feed: what it is called, the page that it belongs to, and what it holds.

    ``url`` is the page's path, ``feed`` that of the feed in the format answered with.
    """

    title: str
    url: str
    feed: str
    entries: Sequence[Entry]
    description: str = ""
    publisher: str = ""
    icon: str = ""  # the absolute address of a square picture


class KindConverter:
    """The name of a format in an address; RSS is the one that needs none."""

    regex = "atom|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "feed_kind")


def feed_paths(
    route: str, view: Callable[..., HttpResponse], *, name: str
) -> list[URLPattern]:
    """Return the addresses of one feed: RSS at ``route``, the others below it.

    ``reverse`` gives the one of ``kind="atom"`` or ``"json"``, or RSS without it.
    """
    return [
        path(route, view, name=name),
        path(f"{route}<feed_kind:kind>/", view, name=name),
    ]


def answer(channel: Channel, kind: str) -> HttpResponse:
    """Answer with ``channel`` as "rss", "atom" or "json"."""
    if kind == "json":
        text = json.dumps(_as_json(channel), ensure_ascii=False, indent=1)
        return _answer(channel, text, "application/feed+json; charset=utf-8")
    feed = (_Atom if kind == "atom" else _Rss)(
        title=printable(channel.title),
        link=absolute(channel.url),
        description=printable(channel.description or channel.title),
        subtitle=printable(channel.description) or None,
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(channel.feed),
        feed_guid=absolute(channel.feed),
        author_name=printable(channel.publisher) or None,
        icon=channel.icon,
    )
    for entry in channel.entries:
        feed.add_item(
            title=printable(entry.title),
            link=entry.url,
            description=None,  # type: ignore[arg-type]  # each format writes its own
            unique_id=entry.id,
            unique_id_is_permalink=False,
            pubdate=entry.published,
            updateddate=entry.updated,
            enclosures=[
                Enclosure(one.url, str(one.size), one.type)
                # What RSS readers make of a second one differs from reader to reader.
                for one in entry.playables[: None if kind == "atom" else 1]
            ],
            categories=[printable(tag) for tag in entry.tags],
            entry=entry,
        )
    return _answer(channel, feed.writeString("utf-8"), feed.content_type)


def _answer(channel: Channel, text: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    if hub := settings.WEBSUB_HUB:
        # Where a subscriber looks first; JSON has no other place that WebSub knows.
        own = absolute(channel.feed)
        response.headers["Link"] = f'<{hub}>; rel="hub", <{own}>; rel="self"'
    return response


def printable(text: str) -> str:
    """Return ``text`` without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def absolute(path: str) -> str:
    """Return the address of ``path``; what has a host already stays as it is."""
    return urljoin(f"{settings.SITE_URL}/", path)


class _Steady(SyndicationFeed):
    """A feed whose text changes with its entries and with nothing else."""

    @override
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=LONG_AGO)


class _Rss(_Steady, Rss201rev2Feed):
    @override
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": CONTENT,
            "xmlns:dc": CREATOR,
            "xmlns:media": MEDIA,
        }

    @override
    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if icon := self.feed["icon"]:
            handler.startElement("image", {})
            handler.addQuickElement("url", icon)
            handler.addQuickElement("title", self.feed["title"])
            handler.addQuickElement("link", self.feed["link"])
            handler.endElement("image")
        if settings.WEBSUB_HUB:
            hub = {"rel": "hub", "href": settings.WEBSUB_HUB}
            handler.addQuickElement("atom:link", None, hub)

    @override
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        summary = entry.summary or ("" if entry.content else entry.title)
        if summary:
            handler.addQuickElement("description", printable(summary))
        if entry.content:
            handler.addQuickElement("content:encoded", printable(entry.content))
        for person in entry.authors:
            handler.addQuickElement("dc:creator", printable(person.name))
        if picture := entry.picture:
            handler.startElement("media:content", _media(picture))
            if picture.alt:
                alt = printable(picture.alt)
                handler.addQuickElement("media:description", alt, {"type": "plain"})
            if picture.credit:
                handler.addQuickElement("media:credit", printable(picture.credit))
            handler.endElement("media:content")


class _Atom(_Steady, Atom1Feed):
    @override
    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if icon := self.feed["icon"]:
            handler.addQuickElement("icon", icon)
        if settings.WEBSUB_HUB:
            hub = {"rel": "hub", "href": settings.WEBSUB_HUB}
            handler.addQuickElement("link", "", hub)

    @override
    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item["entry"].language
        return {"xml:lang": language} if language else {}

    @override
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        for person in entry.authors:
            handler.startElement("author", {})
            handler.addQuickElement("name", printable(person.name))
            if person.url:
                handler.addQuickElement("uri", person.url)
            handler.endElement("author")
        if entry.summary:
            handler.addQuickElement("summary", printable(entry.summary))
        if entry.content:
            text = printable(entry.content)
            handler.addQuickElement("content", text, {"type": "html"})
        if picture := entry.picture:
            link = {"rel": "enclosure", "href": picture.url, "type": picture.type}
            handler.addQuickElement("link", "", link)


def _media(picture: Picture) -> dict[str, str]:
    return {
        "url": picture.url,
        "type": picture.type,
        "medium": "image",
        "width": str(picture.width),
        "height": str(picture.height),
    }


def _as_json(channel: Channel) -> dict[str, Any]:
    hub = settings.WEBSUB_HUB
    return _without_empty(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": channel.title,
            "home_page_url": absolute(channel.url),
            "feed_url": absolute(channel.feed),
            "description": channel.description,
            "icon": channel.icon,
            "language": settings.LANGUAGE_CODE,
            "authors": [{"name": channel.publisher}] if channel.publisher else [],
            "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
        }
    ) | {"items": [_item(entry) for entry in channel.entries]}


def _item(entry: Entry) -> dict[str, Any]:
    # An item needs content; where a feed gives summaries alone, that is the content.
    text = "" if entry.content else entry.summary or entry.title
    return _without_empty(
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_html": entry.content,
            "content_text": text,
            "date_published": rfc3339_date(entry.published),
            "date_modified": rfc3339_date(entry.updated),
            "authors": [
                _without_empty({"name": one.name, "url": one.url})
                for one in entry.authors
            ],
            "tags": list(entry.tags),
            "image": entry.picture.url if entry.picture else "",
            "language": entry.language,
            "attachments": [_attachment(one) for one in entry.playables],
        }
    )


def _attachment(playable: Playable) -> dict[str, Any]:
    return _without_empty(
        {
            "url": playable.url,
            "mime_type": playable.type,
            "title": playable.title,
            "size_in_bytes": playable.size,
            "duration_in_seconds": playable.seconds,
        }
    )


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in values.items() if value not in ("", [], None)
    }
