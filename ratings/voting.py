"""Voting: the only door by which a score comes in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from newsroom import rows
from newsroom.compiled import Compiled
from ratings.models import DayTally, Rating, RatingSettings, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# A browser that keeps no cookie and sends twice is one reader pressing twice.
SAME_HAND = timedelta(seconds=10)


class NotLive(Exception):
    """Readers cannot see the article: it is a draft, or went away."""


class VotingClosed(Exception):
    """The article takes no ratings, or no longer."""


@dataclass(frozen=True)
class Voter:
    """Who votes: the reader's hash, and what little is known of where from.

    ``is_new`` has no cookie yet; ``since`` is when a cookie was made (aware).
    """

    hash: str
    is_new: bool = False
    since: datetime | None = None
    network_key: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a vote came to: the tally after it, and whether it replaced an older one."""

    article: Article
    tally: Tally
    settings: RatingSettings
    is_change: bool
    page_number: int


def cast_vote(article_id: int, *, voter: Voter, score: int) -> Outcome:
    """Record one reader's vote on an article and return what it came to.

    ``score`` is in whole stars, 1 to 5; a second vote by one voter replaces the
    first. Raise ``NotLive`` or ``VotingClosed`` if the article takes no ratings, and
    ``ValidationError`` for a score out of range: refused, so that bad clients show.
    One transaction of at most six queries.
    """
    try:
        return _cast_vote(article_id, voter, score)
    except IntegrityError:
        # Two first votes at one moment both made the row that they lock: now it is there.
        return _cast_vote(article_id, voter, score)


@transaction.atomic
def _cast_vote(article_id: int, voter: Voter, score: int) -> Outcome:
    tally, settings = _locked(article_id)
    article, now = tally.article, timezone.now()
    if not article.is_live():
        raise NotLive(article)
    if not is_open(article, settings, now):
        raise VotingClosed(article)
    earlier = None if tally._state.adding else _earlier_vote(article, voter, now)
    vote = earlier or Rating(article=article, created_at=now)
    is_change = earlier is not None and earlier.score is not None
    before = Counter({vote.score: -1})
    tally.count(vote, -1)
    vote.voter_hash = voter.hash
    vote.network_key, vote.browser = voter.network_key, voter.browser
    fresh_for = timedelta(minutes=settings.fresh_minutes)
    is_young = voter.since is not None and now - voter.since < fresh_for
    vote.is_fresh = voter.is_new or is_young
    vote.score, vote.changed_at = score, now
    # Fields alone: what the database holds for certain under the lock is not asked for.
    vote.clean_fields(exclude=["article", "burst"])
    tally.count(vote, 1)
    rows.save(tally)
    rows.save(vote)
    if vote.state == Rating.State.COUNTED:
        before[score] += 1
        move_day(article.pk, day_of(vote), before)
    number = page_versions.move(article)
    return Outcome(article, tally, settings, is_change, number)


def withdraw_vote(article_id: int, *, voter: Voter) -> Outcome:
    """Take back what ``voter`` gave, if anything, and return the tally after it.

    Also where no new votes are taken. Raise ``NotLive`` if readers cannot see the
    article.
    """
    with transaction.atomic():
        tally, settings = _locked(article_id)
        article = tally.article
        if not article.is_live():
            raise NotLive(article)
        vote = article.ratings.filter(voter_hash=voter.hash).first()
        if vote is None or vote.score is None:
            number = page_versions.number_of(article)
            return Outcome(
                article, tally, settings, is_change=False, page_number=number
            )
        tally.count(vote, -1)
        if vote.state == Rating.State.COUNTED:
            move_day(article.pk, day_of(vote), Counter({vote.score: -1}))
        vote.score, vote.changed_at = None, timezone.now()
        tally.save()
        vote.save()
        number = page_versions.move(article)
        return Outcome(article, tally, settings, is_change=True, page_number=number)


@transaction.atomic
def import_votes(article: Article, votes: Iterable[Rating]) -> Tally:
    """Store ``votes`` (unsaved, by readers new to the article) and return the tally.

    For imports and the demo alone: no reader, and nobody in the admin, comes here.
    """
    tally = locked_tally(article)
    days: dict[date, Counter[int | None]] = {}
    for vote in Rating.objects.bulk_create(votes):
        tally.count(vote, 1)
        if vote.state == Rating.State.COUNTED:
            days.setdefault(day_of(vote), Counter())[vote.score] += 1
    tally.save()
    for day, change in days.items():
        move_day(article.pk, day, change)
    page_versions.move(article)
    return tally


def is_open(article: Article, settings: RatingSettings, at: datetime) -> bool:
    """Tell whether readers may rate at ``at`` (aware)."""
    if not article.ratings_open:
        return False
    if not (settings.close_after_days and article.published_at):
        return True
    return at - article.published_at < timedelta(days=settings.close_after_days)


def locked_tally(article: Article) -> Tally:
    """Return the article's tally, locked: votes on one article wait for each other."""
    tally, _created = Tally.objects.select_for_update().get_or_create(article=article)
    return tally


def day_of(vote: Rating) -> date:
    """Return the day (UTC) that a vote is counted under: that it was first given on."""
    return vote.created_at.astimezone(UTC).date()


def move_day(article_id: int, day: date, change: Counter[int | None]) -> None:
    """Add ``change``, votes by their stars, to the tally of one day: one upsert."""
    by = [change[stars] for stars in range(1, 6)]
    if not any(by):
        return
    columns = [f"stars_{stars}" for stars in range(1, 6)]
    table = DayTally._meta.db_table
    moved = ", ".join(f"{name} = {table}.{name} + %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (article_id, day, {', '.join(columns)})"  # noqa: S608  # names of our own
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            f" ON CONFLICT (day, article_id) DO UPDATE SET {moved}",
            [article_id, day, *(max(number, 0) for number in by), *by],
        )


def _locked(article_id: int) -> tuple[Tally, RatingSettings]:
    """Return the tally, locked, with its article, and the settings: in one query.

    For the first vote on an article there is no row to lock; a new one is returned.
    """
    if found := _TALLY.first(article_id):
        return found, RatingSettings(**(found.settings or {}))
    article = _ARTICLE.first(article_id)
    if article is None:
        raise NotLive(article_id)
    return Tally(article=article), RatingSettings(**(article.settings or {}))


_TALLY = Compiled(
    lambda pk: (
        Tally.objects.select_for_update(of=("self",))
        .select_related("article")
        .defer("article__body")
        .filter(pk=pk)
        .annotate(settings=RatingSettings.objects.as_column())
    ),
    -1605,
)
_ARTICLE = Compiled(
    lambda pk: (
        Article.objects.filter(pk=pk)
        .defer("body")
        .annotate(settings=RatingSettings.objects.as_column())
    ),
    -1605,
)


def _earlier_vote(article: Article, voter: Voter, now: datetime) -> Rating | None:
    if not voter.is_new:
        return _BY_HASH.first(article.pk, voter.hash)
    # Also one that was set aside: sending it again does not make it count.
    return _BY_BROWSER.first(
        article.pk, voter.network_key, voter.browser, now - SAME_HAND
    )


_BY_HASH = Compiled(
    lambda pk, voter: Rating.objects.filter(article=pk, voter_hash=voter),
    *(-1605, "a hash"),
)
_BY_BROWSER = Compiled(
    lambda pk, network, browser, since: Rating.objects.filter(
        article=pk, network_key=network, browser=browser, created_at__gt=since
    ).order_by("pk")[:1],
    *(-1605, "a network", "a browser", datetime(1605, 1, 2, tzinfo=UTC)),
)
