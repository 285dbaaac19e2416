"""Votes are looked at and changed by nobody, a superuser included."""

import csv
from io import StringIO

from django.urls import reverse

import pytest

from ratings.models import Rating, Tally
from tests.factories import make_article, make_staff
from tests.readers import Reader


@pytest.mark.parametrize("model", [Rating, Tally])
def test_no_view_of_the_admin_adds_changes_or_deletes_a_vote(client, model):
    Reader().rate(make_article(headline="Bridge reopens"), 4)
    client.force_login(make_staff(is_superuser=True))
    name = model._meta.model_name
    thing = model.objects.get()
    change = reverse(f"admin:ratings_{name}_change", args=[thing.pk])
    everything = reverse(f"admin:ratings_{name}_changelist")

    listed = client.get(everything)
    looked_at = client.get(change)
    answers = [
        client.get(reverse(f"admin:ratings_{name}_add")),
        client.post(reverse(f"admin:ratings_{name}_add"), {"score": 5}),
        client.post(change, {"score": 5, "stars_5": 9}),
        client.post(
            reverse(f"admin:ratings_{name}_delete", args=[thing.pk]), {"post": "yes"}
        ),
    ]
    client.post(
        everything,
        {"action": "delete_selected", "_selected_action": thing.pk, "post": "yes"},
    )

    assert "Bridge reopens" in listed.text
    assert looked_at.status_code == 200
    assert [answer.status_code for answer in answers] == [403] * 4
    assert Rating.objects.get().score == 4
    assert Tally.objects.get().counts[4] == 1


def test_who_voted_and_from_where_is_shown_to_nobody(client):
    Reader().rate(make_article(), 4)
    vote = Rating.objects.get()
    client.force_login(make_staff(is_superuser=True))

    page = client.get(reverse("admin:ratings_rating_change", args=[vote.pk])).text

    assert "first given" in page.lower()
    assert vote.network_key not in page


def test_votes_are_found_by_story_stars_and_state_with_no_button_to_change_them(client):
    Reader().rate(make_article(headline="Bridge reopens"), 4)
    Reader().rate(make_article(headline="Budget passed"), 1)
    Rating.objects.filter(score=1).update(state=Rating.State.QUARANTINED)
    client.force_login(make_staff(is_superuser=True))
    url = reverse("admin:ratings_rating_changelist")

    by_story = client.get(url, {"q": "bridge"}).text
    by_stars = client.get(url, {"score": 1}).text
    by_state = client.get(url, {"state__exact": "quarantined"}).text
    tallies = client.get(reverse("admin:ratings_tally_changelist"), {"q": "bridge"})

    assert ("Bridge reopens" in by_story, "Budget passed" in by_story) == (True, False)
    assert ("Bridge reopens" in by_stars, "Budget passed" in by_stars) == (False, True)
    assert ("Bridge reopens" in by_state, "Budget passed" in by_state) == (False, True)
    assert "Add rating" not in by_story
    assert "Bridge reopens" in tallies.text
    assert "4.0" in tallies.text
    assert "Budget passed" not in tallies.text


def test_a_vote_is_shown_without_a_field_to_type_in_or_a_button_to_save(client):
    Reader().rate(make_article(headline="Bridge reopens"), 4)
    client.force_login(make_staff(is_superuser=True))
    vote = Rating.objects.get()

    page = client.get(reverse("admin:ratings_rating_change", args=[vote.pk])).text

    assert '<div class="readonly">4</div>' in page
    assert "Bridge reopens" in page
    assert 'name="score"' not in page
    assert 'name="_save"' not in page


def test_the_sums_can_be_exported_with_nothing_that_a_spreadsheet_would_run(client):
    article = make_article(headline="=HYPERLINK(1)")
    rate_as(article, 5, 4)
    client.force_login(make_staff("Moderator"))

    response = client.post(
        reverse("admin:ratings_tally_changelist"),
        {"action": "export_tallies", "_selected_action": [article.pk]},
    )

    assert response.headers["Content-Type"].startswith("text/csv")
    head, row = csv.reader(StringIO(response.text))
    assert dict(zip(head, row, strict=True)) == {
        "story": "'=HYPERLINK(1)",
        "address": article.get_absolute_url(),
        "votes": "2",
        "average": "4.50",
        "1 stars": "0",
        "2 stars": "0",
        "3 stars": "0",
        "4 stars": "1",
        "5 stars": "1",
        "excluded": "0",
        "removed": "0",
    }


def test_single_votes_are_exported_without_who_gave_them(client):
    article = make_article()
    rate_as(article, 5, 4)
    client.force_login(make_staff("Moderator"))

    response = client.post(
        reverse("admin:ratings_tally_changelist"),
        {"action": "export_votes", "_selected_action": [article.pk]},
    )

    rows = list(csv.DictReader(StringIO(response.text)))
    assert [row["score"] for row in rows] == ["5", "4"]
    assert set(rows[0]) == {
        "article_id",
        "score",
        "state",
        "created_at",
        "changed_at",
    }


def test_a_storys_votes_are_drawn_by_day_and_by_stars(client):
    article = make_article()
    rate_as(article, 5, 4, 4)
    client.force_login(make_staff("Moderator"))

    page = client.get(reverse("admin:ratings_tally_change", args=[article.pk])).text

    assert page.count('<svg class="chart"') == 2
    assert "<title>4 ★: 2</title>" in page


def test_the_stories_are_listed_by_rank_and_found_by_average(client):
    good, bad = make_article(headline="Good one"), make_article(headline="Bad one")
    rate_as(bad, 1, 2)
    rate_as(good, 5, 4)
    make_article(headline="Unrated one")
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:ratings_tally_changelist")

    every, high = client.get(url).text, client.get(url, {"average": "high"}).text

    assert every.index("Good one") < every.index("Bad one")
    assert "Good one" in high
    assert "Bad one" not in high


def rate_as(article, *scores):
    for score in scores:
        Reader().rate(article, score)
