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
