"""One reader, one vote; changeable, counted at once, and refused with a reason."""

from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import pytest

from articles import publishing
from newsroom.readers import COOKIE
from ratings.models import Rating, Tally
from ratings.voting import Voter, withdraw_vote
from tests.factories import make_article, make_draft
from tests.readers import Reader


def page_of(reader, article):
    return reader.get(article.get_absolute_url()).text


def test_a_story_without_votes_says_so_in_the_words_readers_know(client):
    page = page_of(client, make_article())

    assert "Click to rate this post!" in page
    assert "[Total: 0 Average: 0]" in page
    assert page.count('type="radio"') == 5


def test_a_vote_leads_to_a_page_that_says_it_is_saved():
    article, reader = make_article(), Reader()

    response = reader.rate(article, 4)
    answered = reader.get(response.url)

    assert response.status_code == 303
    assert response.url.startswith(f"{article.get_absolute_url()}?after=")
    assert response.url.endswith("#rating")
    assert "Rating saved!" in answered.text
    assert "[Total: 1 Average: 4]" in answered.text
    assert answered.headers["Cache-Control"] == "private, no-store"
    assert answered.headers["X-Robots-Tag"] == "noindex"


def test_a_vote_shows_at_once_to_everyone():
    article = make_article()
    stranger = Reader()
    assert "[Total: 0 Average: 0]" in page_of(stranger, article)

    Reader().rate(article, 5)
    Reader().rate(article, 4)

    assert "[Total: 2 Average: 4.5]" in page_of(stranger, article)


def test_a_second_vote_of_one_reader_replaces_the_first():
    article, reader = make_article(), Reader()

    reader.rate(article, 2)
    response = reader.rate(article, 5)
    answered = reader.get(response.url)

    assert "Rating updated!" in answered.text
    assert "[Total: 1 Average: 5]" in answered.text
    assert Rating.objects.count() == 1


def test_a_reader_is_remembered_by_one_signed_cookie_from_the_first_vote_on():
    article, reader = make_article(), Reader()
    page_of(reader, article)
    assert not reader.cookies

    response = reader.rate(article, 3)
    cookie = response.cookies[COOKIE]
    again = reader.rate(article, 4)

    assert list(response.cookies) == [COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value.count(":") == 2  # the secret, when, and the signature
    assert not again.cookies
    assert cookie.value.split(":")[0] not in str(Rating.objects.values())


def test_a_forged_cookie_is_nobodys():
    article, reader = make_article(), Reader()
    first = reader.rate(article, 5)
    value = first.cookies[COOKIE].value

    thief = Reader()
    thief.cookies[COOKIE] = f"{value[:-1]}{'a' if value[-1] != 'a' else 'b'}"
    response = thief.rate(article, 1)

    assert response.cookies[COOKIE].value != value
    assert Rating.objects.count() == 2


def test_a_browser_without_cookies_that_sends_twice_is_one_reader():
    article = make_article()

    for score in (2, 5):
        hasty = Reader(address="203.0.113.7", browser="one and the same")
        hasty.rate(article, score)
    tally = Tally.objects.get()

    assert tally.counts == {5: 1, 4: 0, 3: 0, 2: 0, 1: 0}


def test_an_office_behind_one_address_votes_browser_by_browser():
    article = make_article()

    for number in range(30):
        colleague = Reader(address="203.0.113.7", browser=f"PC {number}")
        assert colleague.rate(article, 4).status_code == 303

    assert Tally.objects.get().total == 30


@pytest.mark.parametrize(
    "score",
    ["0", "6", "-1", "3.5", "five", "", "٣", "4\0", "9" * 30, "4 ", "NaN", "[4]"],
)
def test_a_score_that_is_none_is_refused_and_not_rounded(score):
    article, reader = make_article(), Reader()
    reader.rate(article, 3)

    response = reader.rate(article, score)

    assert response.status_code == 422
    assert "Choose one to five stars." in response.text
    assert Tally.objects.get().counts[3] == 1
    assert Tally.objects.get().total == 1


def test_a_form_without_a_score_is_refused_in_its_place():
    article = make_article()

    response = Reader().post(reverse("ratings:vote", args=[article.pk]))

    assert response.status_code == 422
    assert "Choose one to five stars." in response.text
    assert "Click to rate this post!" in response.text  # and can be tried again
    assert not Rating.objects.exists()


def test_a_story_that_takes_no_ratings_says_so():
    article = make_article(ratings_open=False)

    page = page_of(Reader(), article)
    response = Reader().rate(article, 4)

    assert "Ratings on this story are closed." in page
    assert 'type="radio"' not in page
    assert response.status_code == 422
    assert "Readers can no longer rate this story." in response.text
    assert not Rating.objects.exists()


def test_only_a_live_story_takes_votes():
    withdrawn = make_article(headline="Withdrawn")
    publishing.withdraw(withdrawn, editor=None)

    for article in (make_draft(headline="Draft"), withdrawn):
        assert Reader().rate(article, 4).status_code == 404
    assert Reader().post("/ratings/4711/", {"score": 4}).status_code == 404
    assert not Rating.objects.exists()


def test_the_script_gets_the_widget_alone_and_a_refusal_in_words():
    article, reader = make_article(), Reader()
    url = reverse("ratings:vote", args=[article.pk])

    taken = reader.post(url, {"score": 4, "fragment": 1})
    refused = reader.post(url, {"score": 9, "fragment": 1})

    assert taken.status_code == 200
    assert "[Total: 1 Average: 4]" in taken.text
    assert "Rating saved!" in taken.text
    assert "<html" not in taken.text
    assert refused.status_code == 422
    assert "Choose one to five stars." in refused.text
    assert "<html" not in refused.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver:81"]
)
def test_a_vote_from_elsewhere_is_asked_about_and_then_taken(origin):
    article = make_article()
    browser = Client(enforce_csrf_checks=True)
    url = reverse("ratings:vote", args=[article.pk])

    asked = browser.post(url, {"score": 4}, headers={"Origin": origin})
    untouched = Rating.objects.count()
    token = str(asked.context["csrf_token"])
    sent = browser.post(url, {"score": 4, "csrfmiddlewaretoken": token})

    assert asked.status_code == 403
    assert 'name="score" value="4"' in asked.text
    assert "no-store" in asked.headers["Cache-Control"]
    assert untouched == 0
    assert sent.status_code == 303
    assert Rating.objects.count() == 1


def test_a_browser_that_sends_no_origin_is_believed_on_its_sec_fetch_site():
    article = make_article()
    url = reverse("ratings:vote", args=[article.pk])

    def send(**headers):
        return Client(enforce_csrf_checks=True).post(url, {"score": 4}, headers=headers)

    assert send(**{"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert send(**{"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert send(**{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert send().status_code == 403


def test_too_many_votes_from_one_network_are_asked_to_wait(settings):
    settings.VOTES_PER_NETWORK_MINUTE = 3
    articles = [make_article(headline=f"Story {number}") for number in range(4)]
    reader = Reader()

    statuses = [reader.rate(article, 4).status_code for article in articles]
    refused = reader.rate(articles[3], 4)

    assert statuses == [303, 303, 303, 429]
    assert refused.headers["Retry-After"] == "60"
    assert Reader().rate(articles[3], 4).status_code == 303


def test_an_address_copied_from_a_refusal_leads_back_to_the_story(client):
    article = make_article()

    response = client.get(reverse("ratings:vote", args=[article.pk]))

    assert response.status_code == 302
    assert response.url == f"{article.get_absolute_url()}#rating"


def test_a_withdrawn_vote_leaves_the_sum_and_keeps_the_row():
    article, reader = make_article(), Reader()
    reader.rate(article, 4)
    vote = Rating.objects.get()

    tally = withdraw_vote(article, voter=Voter(vote.voter_hash))

    vote.refresh_from_db()
    assert tally.total == 0
    assert vote.score is None
    assert "[Total: 0 Average: 0]" in page_of(reader, article)


def test_the_database_itself_allows_one_row_per_reader_and_one_to_five_stars():
    article = make_article()
    Rating.objects.create(article=article, voter_hash="a", score=4)

    for voter, score in (("a", 5), ("b", 6), ("c", 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(article=article, voter_hash=voter, score=score)


def test_a_vote_costs_at_most_twelve_queries_with_all_that_stands_around_it(
    django_assert_max_num_queries,
):
    article, reader = make_article(), Reader()
    reader.rate(article, 3)

    with django_assert_max_num_queries(12):
        response = reader.rate(article, 4)

    assert response.status_code == 303
