"""Ask the index: which stories readers may see hold the words, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.search.index import REVISION_BITS, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.search.questions import Question

HITS_A_PAGE = 20
MOST_PAGES = 50
MOST_HITS = HITS_A_PAGE * MOST_PAGES  # counted, ranked and shown: the newest ones


class Order(TextChoices):
    """Which of the stories found come first."""

    NEWEST = "newest", _("Newest first")
    RELEVANCE = "relevance", _("Best match first")


@dataclass(frozen=True)
class Hit:
    """A story that was found, and what its shown revision says."""

    article: int
    headline: str
    standfirst: str
    text: str


@dataclass(frozen=True)
class Hits:
    """One page of what was found, and how many there are, at most ``MOST_HITS`` + 1."""

    rows: Sequence[Hit]
    total: int

    @property
    def are_more(self) -> bool:
        """Whether there are more than are counted."""
        return self.total > MOST_HITS

    @property
    def pages(self) -> int:
        """The number of pages that there are."""
        return -(-min(self.total, MOST_HITS) // HITS_A_PAGE)


def find(
    question: Question, *, at: datetime, page: int = 1, order: str = Order.NEWEST
) -> Hits:
    """Return one page of the stories that readers may see at ``at``: one query.

    It reads no more than the newest ``MOST_HITS`` stories that hold the words, and the
    same ones for each page; by relevance it ranks those. ``page`` counts from 1; of
    one that there is not, the total is 0 too.
    """
    found, parameters = _found(question, at=at, is_ranked=order == Order.RELEVANCE)
    by = "rank DESC, place DESC" if order == Order.RELEVANCE else "place DESC"
    statement = f"""
        WITH found AS MATERIALIZED ({found} ORDER BY place DESC LIMIT {MOST_HITS + 1}),
        counted AS (SELECT COUNT(*) AS total FROM found),
        chosen AS (
            SELECT * FROM found ORDER BY {by} LIMIT {HITS_A_PAGE} OFFSET %s
        )
        SELECT chosen.article, says.headline, says.standfirst, says.text, counted.total
        FROM chosen
        JOIN articles_revision says ON says.id = chosen.revision
        CROSS JOIN counted
        ORDER BY {by}
    """  # noqa: S608  # put together of our own texts; what was typed is a parameter
    rows = _rows(statement, [*parameters, (page - 1) * HITS_A_PAGE])
    total = rows[0][-1] if rows else 0
    return Hits([Hit(*row[:-1]) for row in rows], total)


def are_found(questions: Sequence[Question], *, at: datetime) -> list[bool]:
    """Tell of each question whether anything is found: one query, none for none."""
    if not questions:
        return []
    # PostgreSQL would look for one hit by reading entries until it meets one; planned
    # for as many as a page reads, it goes by the index. SQLite stops at the first.
    how = "MATERIALIZED" if connection.vendor == "postgresql" else "NOT MATERIALIZED"
    each, parameters = [], []
    for question in questions:
        found, of_its_own = _found(question, at=at, is_ranked=False)
        found = f"{found} ORDER BY place DESC LIMIT {MOST_HITS + 1}"
        one = f"WITH found AS {how} ({found}) SELECT 1 FROM found"  # noqa: S608
        each.append(f"EXISTS ({one})")
        parameters += of_its_own
    return [bool(told) for told in _rows(f"SELECT {', '.join(each)}", parameters)[0]]


def _found(
    question: Question, *, at: datetime, is_ranked: bool
) -> tuple[str, list[Any]]:
    """Return the query for what holds the words and is shown at ``at``, unordered."""
    # Nothing of a later minute is live: embargoed stories are not even looked at.
    last = min(at, _moment(question.until, time(23, 59))) if question.until else at
    until = place(last) + (1 << REVISION_BITS)
    since = place(_moment(question.since, time())) if question.since else -(1 << 63)
    stories = Article.objects.live(at).with_shown_id(at).order_by()
    names = ("id", "shown_id")
    shown, of_shown = stories.values_list(*names).query.sql_with_params()
    ask = {"sqlite": _ask_sqlite, "postgresql": _ask_postgresql}[connection.vendor]
    asked = ask(question, shown)
    statement = f"""
        SELECT {asked.place} AS place, entry.article_id AS article,
               entry.revision_id AS revision
               {f", {asked.rank} AS rank" if is_ranked else ""}
        FROM {asked.hits}
        AND {asked.place} >= %s AND {asked.place} < %s
    """  # noqa: S608
    return statement, [
        *(asked.for_rank if is_ranked else ()),
        *of_shown,
        asked.words,
        since,
        until,
    ]


def _moment(day: date, of_day: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, of_day))


class _Asked(NamedTuple):
    """What differs between databases; ``hits`` takes what ``shown`` does, then ``words``."""

    hits: str
    words: str
    place: str
    rank: str
    for_rank: list[str]


def _ask_sqlite(question: Question, shown: str) -> _Asked:
    # CROSS JOIN is an order here: hits first, in theirs, until there are enough.
    hits = f"""
        articles_search
        CROSS JOIN articles_searchentry entry
        CROSS JOIN ({shown}) shown
        WHERE entry.id = articles_search.rowid
        AND shown.id = entry.article_id AND shown.shown_id = entry.revision_id
        AND articles_search MATCH %s
    """
    return _Asked(
        hits=hits,
        words=question.for_sqlite(),
        place="articles_search.rowid",
        rank="-bm25(articles_search, 10.0, 1.0, 0.0)",
        for_rank=[],
    )


def _ask_postgresql(question: Question, shown: str) -> _Asked:
    # LIMIT keeps the planner from a join: it would expect to find one story in all, not
    # nearly every hit, and read through both tables instead of stopping in time.
    hits = f"""
        articles_searchentry entry
        CROSS JOIN LATERAL (
            SELECT FROM ({shown}) shown
            WHERE shown.id = entry.article_id AND shown.shown_id = entry.revision_id
            LIMIT 1
        ) readers
        WHERE entry.vector @@ %s::tsquery
    """
    words = question.for_postgresql()
    return _Asked(
        hits=hits,
        words=words,
        place="entry.id",
        rank="ts_rank(entry.vector, %s::tsquery)",
        for_rank=[words],
    )


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
