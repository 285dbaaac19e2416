"""Addresses in mails that are one subscriber's alone: signed, so that no list is needed.

Whoever holds one may act for the address that it was sent to, as RFC 8058 wants it:
mail providers do so without a cookie, an ``Origin`` or a page of ours.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from articles.models import Subscriber
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from articles.models import Copy

CONFIRM_WITHIN = timedelta(days=7)
_confirming = signing.TimestampSigner(salt="articles.newsletter.confirm")
# Without an end: who finds an edition of years ago can still leave.
_own = signing.Signer(salt="articles.newsletter.own")
_BOUNCES = "articles.newsletter.bounces"
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_DIGITS_OF_PROOF = 20  # hexadecimal: 80 bits


class LinkOver(Exception):
    """The link to confirm an address is older than ``CONFIRM_WITHIN``."""


def to_confirm(subscriber: Subscriber) -> str:
    """Return the absolute address that asks ``subscriber`` to confirm, for a week."""
    token = _confirming.sign(str(subscriber.pk))
    return absolute(reverse("articles:newsletter-confirm", args=[token]))


def who_confirms(token: str) -> Subscriber | None:
    """Return whom a link to confirm was made for; None: for nobody who is there.

    Raise ``LinkOver`` if its time is over.
    """
    try:
        number = _confirming.unsign(token, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired as error:
        raise LinkOver from error
    except signing.BadSignature:
        return None
    return Subscriber.objects.filter(pk=int(number)).first()


def own_token(subscriber: Subscriber) -> str:
    """Return what stands for ``subscriber`` in the addresses of their own pages."""
    return _own.sign(str(subscriber.pk))


def to_own_page(subscriber: Subscriber) -> str:
    """Return the absolute address at which ``subscriber`` leaves, returns or is erased."""
    token = own_token(subscriber)
    return absolute(reverse("articles:newsletter-own", args=[token]))


def to_leave(token: str) -> str:
    """Return the absolute address that takes one click of a mail program."""
    return absolute(reverse("articles:newsletter-leave", args=[token]))


def whose(token: str) -> Subscriber | None:
    """Return whom ``own_token`` was made for; None: nobody who is there."""
    try:
        number = _own.unsign(token)
    except signing.BadSignature:
        return None
    return Subscriber.objects.filter(pk=int(number)).first()


def return_path(copy: Copy) -> str:
    """Return the address to which mail servers send ``copy`` back, its own.

    It is “bounces+TOKEN@host” for ``MAIL_BOUNCES`` “bounces@host”, and "" if that is
    not set. TOKEN is of small letters and digits, for some servers fold the case.
    """
    name, _at, host = settings.MAIL_BOUNCES.rpartition("@")
    return f"{name}+{bounce_token(copy.pk)}@{host}" if name else ""


def bounce_token(number: int) -> str:
    """Return what names the copy ``number`` in its return path, with a proof."""
    return f"{_in_base_36(number)}-{_proof(number)}"


def bounced_copy(token: str) -> int | None:
    """Return the number of the copy that ``token`` names; None for a forged one."""
    name, _dash, proof = token.lower().partition("-")
    if not (name and len(name) <= 12 and set(name) <= set(_BASE_36)):
        return None
    number = int(name, 36)
    return number if constant_time_compare(proof, _proof(number)) else None


def digest_of(email: str) -> str:
    """Return a keyed hash of an address: 64 hexadecimal digits."""
    return salted_hmac(
        "articles.newsletter.forgotten", email.lower(), algorithm="sha256"
    ).hexdigest()


def _proof(number: int) -> str:
    mac = salted_hmac(_BOUNCES, str(number), algorithm="sha256")
    return mac.hexdigest()[:_DIGITS_OF_PROOF]


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _BASE_36[digit] + digits
    return digits or "0"
