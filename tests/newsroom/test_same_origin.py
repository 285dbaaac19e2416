"""Readers' forms carry no token: the browser's word decides, and no text is lost."""

from django.test import Client
from django.urls import reverse

import pytest

from comments.models import Comment
from newsroom.readers import COOKIE
from ratings.models import Rating
from tests.factories import make_article
from tests.html_forms import fields_of

OURS = (
    {"Origin": "http://testserver"},
    {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},  # Origin decides
    {"Sec-Fetch-Site": "same-origin"},
)
NOT_OURS = (
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://testserver.elsewhere.example"},
    {"Origin": "http://testserver:81"},
    {"Origin": "https://testserver"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
    {"Referer": "http://testserver/"},
    {},
)
VOTE = {"score": "4"}
COMMENT = {
    "comment": 'First line,\r\n\r\n<script>"second"</script> & \u2028third.',
    "name": "Hettie P.",
    "email": "hettie@example.org",
    "website": "",
    "reply_to": "",
    "subject": "",
}
DOORS = (("ratings:vote", VOTE, Rating), ("comments:thread", COMMENT, Comment))


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(("door", "typed", "model"), DOORS)
@pytest.mark.parametrize("headers", OURS)
def test_a_form_from_our_own_page_is_taken_without_a_token(
    browser, door, typed, model, headers
):
    url = reverse(door, args=[make_article().pk])

    response = browser.post(url, typed, headers=headers)

    assert response.status_code == 303
    assert list(response.cookies) == [COOKIE]  # and none for a token
    assert model.objects.count() == 1


@pytest.mark.parametrize(("door", "typed", "model"), DOORS)
@pytest.mark.parametrize("headers", NOT_OURS)
def test_any_other_form_is_asked_about_and_then_taken_as_it_was(
    browser, door, typed, model, headers
):
    url = reverse(door, args=[make_article().pk])

    asked = browser.post(url, typed, headers=headers)
    stored = model.objects.count()
    form = fields_of(asked)
    sent = browser.post(url, form)

    assert asked.status_code == 403
    assert stored == 0
    assert {name: form[name] for name in typed} == typed
    assert sent.status_code == 303
    assert model.objects.count() == 1


def test_a_browser_that_never_says_where_it_is_gets_through_with_the_token(browser):
    url = reverse("ratings:vote", args=[make_article().pk])
    nowhere = {"Origin": "null"}

    form = fields_of(browser.post(url, VOTE, headers=nowhere))
    wrong = form | {"csrfmiddlewaretoken": "x" * 64}
    refused = browser.post(url, wrong, headers=nowhere)
    stored = Rating.objects.count()
    sent = browser.post(url, form, headers=nowhere)

    assert (refused.status_code, stored) == (403, 0)
    assert sent.status_code == 303
    assert Rating.objects.get().score == 4


def test_the_page_that_asks_is_in_the_sites_look_and_kept_by_nobody(browser):
    url = reverse("comments:thread", args=[make_article().pk])

    asked = browser.post(url, COMMENT)

    assert "Did you send this?" in asked.text
    assert "Skip to content" in asked.text
    assert "First line,<br><br>&lt;script&gt;&quot;second&quot;" in asked.text
    assert "<script>" not in asked.text
    assert "no-store" in asked.headers["Cache-Control"]
    assert "default-src 'none'" in asked.headers["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex">' in asked.text


def test_the_page_that_asks_sets_the_cookie_of_its_token_and_none_of_a_reader(browser):
    url = reverse("ratings:vote", args=[make_article().pk])

    asked = browser.post(url, VOTE)

    assert list(asked.cookies) == ["csrftoken"]
    assert asked.cookies["csrftoken"]["httponly"]
    assert asked.cookies["csrftoken"]["samesite"] == "Lax"


def test_a_field_that_was_sent_twice_is_kept_twice(browser):
    url = reverse("ratings:vote", args=[make_article().pk])

    asked = browser.post(url, {"score": ["2", "5"]})

    assert fields_of(asked)["score"] == ["2", "5"]


def test_a_token_alone_of_somebody_else_is_asked_about_again(browser):
    url = reverse("ratings:vote", args=[make_article().pk])
    theirs = fields_of(Client(enforce_csrf_checks=True).post(url, VOTE))

    without_the_cookie = browser.post(url, theirs)
    again = browser.post(url, fields_of(without_the_cookie))

    assert without_the_cookie.status_code == 403
    assert fields_of(without_the_cookie)["score"] == "4"
    assert again.status_code == 303
    assert Rating.objects.count() == 1


def test_behind_a_proxy_that_ends_https_our_own_page_is_still_ours(browser, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://testserver"]
    url = reverse("ratings:vote", args=[make_article().pk])

    ours = browser.post(url, VOTE, headers={"Origin": "https://testserver"})
    not_ours = browser.post(url, VOTE, headers={"Origin": "https://testserver:444"})

    assert (ours.status_code, not_ours.status_code) == (303, 403)


def test_a_form_that_only_staff_send_needs_its_token_wherever_it_comes_from(browser):
    typed = {"username": "saskia", "password": "guess"}

    for headers in OURS:
        response = browser.post("/admin/login/", typed, headers=headers)

        assert response.status_code == 403
        assert "That form could not be accepted" in response.text
        assert "guess" not in response.text
    with_token = typed | fields_of(browser.get("/admin/login/"), "login-form")
    assert browser.post("/admin/login/", with_token | typed).status_code == 200
