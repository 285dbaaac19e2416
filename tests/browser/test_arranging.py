"""An editor arranges the front page from the keyboard."""

import re

from playwright.sync_api import expect

from articles import front_page
from articles.front_page import Place
from tests.browser.journeys import sign_in
from tests.factories import make_article


def test_the_front_page_is_arranged_from_the_keyboard(new_page, editor):
    make_article(headline="Bridge reopens")
    make_article(headline="Ferry sails")
    make_article(headline="Otters return")
    page = new_page()
    sign_in(page)
    page.goto("/admin/articles/frontslot/")

    lead = page.locator("#place-1")
    lead.locator(".select2-selection").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-search__field")).to_be_focused()
    page.keyboard.type("bridge")
    # It alone: before the answer comes, the list still has every story.
    found = page.locator(".select2-results__option")
    expect(found).to_have_text([re.compile("Bridge reopens")])
    page.keyboard.press("Enter")
    expect(lead.locator(".select2-selection__rendered")).to_contain_text("Bridge")
    lead.get_by_role("button", name="Down").focus()
    page.keyboard.press("Enter")

    second = page.locator("#place-2")
    expect(second.locator(".select2-selection__rendered")).to_contain_text("Bridge")
    expect(second.get_by_role("button", name="Down")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is what readers get now.")).to_be_visible()

    page.goto("/")
    headlines = page.locator(".hero .card-headline")
    expect(headlines).to_have_text(["Otters return", "Bridge reopens", "Ferry sails"])


def test_a_lead_without_a_picture_leaves_no_gap(new_page):
    stories = [make_article(headline=f"Story {number}") for number in range(4)]
    places = {number: Place(one) for number, one in enumerate(stories, 1)}
    front_page.arrange(places, section=None, editor=None)

    for width in (360, 768, 1280, 1920):
        page = new_page(width=width)
        page.goto("/")
        lead = page.locator('[data-size="lead"]').bounding_box()
        beside = page.locator(".hero-beside").bounding_box()
        assert 0 < beside["y"] - lead["y"] - lead["height"] < 80, width
