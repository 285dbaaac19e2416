"""A network is known by a key that is good for a fortnight, and never by an address."""

from datetime import UTC, datetime, timedelta

from django.test import RequestFactory
from django.utils import timezone

import pytest

from newsroom import networks
from newsroom.models import NetworkSalt
from ratings.models import Rating
from tests.factories import make_article
from tests.readers import Reader

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def request_from(address="203.0.113.7", **more):
    return RequestFactory().get("/", REMOTE_ADDR=address, **more)


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
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "2001:db8::1:443", "2001:db8::1:443"),
        (2, "6.6.6.6:1, 198.51.100.1:4711, 192.0.2.1:80", "198.51.100.1"),
    ],
)
def test_a_forwarded_address_is_believed_as_far_as_proxies_are_ours(
    settings, proxies, forwarded, believed
):
    settings.TRUSTED_PROXIES = proxies

    request = request_from(HTTP_X_FORWARDED_FOR=forwarded)

    assert networks.client_address(request) == believed


@pytest.mark.parametrize(
    ("plain", "with_port"),
    [("203.0.113.7", "203.0.113.7:4711"), ("2001:db8::1", "[2001:db8::1]:443")],
)
def test_a_port_beside_a_forwarded_address_makes_no_other_network(
    settings, plain, with_port
):
    settings.TRUSTED_PROXIES = 1

    keys = {
        networks.network_key(request_from(HTTP_X_FORWARDED_FOR=forwarded))
        for forwarded in (plain, with_port)
    }
    elsewhere = networks.network_key(request_from(HTTP_X_FORWARDED_FOR="192.0.2.1"))

    assert len(keys) == 1
    assert elsewhere not in keys


@pytest.mark.parametrize(
    ("after", "is_same"),
    [
        (timedelta(days=6, hours=23, minutes=59), True),
        (timedelta(days=7), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_week_goes_from_monday_to_sunday(monkeypatch, after, is_same):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    key = networks.network_key(request_from())

    monkeypatch.setattr(timezone, "now", lambda: MONDAY + after)

    assert (networks.network_key(request_from()) == key) is is_same


def test_the_salt_of_last_week_is_kept_and_older_ones_are_deleted(monkeypatch):
    for weeks in (3, 2, 1):
        week = (MONDAY - timedelta(weeks=weeks)).date()
        NetworkSalt.objects.create(week=week, salt=b"salt")

    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    networks.network_key(request_from())

    weeks = NetworkSalt.objects.order_by("week").values_list("week", flat=True)
    assert list(weeks) == [MONDAY.date() - timedelta(weeks=1), MONDAY.date()]


def test_a_key_is_a_guess_for_whoever_has_not_the_salt():
    key = networks.network_key(request_from())
    same = networks.network_key(request_from())
    salt = bytes(NetworkSalt.objects.get().salt)

    NetworkSalt.objects.update(salt=b"another")
    networks.forget_salt()

    assert len(salt) == 32
    assert same == key
    assert networks.network_key(request_from()) != key


@pytest.mark.parametrize(
    "address",
    ["fe80::1%eth0", "203.0.113.7:", "[:443", "[]", "[x]:1", "1:2", "x" * 9000],
)
def test_an_address_in_an_odd_form_is_no_error(settings, address):
    settings.TRUSTED_PROXIES = 1

    response = Reader().rate(make_article(), 4, headers={"X-Forwarded-For": address})

    assert response.status_code == 303


def test_a_vote_keeps_the_key_of_its_network_and_no_address():
    for address in ("203.0.113.7", "2001:db8:0:12::1"):
        Reader(address=address).rate(make_article(headline=address), 4)

    stored = str(list(Rating.objects.values("network_key", "browser", "voter_hash")))

    assert Rating.objects.exclude(network_key="").count() == 2
    assert "203.0.113" not in stored
    assert "2001:db8" not in stored


def test_a_reader_chooses_no_network_by_writing_one_into_a_header():
    article = make_article()

    for forwarded in ("198.51.100.1", "192.0.2.1"):
        Reader(address="203.0.113.7").rate(
            article, 4, headers={"X-Forwarded-For": forwarded}
        )
    Reader(address="198.51.100.1").rate(article, 4)

    keys = list(Rating.objects.order_by("pk").values_list("network_key", flat=True))
    assert keys[0] == keys[1]
    assert keys[2] != keys[0]
