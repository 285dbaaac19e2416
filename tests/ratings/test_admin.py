"""Votes are looked at and changed by nobody, a superuser included."""

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
