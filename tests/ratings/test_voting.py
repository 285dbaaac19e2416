"""One reader, one vote; changeable, counted at once, and refused with a reason."""

import re
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from newsroom.readers import COOKIE
from ratings.models import Rating, Tally
from ratings.voting import Voter, withdraw_vote
from tests.factories import make_article, make_draft
from tests.html_forms import fields_of
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


def test_the_cookie_that_came_with_the_second_sending_is_the_readers():
    article = make_article()
    hasty = [Reader(address="203.0.113.7", browser="one") for _sending in range(2)]
    for browser, score in zip(hasty, (2, 5), strict=True):
        browser.rate(article, score)

    response = hasty[1].rate(article, 3)

    assert "Rating updated!" in hasty[1].get(response.url).text
    assert Tally.objects.get().counts == {5: 0, 4: 0, 3: 1, 2: 0, 1: 0}


@pytest.mark.parametrize(
    ("address", "browser", "seconds", "votes"),
    [
        ("203.0.113.7", "one", 9, 1),
        ("203.0.113.200", "one", 9, 1),  # the same network
        ("203.0.113.7", "one", 11, 2),
        ("203.0.113.7", "other", 9, 2),
        ("198.51.100.7", "one", 9, 2),
    ],
)
def test_two_sendings_without_a_cookie_are_one_in_ten_seconds_from_one_browser(
    address, browser, seconds, votes
):
    article = make_article()
    Reader(address="203.0.113.7", browser="one").rate(article, 2)
    Rating.objects.update(created_at=timezone.now() - timedelta(seconds=seconds))

    Reader(address=address, browser=browser).rate(article, 5)

    assert Tally.objects.get().total == votes
    assert Tally.objects.get().counts[5] == 1


def test_a_second_sending_on_another_story_is_a_vote_of_its_own():
    articles = [make_article(headline=headline) for headline in ("Bridge", "Budget")]

    for article in articles:
        Reader(address="203.0.113.7", browser="one").rate(article, 5)

    assert [tally.total for tally in Tally.objects.all()] == [1, 1]


def test_an_office_behind_one_address_votes_browser_by_browser():
    article = make_article()

    for number in range(30):
        colleague = Reader(address="203.0.113.7", browser=f"PC {number}")
        assert colleague.rate(article, 4).status_code == 303

    assert Tally.objects.get().total == 30


def test_one_reader_rates_as_many_stories_as_they_like():
    articles = [make_article(headline=headline) for headline in ("Bridge", "Budget")]
    reader = Reader()

    responses = [reader.rate(article, 4) for article in articles]

    assert ["Rating saved!" in reader.get(page.url).text for page in responses] == [
        True,
        True,
    ]
    assert Rating.objects.values("voter_hash").distinct().count() == 1
    assert Rating.objects.count() == 2


def test_the_sum_is_shown_rounded_with_how_many_gave_how_much():
    article = make_article()
    for score in (5, 5, 4, 1):
        Reader().rate(article, score)

    page = page_of(Reader(), article)

    assert "[Total: 4 Average: 3.8]" in page
    assert re.findall(r'<meter id="stars-(\d)".*max="(\d)" value="(\d)"', page) == [
        ("5", "4", "2"),
        ("4", "4", "1"),
        ("3", "4", "0"),
        ("2", "4", "0"),
        ("1", "4", "1"),
    ]


def test_the_page_says_how_many_votes_are_set_aside():
    article = make_article()
    Reader().rate(article, 4)
    Tally.objects.update(excluded=2)

    page = page_of(Reader(), article)

    assert "2 votes are excluded while they are checked." in page
    assert "[Total: 1 Average: 4]" in page


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


def test_half_of_a_surrogate_pair_is_no_score():
    url = reverse("ratings:vote", args=[make_article().pk])

    response = Reader().post(
        url, b"score=%ED%A0%80", "application/x-www-form-urlencoded"
    )

    assert response.status_code == 422
    assert "Choose one to five stars." in response.text


def test_a_vote_that_is_refused_gives_no_cookie():
    article, reader = make_article(), Reader()

    refused = reader.rate(article, "five")
    asked = Client(enforce_csrf_checks=True).post(refused.wsgi_request.path)
    taken = reader.rate(article, 5)

    assert (refused.status_code, asked.status_code) == (422, 403)
    assert COOKIE not in refused.cookies
    assert COOKIE not in asked.cookies
    assert COOKIE in taken.cookies


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


def test_a_story_closed_to_ratings_keeps_those_it_has():
    article = make_article()
    Reader().rate(article, 4)
    article.ratings_open = False
    article.save()

    refused = Reader().rate(article, 1)

    assert "Readers can no longer rate this story." in refused.text
    assert "[Total: 1 Average: 4]" in refused.text


def test_a_story_that_no_reader_has_seen_takes_no_vote():
    tomorrow = timezone.now() + timedelta(days=1)
    draft = make_draft(headline="Draft")
    scheduled = make_article(headline="Scheduled", published_at=tomorrow)
    published = make_article(headline="Published")

    statuses = [
        Reader().rate(article, 4).status_code
        for article in (draft, scheduled, published)
    ]
    nowhere = Reader().post("/ratings/4711/", {"score": 4})

    assert statuses == [404, 404, 303]
    assert nowhere.status_code == 404
    assert "There is no page here" in nowhere.text
    assert Rating.objects.get().article == published


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_a_story_that_went_away_meanwhile_says_so(how):
    yesterday = timezone.now() - timedelta(days=1)
    article = make_article(headline="Bridge reopens", published_at=yesterday)
    before = Reader().rate(article, 4)
    if how == "withdrawn":
        publishing.withdraw(article, editor=None, reason="It named the wrong man.")
    else:
        article.expires_at = timezone.now() - timedelta(minutes=1)
        article.save()

    after = Reader().rate(article, 1)

    assert (before.status_code, after.status_code) == (303, 410)
    assert "This story is no longer here" in after.text
    assert ("It named the wrong man." in after.text) is (how == "withdrawn")
    assert "Bridge reopens" not in after.text
    assert Rating.objects.get().score == 4


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
    stored = Rating.objects.count()
    sent = browser.post(url, fields_of(asked))

    assert asked.status_code == 403
    assert "Did you send this?" in asked.text
    assert fields_of(asked)["score"] == "4"
    assert stored == 0
    assert sent.status_code == 303
    assert "Rating saved!" in browser.get(sent.url).text
    assert Rating.objects.get().score == 4


def test_an_address_copied_from_a_refusal_leads_back_to_the_story(client):
    article = make_article()

    response = client.get(reverse("ratings:vote", args=[article.pk]))

    assert response.status_code == 302
    assert response.url == f"{article.get_absolute_url()}#rating"


def test_a_withdrawn_vote_leaves_the_sum_and_keeps_the_row():
    article, reader = make_article(), Reader()
    reader.rate(article, 4)
    vote = Rating.objects.get()

    tally = withdraw_vote(article.pk, voter=Voter(vote.voter_hash)).tally

    vote.refresh_from_db()
    assert tally.total == 0
    assert vote.score is None
    assert "[Total: 0 Average: 0]" in page_of(reader, article)


def test_who_took_a_vote_back_may_vote_again():
    article, reader = make_article(), Reader()
    reader.rate(article, 4)
    withdraw_vote(article.pk, voter=Voter(Rating.objects.get().voter_hash))

    response = reader.rate(article, 2)
    answered = reader.get(response.url)

    assert "Rating saved!" in answered.text
    assert "[Total: 1 Average: 2]" in answered.text
    assert Rating.objects.count() == 1


def test_taking_back_what_was_never_given_changes_nothing():
    article = make_article()
    Reader().rate(article, 4)

    tally = withdraw_vote(article.pk, voter=Voter("somebody else")).tally

    assert tally.counts == {5: 0, 4: 1, 3: 0, 2: 0, 1: 0}
    assert Rating.objects.get().score == 4


def test_the_database_itself_allows_one_row_per_reader_and_one_to_five_stars():
    article = make_article()
    Rating.objects.create(article=article, voter_hash="a", score=4)

    for voter, score in (("a", 5), ("b", 6), ("c", 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(article=article, voter_hash=voter, score=score)


@pytest.mark.parametrize("nth", ["first", "second", "changed"])
def test_a_vote_costs_at_most_eight_queries_with_all_that_stands_around_it(nth):
    warm_up = Reader().rate(make_article(headline="Which wakes the server"), 3)
    article, reader = make_article(), Reader()
    if nth != "first":
        (reader if nth == "changed" else Reader()).rate(article, 3)

    with CaptureQueriesContext(connection) as queries:
        response = reader.rate(article, 4)

    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert (warm_up.status_code, response.status_code) == (303, 303)
    assert len(asked) <= 8, asked
