"""Signing up for the newsletter, confirming, leaving, coming back, being erased."""

import re
from datetime import timedelta

from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import ForgottenAddress, Subscriber
from articles.newsletter import links, subscribing
from newsroom.models import Delivery
from tests.factories import make_article, make_newsletter, make_subscriber
from tests.html_forms import fields_of
from tests.readers import Reader

ADDRESS = re.compile(r"http://testserver(/newsletter/\S+)")


@pytest.fixture(autouse=True)
def _newsletter():
    make_newsletter()


def sign_up(reader, email="hettie@example.org", **fields):
    return reader.post("/newsletter/", {"email": email, "subject": ""} | fields)


def address_in(sent):
    return ADDRESS.search(sent.body)[1]


def test_a_reader_signs_up_confirms_leaves_and_undoes_it(client):
    reader = Reader()
    story = make_article()

    assert "Your email address" in client.get(story.get_absolute_url()).text
    asked = sign_up(reader)
    page = reader.get(asked.headers["Location"])
    state_before = Subscriber.objects.get().state
    letter = mail.outbox[0]
    address = address_in(letter)
    seen = reader.get(address)
    state_seen = Subscriber.objects.get().state
    done = reader.post(address, follow=True)
    state_after = Subscriber.objects.get().state

    assert asked.status_code == 303
    assert "Look into your mail" in page.text
    assert letter.to == ["hettie@example.org"]
    assert letter.subject == "Please confirm: The Friday letter"
    assert state_before == state_seen == "pending"  # a mail scanner only looks
    assert "Yes, send it to me" in seen.text
    assert state_after == "confirmed"
    assert "You get the newsletter" in done.text

    own = done.redirect_chain[-1][0]
    left = reader.post(own, {"leave": "1"}, follow=True)
    assert "You do not get the newsletter" in left.text
    assert Subscriber.objects.get().state == "unsubscribed"
    back = reader.post(own, {"come_back": "1"}, follow=True)
    assert "You get the newsletter" in back.text
    assert Subscriber.objects.get().state == "confirmed"


@pytest.mark.parametrize(
    "state", [None, "pending", "confirmed", "unsubscribed", "bounced"]
)
def test_the_answer_tells_nobody_who_is_on_the_list(state):
    if state:
        make_subscriber("hettie@example.org", state=state)

    answer = sign_up(Reader(), "Hettie@Example.org")
    page = Reader().get(answer.headers["Location"])

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/newsletter/asked/",
    )
    assert "Hettie" not in page.text
    assert not answer.cookies
    assert len(mail.outbox) == 1
    subject = "You get it already" if state == "confirmed" else "Please confirm"
    assert mail.outbox[0].subject.startswith(subject)
    assert Subscriber.objects.count() == 1


def test_who_is_on_the_list_is_told_so_once_a_day_with_a_way_out():
    make_subscriber("hettie@example.org")

    for _time in range(3):
        sign_up(Reader())

    assert len(mail.outbox) == 1
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    own = Reader().get(address_in(mail.outbox[0]))
    assert "You get the newsletter" in own.text


def test_an_address_gets_three_letters_a_day_whoever_asks():
    answers = {sign_up(Reader()).status_code for _time in range(5)}

    assert answers == {303}
    assert len(mail.outbox) == 3


def test_one_network_is_asked_to_wait_and_its_words_are_kept():
    office = Reader(address="203.0.113.9")
    for number in range(20):
        assert sign_up(office, f"reader{number}@example.org").status_code == 303

    answer = sign_up(office, "last@example.org")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "Many signed up from your network" in answer.text
    assert 'value="last@example.org"' in answer.text
    assert len(mail.outbox) == 20


@pytest.mark.parametrize(
    "email",
    ["", "hettie", "hettie@", "a@b@example.org", "ä@example.org", "x" * 300 + "@a.org"],
)
def test_a_bad_address_is_said_at_the_field_and_kept(email):
    answer = sign_up(Reader(), email)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'id="newsletter-email_error"' in answer.text
    assert fields_of(answer)["email"] == email
    assert not mail.outbox
    assert not Subscriber.objects.exists()


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten():
    answer = sign_up(Reader(), subject="Cheap watches")

    assert answer.status_code == 303
    assert not Subscriber.objects.exists()
    assert not mail.outbox


def test_another_site_cannot_sign_anybody_up():
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post(
        "/newsletter/",
        {"email": "hettie@example.org"},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert answer.status_code == 403
    assert "hettie@example.org" in answer.text
    assert not Subscriber.objects.exists()


def test_a_link_to_confirm_works_for_a_week(monkeypatch):
    subscriber = make_subscriber("hettie@example.org", state="pending")
    address = links.to_confirm(subscriber)
    monkeypatch.setattr(links, "CONFIRM_WITHIN", timedelta(seconds=-1))

    late = Reader().post(address)

    assert late.status_code == 410
    assert "This link no longer works" in late.text
    assert Subscriber.objects.get().state == "pending"


@pytest.mark.parametrize("name", ["confirm", "own", "leave"])
@pytest.mark.parametrize("token", ["x", "1:x", "9" * 40, "1:2:3", "%00"])
def test_a_forged_link_leads_nowhere(name, token):
    make_subscriber()

    for method in ("get", "post"):
        answer = getattr(Reader(), method)(f"/newsletter/{name}/{token}/")
        assert answer.status_code in {400, 404}
    assert Subscriber.objects.get().is_confirmed


def test_a_mail_provider_unsubscribes_with_one_click_and_no_origin():
    subscriber = make_subscriber()
    address = links.to_leave(links.own_token(subscriber))
    provider = Client(enforce_csrf_checks=True)

    looked = provider.get(address)
    before = Subscriber.objects.get().state
    answer = provider.post(address, {"List-Unsubscribe": "One-Click"})

    assert looked.status_code == 200
    assert before == "confirmed"
    assert answer.status_code == 200
    assert Subscriber.objects.get().state == "unsubscribed"
    assert not answer.cookies
    assert answer.headers["Cache-Control"].startswith("max-age=0")


def test_an_erased_address_leaves_a_keyed_hash_and_its_link_is_dead():
    subscriber = make_subscriber("hettie@example.org")
    sign_up(Reader())  # a letter that it is on the list
    own = links.to_own_page(subscriber)

    answer = Reader().post(own, {"erase": "1"}, follow=True)

    assert "Your address is deleted" in answer.text
    assert not Subscriber.objects.exists()
    assert not Delivery.objects.exists()
    assert ForgottenAddress.objects.get().digest == links.digest_of(
        "Hettie@example.org"
    )
    assert Reader().get(own).status_code == 404


def test_who_was_erased_can_come_again():
    subscribing.erase(make_subscriber("hettie@example.org"))

    sign_up(Reader())
    Reader().post(address_in(mail.outbox[0]))

    assert Subscriber.objects.get().is_confirmed
    assert not ForgottenAddress.objects.exists()


def test_what_nobody_confirmed_is_forgotten_after_a_fortnight():
    old = make_subscriber("old@example.org", state="pending")
    Subscriber.objects.update(asked_at=timezone.now() - timedelta(days=15))
    make_subscriber("young@example.org", state="pending")

    sign_up(Reader(), "new@example.org")

    emails = set(Subscriber.objects.values_list("email", flat=True))
    assert old.email not in emails
    assert emails == {"young@example.org", "new@example.org"}


def test_who_never_confirmed_cannot_be_put_on_the_list_by_an_undo():
    subscriber = make_subscriber(state="pending")
    own = reverse("articles:newsletter-own", args=[links.own_token(subscriber)])
    reader = Reader()

    page = reader.post(own, {"leave": "1"}, follow=True)
    reader.post(own, {"come_back": "1"})

    assert "Undo" not in page.text
    assert Subscriber.objects.get().state == "unsubscribed"


def test_a_newsletter_that_is_closed_shows_no_form_and_takes_nobody(client):
    make_newsletter(is_open=False)
    story = make_article()

    page = client.get(story.get_absolute_url())

    assert "newsletter-email" not in page.text
    assert "The paper" in page.text  # the foot of the page
    assert sign_up(Reader()).status_code == 404
    assert client.get("/newsletter/").status_code == 404


def test_the_form_costs_a_story_no_query(client):
    address = make_article().get_absolute_url()
    make_newsletter(is_open=False)
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    make_newsletter(is_open=True)
    with CaptureQueriesContext(connection) as with_form:
        page = client.get(address)

    assert "newsletter-email" in page.text
    assert len(with_form) == len(without)


def test_what_cannot_be_read_is_answered():
    reader = Reader()
    for email in ("a\0@example.org", "x" * 100_000, "a@b.org\r\nBcc: c@d.org", "<>"):
        assert sign_up(reader, email).status_code == 422
    assert reader.post("/newsletter/").status_code == 422
    for query in ("?page=0", "?page=x", "?page=99999999999999999999"):
        assert reader.get(f"/newsletter/{query}").status_code == 404


def test_an_address_that_is_erased_in_another_tab_is_answered(monkeypatch):
    subscriber = make_subscriber()
    own = links.to_own_page(subscriber)
    find = links.whose

    def and_then_it_is_erased(token):
        found = find(token)
        subscribing.erase(Subscriber.objects.get())
        return found

    monkeypatch.setattr(links, "whose", and_then_it_is_erased)

    assert Reader().post(own, {"leave": "1"}).status_code == 404


def test_search_engines_are_told_of_its_page_while_it_is_open(client):
    found = client.get("/sitemap-pages.xml").text
    make_newsletter(is_open=False)
    closed = client.get("/sitemap-pages.xml").text

    assert "http://testserver/newsletter/</loc>" in found
    assert "http://testserver/about/</loc>" in closed
    assert "/newsletter/" not in closed
