"""What goes wrong is said in the site's own look, with the right status."""

from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

import pytest

from articles import publishing
from newsroom.models import Publication
from tests.factories import make_article, make_staff
from tests.readers import Reader


def assert_own_look(response):
    assert '<link rel="stylesheet" href="/static/css/page.css">' in response.text
    assert "<h1>" in response.text
    assert 'href="/"' in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


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


def test_a_story_that_is_gone(client):
    article = make_article()
    publishing.withdraw(article, editor=None, reason="It named the wrong man.")

    response = client.get(article.get_absolute_url())

    assert response.status_code == 410
    assert "This story is no longer here" in response.text
    assert "It named the wrong man." in response.text
    assert_own_look(response)


def test_what_one_may_not_do(client):
    client.force_login(make_staff("Reporter"))

    response = client.get(reverse("admin:comments_comment_changelist"))

    assert response.status_code == 403
    assert "Not allowed" in response.text
    assert_own_look(response)


def test_a_form_of_the_admin_without_its_token():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})

    assert response.status_code == 403
    assert "That form could not be accepted" in response.text
    assert_own_look(response)


def test_too_many_at_once(settings):
    settings.VOTES_PER_NETWORK_MINUTE = 0

    response = Reader().rate(make_article(), 5)

    assert response.status_code == 429
    assert "Too many at once" in response.text
    assert_own_look(response)


def test_an_error_of_ours_is_told_without_the_cause_which_is_written_down(caplog):
    client = Client(raise_request_exception=False)

    def fail(*args):
        raise OperationalError("no database today")

    with connection.execute_wrapper(fail):
        response = client.get("/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "no database today" not in response.text
    assert_own_look(response)
    assert "no database today" in caplog.text


def test_an_address_that_cannot_be_read(client):
    response = client.get("/search/?q=%00")

    assert response.status_code == 400
    assert "That request could not be read" in response.text
    assert_own_look(response)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_to_be_read_takes_nothing_else(client, method):
    article = make_article()

    for address in ("/", article.get_absolute_url(), "/search/"):
        response = getattr(client, method)(address)
        assert response.status_code == 405
        assert "GET" in response.headers["Allow"]
