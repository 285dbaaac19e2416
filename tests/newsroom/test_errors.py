"""What goes wrong is said in the site's own look, with the right status."""

from django.test import Client, RequestFactory
from django.urls import reverse

import pytest

from articles import views
from newsroom import errors
from newsroom.models import Publication
from tests.factories import make_article, make_staff
from tests.readers import Reader


def assert_own_look(response):
    assert '<link rel="stylesheet" href="/static/css/tokens.css">' in response.text
    assert "<h1>" in response.text
    assert 'href="/"' in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert not response.cookies
    assert "public" not in response.headers.get("Cache-Control", "")


def test_a_host_that_is_not_ours_is_answered_without_the_database(
    django_assert_num_queries,
):
    with django_assert_num_queries(0):
        response = Client().get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert_own_look(response)


def test_a_page_that_is_not_there(client):
    Publication.objects.create(pk=1, name="The Courier")

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is no page here" in response.text
    assert "The Courier" in response.text
    assert_own_look(response)


def test_what_one_may_not_do(client):
    client.force_login(make_staff("Reporter"))

    response = client.get(reverse("admin:comments_comment_changelist"))

    assert response.status_code == 403
    assert "Not allowed" in response.text


def test_a_form_of_the_admin_without_its_token():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})

    assert response.status_code == 403
    assert "That form could not be accepted" in response.text


def test_too_many_at_once(settings):
    settings.VOTES_PER_NETWORK_MINUTE = 1
    article, reader = make_article(), Reader()

    reader.rate(article, 4)
    response = reader.rate(article, 5)

    assert response.status_code == 429
    assert "Too many at once" in response.text
    assert_own_look(response)


def test_an_error_of_ours_is_told_without_the_cause(monkeypatch):
    make_article()

    def fail(*args):
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(views, "_page_of", fail)
    response = Client(raise_request_exception=False).get("/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "the secret cause" not in response.text
    assert_own_look(response)


def test_an_error_of_ours_is_told_even_without_a_database(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no database")

    monkeypatch.setattr("newsroom.models.PublicationQuerySet.current", fail)

    response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_to_be_read_takes_nothing_else(client, method):
    article = make_article()

    for address in ("/", article.get_absolute_url(), "/search/"):
        response = getattr(client, method)(address)
        assert response.status_code == 405
        assert "GET" in response.headers["Allow"]


def test_the_health_of_the_server_is_told_without_a_cookie(client):
    response = client.get("/health/")

    assert (response.status_code, response.text) == (200, "ok\n")
    assert not response.cookies
    assert "no-cache" in response.headers["Cache-Control"]
