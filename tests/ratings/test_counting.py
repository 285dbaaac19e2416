"""The page that says how a story's votes were counted, and what the newsroom may word."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from ratings import quarantine
from ratings.models import RatingSettings
from tests.factories import make_article, make_draft, make_staff
from tests.html_forms import fields_of
from tests.ratings.test_quarantine import make_burst, votes_on
from tests.readers import Reader


def counting_of(article):
    return Reader().get(reverse("ratings:counting", args=[article.pk]))


def page_of(article):
    return Reader().get(article.get_absolute_url()).text


def test_the_page_gives_the_sums_the_bars_and_what_was_set_aside_and_why():
    article = make_article()
    votes_on(article, [5, 4, 4])
    burst = make_burst(article)

    waiting = counting_of(article).text
    quarantine.remove(burst, moderator=None, reason="One person with a script.")
    removed = counting_of(article).text

    assert "<dd>3</dd>" in waiting
    assert "<dd>4.33</dd>" in waiting
    assert "many equal votes on one story from one network" in waiting
    assert "waiting" in waiting
    assert "One person with a script." in removed
    assert reverse("ratings:counting", args=[article.pk]) in page_of(article)


def test_a_draft_has_no_such_page():
    assert counting_of(make_draft()).status_code == 404


def test_the_page_is_shared_by_all_and_holds_no_network():
    article = make_article()
    make_burst(article)

    response = counting_of(article)

    assert response.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in response.headers
    assert "one house" not in response.text


@pytest.fixture
def settings_form(client):
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:ratings_ratingsettings_change", args=[1])

    def change(**values):
        form = fields_of(client.get(url), "ratingsettings_form")
        return client.post(url, form | values)

    return change


def test_every_text_of_the_widget_can_be_worded_and_left_out(settings_form):
    article = make_article()
    usual = page_of(article)

    settings_form(
        invitation="How was it?",
        summary="{average} of 5, {total} readers",
        saved="Thank you: {score} stars.",
        remembered="You gave {score}.",
    )
    reader = Reader()
    told = reader.rate(article, 4, follow=True).text
    settings_form(summary="–", invitation="-")
    silent = page_of(article)

    assert "Click to rate this post!" in usual
    assert "[Total: 0 Average: 0]" in usual
    assert "How was it?" in told
    assert "4 of 5, 1 readers" in told
    assert "Thank you: 4 stars." in told
    assert 'data-remembered="You gave 3."' in told
    assert "How was it?" not in silent
    assert "readers" not in silent.partition('<p class="tally"')[2].partition("</p>")[0]


def test_a_text_with_other_brackets_is_shown_as_it_was_typed(settings_form):
    settings_form(summary="{average.__class__} {0} {} {total}")

    assert "{average.__class__} {0} {} 0" in page_of(make_article())


def test_ratings_close_after_so_many_days(settings_form):
    week = timedelta(days=7)
    old = make_article(headline="Old", published_at=timezone.now() - week * 2)
    new = make_article(headline="New", published_at=timezone.now() - week / 2)

    settings_form(close_after_days="7", closed="Too late.")

    assert "Too late." in page_of(old)
    assert "Too late." not in page_of(new)
    assert Reader().rate(old, 4).status_code == 422
    assert Reader().rate(new, 4).status_code == 303


def test_a_threshold_of_none_is_refused_in_its_place(settings_form):
    response = settings_form(alike_votes="0")

    assert response.status_code == 200
    assert "greater than or equal to 1" in response.text
    assert RatingSettings.objects.current().alike_votes == 40
