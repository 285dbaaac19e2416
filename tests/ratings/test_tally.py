"""The sum is what a recount gives, whatever readers do in whatever order."""

from collections import Counter

from django.core.exceptions import ValidationError

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratings.models import Rating, Tally
from ratings.voting import Voter, VotingClosed, cast_vote, import_votes, withdraw_vote
from tests.factories import make_article

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["reader 1", "reader 2", "reader 3"]),
        st.sampled_from([None, 1, 2, 3, 4, 5]),  # None withdraws
    ),
    max_size=25,
)


@given(acts=ACTS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_tally_equals_a_recount_after_any_votes_changes_and_withdrawals(acts):
    article = make_article()

    for reader, score in acts:
        if score is None:
            withdraw_vote(article, voter=Voter(reader))
        else:
            cast_vote(article, voter=Voter(reader), score=score)

    tally = Tally.objects.filter(article=article).first() or Tally()
    last = Counter(score for score in dict(acts).values() if score)
    rows = Counter(article.ratings.exclude(score=None).values_list("score", flat=True))
    assert tally.counts == {stars: last[stars] for stars in (5, 4, 3, 2, 1)}
    assert tally.total == sum(last.values())
    assert rows == last


@pytest.mark.parametrize("state", [Rating.State.QUARANTINED, Rating.State.REMOVED])
def test_a_vote_that_was_set_aside_stays_so_however_often_it_is_changed(state):
    article = make_article()
    cast_vote(article, voter=Voter("reader"), score=1)
    cast_vote(article, voter=Voter("somebody else"), score=3)
    Rating.objects.filter(voter_hash="reader").update(state=state)
    Tally.objects.update(stars_1=0)

    cast_vote(article, voter=Voter("reader"), score=5)
    withdraw_vote(article, voter=Voter("reader"))
    cast_vote(article, voter=Voter("reader"), score=2)

    assert Tally.objects.get().counts == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}
    assert Rating.objects.get(voter_hash="reader").state == state
    assert Rating.objects.get(voter_hash="reader").score == 2


@pytest.mark.parametrize("score", [0, 6, -1])
def test_an_act_with_a_score_out_of_range_is_refused_whole(score):
    article = make_article()
    cast_vote(article, voter=Voter("reader"), score=3)

    with pytest.raises(ValidationError) as refusal:
        cast_vote(article, voter=Voter("reader"), score=score)

    assert "Choose one to five stars." in str(refusal.value)
    assert Rating.objects.get().score == 3
    assert Tally.objects.get().counts == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}


def test_a_story_closed_to_ratings_lets_a_vote_be_taken_back_and_none_be_given():
    article = make_article()
    cast_vote(article, voter=Voter("reader"), score=3)
    article.ratings_open = False

    with pytest.raises(VotingClosed):
        cast_vote(article, voter=Voter("reader"), score=4)
    tally = withdraw_vote(article, voter=Voter("reader"))

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
