"""The body of a story: clean its HTML, read what it refers to, render it for readers.

Between ordinary blocks stand some of our own, each holding an id and no copy of what
it shows, so that a renamed story or a new credit is right everywhere at once:

- ``<figure data-image="12" data-layout="wide"><figcaption>…</figcaption></figure>``, and
  several of them in ``<section data-gallery="grid">``
- ``<figure data-recording="3"><figcaption>…</figcaption></figure>``, sound or film
- ``<div data-read-more="5"></div>``, or for a page elsewhere
  ``<div data-read-more="" data-href="https://…" data-title="…"></div>``
- ``<div data-pull-quote>…</div>``
- ``<div data-embed="https://…" data-title="…"></div>``: see ``embeds``
- ``<table data-caption="…">``: see ``tables``

and in the flow ``<span data-footnote="k3f">…</span>``: see ``footnotes``.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

import nh3

from articles import embeds, footnotes, galleries, tables
from articles.models import Article, Image, Recording

MAX_LENGTH = 500_000  # characters, markup included: five times the longest features
MAX_NESTING = 60  # elements; cleaning takes quadratic time in it
LAYOUTS = ("column", "wide", "start", "end")

_TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("em", "strong", "s", "sub", "sup", "code", "a", "figure", "figcaption", "div"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "section", "span"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "figure": {"data-image", "data-layout", "data-recording"},
    "div": {
        *("data-read-more", "data-href", "data-title", "data-pull-quote"),
        "data-embed",
    },
    "table": {"data-caption"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "section": {"data-gallery"},
    "span": {"data-footnote"},
}
# What never stands in its like: the mark that an outer one bears, and what goes with it.
_FLAT = {
    "span": (" data-footnote=", {"span"}),
    "section": (" data-gallery=", {"section"}),
    "table": ("", {"table", "caption", "thead", "tbody", "tr", "th", "td"}),
}
# Closed by what follows them, or never: an open one is no level deeper.
_NOT_NESTING = {
    *("p", "li", "br", "hr", "img", "input", "meta", "link", "wbr", "col"),
    *("tr", "th", "td", "thead", "tbody", "tfoot", "caption"),
}

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = r'(?:[^">]|"[^"]*")*'
_FIGURE = re.compile(rf"<figure({_ATTRIBUTE})>(.*?)</figure>", re.DOTALL)
_READ_MORE = re.compile(rf"<div(\s[^>]*?data-read-more={_ATTRIBUTE})></div>")
_PULL_QUOTE = re.compile(r'<div data-pull-quote="">(.*?)</div>', re.DOTALL)
_ELSEWHERE = re.compile(r'<a (?=[^>]*href="https?://)')
_WITHIN_THE_SITE = re.compile(r'(<a [^>]*?href=")/(?!/)')
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_NAME_AND_VALUE = re.compile(r'([a-z-]+)="([^"]*)"')
_END_OF_BLOCK = re.compile(
    r"</(?:p|h[2-4]|li|blockquote|figcaption|div|t[hd])>|<br>|</?span[^>]*>"
)
_EMBED = re.compile(rf"<div(\s[^>]*?data-embed={_ATTRIBUTE})></div>")
_WHOLE_TAG = re.compile(rf"<(/?)([a-z][a-z0-9]*)({_ATTRIBUTE})>")


def clean(source: str) -> str:
    """Return ``source`` (HTML) with nothing in it but what a story may hold.

    Elements that are not allowed go and their text stays; scripts and styles go
    whole. Raise ``ValidationError`` if it is too long or nested too deeply to clean.
    """
    if len(source) > MAX_LENGTH:
        raise ValidationError(
            _(
                "The story has %(length)d characters with its markup; %(most)d is the "
                "most. Split it into parts."
            )
            % {"length": len(source), "most": MAX_LENGTH}
        )
    if _nesting(source) > MAX_NESTING:
        raise ValidationError(
            _(
                "The markup is nested more than %(most)d elements deep. Paste it as "
                "plain text."
            )
            % {"most": MAX_NESTING}
        )
    cleaned = _sanitised(source.replace("\0", ""))
    flat = cleaned
    for tag in _FLAT:
        flat = _flattened(flat, tag)
    flat = galleries.of_figures_alone(tables.with_caption_as_attribute(flat))
    # What was taken apart may have left an end without a beginning.
    return cleaned if flat == cleaned else _sanitised(flat)


def _sanitised(source: str) -> str:
    return nh3.clean(
        source,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()


def _flattened(source: str, tag: str) -> str:
    """Return ``source`` without the tags of those ``tag`` elements that stand in others.

    And without those of elements that do not bear its mark; their text stays.
    """
    if f"<{tag}" not in source:
        return source
    mark, family = _FLAT[tag]
    open_: list[bool] = []  # of each element around: whether it stays

    def kept(found: re.Match[str]) -> str:
        closing, name, attributes = found.groups()
        if name not in family:
            return found[0]
        if name != tag:
            return found[0] if len(open_) < 2 else ""
        if closing:
            return found[0] if open_ and open_.pop() else ""
        open_.append(mark in attributes and not any(open_))
        return found[0] if open_[-1] else ""

    return _WHOLE_TAG.sub(kept, source)


def _nesting(source: str) -> int:
    depth = deepest = 0
    for closing, tag in _TAG.findall(source):
        if tag.lower() not in _NOT_NESTING:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    if name == "data-layout":
        return value if value in LAYOUTS else None
    if name in {"data-image", "data-recording"}:
        return value if _is_id(value) else None
    if name == "data-gallery":
        return value if value in galleries.LAYOUTS else galleries.LAYOUTS[0]
    if name == "data-footnote":
        return value if footnotes.IS_KEY.match(value) else ""
    if name in {"colspan", "rowspan"}:
        return value if tables.is_span(value) and value != "1" else None
    if name == "data-read-more":
        return value if _is_id(value) else ""
    if name in {"data-href", "data-embed"}:
        return value if value.startswith(("https://", "http://")) else None
    return value


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19  # fits in 64 bits


def text_of(body: str) -> str:
    """Return the words of a clean ``body`` as plain text, a space between blocks."""
    return " ".join(html.unescape(strip_tags(_END_OF_BLOCK.sub(" ", body))).split())


@dataclass
class References:
    """The ids that a body names, each once, in the order of their first use."""

    images: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    recordings: list[int] = field(default_factory=list)


def references_of(body: str) -> References:
    """Return the images, stories and recordings that a clean ``body`` names."""
    figures = [_attributes(found[1]) for found in _FIGURE.finditer(body)]
    stories = [
        _attributes(found[1]).get("data-read-more")
        for found in _READ_MORE.finditer(body)
    ]
    return References(
        images=_once(figure.get("data-image") for figure in figures),
        articles=_once(stories),
        recordings=_once(figure.get("data-recording") for figure in figures),
    )


def _once(numbers: Iterable[str | None]) -> list[int]:
    return list(dict.fromkeys(int(number) for number in numbers if number))


def embeds_of(body: str) -> list[str]:
    """Return the addresses of what a clean ``body`` shows of other sites."""
    found = (_attributes(one[1]).get("data-embed") for one in _EMBED.finditer(body))
    return [address for address in found if address]


def render(
    body: str,
    *,
    images: Mapping[int, Image],
    articles: Mapping[int, Article],
    recordings: Mapping[int, Recording] | None = None,
    is_sponsored: bool = False,
) -> SafeString:
    """Return a clean ``body`` as readers get it.

    ``images``, ``articles`` and ``recordings`` are what may be shown, by id; a figure
    or READ MORE line that names another one is left out. Links that were paid for are marked so,
    as search engines ask. Links within the site get its whole address, which paper can show.
    """

    def figure(found: re.Match[str]) -> str:
        named = _attributes(found[1])
        image = images.get(int(named.get("data-image") or 0))
        recording = (recordings or {}).get(int(named.get("data-recording") or 0))
        if image is None and recording is None:
            return ""
        words = _CAPTION.search(found[2])
        caption = mark_safe(words[1].strip()) if words else ""  # noqa: S308  # clean
        if recording:
            poster = images.get(recording.poster_id or 0)
            context = {"recording": recording, "caption": caption, "poster": poster}
            return render_to_string("articles/_recording.html", context)
        layout = named.get("data-layout", LAYOUTS[0])
        context = {"image": image, "layout": layout, "caption": caption}
        return render_to_string("articles/_figure.html", context)

    def embed(found: re.Match[str]) -> str:
        named = _attributes(found[1])
        address = named.get("data-embed", "")
        context = {
            "embed": embeds.recognise(address),
            "address": address,
            "host": embeds.host_of(address),
            "title": named.get("data-title"),
            "is_sponsored": is_sponsored,
        }
        return render_to_string("articles/_embed.html", context) if address else ""

    def read_more(found: re.Match[str]) -> str:
        named = _attributes(found[1])
        article = articles.get(int(named.get("data-read-more") or 0))
        context = {
            "article": article,
            "url": named.get("data-href"),
            "title": named.get("data-title"),
            "is_sponsored": is_sponsored,
        }
        if not article and not (context["url"] and context["title"]):
            return ""
        return render_to_string("articles/_read_more.html", context)

    if is_sponsored:
        body = _ELSEWHERE.sub('<a rel="sponsored nofollow" ', body)
    body = _WITHIN_THE_SITE.sub(rf"\g<1>{settings.SITE_URL}/", body)
    body = _PULL_QUOTE.sub(r'<div class="pull-quote"><p>\1</p></div>', body)
    body = _EMBED.sub(embed, tables.render(body))
    body = galleries.render(_READ_MORE.sub(read_more, _FIGURE.sub(figure, body)))
    # Last, so that only notes of what readers get are counted.
    body = footnotes.render(body)
    return mark_safe(body)  # noqa: S308  # cleaned by ``clean``, or a template's


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _NAME_AND_VALUE.findall(tag)}
