"""GET /health/ tells a load balancer whether this server can serve."""

from django.db import OperationalError, connection
from django.test import Client

import pytest


def fail(*args):
    raise OperationalError("no database today")


def test_a_server_that_works_says_so_to_everyone_and_to_no_cache(client):
    response = client.get("/health/")
    head = client.head("/health/")

    assert (response.status_code, response.text) == (200, "ok\n")
    assert response.headers["Content-Type"] == "text/plain"
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert "Vary" not in response.headers
    assert (head.status_code, head.content) == (200, b"")


def test_a_server_without_its_database_is_not_well():
    client = Client(raise_request_exception=False)
    well = client.get("/health/")

    with connection.execute_wrapper(fail):
        ill = client.get("/health/")

    assert (well.status_code, ill.status_code) == (200, 500)
    assert "no database today" not in ill.text


def test_a_question_from_within_is_answered_without_a_detour_over_https(settings):
    settings.SECURE_SSL_REDIRECT = True

    health = Client().get("/health/")
    front = Client().get("/")

    assert health.status_code == 200
    assert (front.status_code, front.url) == (301, "https://testserver/")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_health_is_only_asked_for(client, method):
    response = getattr(client, method)("/health/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
