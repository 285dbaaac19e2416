"""A public page is the same for everyone, and any cache may hold it."""

import gzip
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

import brotli
import pytest

from articles import publishing
from articles.models import Tag
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_staff,
)

READ = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
JUNK = "\"';=junk,%00\xff"
COOKIES = (
    "newsroom_session",
    "newsroom_reader",
    "csrftoken",
    "messages",
    "django_language",
)
PAGES = (
    "front",
    "story",
    "section",
    "tag",
    "author",
    "about",
    "search",
    "thread",
    "replies",
)
MISSING = (
    "/nowhere/",
    "/2026/01/01/never-written/",
    "/section/none/",
    "/media/none.webp",
)


@pytest.fixture
def addresses():
    """The address of one page of each kind, under the kind's name."""
    author = make_author()
    article = make_article(author=author)
    article.tags.add(Tag.objects.create(name="tides", slug="tides"))
    root = make_comment(article)
    make_comment(article, parent=root)
    return {
        "front": "/",
        "story": article.get_absolute_url(),
        "section": article.section.get_absolute_url(),
        "tag": article.tags.get().get_absolute_url(),
        "author": author.get_absolute_url(),
        "about": reverse("articles:about"),
        "search": "/search/?q=bridge",
        "thread": reverse("comments:thread", args=[article.pk]),
        "replies": reverse("comments:replies", args=[root.pk]),
    }


@pytest.mark.parametrize("page", PAGES)
def test_junk_in_every_cookie_changes_nothing(client, addresses, page):
    plain = client.get(addresses[page])

    for name in COOKIES:
        client.cookies[name] = JUNK
    client.cookies["newsroom_reader"] = "x" * 4000
    response = client.get(addresses[page], headers={"Accept-Language": "ar"})

    assert response.status_code == 200
    assert response.content == plain.content
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    vary = response.headers.get("Vary", "").lower()
    assert "cookie" not in vary
    assert "accept-language" not in vary


@pytest.mark.parametrize("page", PAGES)
def test_staff_who_are_signed_in_get_the_page_that_everyone_gets(
    client, addresses, page
):
    plain = client.get(addresses[page])

    client.force_login(make_staff("Editor"))
    response = client.get(addresses[page])

    assert response.content == plain.content
    assert not response.cookies


@pytest.mark.parametrize("page", PAGES)
def test_a_public_page_says_that_caches_may_hold_it_and_what_it_may_load(
    client, addresses, page
):
    headers = client.get(addresses[page]).headers

    assert headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert_safe(headers)
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy  # and so no nonce
    assert "style-src 'self';" in policy


@pytest.mark.parametrize("address", MISSING)
def test_a_page_that_is_not_there_sets_no_cookie_either(client, address):
    client.cookies["csrftoken"] = JUNK
    response = client.get(address)

    assert response.status_code == 404
    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()
    assert_safe(response.headers)


def test_the_admin_has_the_same_policy_with_a_nonce_of_its_own(client):
    client.force_login(make_staff(is_superuser=True))

    for address in ("/admin/", "/admin/articles/article/add/"):
        headers = client.get(address).headers
        assert_safe(headers)
        assert "script-src 'self' 'nonce-" in headers["Content-Security-Policy"]


def assert_safe(headers):
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_parameters_that_mean_nothing_are_dropped_by_a_redirect(client, addresses):
    response = client.get(f"{addresses['section']}?utm_source=x&page=1&fbclid=y")

    assert response.status_code == 302
    assert response.url == f"http://testserver{addresses['section']}?page=1"


@pytest.mark.parametrize("page", ["front", "story", "section"])
def test_head_answers_as_get_does_without_the_page(client, addresses, page):
    whole = client.get(addresses[page])
    head = client.head(addresses[page])

    assert head.status_code == 200
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.content == b""


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=0.5", "gzip"),
        ("BR; q=0, gzip", "gzip"),
        ("identity", None),
        ("br;q=0.0,,;;gzip;q=0", None),
    ],
)
def test_a_page_is_sent_compressed_to_whom_takes_it_so(
    client, addresses, accepted, encoding
):
    plain = client.get(addresses["story"])
    for _stored in range(2):
        sent = client.get(addresses["story"], headers={"Accept-Encoding": accepted})

        assert sent.headers.get("Content-Encoding") == encoding
        assert READ[encoding](sent.content) == plain.content
        assert sent.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        tags = {sent.headers["ETag"], plain.headers["ETag"]}
        assert len(tags) == (2 if encoding else 1)

        again = client.get(
            addresses["story"],
            headers={
                "Accept-Encoding": accepted,
                "If-None-Match": sent.headers["ETag"],
            },
        )
        assert again.status_code == 304


def test_a_stored_story_costs_one_query(client, addresses, django_assert_num_queries):
    client.get(addresses["story"])

    with django_assert_num_queries(1):
        response = client.get(addresses["story"])

    assert response.status_code == 200


def test_a_stored_front_page_costs_one_query(
    client, addresses, django_assert_num_queries
):
    client.get("/")

    with django_assert_num_queries(1):
        response = client.get("/")

    assert response.status_code == 200


def test_a_scheduled_change_shows_in_its_minute(client, monkeypatch):
    article = make_article(headline="Bridge to open")
    article.headline = "Bridge is open"
    article.save()
    publishing.save_working_copy(article, editor=None)
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    publishing.schedule(article, editor=None, at=at)
    address = article.get_absolute_url()

    stop_clock(monkeypatch, at - timedelta(seconds=1))
    before = client.get(address).text
    stop_clock(monkeypatch, at)
    after = client.get(address).text

    assert "<h1>Bridge to open</h1>" in before
    assert "<h1>Bridge is open</h1>" in after


def test_a_story_appears_on_the_front_page_in_the_minute_it_is_scheduled_for(
    client, monkeypatch
):
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    make_article(headline="Budget passed", published_at=at)

    stop_clock(monkeypatch, at - timedelta(seconds=1))
    before = client.get("/").text
    stop_clock(monkeypatch, at)
    after = client.get("/").text

    assert "Budget passed" not in before
    assert "Budget passed" in after


def stop_clock(monkeypatch, at: datetime):
    monkeypatch.setattr(timezone, "now", lambda: at)


def test_a_new_release_serves_no_page_of_the_old_one(client, settings, monkeypatch):
    stop_clock(monkeypatch, timezone.now())  # the next minute has pages of its own
    make_article()
    client.get("/")

    by_the_same_release = client.get("/")
    settings.RELEASE = "the next one"
    by_the_next_release = client.get("/")

    # What is taken from the cache is rendered by no template.
    assert by_the_same_release.templates == []
    assert by_the_next_release.templates != []
