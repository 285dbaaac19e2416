"""Bans: whom they keep away, for how long, and who lifted them."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError

import pytest

from comments import banning
from comments.models import Ban, Comment
from newsroom import networks
from newsroom.models import Event
from tests.factories import make_article, make_staff
from tests.readers import Reader

A_WEEK = timedelta(days=7)


def banned(kind, value, **more):
    moderator = make_staff("Moderator")
    defaults = {"reason": "Spam.", "lasting": A_WEEK, "moderator": moderator}
    return banning.ban(kind, value, **(defaults | more))


def test_addresses_and_domains_are_banned_in_lower_case_and_written_down():
    address = banned("email", " Troll@Example.ORG ")
    domain = banned("domain", "@Example.ORG", lasting=None)

    assert (address.value, address.until - address.since) == (
        "troll@example.org",
        A_WEEK,
    )
    assert (domain.value, domain.until) == ("example.org", None)
    assert [event.act for event in Event.objects.all()] == ["ban", "ban"]


@pytest.mark.parametrize(
    ("kind", "value", "lasting"),
    [
        ("email", "nobody", A_WEEK),
        ("email", "a\0@example.org", A_WEEK),
        ("domain", "not a domain", A_WEEK),
        ("reader", "", A_WEEK),
        ("network", "ab" * 16, None),
        ("network", "ab" * 16, timedelta(days=15)),
        ("planet", "earth", A_WEEK),
    ],
)
def test_what_cannot_be_banned_is_refused(kind, value, lasting):
    banned("network", "cd" * 16, lasting=timedelta(days=14))

    with pytest.raises(ValidationError):
        banned(kind, value, lasting=lasting)

    assert Ban.objects.count() == 1


def test_a_free_mail_domain_is_banned_only_when_confirmed():
    with pytest.raises(banning.FreeMailDomain):
        banned("domain", "Gmail.com")

    assert banned("domain", "Gmail.com", confirmed=True).value == "gmail.com"


def test_a_second_ban_replaces_the_first_and_lifting_is_written_down():
    first = banned("email", "troll@example.org")
    second = banned("email", "troll@example.org", lasting=None, reason="Again.")

    banning.lift(second, moderator=second.by)

    assert first.pk == Event.objects.filter(act="ban").first().object_id
    assert not Ban.objects.exists()
    assert Event.objects.first().act == "lift ban"


def test_a_network_that_was_banned_last_week_is_still_banned(monkeypatch):
    sunday = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    article = make_article(published_at=sunday - timedelta(days=1))
    monkeypatch.setattr("django.utils.timezone.now", lambda: sunday)
    Reader(address="198.51.100.7").comment(article, "Before.")
    before = Comment.objects.latest("pk")
    Ban.objects.create(
        kind="network",
        value=before.network_key,
        reason="Too much of it.",
        since=sunday,
        until=sunday + timedelta(days=7),
    )

    monday = sunday + timedelta(hours=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: monday)
    networks.forget_salt()
    Reader(address="198.51.100.9").comment(article, "After.", email="a@example.org")
    Reader(address="203.0.113.9").comment(article, "Elsewhere.", email="b@example.org")

    after, elsewhere = Comment.objects.order_by("pk")[1:]
    assert after.network_key != before.network_key
    assert (after.state, elsewhere.state) == ("removed", "pending")
    assert after.verdicts[0]["check"] == "ban"
