"""The sum is what a recount gives, whatever readers do in whatever order."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratings.models import Rating, Tally
from ratings.voting import Voter, cast_vote, import_votes, withdraw_vote
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

    last = dict(acts)
    wanted = Counter(score for score in last.values() if score)
    tally = Tally.objects.filter(article=article).first() or Tally()
    assert tally.counts == {stars: wanted[stars] for stars in (5, 4, 3, 2, 1)}
    assert tally.total == sum(wanted.values())


def test_a_removed_voter_stays_removed_however_often_they_vote():
    article = make_article()
    cast_vote(article, voter=Voter("reader"), score=1)
    Rating.objects.update(state=Rating.State.REMOVED)
    Tally.objects.update(stars_1=0)

    cast_vote(article, voter=Voter("reader"), score=5)
    withdraw_vote(article, voter=Voter("reader"))
    cast_vote(article, voter=Voter("reader"), score=2)

    assert Tally.objects.get().total == 0
    assert Rating.objects.get().state == Rating.State.REMOVED


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
