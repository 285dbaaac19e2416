"""A story and its paper told to machines, as JSON-LD: https://schema.org/NewsArticle

What search engines read of it: https://developers.google.com/search/docs/appearance/structured-data
(Article, Breadcrumb, Image metadata, Organization, Profile page, Site name, Speakable, Video),
https://schema.org/correction for the notes to readers,
https://schema.org/NewsMediaOrganization for the policies.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from articles import social_cards
from articles.models import Byline, Page, Rendition
from newsroom import icons
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.safestring import SafeString

    from articles.models import Author, Correction, Image, Recording, Revision
    from articles.story_page import Name, StoryPage
    from newsroom.models import Publication

CROPS = (Rendition.Crop.SQUARE, Rendition.Crop.CLASSIC, Rendition.Crop.WIDE)
# Within a script element only these could end it, or begin a comment in it.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
# Opinion is said to be opinion, and what somebody paid for no news.
_TYPES: dict[str, str | list[str]] = {
    "analysis": ["NewsArticle", "AnalysisNewsArticle"],
    "opinion": ["NewsArticle", "OpinionNewsArticle"],
    "sponsored": ["Article", "AdvertiserContentArticle"],
}
_POLICIES = {
    Page.Kind.PRINCIPLES: "publishingPrinciples",
    Page.Kind.ETHICS: "ethicsPolicy",
    Page.Kind.CORRECTIONS: "correctionsPolicy",
    Page.Kind.VERIFICATION: "verificationFactCheckingPolicy",
    Page.Kind.SOURCES: "unnamedSourcesPolicy",
    Page.Kind.NO_BYLINES: "noBylinesPolicy",
    Page.Kind.FEEDBACK: "actionableFeedbackPolicy",
    Page.Kind.DIVERSITY: "diversityPolicy",
    Page.Kind.STAFFING: "diversityStaffingReport",
    Page.Kind.MISSION: "missionCoveragePrioritiesPolicy",
    Page.Kind.OWNERSHIP: "ownershipFundingInfo",
    Page.Kind.MASTHEAD: "masthead",
}
# As the library of pictures names them, and what they read there.
_COMMONS = re.compile(r"CC ?(BY(?:-NC)?(?:-SA|-ND)?|0) (\d\.\d)")
_PARTS = {Byline.Role.PHOTOGRAPHS: "contributor", Byline.Role.TRANSLATED: "translator"}


def news_article(
    story: StoryPage, publication: Publication, pages: Iterable[Page]
) -> dict[str, Any]:
    """Return the story as a NewsArticle. It is modified when readers were told so.

    Where nobody is named, it is the paper's own; where somebody paid, it says who.
    """
    article, revision = story.article, story.revision
    notes = [*story.corrections_above, *story.corrections_below]
    notes += [story.retraction] if story.retraction else []
    first = article.published_at
    sound = [one for one in story.recordings if not one.is_video]
    film = [one for one in story.recordings if one.is_video]
    data = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(revision.label, "NewsArticle"),
        "headline": revision.headline,
        "description": revision.standfirst,
        "mainEntityOfPage": absolute(article.get_absolute_url()),
        "datePublished": _time(first),
        "dateModified": _time(story.updated_at or first),
        "author": _named(publication),
        **_people(story.byline),
        "publisher": organization(publication, pages),
        "sponsor": _sponsor(revision),
        "image": _pictures(story.lead_image) or [_card(story, publication)],
        "audio": [_audio(one, first) for one in sound],
        "video": [_video(one, first, story, publication) for one in film],
        "articleSection": article.section.name,
        "keywords": [tag.name for tag in story.tags],
        "inLanguage": article.language or settings.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "speakable": _speakable(revision),
        "wordCount": len(revision.text.split()),
        "correction": [_correction(note) for note in notes],
    }
    return _said(data)


def organization(publication: Publication, pages: Iterable[Page]) -> dict[str, Any]:
    """Return the paper as a NewsMediaOrganization, with the policies among ``pages``."""
    paper = {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#paper"),
        "name": publication.name,
        "url": absolute("/"),
        "slogan": publication.tagline,
        "description": publication.description,
        "email": publication.contact,
        "contactPoint": _contact(publication),
        "sameAs": [*publication.profiles],
        "logo": absolute(icons.url_of(publication, "icon-512.png")),
        "correctionsPolicy": absolute(reverse("articles:corrections")),
    }
    if publication.principles:
        paper["publishingPrinciples"] = absolute(reverse("articles:about"))
    policies = {
        _POLICIES[Page.Kind(page.kind)]: absolute(page.get_absolute_url())
        for page in pages
        if page.kind in _POLICIES
    }
    return _said(paper | policies)


def site(publication: Publication) -> dict[str, Any]:
    """Return the site as a WebSite: the name that stands over what is found of it."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": publication.name,
        "url": absolute("/"),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": absolute("/#paper")},
    }


def profile(author: Author, publication: Publication) -> dict[str, Any]:
    """Return the page of an author as a ProfilePage: who they are, and for whom."""
    sizes = author.photograph.rendered("1x1", "jpeg") if author.photograph else []
    person = {
        "@type": "Person",
        "name": author.name,
        "url": absolute(author.get_absolute_url()),
        "jobTitle": author.role,
        "description": author.biography,
        "image": absolute(sizes[-1].file.url) if sizes else "",
        "sameAs": [*author.profiles],
        "worksFor": _named(publication),
    }
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": _said(person),
    }


def breadcrumbs(*steps: tuple[str, str]) -> dict[str, Any]:
    """Return the way to a page as a BreadcrumbList: names and paths, the front first."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(path),
            }
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def script(data: dict[str, Any]) -> SafeString:
    """Return ``data`` as a block for a page's head; no policy counts it as a script."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    safe = mark_safe(text)  # noqa: S308  # what could end the element is escaped
    return format_html('<script type="application/ld+json">{}</script>', safe)


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def _named(publication: Publication) -> list[dict[str, str]]:
    name = publication.name
    return [{"@type": "NewsMediaOrganization", "name": name, "url": absolute("/")}]


def _sponsor(revision: Revision) -> dict[str, str] | None:
    if not (revision.is_sponsored and revision.sponsor):
        return None
    return {"@type": "Organization", "name": revision.sponsor}


def _contact(publication: Publication) -> dict[str, str] | None:
    if not publication.contact:
        return None
    return {
        "@type": "ContactPoint",
        "contactType": "newsroom",
        "email": publication.contact,
    }


def _speakable(revision: Revision) -> dict[str, Any] | None:
    """Return which words of the page tell the news when it is read out."""
    if not revision.standfirst:
        return None
    parts = [".story-header h1", ".standfirst"]
    return {"@type": "SpeakableSpecification", "cssSelector": parts}


def _people(byline: Iterable[Name]) -> dict[str, list[dict[str, str]]]:
    parts = {str(role.label): name for role, name in _PARTS.items()}
    people: dict[str, list[dict[str, str]]] = {}
    for name in byline:
        person = {"@type": "Person", "name": str(name)}
        if name.author:
            person["url"] = absolute(name.author.get_absolute_url())
        people.setdefault(parts.get(name.role, "author"), []).append(person)
    return people


def _pictures(image: Image | None) -> list[dict[str, Any]]:
    if image is None:
        return []
    about = {
        "@type": "ImageObject",
        "caption": image.alt,
        "creator": {"@type": "Person", "name": image.credit} if image.credit else None,
        "creditText": image.credit,
        # As the page says it under the picture, where nobody wrote another notice.
        "copyrightNotice": image.copyright or (image.credit and f"© {image.credit}"),
        "license": _licence(image),
        "acquireLicensePage": image.source_url or _licence(image),
    }
    widest = [
        (image.rendered(crop, "jpeg") or image.rendered(crop))[-1:] for crop in CROPS
    ]
    found = [size for sizes in widest for size in sizes]
    return [
        _said(
            {
                **about,
                "url": absolute(size.file.url),
                "contentUrl": absolute(size.file.url),
                "width": size.width,
                "height": size.height,
            }
        )
        for size in found
    ]


def _licence(image: Image) -> str:
    """Return the address of a Creative Commons licence; "" for any other."""
    common = _COMMONS.fullmatch(image.licence.strip())
    if not common:
        return ""
    name, version = common.groups()
    kind = "publicdomain/zero" if name == "0" else f"licenses/{name.lower()}"
    return f"https://creativecommons.org/{kind}/{version}/"


def _card(story: StoryPage, publication: Publication) -> dict[str, Any]:
    card = social_cards.card_of(story.article, story.revision, publication)
    return {
        "@type": "ImageObject",
        "url": absolute(card.get_absolute_url()),
        "width": social_cards.WIDTH,
        "height": social_cards.HEIGHT,
    }


def _audio(recording: Recording, first: datetime | None) -> dict[str, Any]:
    return _said({"@type": "AudioObject", **_recorded(recording, first)})


def _video(
    recording: Recording,
    first: datetime | None,
    story: StoryPage,
    publication: Publication,
) -> dict[str, Any]:
    """Return a film, which needs a still: its poster, the lead image or the card."""
    stills = _pictures(story.posters.get(recording.pk)) or _pictures(story.lead_image)
    stills = stills or [_card(story, publication)]
    return _said(
        {
            "@type": "VideoObject",
            **_recorded(recording, first),
            "thumbnailUrl": [one["url"] for one in stills],
            "width": recording.width,
            "height": recording.height,
        }
    )


def _recorded(recording: Recording, first: datetime | None) -> dict[str, Any]:
    seconds = recording.seconds
    return {
        "name": recording.title,
        "description": recording.description or recording.title,
        "contentUrl": absolute(recording.file.url),
        "encodingFormat": recording.type,
        "duration": f"PT{seconds}S" if seconds else "",
        "uploadDate": _time(first),
        "creditText": recording.credit,
    }


def _correction(note: Correction) -> dict[str, str | None]:
    return {
        "@type": "CorrectionComment",
        "text": note.text,
        "datePublished": _time(note.published_at),
        "url": absolute(note.get_absolute_url()),
    }


def _time(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
