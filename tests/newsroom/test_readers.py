"""Readers and their networks: told apart when they act, and known no further."""

from datetime import timedelta

from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

import pytest

from newsroom import limits, networks, readers
from newsroom.models import Count, NetworkSalt

AN_HOUR = timedelta(hours=1)


def request_from(address="203.0.113.7", **more):
    return RequestFactory().get("/", REMOTE_ADDR=address, **more)


def remembered(reader):
    """Return the request of a browser that kept the reader's cookie."""
    response = readers.remember(reader, HttpResponse())
    request = request_from()
    request.COOKIES[readers.COOKIE] = response.cookies[readers.COOKIE].value
    return request


def test_a_reader_is_recognised_by_the_cookie_alone():
    first = readers.recognise(request_from())

    again = readers.recognise(remembered(first))

    assert first.is_new
    assert not again.is_new
    assert again.hash == first.hash
    assert readers.recognise(request_from()).hash != first.hash


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "\xff", "a" * 5000])
def test_a_cookie_that_we_did_not_sign_is_nobodys(value):
    request = request_from()
    request.COOKIES[readers.COOKIE] = value

    assert readers.recognise(request).is_new


def test_a_cookie_of_last_year_is_nobodys(monkeypatch):
    request = remembered(readers.recognise(request_from()))
    monkeypatch.setattr(readers, "LIFETIME", timedelta(seconds=-1))

    assert readers.recognise(request).is_new


def test_the_cookie_is_secure_where_the_site_is(settings):
    settings.READER_COOKIE_SECURE = True
    reader = readers.recognise(request_from())

    cookie = readers.remember(reader, HttpResponse()).cookies[readers.COOKIE]

    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:0:12::1", "2001:db8:0:34::9", True),
        ("2001:db8:0:12::1", "2001:db8:1:12::1", False),
        ("203.0.113.7", "::ffff:203.0.113.9", True),
        ("", "not an address", True),
        ("", "203.0.113.7", False),
    ],
)
def test_a_network_is_a_24_or_a_56_and_no_address_is_kept(one, other, is_same):
    keys = [networks.network_key(request_from(address)) for address in (one, other)]

    assert (keys[0] == keys[1]) is is_same
    assert all(len(key) == 32 for key in keys)


def test_keys_of_one_network_mean_nothing_after_two_weeks(monkeypatch):
    start = timezone.now()
    keys = []
    for week in range(4):
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(weeks=week))  # noqa: B023
        keys.append(networks.network_key(request_from()))

    weeks = list(NetworkSalt.objects.order_by("week").values_list("week", flat=True))
    assert len(set(keys)) == 4
    assert len(weeks) == 2
    assert weeks[1] - weeks[0] == timedelta(weeks=1)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.7"),
        (1, "", "203.0.113.7"),
    ],
)
def test_a_forwarded_address_is_believed_as_far_as_proxies_are_ours(
    settings, proxies, forwarded, believed
):
    settings.TRUSTED_PROXIES = proxies

    request = request_from(HTTP_X_FORWARDED_FOR=forwarded)

    assert networks.client_address(request) == believed


def test_a_limit_counts_within_its_window_and_forgets_closed_ones(monkeypatch):
    start = timezone.now()
    numbers = [limits.count("votes:a", within=AN_HOUR) for _time in range(3)]
    other = limits.count("votes:b", within=AN_HOUR)
    asked = limits.number_of("votes:a", within=AN_HOUR)

    monkeypatch.setattr(timezone, "now", lambda: start + 2 * AN_HOUR)
    later = limits.count("votes:a", within=AN_HOUR)

    assert (numbers, other, asked, later) == ([1, 2, 3], 1, 3, 1)
    assert Count.objects.count() == 1
