"""Gather what one story's page shows, in as many queries as there are kinds of thing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles import body
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Image,
    Recording,
    Rendition,
    Revision,
    Tag,
)
from newsroom.compiled import Compiled, examples
from newsroom.remembered import remembered
from newsroom.renderings import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet
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
    recordings: Sequence[Recording]
    posters: Mapping[int, Image]  # of films, by the recording's id
    related: Sequence[Link]
    following: Article | None
    tags: Sequence[Tag]
    updated_at: datetime | None
    retraction: Correction | None
    corrections_above: Sequence[Correction]
    corrections_below: Sequence[Correction]


def key_of(article: Article, revision: Revision) -> str:
    """Return what tells the page of ``revision``, as it was read, from any other.

    What else ``gather`` finds is true for one number of the site: every act of this app
    moves that. So what a page shows beside comments and votes is remembered by this.
    """
    return digest_of(
        *(
            [one for one in vars(row).items() if one[0] != "_state"]
            for row in (article, revision)
        )
    )


def gather(article: Article, revision: Revision, at: datetime) -> StoryPage:
    """Return the page of ``revision`` as readers see it at ``at``.

    Of an article fetched by ``for_page`` it takes a query each for pictures, stories
    linked, and, where there are any, authors, recordings and notes to readers.

    Images without a rendition yet, or whose licence has ended, and stories that are
    not live, are left out.
    """
    named = body.references_of(revision.body)
    leading = {revision.lead_image_id} if revision.lead_image_id else set()
    recordings = Recording.objects.in_bulk(named.recordings) if named.recordings else {}
    posters = {one.poster_id for one in recordings.values() if one.poster_id}
    images = images_of({*named.images} | leading | posters, at)
    linked = [link["article"] for link in revision.related if "article" in link]
    stories, following = _stories_of(article, {*named.articles, *linked}, at)
    notes = notes_of(article, at)
    retraction = next(
        (one for one in reversed(notes) if one.kind == Correction.Kind.RETRACTION), None
    )
    others = [one for one in notes if one != retraction]
    return StoryPage(
        article=article,
        revision=revision,
        byline=byline_of(revision, authors_of([revision])),
        lead_image=images.get(revision.lead_image_id or 0),
        body=body.render(
            revision.body,
            images=images,
            articles=stories,
            recordings=recordings,
            is_sponsored=revision.is_sponsored,
        ),
        recordings=[recordings[pk] for pk in named.recordings if pk in recordings],
        posters={
            one.pk: poster
            for one in recordings.values()
            if (poster := images.get(one.poster_id or 0))
        },
        related=list(_links(revision, stories, at)),
        following=following,
        tags=_tags_of(article),
        updated_at=max(
            filter(None, (article.updated_at, *(one.published_at for one in notes))),
            default=None,
        ),
        retraction=retraction,
        corrections_above=[one for one in others if one.stands_above],
        corrections_below=[one for one in others if not one.stands_above],
    )


def _stories_of(
    article: Article, linked: set[int], at: datetime
) -> tuple[dict[int, Article], Article | None]:
    """Return the live stories among ``linked``, by id, and the one to read next.

    The latter is the next older one of the section that is live at ``at``, or else the
    newest. One query.
    """
    if not article.published_at:  # a preview
        links = Article.objects.live(at).for_links()
        return (links.in_bulk(linked) if linked else {}), None
    # A preview of what was never saved has no number: none is 0.
    place = article.section_id or 0, article.published_at, article.pk or 0
    found = _links_and_next(len(linked)).all(at, *place, *linked)
    following = next((story for story in found if story.pk == story.next_pk), None)
    return {story.pk: story for story in found}, following


@lru_cache(maxsize=64)
def _links_and_next(number: int) -> Compiled:
    """Return the query of ``_stories_of`` for so many linked stories."""
    at, published = datetime(1606, 1, 2, tzinfo=UTC), datetime(1605, 1, 2, tzinfo=UTC)
    section, pk, *linked = examples(2 + number)
    return Compiled(_write_links, at, section, published, pk, *linked)


def _write_links(
    at: datetime, section_id: int, published_at: datetime, pk: int, *linked: int
) -> QuerySet[Article]:
    live = Article.objects.live(at)
    others = live.filter(section=section_id).exclude(pk=pk).newest_first()
    same_time = Q(published_at=published_at, pk__lt=pk)
    older = others.filter(Q(published_at__lt=published_at) | same_time)
    chosen = Coalesce(
        Subquery(older.values("pk")[:1]), Subquery(others.values("pk")[:1])
    )
    return live.for_links().filter(pk__in=[*linked, chosen]).annotate(next_pk=chosen)


def _tags_of(article: Article) -> Sequence[Tag]:
    if not article.pk:
        return []
    shown = getattr(article, "tags_shown", None)
    if shown is None and "tags_shown" not in vars(article):
        return list(article.tags.all())
    return sorted((Tag(**one) for one in shown or []), key=lambda tag: tag.name)


def notes_of(article: Article, at: datetime) -> list[Correction]:
    """Return the notes to readers of a story at ``at``, oldest first: one query."""
    if not (article.pk and getattr(article, "has_notes", True)):
        return []  # a preview of what was never saved, or there are none
    return list(article.corrections.standing(at).with_comparison(at))


def images_of(ids: set[int], at: datetime) -> dict[int, Image]:
    """Return the images that readers may see at ``at``, by id, with their renditions."""
    # By their renditions, which bring the image along: one query, not two.
    sizes = defaultdict(list)
    found = _sizes(len(ids)).all(timezone.localdate(at), *ids) if ids else []
    for size in found:
        sizes[size.image_id].append(size)
    images = {}
    for pk, renditions in sizes.items():
        images[pk] = renditions[0].image
        images[pk].sizes = renditions
    return images


@lru_cache(maxsize=64)
def _sizes(number: int) -> Compiled:
    """Return the query of ``images_of`` for so many images."""
    return Compiled(_write_sizes, date(1605, 1, 2), *examples(number))


def _write_sizes(day: date, *ids: int) -> QuerySet[Rendition]:
    licensed = Image.objects.licensed_on(day).filter(pk__in=ids)
    return Rendition.objects.filter(image__in=licensed).select_related("image")


def authors_of(revisions: Iterable[Revision]) -> dict[int, Author]:
    """Return the authors whom the bylines of ``revisions`` name, by id: one query."""
    lines = (line for revision in revisions for line in revision.byline)
    return _authors(frozenset(line["author"] for line in lines if "author" in line))


@remembered
def _authors(ids: frozenset[int]) -> dict[int, Author]:
    return Author.objects.in_bulk(ids)


def byline_of(revision: Revision, authors: Mapping[int, Author]) -> list[Name]:
    """Return the people over ``revision``, in order; ``authors`` are those there are."""
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
