"""Gather what one story's page shows, in as many queries as there are kinds of thing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from articles import body
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Image,
    Rendition,
    Revision,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Name:
    """One person in a byline: their part in words, and an author or a guest's name."""

    role: str
    author: Author | None
    guest: str = ""

    def __str__(self) -> str:
        return self.author.name if self.author else self.guest


@dataclass(frozen=True)
class Link:
    """One link after the story: to a story of ours, or elsewhere."""

    title: str
    url: str
    article: Article | None = None


@dataclass(frozen=True)
class StoryPage:
    """Everything a template needs of one revision of one story."""

    article: Article
    revision: Revision
    byline: Sequence[Name]
    lead_image: Image | None
    body: SafeString
    related: Sequence[Link]
    tags: Sequence[Tag]
    updated_at: datetime | None
    retraction: Correction | None
    corrections_above: Sequence[Correction]
    corrections_below: Sequence[Correction]


def gather(article: Article, revision: Revision, at: datetime) -> StoryPage:
    """Return the page of ``revision`` as readers see it at ``at``, in five queries.

    Images without a rendition yet, or whose licence has ended, and stories that are
    not live, are left out.
    """
    named = body.references_of(revision.body)
    leading = {revision.lead_image_id} if revision.lead_image_id else set()
    images = _images({*named.images} | leading, at)
    linked = [link["article"] for link in revision.related if "article" in link]
    stories = (
        Article.objects.live(at).for_links().in_bulk({*named.articles, *linked})
        if named.articles or linked
        else {}
    )
    notes = notes_of(article, at)
    retraction = next(
        (one for one in reversed(notes) if one.kind == Correction.Kind.RETRACTION), None
    )
    others = [one for one in notes if one != retraction]
    return StoryPage(
        article=article,
        revision=revision,
        byline=_byline(revision),
        lead_image=images.get(revision.lead_image_id or 0),
        body=body.render(
            revision.body,
            images=images,
            articles=stories,
            is_sponsored=revision.is_sponsored,
        ),
        related=list(_links(revision, stories, at)),
        tags=list(article.tags.all()) if article.pk else [],
        updated_at=max(
            filter(None, (article.updated_at, *(one.published_at for one in notes))),
            default=None,
        ),
        retraction=retraction,
        corrections_above=[one for one in others if one.stands_above],
        corrections_below=[one for one in others if not one.stands_above],
    )


def notes_of(article: Article, at: datetime) -> list[Correction]:
    """Return the notes to readers of a story at ``at``, oldest first: one query."""
    if not article.pk:
        return []  # a preview of what was never saved
    return list(article.corrections.standing(at).with_comparison(at))


def _images(ids: set[int], at: datetime) -> dict[int, Image]:
    # By their renditions, which bring the image along: one query, not two.
    sizes = defaultdict(list)
    licensed = Image.objects.licensed(at).filter(pk__in=ids)
    for size in Rendition.objects.filter(image__in=licensed).select_related("image"):
        sizes[size.image_id].append(size)
    images = {}
    for pk, renditions in sizes.items():
        images[pk] = renditions[0].image
        images[pk].sizes = renditions
    return images


def _byline(revision: Revision) -> list[Name]:
    authors = Author.objects.in_bulk(
        [line["author"] for line in revision.byline if "author" in line]
    )
    return [
        Name(
            role=str(Byline.Role(line["role"]).label),
            author=authors.get(line.get("author")),
            guest=line.get("guest", ""),
        )
        for line in revision.byline
        if "guest" in line or line["author"] in authors
    ]


def _links(
    revision: Revision, stories: dict[int, Article], at: datetime
) -> Sequence[Link]:
    links = []
    for link in revision.related:
        if "url" in link:
            links.append(Link(link["title"], link["url"]))
        elif story := stories.get(link["article"]):
            shown = story.shown(at)
            if shown:
                links.append(Link(shown.headline, story.get_absolute_url(), story))
    return links
