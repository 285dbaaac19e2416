"""Votes that look as if few gave many: set aside at once, and decided on as a group."""

from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from newsroom.models import Count, Event
from ratings import quarantine
from ratings.models import Burst, Rating, RatingSettings, Tally
from ratings.voting import Voter, cast_vote, import_votes, withdraw_vote
from tests.factories import make_article, make_staff
from tests.html_forms import fields_of
from tests.readers import Reader

State = Rating.State
_voters = count(1)


def set_rules(**values):
    RatingSettings.objects.update_or_create(pk=1, defaults=values)


def votes_on(article, scores, *, network="", ago=timedelta(0), fresh=True):
    """Store votes, one each for ``scores``, as the acts would have left them."""
    at = timezone.now() - ago
    import_votes(
        article,
        [
            Rating(
                article=article,
                voter_hash=f"voter {next(_voters)}",
                score=score,
                network_key=network or f"home {next(_voters)}",
                is_fresh=fresh,
                created_at=at,
            )
            for score in scores
        ],
    )


def tally_of(article):
    return Tally.objects.get(article=article)


def an_old_story(scores=(5, 4, 4, 3, 5, 4, 2, 5, 4, 1) * 10):
    article = make_article(published_at=timezone.now() - timedelta(days=9))
    votes_on(article, scores, ago=timedelta(days=3), fresh=False)
    return article


def test_equal_votes_of_one_network_leave_the_average_the_moment_there_are_too_many():
    set_rules(alike_votes=4)
    article = make_article()
    readers = [Reader(address="198.51.100.7") for _number in range(5)]

    for reader in readers[:3]:
        reader.rate(article, 1)
    before = tally_of(article)
    for reader in readers[3:]:
        reader.rate(article, 1)

    after = tally_of(article)
    assert (before.total, before.excluded) == (3, 0)
    assert (after.total, after.excluded) == (0, 5)
    burst = Burst.objects.get()
    assert (burst.rule, burst.score, burst.size) == (Burst.Rule.ALIKE, 1, 5)
    assert "5 votes are excluded while they are checked." in page_of(article)


def test_as_many_votes_of_several_opinions_from_one_network_count():
    set_rules(alike_votes=4)
    article = make_article()

    for score in (1, 5, 4, 3, 5, 1, 4):
        Reader(address="198.51.100.7").rate(article, score)

    assert (tally_of(article).total, tally_of(article).excluded) == (7, 0)
    assert not Burst.objects.exists()


def test_so_many_votes_of_one_network_are_set_aside_whatever_they_say():
    set_rules(network_votes=6)
    article = make_article()

    for score in (1, 5, 4, 3, 5, 1, 4):
        Reader(address="198.51.100.7").rate(article, score)
    Reader().rate(article, 2)

    assert (tally_of(article).total, tally_of(article).excluded) == (1, 7)
    assert Burst.objects.get().rule == Burst.Rule.NETWORK


def test_a_gateway_that_brings_a_small_part_of_many_votes_is_let_be():
    set_rules(network_votes=6)
    article = make_article()
    votes_on(article, (1, 2, 3, 4, 5) * 20)

    for score in (1, 5, 4, 3, 5, 1, 4):
        Reader(address="198.51.100.7").rate(article, score)

    assert (tally_of(article).total, tally_of(article).excluded) == (107, 0)


def test_equal_votes_of_one_network_on_many_stories_are_found_across_them():
    articles = [make_article(headline=f"Story {number}") for number in range(6)]
    for article in articles:
        votes_on(article, [1, 1], network="one house")
        votes_on(article, [4])

    quarantine.look_across("one house", RatingSettings(across_votes=12))

    assert [tally_of(one).counts[1] for one in articles] == [0] * 6
    assert [tally_of(one).excluded for one in articles] == [2] * 6
    burst = Burst.objects.get()
    assert (burst.rule, burst.article, burst.size) == (Burst.Rule.ACROSS, None, 12)


def test_a_story_that_everyone_reads_is_not_suspected_for_it():
    article = an_old_story()
    votes_on(article, (5, 4, 4, 3, 5, 4, 2, 5, 4, 1) * 40)

    found = quarantine.look_at_pace(article, RatingSettings())

    assert found is None
    assert tally_of(article).total == 500


def test_a_sudden_crowd_of_one_opinion_is_set_aside_and_the_readers_of_before_are_not():
    article = an_old_story()
    votes_on(article, [1] * 150 + [4] * 10)

    quarantine.look_at_pace(article, RatingSettings())

    tally = tally_of(article)
    assert tally.excluded == 150
    assert tally.counts == {5: 30, 4: 50, 3: 10, 2: 10, 1: 10}
    assert Burst.objects.get().rule == Burst.Rule.PACE


def test_readers_known_for_long_are_not_part_of_a_crowd():
    article = an_old_story()
    votes_on(article, [1] * 150, fresh=False)

    found = quarantine.look_at_pace(article, RatingSettings())

    assert found is None
    assert tally_of(article).counts[1] == 160


def test_a_ring_of_networks_that_each_have_one_voice_is_found():
    article = an_old_story()
    for number in range(12):
        votes_on(article, [1] * 4, network=f"ring {number}")
    for number in range(12):
        votes_on(article, [5, 4, 1, 4], network=f"house {number}")

    quarantine.look_for_ring(article, RatingSettings())

    assert tally_of(article).excluded == 48
    assert tally_of(article).total == 100 + 48
    assert Burst.objects.get().rule == Burst.Rule.RING


def test_fewer_networks_of_one_voice_are_no_ring():
    article = an_old_story()
    for number in range(9):
        votes_on(article, [1] * 4, network=f"ring {number}")

    found = quarantine.look_for_ring(article, RatingSettings())

    assert found is None
    assert tally_of(article).excluded == 0


def test_networks_that_agree_with_everyone_else_are_no_ring():
    article = an_old_story([5] * 100)
    for number in range(12):
        votes_on(article, [5] * 4, network=f"house {number}")

    found = quarantine.look_for_ring(article, RatingSettings())

    assert found is None
    assert tally_of(article).total == 148


def test_the_rules_are_asked_seldom_on_a_busy_day():
    article = an_old_story()
    Reader().rate(article, 4)
    Count.objects.filter(name__startswith="votes-").update(number=4_300)
    asked = []

    for _vote in range(140):
        with CaptureQueriesContext(connection) as queries:
            Reader().rate(article, 4)
        asked.append(any("GROUP BY" in query["sql"] for query in queries))

    assert [place for place, was in enumerate(asked) if was] == [99]  # the 4,400th


def make_burst(article, size=4):
    votes_on(article, [1] * size, network="one house")
    return quarantine.look_at_network(
        article, "one house", RatingSettings(alike_votes=size)
    )


def page_of(article):
    return Reader().get(article.get_absolute_url()).text


@pytest.mark.parametrize(
    ("button", "state", "counts"),
    [
        ("_release", "released", (5, 0, 0)),
        ("_remove", "removed", (1, 0, 4)),
    ],
)
def test_a_moderator_decides_on_the_group_with_a_reason_that_readers_find(
    client, button, state, counts
):
    article = make_article()
    votes_on(article, [4])
    burst = make_burst(article)
    moderator = make_staff("Moderator")
    client.force_login(moderator)
    url = reverse("admin:ratings_burst_change", args=[burst.pk])

    picture = client.get(url).text
    client.post(
        url,
        fields_of(client.get(url), "burst_form")
        | {button: "1", "reason": "A school class, with their teacher."},
    )

    burst.refresh_from_db()
    tally = tally_of(article)
    assert '<svg class="chart"' in picture
    assert (burst.state, burst.decided_by) == (state, moderator)
    assert (tally.total, tally.excluded, tally.removed) == counts
    told = Reader().get(reverse("ratings:counting", args=[article.pk])).text
    assert "A school class, with their teacher." in told
    assert Event.objects.about(burst).first().reason == burst.reason


def test_the_desk_says_how_many_votes_wait_for_a_moderator(client):
    make_burst(make_article(), size=7)
    client.force_login(make_staff("Moderator"))

    desk = client.get(reverse("admin:index")).text

    assert "Votes in quarantine" in desk
    assert f"{reverse('admin:ratings_burst_changelist')}?state__exact=waiting" in desk


def test_a_decision_without_a_reason_is_asked_for_one(client):
    article = make_article()
    burst = make_burst(article)
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:ratings_burst_change", args=[burst.pk])

    response = client.post(url, {"_remove": "1", "reason": ""})

    burst.refresh_from_db()
    assert "Say why: readers find it there." in response.text
    assert burst.state == Burst.State.WAITING
    assert tally_of(article).excluded == 4


def test_the_second_moderator_hears_that_it_is_decided(client):
    article = make_article()
    burst = make_burst(article)
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:ratings_burst_change", args=[burst.pk])
    typed = fields_of(client.get(url), "burst_form") | {"reason": "They are one."}
    quarantine.release(burst, moderator=None, reason="A class.")

    with pytest.raises(quarantine.DecidedAlready):
        quarantine.remove(burst, moderator=None, reason="They are one.")
    client.post(url, typed | {"_remove": "1"})

    burst.refresh_from_db()
    assert (burst.state, burst.reason) == (Burst.State.RELEASED, "A class.")
    assert tally_of(article).total == 4


@pytest.mark.parametrize("group", ["Editor", "Reporter"])
def test_only_moderators_decide(client, group):
    burst = make_burst(make_article())
    client.force_login(make_staff(group))
    url = reverse("admin:ratings_burst_change", args=[burst.pk])

    response = client.post(url, {"_release": "1", "reason": "Because."})

    burst.refresh_from_db()
    assert response.status_code == 403
    assert burst.state == Burst.State.WAITING
    assert Permission.objects.filter(codename="decide_burst").exists()


def test_what_was_released_is_not_suspected_for_the_same_again():
    article = make_article()
    burst = make_burst(article)
    quarantine.release(burst, moderator=None, reason="A class.")

    votes_on(article, [1], network="one house")
    again = quarantine.look_at_network(
        article, "one house", RatingSettings(alike_votes=4)
    )

    assert again is None
    assert (tally_of(article).total, tally_of(article).excluded) == (5, 0)


def test_a_vote_that_was_set_aside_or_removed_is_not_given_anew_by_its_voter():
    article = make_article()
    burst = make_burst(article)
    voter = Voter(burst.votes.first().voter_hash)

    cast_vote(article.pk, voter=voter, score=5)
    held = tally_of(article)
    quarantine.remove(burst, moderator=None, reason="They are one.")
    withdraw_vote(article.pk, voter=voter)
    cast_vote(article.pk, voter=voter, score=5)

    tally = tally_of(article)
    assert (held.total, held.excluded) == (0, 4)
    assert (tally.total, tally.excluded, tally.removed) == (0, 0, 4)


def test_sending_again_without_a_cookie_after_a_hold_counts_nothing():
    set_rules(alike_votes=1)
    article = make_article()

    for _time in range(3):
        reader = Reader(address="198.51.100.7", browser="One browser")
        reader.rate(article, 1)

    assert (tally_of(article).total, tally_of(article).excluded) == (0, 1)
