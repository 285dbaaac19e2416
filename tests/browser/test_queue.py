"""Clearing the moderation queue by keyboard alone, and without a script."""

import re

from django.urls import reverse

import pytest
from playwright.sync_api import expect

from comments.models import Comment
from tests.factories import make_article, make_comment

State = Comment.State


@pytest.fixture
def ten(editor):
    article = make_article(headline="Bridge reopens")
    return [make_comment(article, state=State.PENDING) for _ in range(10)]


def enter(page):
    page.goto("/admin/login/?next=" + reverse("admin:comments_comment_queue"))
    page.get_by_label("Username").fill("saskia")
    page.get_by_label("Password").fill("estuary-42")
    page.keyboard.press("Enter")
    expect(page.locator(".queue-card").first).to_be_visible()
    page.wait_for_load_state()  # the keys are heard once the script has run


def states():
    return list(Comment.objects.order_by("pk").values_list("state", flat=True))


def test_a_queue_of_ten_is_cleared_from_the_keyboard(ten, new_page):
    page = new_page()
    enter(page)
    cards = page.locator(".queue-card:visible")

    page.keyboard.press("a")  # no card is marked yet: this leads to the first
    expect(cards).to_have_count(10)
    expect(cards.first).to_be_focused()
    for left, key in zip(range(9, 1, -1), "asdasdas", strict=True):
        page.keyboard.press(key)
        expect(cards).to_have_count(left)
        expect(cards.first).to_be_focused()
    page.keyboard.press("z")
    expect(cards).to_have_count(3)
    page.keyboard.press("3")
    page.keyboard.press("w")
    page.keyboard.type("jazz is off topic")
    expect(cards).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(cards).to_have_count(2)
    page.keyboard.press("Shift+R")
    page.keyboard.type("Thank you.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    page.keyboard.press("a")
    expect(cards).to_have_count(0)
    expect(page.locator(".queue-more a")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("is now: approved")

    a, s, d = State.APPROVED, State.SPAM, State.REMOVED
    assert states()[:10] == [a, s, d, a, s, d, a, d, a, a]
    assert Comment.objects.get(pk=ten[7].pk).word == "jazz is off topic"
    assert Comment.objects.get(pk=ten[7].pk).fault == "hate"
    assert Comment.objects.get(parent=ten[8]).source == "Thank you."


def test_those_selected_are_decided_together_and_context_is_shown(ten, new_page):
    page = new_page()
    enter(page)
    cards = page.locator(".queue-card:visible")

    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(cards.first).to_contain_text("This reader’s record")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#bulk").get_by_role("button", name="Spam").click()
    expect(cards).to_have_count(8)
    decided = states()
    page.keyboard.press("z")
    expect(cards).to_have_count(10)

    assert decided[:2] == [State.SPAM, State.SPAM]
    assert set(states()) == {State.PENDING}


def test_a_lost_connection_keeps_the_card_and_offers_to_try_again(ten, new_page):
    page = new_page()
    enter(page)
    cards = page.locator(".queue-card:visible")
    page.route("**/queue/decide/", lambda route: route.abort())

    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("The connection was lost")
    expect(cards).to_have_count(10)
    page.unroute("**/queue/decide/")
    page.get_by_role("button", name="Retry").click()
    expect(cards).to_have_count(9)

    assert states()[0] == State.APPROVED
    new_page.complaints[:] = [
        said for said in new_page.complaints if not re.search("ERR_FAILED", said)
    ]


def test_a_queue_of_ten_is_cleared_without_a_script(ten, new_page):
    page = new_page(javascript=False, width=360)
    enter(page)

    for left in range(9, -1, -1):
        page.locator(".queue-card").first.get_by_role(
            "button", name="Approve", exact=True
        ).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".queue-card")).to_have_count(left)

    expect(page.get_by_role("status")).to_contain_text("1 comment is now: approved.")
    assert set(states()) == {State.APPROVED}
