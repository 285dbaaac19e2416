"""A reader signs up for the newsletter, and an editor composes an edition."""

import re

from django.utils import timezone

import pytest
from playwright.sync_api import expect

from articles.models import Edition, Subscriber
from articles.newsletter import links
from newsroom.models import Delivery
from tests.browser.barriers import barriers
from tests.browser.journeys import sign_in
from tests.factories import (
    make_article,
    make_edition,
    make_newsletter,
    make_subscriber,
)

# Select2's boxes have no name that axe finds: they are Django's own.
STORIES = {"include": [["#stories-group"]], "exclude": [[".select2-container"]]}
LANDMARKS = ("landmark-one-main", "region")


@pytest.fixture(autouse=True)
def _newsletter(site):
    make_newsletter(description="Once a week, in five minutes.")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_signs_up_under_a_story_and_leaves_again(new_page, javascript):
    story = make_article()
    page = new_page(javascript=javascript, width=360, height=800)

    page.goto(story.get_absolute_url())
    page.get_by_label("Your email address").fill("hettie@example.org")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    assert Delivery.objects.get().recipient == "hettie@example.org"

    page.goto(links.to_confirm(Subscriber.objects.get()))
    page.get_by_role("button", name="Yes, send it to me").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("You get the newsletter")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(heading).to_have_text("You do not get the newsletter")
    page.get_by_role("button", name="Undo").click()
    expect(heading).to_have_text("You get the newsletter")
    page.get_by_role("button", name="Delete my address").click()
    expect(heading).to_have_text("Your address is deleted")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_its_pages_have_no_barriers(new_page, scheme, width):
    subscriber = make_subscriber()
    story = make_article(headline="Estuary bridge reopens after eleven long weeks")
    ad = make_article(label="sponsored", sponsor="The Harbour Bank", language="ar")
    make_edition(story, ad, number=1, state="sent", started_at=timezone.now())
    page = new_page(width=width, color_scheme=scheme)

    for address in (
        "/newsletter/",
        "/newsletter/asked/",
        "/newsletter/1/",
        links.to_confirm(subscriber),
        links.to_own_page(subscriber),
    ):
        page.goto(address)
        assert barriers(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, address


def test_an_edition_is_composed_looked_at_and_checked(new_page, editor):
    make_article(headline="Bridge reopens")
    make_article(headline="Otters return")
    desk = new_page()
    sign_in(desk)
    desk.goto("/admin/articles/edition/add/")

    desk.get_by_label("Subject").fill("The week")
    desk.get_by_label("Introduction").fill("Good morning.")
    first = desk.locator("#stories-0")
    first.locator(".select2-selection").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".select2-search__field")).to_be_focused()
    desk.keyboard.type("bridge")
    # It alone: before the answer comes, the list still has every story.
    found = desk.locator(".select2-results__option")
    expect(found).to_have_text([re.compile("Bridge reopens")])
    desk.keyboard.press("Enter")
    expect(first.locator(".select2-selection__rendered")).to_contain_text("Bridge")
    desk.get_by_role("button", name="Fill with the latest stories").first.click()
    expect(desk.get_by_text("1 story was added.")).to_be_visible()
    desk.get_by_role("button", name="Up: Otters return").click()
    rows = desk.locator("#stories-group .inline-related .select2-selection__rendered")
    expect(rows.first).to_contain_text("Otters")
    assert barriers(desk, within=STORIES) == []

    desk.get_by_role("button", name="Preview").first.click()
    mail = desk.frame_locator("iframe")
    expect(mail.get_by_role("heading", level=2)).to_have_text(
        ["Otters return", "Bridge reopens"]
    )
    styled = mail.locator(".letter").evaluate("one => getComputedStyle(one).maxWidth")
    assert styled == "600px"
    desk.get_by_label("Phone").check()
    assert desk.locator("iframe").bounding_box()["width"] == 390
    desk.get_by_label("Plain text").check()
    expect(desk.locator(".plain-text")).to_contain_text("Otters return")
    assert barriers(desk) == []

    desk.get_by_role("link", name="Back to the edition").click()
    desk.get_by_role("button", name="Check and send").first.click()
    expect(desk.get_by_text("Nobody has confirmed a subscription")).to_be_visible()
    expect(desk.get_by_role("button", name="Send it now")).to_be_disabled()
    assert barriers(desk, within={"include": [[".edition-sending"]]}) == []
    assert Edition.objects.get().is_draft


def test_the_mail_itself_has_no_barriers_in_either_scheme(new_page, editor):
    edition = make_edition(
        make_article(label="sponsored", sponsor="The Harbour Bank"),
        make_article(headline="Bridge reopens"),
        preheader="After eleven weeks.",
    )
    for scheme in ("light", "dark"):
        desk = new_page(color_scheme=scheme)
        sign_in(desk)
        desk.goto(f"/admin/articles/edition/{edition.pk}/preview/")
        html = desk.locator("iframe").get_attribute("srcdoc")
        mail = new_page(color_scheme=scheme)
        mail.set_content(re.sub(r' nonce="[^"]*"', "", html))
        # A mail has no landmarks: it is shown within the page of whoever shows it.
        found = [one for one in barriers(mail) if not one.startswith(LANDMARKS)]
        assert found == []
