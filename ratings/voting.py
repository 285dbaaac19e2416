"""Voting: the only door by which a score comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from ratings.models import Rating, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

# A browser that keeps no cookie and sends twice is one reader pressing twice.
SAME_HAND = timedelta(seconds=10)


class VotingClosed(Exception):
    """The article takes no ratings, or no longer."""


@dataclass(frozen=True)
class Voter:
    """Who votes: the reader's hash, and what little is known of where from."""

    hash: str
    is_new: bool = False
    network_key: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a vote came to: the tally after it, and whether it replaced an older one."""

    tally: Tally
    is_change: bool


@transaction.atomic
def cast_vote(article: Article, *, voter: Voter, score: int) -> Outcome:
    """Record one reader's vote on ``article`` and return what it came to.

    ``score`` is in whole stars, 1 to 5; a second vote by one voter replaces the
    first. Raise ``VotingClosed`` if the article takes no ratings, and
    ``ValidationError`` for a score out of range: refused, so that bad clients show.
    """
    if not article.ratings_open:
        raise VotingClosed(article)
    tally = _locked_tally(article)
    vote = _earlier_vote(article, voter) or Rating(
        article=article, created_at=timezone.now()
    )
    is_change = vote.pk is not None and vote.score is not None
    old = vote.score
    vote.voter_hash = voter.hash
    vote.network_key, vote.browser = voter.network_key, voter.browser
    vote.score, vote.changed_at = score, timezone.now()
    # Fields alone: what the database holds for certain under the lock is not asked for.
    vote.clean_fields(exclude=["article"])
    vote.save()
    if vote.state == Rating.State.COUNTED:
        tally.move(old, score)
        tally.save()
    page_versions.move(article)
    return Outcome(tally, is_change)


@transaction.atomic
def withdraw_vote(article: Article, *, voter: Voter) -> Tally:
    """Take back what ``voter`` gave, if anything, and return the tally after it."""
    tally = _locked_tally(article)
    vote = article.ratings.filter(voter_hash=voter.hash).first()
    if vote and vote.score is not None:
        if vote.state == Rating.State.COUNTED:
            tally.move(vote.score, None)
            tally.save()
        vote.score, vote.changed_at = None, timezone.now()
        vote.save()
        page_versions.move(article)
    return tally


@transaction.atomic
def import_votes(article: Article, votes: Iterable[Rating]) -> Tally:
    """Store ``votes`` (unsaved, by readers new to the article) and return the tally.

    For imports and the demo alone: no reader, and nobody in the admin, comes here.
    """
    tally = _locked_tally(article)
    for vote in Rating.objects.bulk_create(votes):
        tally.move(None, vote.score)
    tally.save()
    page_versions.move(article)
    return tally


def _locked_tally(article: Article) -> Tally:
    # The tally's row is the lock: votes on one article wait for each other here.
    tally, _created = Tally.objects.select_for_update().get_or_create(article=article)
    return tally


def _earlier_vote(article: Article, voter: Voter) -> Rating | None:
    if not voter.is_new:
        return article.ratings.filter(voter_hash=voter.hash).first()
    return article.ratings.filter(
        network_key=voter.network_key,
        browser=voter.browser,
        created_at__gt=timezone.now() - SAME_HAND,
        state=Rating.State.COUNTED,
    ).first()
