"""The sum is what a recount gives, whatever readers do in whatever order."""

from collections import Counter
from itertools import count

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ratings import quarantine
from ratings.models import Burst, DayTally, Rating, RatingSettings, Tally
from ratings.recounting import recount
from ratings.voting import Voter, VotingClosed, cast_vote, import_votes, withdraw_vote
from tests.factories import make_article

_newcomers = count(1)
READERS = st.sampled_from([f"reader {number}" for number in range(6)])
SCORES = st.sampled_from([1, 2, 3, 4, 5])


class Votes(RuleBasedStateMachine):
    """Readers vote, change and take back; votes are set aside, released and removed.

    After each step the sums of both stories are compared with a count of the rows.
    """

    def __init__(self):
        super().__init__()
        self.articles = [make_article(), make_article(headline="Another story")]

    @rule(reader=READERS, score=SCORES, which=st.booleans(), is_new=st.booleans())
    def vote(self, reader, score, which, is_new):
        voter = Voter(
            f"voter {next(_newcomers)}" if is_new else reader,
            is_new=is_new,
            network_key="one house" if reader < "reader 3" else reader,
            browser=reader,
        )
        cast_vote(self.articles[which].pk, voter=voter, score=score)

    @rule(reader=READERS, which=st.booleans())
    def take_back(self, reader, which):
        withdraw_vote(self.articles[which].pk, voter=Voter(reader))

    @rule(which=st.booleans())
    def suspect_one_story(self, which):
        strict = RatingSettings(alike_votes=1, alike_percent=1)
        quarantine.look_at_network(self.articles[which], "one house", strict)

    @rule()
    def suspect_one_network_everywhere(self):
        strict = RatingSettings(across_votes=1, alike_percent=1)
        quarantine.look_across("one house", strict)

    @precondition(lambda self: Burst.objects.waiting().exists())
    @rule(is_honest=st.booleans())
    def decide(self, is_honest):
        act = quarantine.release if is_honest else quarantine.remove
        act(Burst.objects.waiting().first(), moderator=None, reason="Seen.")

    @invariant()
    def sums_equal_a_recount(self):
        for article in self.articles:
            votes = article.ratings.exclude(score=None)
            states = Counter(votes.values_list("state", flat=True))
            counted = votes.filter(state=Rating.State.COUNTED)
            stars = Counter(counted.values_list("score", flat=True))
            tally = Tally.objects.filter(article=article).first() or Tally()
            assert tally.counts == {n: stars[n] for n in (5, 4, 3, 2, 1)}
            assert tally.excluded == states["quarantined"]
            assert tally.removed == states["removed"]
            assert tally.votes == counted.count()
            days = list(article.day_tallies.all())
            for number in stars:
                by_day = sum(day.counts[number] for day in days)
                assert by_day == stars[number]
            assert recount(article, mend=False) is None

    def teardown(self):
        for article in self.articles:
            article.ratings.all().delete()
        Burst.objects.all().delete()


def test_the_sums_equal_a_recount_after_any_interleaving():
    run_state_machine_as_test(
        Votes,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("state", [Rating.State.QUARANTINED, Rating.State.REMOVED])
def test_a_vote_that_was_set_aside_stays_so_however_often_it_is_changed(state):
    article = make_article()
    cast_vote(article.pk, voter=Voter("reader"), score=1)
    cast_vote(article.pk, voter=Voter("somebody else"), score=3)
    Rating.objects.filter(voter_hash="reader").update(state=state)
    column = "excluded" if state == Rating.State.QUARANTINED else "removed"
    Tally.objects.update(stars_1=0, **{column: 1})

    cast_vote(article.pk, voter=Voter("reader"), score=5)
    withdraw_vote(article.pk, voter=Voter("reader"))
    cast_vote(article.pk, voter=Voter("reader"), score=2)

    assert Tally.objects.get().counts == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}
    assert Rating.objects.get(voter_hash="reader").state == state
    assert Rating.objects.get(voter_hash="reader").score == 2
    assert getattr(Tally.objects.get(), column) == 1


@pytest.mark.parametrize("score", [0, 6, -1])
def test_an_act_with_a_score_out_of_range_is_refused_whole(score):
    article = make_article()
    cast_vote(article.pk, voter=Voter("reader"), score=3)

    with pytest.raises(ValidationError) as refusal:
        cast_vote(article.pk, voter=Voter("reader"), score=score)

    assert "Choose one to five stars." in str(refusal.value)
    assert Rating.objects.get().score == 3
    assert Tally.objects.get().counts == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}


def test_a_story_closed_to_ratings_lets_a_vote_be_taken_back_and_none_be_given():
    article = make_article()
    cast_vote(article.pk, voter=Voter("reader"), score=3)
    article.ratings_open = False
    article.save()

    with pytest.raises(VotingClosed):
        cast_vote(article.pk, voter=Voter("reader"), score=4)
    tally = withdraw_vote(article.pk, voter=Voter("reader")).tally

    assert tally.total == 0


def test_the_average_is_that_of_the_votes_and_zero_without_any():
    article = make_article()

    tally = import_votes(
        article,
        [
            Rating(article=article, voter_hash=str(number), score=score)
            for number, score in enumerate([5, 5, 4, 1])
        ],
    )

    assert tally.total == 4
    assert tally.average == 3.75
    assert Tally().average == 0


def test_the_recount_names_a_sum_that_differs_and_mends_it(capsys):
    article = make_article(headline="Whose sum was touched by hand")
    cast_vote(article.pk, voter=Voter("reader"), score=4)
    Tally.objects.update(stars_4=7, votes=7)
    DayTally.objects.update(stars_4=7)

    with pytest.raises(CommandError, match="1 tallies differ"):
        call_command("recount_ratings", "--check")
    still = Tally.objects.get().total
    call_command("recount_ratings")
    call_command("recount_ratings", "--check")

    said = capsys.readouterr().out
    assert still == 7
    assert "Whose sum was touched by hand" in said
    assert "1 tallies mended." in said
    assert "All tallies agree." in said
    assert Tally.objects.get().counts == {5: 0, 4: 1, 3: 0, 2: 0, 1: 0}
    assert DayTally.objects.get().total == 1


def test_a_recount_sees_a_day_that_differs_even_if_the_sum_agrees():
    article = make_article()
    cast_vote(article.pk, voter=Voter("reader"), score=4)
    DayTally.objects.update(stars_4=0, stars_5=1)

    assert recount(article, mend=True) is not None
    assert DayTally.objects.get().counts[4] == 1
