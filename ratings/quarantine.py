"""Votes that look as if few people gave many: found, set aside, and decided on.

The rules and their sums are explained in docs/ratings.md. Each looks at the last 24
hours; what it suspects leaves the average at once and waits for a moderator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from newsroom.models import Event
from ratings.models import STARS, Burst, Rating, RatingSettings, Tally
from ratings.voting import day_of, locked_tally, move_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from newsroom.models import User
    from ratings.voting import Outcome

Rule = Burst.Rule
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
CHANCE = 0.001  # of a network that votes with one voice by itself
# How readers rate where nobody has yet: votes enough that one ring does not decide.
PRIOR = {1: 4, 2: 3, 3: 5, 4: 9, 5: 9}
NETWORK_PERCENT = 10  # of a story's votes of a day, by one network
PACE_PERCENT = 80  # of one score among the new readers of an hour
EVERY = 25  # votes; the rules that read many rows are asked once in so many, at most


def counters(article_id: int, network: str) -> dict[str, timedelta]:
    """Return what to count with a vote, by name and window: see ``limits``."""
    return {
        f"votes:{network}:{article_id}": A_DAY,
        f"votes-across:{network}": A_DAY,
        f"votes-hour:{article_id}": AN_HOUR,
        f"votes-day:{article_id}": A_DAY,
    }


def look_at(outcome: Outcome, network: str, counted: dict[str, int]) -> None:
    """Ask the rules that ``counted`` gives reason to ask, after a vote.

    ``counted`` is what ``limits`` counted of ``counters``. An ordinary vote costs no
    query here. Call it outside the vote's transaction.
    """
    article, settings = outcome.article, outcome.settings
    here = counted[f"votes:{network}:{article.pk}"]
    if here >= min(settings.alike_votes, settings.network_votes):
        look_at_network(article, network, settings)
    across = counted[f"votes-across:{network}"]
    if across >= settings.across_votes and _is_turn(across):
        look_across(network, settings)
    hour, day = counted[f"votes-hour:{article.pk}"], counted[f"votes-day:{article.pk}"]
    if hour >= settings.pace_votes and _is_turn(hour):
        look_at_pace(article, settings)
    if _is_turn(day):
        look_for_ring(article, settings)


def _is_turn(number: int) -> bool:
    """Tell whether a rule that reads ``number`` votes is asked after this one.

    It is asked again when there are a twentieth to a tenth more, so that a vote costs the
    same on the busiest day.
    """
    step = EVERY
    while step * 20 <= number:
        step *= 2
    return number % step == 0


def look_at_network(
    article: Article, network: str, settings: RatingSettings, at: datetime | None = None
) -> Burst | None:
    """Set aside what one network gave one story, if it is too much or too much alike."""
    of_the_day = _last(A_DAY, at).filter(article=article)
    votes = of_the_day.filter(network_key=network)
    scores = _scores(votes)
    total = sum(scores.values())
    # A gateway of mobile phones may bring more, to a story that everybody reads.
    if total > settings.network_votes and total * 100 > (
        of_the_day.count() * NETWORK_PERCENT
    ):
        return _set_aside(votes, Rule.NETWORK, article=article, network=network)
    score, alike = max(scores.items(), key=lambda pair: pair[1], default=(0, 0))
    if total >= settings.alike_votes and alike * 100 >= total * settings.alike_percent:
        votes = votes.filter(score=score)
        return _set_aside(
            votes, Rule.ALIKE, article=article, network=network, score=score
        )
    return None


def look_across(
    network: str, settings: RatingSettings, at: datetime | None = None
) -> Burst | None:
    """Set aside what one network gave many stories, if nearly all of it is equal."""
    votes = _last(A_DAY, at).filter(network_key=network)
    scores = _scores(votes)
    total = sum(scores.values())
    score, alike = max(scores.items(), key=lambda pair: pair[1], default=(0, 0))
    if total >= settings.across_votes and alike * 100 >= total * settings.alike_percent:
        votes = votes.filter(score=score)
        return _set_aside(votes, Rule.ACROSS, network=network, score=score)
    return None


def look_at_pace(
    article: Article, settings: RatingSettings, at: datetime | None = None
) -> Burst | None:
    """Set aside an hour's equal votes by new readers, if the story never saw the like.

    Many votes alone are a story that is read; they are suspected when the new readers
    are of one voice, and the readers before them were not.
    """
    at = at or timezone.now()
    votes = _last(AN_HOUR, at).filter(article=article)
    scores, fresh, counted = Counter[int](), Counter[int](), Counter[int]()
    rows = votes.values_list("score", "is_fresh", "state").annotate(Count("pk"))
    for score, is_fresh, state, number in rows.order_by():
        scores[score] += number
        if is_fresh:
            fresh[score] += number
        if state == Rating.State.COUNTED:
            counted[score] += number
    total = sum(scores.values())
    published = article.published_at or at
    hours = max((at - published) / AN_HOUR - 1, 1)
    usual = _counts_of(article) - counted
    pace = max(sum(usual.values()) / hours, 1)
    if total < settings.pace_votes or total < settings.pace_times * pace:
        return None
    score, alike = max(fresh.items(), key=lambda pair: pair[1], default=(0, 0))
    share = _share(usual, score)
    is_of_one_voice = alike * 100 >= sum(fresh.values()) * PACE_PERCENT
    if not score or not is_of_one_voice or alike < 2 * share * sum(fresh.values()):
        return None
    votes = votes.filter(is_fresh=True, score=score)
    return _set_aside(votes, Rule.PACE, article=article, score=score)


def look_for_ring(
    article: Article, settings: RatingSettings, at: datetime | None = None
) -> Burst | None:
    """Set aside the votes of networks that each gave one score and nothing else.

    A network counts if all its new readers gave the same score s, and p^n < 0.001,
    where n is how many they are and p the share of s among all other readers: chance
    gives that once in a thousand networks.
    """
    votes = _last(A_DAY, at).filter(article=article, is_fresh=True)
    by_network: dict[str, Counter[int]] = defaultdict(Counter)
    counted = Counter[str]()
    rows = votes.values_list("network_key", "score", "state").annotate(Count("pk"))
    for network, score, state, number in rows.order_by():
        by_network[network][score] += number
        if state == Rating.State.COUNTED:
            counted[network] += number
    alike = [
        (network, next(iter(scores.items())))
        for network, scores in by_network.items()
        if len(scores) == 1
    ]
    counts = _counts_of(article)
    for score in STARS:
        suspects = {network: n for network, (given, n) in alike if given == score}
        theirs = Counter({score: sum(counted[network] for network in suspects)})
        usual = counts - theirs
        share = _share(usual, score)
        ring = [network for network, n in suspects.items() if share**n < CHANCE]
        if len(ring) >= settings.ring_networks:
            found = votes.filter(network_key__in=ring, score=score)
            return _set_aside(found, Rule.RING, article=article, score=score)
    return None


@transaction.atomic
def release(burst: Burst, *, moderator: User | None, reason: str) -> int:
    """Let the votes of ``burst`` count again; return how many there are."""
    return _decide(burst, Burst.State.RELEASED, Rating.State.COUNTED, moderator, reason)


@transaction.atomic
def remove(burst: Burst, *, moderator: User | None, reason: str) -> int:
    """Count the votes of ``burst`` no more, for good; return how many there are."""
    return _decide(burst, Burst.State.REMOVED, Rating.State.REMOVED, moderator, reason)


class DecidedAlready(Exception):
    """Another moderator was quicker."""


def _decide(
    burst: Burst,
    outcome: Burst.State,
    state: Rating.State,
    moderator: User | None,
    reason: str,
) -> int:
    held = Burst.objects.select_for_update().get(pk=burst.pk)
    if held.state != Burst.State.WAITING:
        raise DecidedAlready(held)
    changed = _give_state(held.votes.filter(state=Rating.State.QUARANTINED), state)
    held.state, held.reason = outcome, reason
    held.decided_at, held.decided_by = timezone.now(), moderator
    held.save()
    Event.objects.record(
        moderator,
        f"{'release' if state == Rating.State.COUNTED else 'remove'} votes",
        held,
        reason=reason,
        after={"votes": changed},
    )
    return changed


@transaction.atomic
def _set_aside(
    votes: QuerySet[Rating],
    rule: Burst.Rule,
    *,
    article: Article | None = None,
    network: str = "",
    score: int | None = None,
) -> Burst | None:
    """Put ``votes`` that still count into a waiting burst; None if all are in one.

    What a moderator has released is not suspected again.
    """
    found = votes.filter(state=Rating.State.COUNTED, burst=None)
    subject = {"rule": rule, "article": article, "network_key": network, "score": score}
    span = found.aggregate(first=Min("created_at"), last=Max("created_at"))
    if span["first"] is None:
        return None
    if Burst.objects.filter(
        **subject, state=Burst.State.RELEASED, decided_at__gt=timezone.now() - A_DAY
    ).exists():
        return None
    burst, is_new = Burst.objects.select_for_update().get_or_create(
        **subject,
        state=Burst.State.WAITING,
        defaults={"first_at": span["first"], "last_at": span["last"]},
    )
    changed = _give_state(found, Rating.State.QUARANTINED, burst=burst)
    burst.size += changed
    burst.first_at = min(burst.first_at, span["first"])
    burst.last_at = max(burst.last_at, span["last"])
    burst.save()
    if is_new:
        Event.objects.record(None, "set votes aside", burst, reason=str(rule.label))
    return burst


def _give_state(
    votes: Iterable[Rating], state: Rating.State, burst: Burst | None = None
) -> int:
    """Give ``votes`` the ``state``, story by story in one order; return how many."""
    by_story: dict[int, list[int]] = defaultdict(list)
    for vote in votes:
        by_story[vote.article_id].append(vote.pk)
    changed = 0
    for article_id, ids in sorted(by_story.items()):
        article = Article.objects.get(pk=article_id)
        tally = locked_tally(article)
        # Read again under the lock: a reader may have changed or taken back a vote.
        rows = list(Rating.objects.filter(pk__in=ids).exclude(state=state))
        days: dict[date, Counter[int | None]] = defaultdict(Counter)
        for vote in rows:
            tally.count(vote, -1)
            if vote.state == Rating.State.COUNTED:
                days[day_of(vote)][vote.score] -= 1
            vote.state = state
            vote.burst = burst or vote.burst
            tally.count(vote, 1)
            if vote.state == Rating.State.COUNTED:
                days[day_of(vote)][vote.score] += 1
        Rating.objects.bulk_update(rows, ["state", "burst"], batch_size=200)
        tally.save()
        for day, change in days.items():
            move_day(article_id, day, change)
        page_versions.move(article)
        changed += len(rows)
    return changed


def _last(time: timedelta, at: datetime | None) -> QuerySet[Rating]:
    since = (at or timezone.now()) - time
    votes = Rating.objects.filter(created_at__gt=since).exclude(score=None)
    return votes.exclude(state=Rating.State.REMOVED)


def _scores(votes: QuerySet[Rating]) -> Counter[int]:
    return Counter(dict(votes.values_list("score").annotate(Count("pk")).order_by()))


def _counts_of(article: Article) -> Counter[int]:
    """Return how many votes of each score the story counts."""
    tally = Tally.objects.filter(article=article).first()
    return Counter(dict(tally.counts) if tally else {})


def _share(counts: Counter[int], score: int) -> float:
    """Return the share of ``score`` in ``counts``, with the prior's votes among them."""
    total = sum(counts.values()) + sum(PRIOR.values())
    return (counts[score] + PRIOR.get(score, 0)) / total
