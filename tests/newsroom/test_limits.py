"""What one network does is counted exactly; one too many waits, and loses nothing."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

import pytest

from comments.models import Comment
from newsroom import limits
from newsroom.models import Count
from ratings.models import Rating, Tally
from tests.factories import make_article
from tests.html_forms import fields_of
from tests.readers import Reader

AN_HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # every window begins here


class Clock:
    def __init__(self):
        self.now = NOON


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands: no window of time ends in the middle of a test."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


def test_a_limit_counts_each_name_within_its_window(clock):
    numbers = [limits.count("votes:a", within=AN_HOUR) for _time in range(3)]
    other = limits.count("votes:b", within=AN_HOUR)
    clock.now = NOON + AN_HOUR - timedelta(seconds=1)
    at_the_end = limits.count("votes:a", within=AN_HOUR)
    clock.now = NOON + AN_HOUR
    in_the_next = limits.count("votes:a", within=AN_HOUR)

    assert numbers == [1, 2, 3]
    assert (other, at_the_end, in_the_next) == (1, 4, 1)


def test_asking_for_a_number_does_not_count(clock):
    limits.count("votes:a", within=AN_HOUR)

    asked = [limits.number_of("votes:a", within=AN_HOUR) for _time in range(2)]
    clock.now = NOON + AN_HOUR
    in_the_next = limits.number_of("votes:a", within=AN_HOUR)

    assert asked == [1, 1]
    assert in_the_next == 0


def test_closed_windows_are_swept_up_and_open_ones_are_not(clock):
    limits.count("closed", within=timedelta(minutes=1))
    limits.count("open", within=AN_HOUR)

    clock.now = NOON + timedelta(minutes=2)
    limits.count("new", within=timedelta(minutes=1))

    names = {row.name.partition(":")[0] for row in Count.objects.all()}
    assert names == {"open", "new"}


def test_counting_costs_one_query(clock, django_assert_num_queries):
    limits.count("votes:a", within=AN_HOUR)

    with django_assert_num_queries(1):
        number = limits.count("votes:a", within=AN_HOUR)

    assert number == 2


def test_one_vote_too_many_waits_a_minute_and_the_network_next_door_does_not(
    clock, settings
):
    settings.VOTES_PER_NETWORK_MINUTE = 3
    articles = [make_article(headline=f"Story {number}") for number in range(4)]
    office = [Reader(address=f"203.0.113.{number}") for number in range(4)]

    votes = zip(office, articles, strict=True)
    responses = [reader.rate(article, 4) for reader, article in votes]
    next_door = Reader(address="203.0.114.1").rate(articles[3], 5)
    clock.now = NOON + timedelta(minutes=1)
    later = office[3].rate(articles[3], 3)

    assert [response.status_code for response in responses] == [303, 303, 303, 429]
    assert responses[3].headers["Retry-After"] == "60"
    assert "Wait 60 seconds and try again." in responses[3].text
    assert (next_door.status_code, later.status_code) == (303, 303)
    assert Tally.objects.get(article=articles[3]).counts == {
        5: 1,
        4: 0,
        3: 1,
        2: 0,
        1: 0,
    }


def test_a_change_that_came_too_soon_leaves_the_vote_as_it_was(clock, settings):
    settings.VOTES_PER_NETWORK_MINUTE = 1
    article, reader = make_article(), Reader()

    taken = reader.rate(article, 4)
    refused = reader.rate(article, 1)

    assert (taken.status_code, refused.status_code) == (303, 429)
    assert not refused.cookies
    assert Rating.objects.get().score == 4


def test_votes_that_are_refused_count_towards_the_limit(clock, settings):
    settings.VOTES_PER_NETWORK_MINUTE = 2
    article, reader = make_article(), Reader()

    statuses = [reader.rate(article, score).status_code for score in ("6", "0", "4")]

    assert statuses == [422, 422, 429]
    assert not Rating.objects.exists()


def test_a_vote_that_fails_by_our_fault_is_counted_all_the_same(
    clock, settings, monkeypatch
):
    settings.VOTES_PER_NETWORK_MINUTE = 1
    article, reader = make_article(), Reader()
    reader.raise_request_exception = False

    def fail(tally, vote, by):
        raise RuntimeError("the tally")

    monkeypatch.setattr(Tally, "count", fail)
    failed = reader.rate(article, 4)
    refused = reader.rate(article, 4)

    assert (failed.status_code, refused.status_code) == (500, 429)
    assert not Rating.objects.exists()


def test_a_comment_that_came_too_soon_keeps_every_word():
    article, reader = make_article(), Reader()
    typed = {"name": "Hettie P.", "email": "hettie@example.org", "website": ""}
    reader.comment(article, "First.", **typed)

    refused = reader.comment(article, "Second, <b>with care</b>.", **typed)
    Comment.objects.update(created_at=timezone.now() - timedelta(seconds=16))
    taken = reader.post(refused.wsgi_request.path, fields_of(refused))

    assert refused.status_code == 429
    assert "Skip to content" in refused.text
    assert "Wait 15 seconds and press the button again." in refused.text
    assert fields_of(refused)["comment"] == "Second, <b>with care</b>."
    assert fields_of(refused)["name"] == "Hettie P."
    assert taken.status_code == 303
    assert Comment.objects.count() == 2


def test_comments_beyond_the_limit_of_a_network_are_held_and_never_refused(
    clock, settings
):
    settings.COMMENTS_PER_NETWORK_HOUR = 1
    article = make_article()

    responses = [
        Reader(address="203.0.113.7").comment(
            article, f"Comment {number}.", email=f"reader{number}@example.org"
        )
        for number in range(2)
    ]

    reasons = [str(comment.verdicts) for comment in Comment.objects.order_by("pk")]
    assert [response.status_code for response in responses] == [303, 303]
    assert ["Many comments came from this network" in reason for reason in reasons] == [
        False,
        True,
    ]
