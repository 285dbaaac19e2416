"""Readers are told apart by one signed cookie, from the day they act."""

import re
from datetime import timedelta

from django.core.signing import TimestampSigner
from django.http import HttpResponse
from django.test import RequestFactory

import pytest

from newsroom import readers
from tests.factories import make_article
from tests.readers import Reader


def remembered(reader):
    """Return the request of a browser that kept the reader's cookie."""
    response = readers.remember(reader, HttpResponse())
    request = RequestFactory().get("/")
    request.COOKIES[readers.COOKIE] = response.cookies[readers.COOKIE].value
    return request


def test_a_reader_is_recognised_by_the_cookie_alone():
    first = readers.recognise(RequestFactory().get("/"))

    again = readers.recognise(remembered(first))

    assert first.is_new
    assert not again.is_new
    assert again.hash == first.hash
    assert readers.recognise(RequestFactory().get("/")).hash != first.hash


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "\xff", "a" * 5000])
def test_a_cookie_that_we_did_not_sign_is_nobodys(value):
    request = RequestFactory().get("/")
    request.COOKIES[readers.COOKIE] = value

    assert readers.recognise(request).is_new


def test_a_cookie_of_last_year_is_nobodys(monkeypatch):
    request = remembered(readers.recognise(RequestFactory().get("/")))
    monkeypatch.setattr(readers, "LIFETIME", timedelta(seconds=-1))

    assert readers.recognise(request).is_new


def test_the_cookie_is_secure_where_the_site_is(settings):
    settings.READER_COOKIE_SECURE = True
    reader = readers.recognise(RequestFactory().get("/"))

    cookie = readers.remember(reader, HttpResponse()).cookies[readers.COOKIE]

    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600


@pytest.mark.parametrize("change", ["the secret", "the time", "the signature"])
def test_a_cookie_with_anything_changed_is_nobodys(change):
    reader = readers.recognise(RequestFactory().get("/"))
    genuine, forged = remembered(reader), remembered(reader)
    parts = genuine.COOKIES[readers.COOKIE].split(":")
    place = ["the secret", "the time", "the signature"].index(change)
    parts[place] = parts[place][:-2] + parts[place][-2:].swapcase() + "0"
    forged.COOKIES[readers.COOKIE] = ":".join(parts)

    assert readers.recognise(genuine).hash == reader.hash
    assert readers.recognise(forged).is_new
    assert readers.recognise(forged).hash != reader.hash


def test_what_we_signed_for_another_purpose_is_no_cookie_of_a_reader():
    request = RequestFactory().get("/")
    request.COOKIES[readers.COOKIE] = TimestampSigner(salt="other").sign("a" * 32)

    assert readers.recognise(request).is_new


def test_one_cookie_serves_every_act_and_says_nothing_of_who_it_is():
    article, reader = make_article(), Reader()
    reader.get(article.get_absolute_url())
    before = dict(reader.cookies)

    voted = reader.rate(article, 4)
    commented = reader.comment(article)

    cookie = voted.cookies[readers.COOKIE]
    secret, _time, _signature = cookie.value.split(":")
    assert before == {}
    assert list(voted.cookies) == [readers.COOKIE]
    assert list(commented.cookies) == []
    assert re.fullmatch("[0-9a-f]{32}", secret)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
