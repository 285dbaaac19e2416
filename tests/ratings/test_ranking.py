"""Top rated and most rated, over a day, a week, a month and all time."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from ratings.models import Rating
from ratings.ranking import By, Over, ranked
from ratings.voting import import_votes
from tests.factories import make_article, make_draft
from tests.readers import Reader


def rated(headline, scores, *, ago=timedelta(0)):
    article = make_article(headline=headline)
    import_votes(
        article,
        [
            Rating(
                article=article,
                voter_hash=f"{headline} {number}",
                score=score,
                created_at=timezone.now() - ago,
            )
            for number, score in enumerate(scores)
        ],
    )
    return article


def headlines(by, over):
    return [place.article.headline for place in ranked(by, over)]


@pytest.mark.parametrize("over", Over)
def test_many_good_votes_stand_over_few_perfect_ones(over):
    rated("Loved by two", [5, 5])
    rated("Liked by many", [5, 4] * 20)
    rated("Disliked", [1, 2] * 20)

    assert headlines(By.TOP, over) == ["Liked by many", "Loved by two", "Disliked"]
    assert headlines(By.MOST, over)[-1] == "Loved by two"


def test_a_vote_counts_in_the_time_it_was_first_given():
    rated("Today", [3, 3])
    rated("Days ago", [4, 4], ago=timedelta(days=4))
    rated("Weeks ago", [5, 5], ago=timedelta(days=20))
    rated("Long ago", [5, 5, 5], ago=timedelta(days=90))

    assert set(headlines(By.TOP, Over.DAY)) == {"Today"}
    assert set(headlines(By.TOP, Over.WEEK)) == {"Today", "Days ago"}
    assert headlines(By.TOP, Over.MONTH) == ["Weeks ago", "Days ago", "Today"]
    assert headlines(By.MOST, Over.ALL)[0] == "Long ago"


def test_one_reader_alone_ranks_no_story_and_nothing_hidden_is_ranked():
    rated("Seen by one", [5])
    rated("Ranked", [4, 4])
    gone = rated("Withdrawn", [5, 5])
    publishing.withdraw(gone, editor=None)
    make_draft(headline="A draft")

    for over in Over:
        assert headlines(By.TOP, over) == ["Ranked"]


def test_the_page_lists_them_with_votes_and_average_and_links_to_other_times(client):
    rated("Liked by many", [5, 4] * 4)

    page = client.get(reverse("ratings:best")).text
    empty = client.get(reverse("ratings:best"), {"by": "most", "over": "all"}).text

    assert "Liked by many" in page
    assert "4.5 ★ from 8 votes" in page
    assert "?by=top&amp;over=month" in page
    assert "Liked by many" in empty


@pytest.mark.parametrize("query", ["?by=worst", "?over=year", "?by=%00"])
def test_a_ranking_that_there_is_not_is_not_found_and_never_an_error(client, query):
    response = client.get(reverse("ratings:best") + query)

    assert response.status_code in {400, 404}


def test_a_ranking_costs_as_many_queries_with_many_stories_and_votes(
    django_assert_max_num_queries,
):
    for number in range(12):
        rated(f"Story {number}", [number % 5 + 1] * 5)

    for by in By:
        for over in Over:
            with django_assert_max_num_queries(4):
                assert len(ranked(by, over)) == 10


def test_the_front_page_names_the_best_of_the_week_and_nothing_without_votes(client):
    for number in range(5):  # of fewer stories there are no rankings
        make_article(headline=f"Unrated {number}")
    before = client.get("/").text
    rated("Liked by many", [5, 4] * 4)

    after = Reader().get("/").text

    assert "Unrated" in before
    assert "Top rated this week" not in before
    assert "Top rated this week" in after
