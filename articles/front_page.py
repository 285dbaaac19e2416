"""Which stories stand where on the front page and on a section's, and who says so.

Editors fill places by hand; the others fill themselves with what is newest. No story
stands twice on a page. What is not live is left out, and its place fills itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from articles.cards import cards_of
from articles.models import Article, FrontSlot, Rendition, Section
from newsroom.compiled import Compiled, examples
from newsroom.models import Event, Publication, move_site_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from newsroom.models import User

BESIDE = 3  # stories next to the one that leads
BELOW = 4  # in the row under them
PLACES = 1 + BESIDE + BELOW  # that an editor may fill
LATEST = 6  # headlines
IN_A_BLOCK = 4  # stories of one section
NEWEST = [f"newest_{place}" for place in range(IN_A_BLOCK)]
SECTION_PLACES = 4  # that an editor may fill on a section's page

A_TIME = datetime(1605, 1, 2, tzinfo=UTC)  # an example of one


class ArrangedMeanwhile(Exception):
    """A colleague arranged the page after this editor began."""


@dataclass(frozen=True)
class Block:
    """A section on the front page: its newest stories that do not stand above."""

    section: Section
    lead: Article
    others: Sequence[Article]


@dataclass(frozen=True)
class Front:
    """All stories of the front page, each in its place."""

    lead: Article | None
    beside: Sequence[Article]
    below: Sequence[Article]
    latest: Sequence[Article]
    blocks: Sequence[Block]

    @property
    def stories(self) -> list[Article]:
        """All of them, in no order that matters."""
        lead = [self.lead] if self.lead else []
        in_blocks = [
            one for block in self.blocks for one in (block.lead, *block.others)
        ]
        return [*lead, *self.beside, *self.below, *self.latest, *in_blocks]


@dataclass(frozen=True)
class Place:
    """What an editor puts into a place, and until when (aware); None: for good."""

    article: Article
    until: datetime | None = None


def gather(at: datetime) -> Front:
    """Return the front page at ``at``, in as many queries for one story as for many."""
    chosen = chosen_ids(at)
    most = PLACES + LATEST + len(chosen)
    others = [pk for pk in _newest(most).all(at) if pk not in chosen.values()]
    top = filled(chosen, others, PLACES)
    latest = [pk for pk in others if pk not in top][:LATEST]
    in_sections = _newest_by_section(at, used={*top, *latest})
    wanted = {*top, *latest}.union(*in_sections.values())
    stories = cards_of(wanted, at)
    shown = [stories[pk] for pk in top if pk in stories]
    return Front(
        lead=shown[0] if shown else None,
        beside=shown[1 : 1 + BESIDE],
        below=shown[1 + BESIDE :],
        latest=[stories[pk] for pk in latest if pk in stories],
        blocks=[
            _block(section, [stories[pk] for pk in ids if pk in stories], at)
            for section, ids in in_sections.items()
            if any(pk in stories for pk in ids)
        ],
    )


@lru_cache(maxsize=64)
def _newest(most: int) -> Compiled:
    """Return the query for the ids of so many of the newest stories."""
    return Compiled(
        lambda at: (
            Article.objects.live(at).newest_first().values_list("pk", flat=True)[:most]
        ),
        A_TIME,
    )


def standing(section: Section | None, at: datetime, places: int) -> list[Article]:
    """Return the stories in the first ``places`` of a page at ``at``, for links."""
    live = Article.objects.live(at)
    if section:
        live = live.filter(section=section)
    chosen = chosen_ids(at, section)
    newest = live.newest_first().values_list("pk", flat=True)[: places + len(chosen)]
    ids = filled(chosen, [pk for pk in newest if pk not in chosen.values()], places)
    found = live.for_links().in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def chosen_ids(at: datetime, section: Section | None = None) -> dict[int, int]:
    """Return by place the ids of the stories that editors chose and readers may see.

    A story that moved to another section has left the page of its old one.
    """
    return dict(_OF_SECTION.all(at, section.pk) if section else _OF_FRONT.all(at))


def _chosen(at: datetime, section: int | None = None) -> QuerySet[Any]:
    # A look at each chosen story: “in” would make a list of all that are live.
    live = Article.objects.live(at).filter(pk=OuterRef("article"))
    if section:
        live = live.filter(section=section)
    slots = _slots(section, at).filter(Exists(live))
    return slots.values_list("position", "article_id")


_OF_FRONT = Compiled(_chosen, A_TIME)
_OF_SECTION = Compiled(_chosen, A_TIME, *examples(1))


def slots_of(section: Section | None, at: datetime) -> QuerySet[FrontSlot]:
    """Return the places that are filled by hand at ``at``, live stories or not."""
    return _slots(section.pk if section else None, at)


def _slots(section: int | None, at: datetime) -> QuerySet[FrontSlot]:
    holding = Q(until=None) | Q(until__gt=at)
    slots = FrontSlot.objects.filter(holding, section=section)
    most = SECTION_PLACES if section else PLACES
    return slots.filter(position__lte=most).order_by("position")


def filled(chosen: Mapping[int, int], others: Iterable[int], places: int) -> list[int]:
    """Return ids for ``places`` places: those chosen, and ``others`` in the gaps."""
    rest = iter(others)
    ids = [chosen.get(place) or next(rest, None) for place in range(1, places + 1)]
    return [pk for pk in ids if pk is not None]


def with_chosen_first(
    stories: Sequence[Article], section: Section, at: datetime
) -> list[Article]:
    """Return the first page of ``section``: those chosen in their places, the rest after.

    ``stories`` are its newest. At most four queries more: for those chosen, and for the
    cards of older ones among them.
    """
    chosen = chosen_ids(at, section)
    known = {one.pk: one for one in stories}
    older = set(chosen.values()) - set(known)
    if older:
        known |= cards_of(older, at)
    chosen = {place: pk for place, pk in chosen.items() if pk in known}
    others = [one.pk for one in stories if one.pk not in chosen.values()]
    return [known[pk] for pk in filled(chosen, others, max(len(known), SECTION_PLACES))]


def state_of(section: Section | None, at: datetime) -> str:
    """Return a digest of what is filled by hand, to notice that a colleague changed it."""
    rows = slots_of(section, at).values_list("position", "article_id", "until")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


def arrange(
    places: Mapping[int, Place],
    *,
    section: Section | None,
    editor: User | None,
    base: str | None = None,
) -> None:
    """Fill the places of a page by hand: those in ``places``, and no others.

    ``section`` is whose page; None: the front page. ``until`` of each place must be a
    whole minute. Raise ``ArrangedMeanwhile`` if ``base``, what ``state_of`` said when
    the editor began, is no longer so.
    """
    try:
        with transaction.atomic():
            _arrange(places, section, editor, base)
    except IntegrityError as error:  # two at once on a page that had no places yet
        raise ArrangedMeanwhile from error


def _arrange(
    places: Mapping[int, Place],
    section: Section | None,
    editor: User | None,
    base: str | None,
) -> None:
    slots = FrontSlot.objects.filter(section=section)
    before = {one.position: one.article_id for one in slots.select_for_update()}
    if base is not None and base != state_of(section, timezone.now()):
        raise ArrangedMeanwhile
    slots.delete()
    FrontSlot.objects.bulk_create(
        FrontSlot(
            section=section, position=number, article=place.article, until=place.until
        )
        for number, place in places.items()
    )
    Event.objects.record(
        editor,
        "arrange",
        section or Publication(pk=1, name=Publication.objects.current().name),
        before={str(number): pk for number, pk in before.items()},
        after={str(number): place.article.pk for number, place in places.items()},
    )
    move_site_version()


def _newest_by_section(at: datetime, used: set[int]) -> dict[Section, list[int]]:
    """Return the newest ids of each section that has any, without those ``used``.

    One query: each of the few places of a section is a look into its index.
    """
    found = {
        section: [pk for name in NEWEST if (pk := getattr(section, name))]
        for section in _by_section(len(used)).all(at, *used)
    }
    return {section: ids for section, ids in found.items() if ids}


@lru_cache(maxsize=64)
def _by_section(number: int) -> Compiled:
    """Return the query of ``_newest_by_section`` for so many ids that are used."""

    def write(at: datetime, *used: int) -> QuerySet[Section]:
        live = Article.objects.live(at).filter(section=OuterRef("pk"))
        newest = live.exclude(pk__in=used).newest_first().values("pk")
        columns = {
            name: Subquery(newest[place : place + 1])
            for place, name in enumerate(NEWEST)
        }
        return Section.objects.annotate(**columns)

    return Compiled(write, A_TIME, *examples(number))


def _block(section: Section, stories: list[Article], at: datetime) -> Block:
    # The newest one with a picture leads its block; among words alone, the newest.
    lead = next((one for one in stories if _has_picture(one, at)), stories[0])
    return Block(section, lead, [one for one in stories if one != lead])


def _has_picture(article: Article, at: datetime) -> bool:
    revision = article.shown(at)
    return bool(
        revision
        and revision.lead_image
        and revision.lead_image.rendered(Rendition.Crop.WIDE, at=at)
    )
