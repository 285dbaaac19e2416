"""A story told to machines: schema.org's NewsArticle, as JSON-LD on its page.

What search engines read of it: https://developers.google.com/search/docs/appearance/structured-data/article
and https://schema.org/correction for the notes to readers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from articles.models import Byline, Rendition

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.safestring import SafeString

    from articles.models import Correction, Image
    from articles.story_page import Name, StoryPage
    from newsroom.models import Publication

CROPS = (Rendition.Crop.SQUARE, Rendition.Crop.CLASSIC, Rendition.Crop.WIDE)
# Within a script element only these could end it, or begin a comment in it.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
_PARTS = {Byline.Role.PHOTOGRAPHS: "contributor", Byline.Role.TRANSLATED: "translator"}


def news_article(story: StoryPage, publication: Publication) -> dict[str, Any]:
    """Return the story as a NewsArticle. It is modified when readers were told so."""
    article, revision = story.article, story.revision
    notes = [*story.corrections_above, *story.corrections_below]
    notes += [story.retraction] if story.retraction else []
    first = article.published_at
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": revision.headline,
        "description": revision.standfirst,
        "mainEntityOfPage": _absolute(article.get_absolute_url()),
        "datePublished": _time(first),
        "dateModified": _time(story.updated_at or first),
        **_people(story.byline),
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": publication.name,
            "url": _absolute("/"),
            "correctionsPolicy": _absolute(reverse("articles:corrections")),
        },
        "image": _pictures(story.lead_image),
        "articleSection": article.section.name,
        "keywords": [tag.name for tag in story.tags],
        "inLanguage": article.language or settings.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "correction": [_correction(note) for note in notes],
    }
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def script(data: dict[str, Any]) -> SafeString:
    """Return ``data`` as a block for a page's head; no policy counts it as a script."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    safe = mark_safe(text)  # noqa: S308  # what could end the element is escaped
    return format_html('<script type="application/ld+json">{}</script>', safe)


def _people(byline: Iterable[Name]) -> dict[str, list[dict[str, str]]]:
    parts = {str(role.label): name for role, name in _PARTS.items()}
    people: dict[str, list[dict[str, str]]] = {}
    for name in byline:
        person = {"@type": "Person", "name": str(name)}
        if name.author:
            person["url"] = _absolute(name.author.get_absolute_url())
        people.setdefault(parts.get(name.role, "author"), []).append(person)
    return people


def _pictures(image: Image | None) -> list[str]:
    if image is None:
        return []
    widest = [
        (image.rendered(crop, "jpeg") or image.rendered(crop))[-1:] for crop in CROPS
    ]
    found = [size for sizes in widest for size in sizes]
    return [_absolute(size.file.url) for size in found]


def _correction(note: Correction) -> dict[str, str | None]:
    return {
        "@type": "CorrectionComment",
        "text": note.text,
        "datePublished": _time(note.published_at),
        "url": _absolute(note.get_absolute_url()),
    }


def _time(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


def _absolute(path: str) -> str:
    return urljoin(f"{settings.SITE_URL}/", path)
