"""Stories as the entries of a feed: many at once, in a fixed number of queries."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.template.defaultfilters import truncatechars
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import nh3

from articles import body
from articles.models import (
    Article,
    Correction,
    Image,
    Recording,
    Rendition,
    Revision,
)
from articles.story_page import authors_of, byline_of, images_of
from newsroom.syndication import (
    NEWEST,
    Entry,
    Person,
    Picture,
    Playable,
    absolute,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from articles.models import Author
    from articles.querysets import ArticleQuerySet

SUMMARY = 300  # characters of a story without a standfirst
# What readers of feeds show; classes, sizes and all that a page adds are left out.
_TAGS = nh3.ALLOWED_TAGS | {"audio", "source", "video"}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "rel", "title"},
    "audio": {"controls", "src"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "video": {"controls", "height", "poster", "src", "width"},
}
_ADDRESSES = {"href", "poster", "src"}
_PULL_QUOTE = re.compile(r'<div class="pull-quote">(.*?)</div>', re.DOTALL)
# What the page's script makes a frame of: no reader of feeds has that script.
_OFFER = re.compile(r'<div class="embed-offer".*?</div>', re.DOTALL)
_BETWEEN = re.compile(r"\s*\n\s*")  # what templates leave between elements


@dataclass(frozen=True)
class _Around:
    """What the stories of one feed refer to."""

    authors: Mapping[int, Author]
    images: Mapping[int, Image]
    articles: Mapping[int, Article]
    recordings: Mapping[int, Recording]
    notes: Mapping[int, Sequence[Correction]]


def entries_of(
    articles: ArticleQuerySet, at: datetime, *, full_text: bool
) -> list[Entry]:
    """Return the newest of ``articles`` as readers have them at ``at``.

    With their text and what readers were told of changes if ``full_text``, else with
    their standfirst.
    """
    rows = (
        articles.newest_first()
        .select_related("section", "live", "next")
        .prefetch_related("tags")
        .defer("body")[:NEWEST]
    )
    stories = [(one, shown) for one in rows if (shown := one.shown(at))]
    around = _around(stories, at, full_text=full_text)
    return [
        _entry(article, shown, around, full_text=full_text)
        for article, shown in stories
    ]


def id_of(article: Article) -> str:
    """Return what feeds know a story by, whatever its address becomes: RFC 4151."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{article.day}:story-{article.pk}"


def _around(
    stories: Sequence[tuple[Article, Revision]], at: datetime, *, full_text: bool
) -> _Around:
    revisions = [shown for _article, shown in stories]
    bodies = [body.references_of(one.body) for one in revisions if full_text]
    heard = {pk for named in bodies for pk in named.recordings}
    recordings = Recording.objects.in_bulk(heard) if heard else {}
    images = {one.lead_image_id for one in revisions if one.lead_image_id}
    images |= {pk for named in bodies for pk in named.images}
    images |= {one.poster_id for one in recordings.values() if one.poster_id}
    linked = {pk for named in bodies for pk in named.articles}
    notes = defaultdict(list)
    told = Correction.objects.standing(at).filter(
        article__in=[article.pk for article, _shown in stories]
    )
    for note in told.order_by("published_at", "pk"):
        notes[note.article_id].append(note)
    return _Around(
        authors=authors_of(revisions),
        images=images_of(images, at),
        articles=Article.objects.live(at).for_links().in_bulk(linked),
        recordings=recordings,
        notes=notes,
    )


def _entry(
    article: Article, shown: Revision, around: _Around, *, full_text: bool
) -> Entry:
    notes = around.notes.get(article.pk, [])
    published: Any = article.published_at  # it is live
    changes = [
        *filter(None, [article.updated_at]),
        *(one.published_at for one in notes),
    ]
    picture = _picture(around.images.get(shown.lead_image_id or 0))
    return Entry(
        id=id_of(article),
        url=absolute(article.get_absolute_url()),
        title=_title(shown, notes),
        published=published,
        updated=max(changes, default=published),
        summary=shown.standfirst or truncatechars(shown.text, SUMMARY),
        content=_content(article, shown, around, picture) if full_text else "",
        authors=[
            Person(
                str(name),
                absolute(name.author.get_absolute_url()) if name.author else "",
            )
            for name in byline_of(shown, around.authors)
        ],
        tags=[article.section.name, *(tag.name for tag in article.tags.all())],
        picture=picture,
        playables=_playables(shown, around),
        language=article.language_code,
    )


def _title(shown: Revision, notes: Sequence[Correction]) -> str:
    names = {"headline": shown.headline}
    if any(note.kind == Correction.Kind.RETRACTION for note in notes):
        return _("Retracted: %(headline)s") % names
    if shown.is_sponsored:
        return _("Sponsored: %(headline)s") % names
    return shown.headline


def _picture(image: Image | None) -> Picture | None:
    wide = image.rendered(Rendition.Crop.WIDE, "jpeg") if image else []
    if not image or not wide:
        return None
    largest = wide[-1]
    return Picture(
        url=absolute(largest.file.url),
        type="image/jpeg",
        width=largest.width,
        height=largest.height,
        alt=image.alt,
        credit=image.credit,
    )


def _playables(shown: Revision, around: _Around) -> list[Playable]:
    if not around.recordings:
        return []
    named = body.references_of(shown.body).recordings
    return [
        Playable(
            url=absolute(one.file.url),
            type=one.type,
            size=one.size,
            title=one.title,
            seconds=one.seconds,
        )
        for pk in named
        if (one := around.recordings.get(pk))
    ]


def _content(
    article: Article, shown: Revision, around: _Around, picture: Picture | None
) -> str:
    notes = around.notes.get(article.pk, [])
    parts = [*(_note(one) for one in notes if one.stands_above)]
    if shown.is_sponsored and shown.sponsor:
        paid = _("Paid for by %(sponsor)s. The newsroom had no part in it.")
        parts.insert(0, format_html("<p>{}</p>", paid % {"sponsor": shown.sponsor}))
    if picture:
        parts.append(_lead(picture, shown.lead_caption))
    parts.append(
        body.render(
            shown.body,
            images=around.images,
            articles=around.articles,
            recordings=around.recordings,
            is_sponsored=shown.is_sponsored,
        )
    )
    parts += [_note(one) for one in notes if not one.stands_above]
    base = absolute(article.get_absolute_url())
    text = _PULL_QUOTE.sub(r"<blockquote>\1</blockquote>", "".join(parts))
    text = _OFFER.sub("", text)
    return nh3.clean(
        _BETWEEN.sub("\n", text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, name, value: (
            urljoin(base, value) if name in _ADDRESSES else value
        ),
        link_rel=None,
    )


def _lead(picture: Picture, caption: str) -> str:
    credit = f"© {picture.credit}" if picture.credit else ""
    return format_html(
        '<figure><img src="{}" width="{}" height="{}" alt="{}">'
        "<figcaption>{}</figcaption></figure>",
        picture.url,
        picture.width,
        picture.height,
        picture.alt,
        " ".join(filter(None, [caption, credit])),
    )


def _note(note: Correction) -> str:
    return format_html(
        "<p><strong>{}, {}:</strong> {}</p>",
        note.get_kind_display(),
        date_format(note.published_at, pgettext("date", "j F Y")),
        note.text,
    )
