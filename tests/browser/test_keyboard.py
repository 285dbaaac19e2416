"""A reader without a mouse: every way through the site, and always seen where they are."""

import re

import pytest
from playwright.sync_api import expect

from comments.models import Comment, Report
from newsroom.models import Delivery
from tests.factories import make_article, make_comment, make_newsletter, set_discussion

MOST_STOPS = 120
IS_SEEN = """() => {
    // The ring of a star is drawn around its label, that of a headline around its card.
    const at = document.activeElement, box = at.closest("label, .card") ?? at;
    return [at, box].some((one) => {
        const style = getComputedStyle(one);
        const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth);
        return outline || style.boxShadow !== "none";
    });
}"""


def tab_to(page, target):
    """Press Tab until ``target`` has the focus; each stop on the way must be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # the end of the page: it begins anew
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}.")


def press(page, target, key="Enter"):
    tab_to(page, target)
    page.keyboard.press(key)


@pytest.mark.parametrize("forced", ["none", "active"], ids=["", "forced colours"])
def test_a_story_is_searched_for_found_and_read(new_page, site, forced):
    make_article(headline="The tide bell rings at last")
    page = new_page()
    page.emulate_media(forced_colors=forced)
    page.goto("/")

    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("tide bell")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    press(page, page.get_by_role("link", name="The tide bell rings at last").first)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The tide bell rings at last"
    )


def test_a_section_is_reached_and_its_older_stories(new_page, site):
    for number in range(25):
        make_article(headline=f"Story {number}")
    page = new_page()
    page.goto("/")

    press(page, page.get_by_role("link", name="Town Hall").first)
    page.wait_for_url("**/section/town-hall/")
    press(page, page.get_by_role("link", name="Older stories"))

    page.wait_for_url("**/section/town-hall/?page=2")
    expect(page.get_by_role("link", name="Story 2", exact=True)).to_be_visible()


def test_a_footnote_is_read_and_what_stands_elsewhere_is_shown(new_page, site):
    story = make_article(
        body=(
            '<p>The bell<span data-footnote="a1">Cast in 1871.</span> rings.</p>'
            '<div data-embed="https://www.youtube.com/watch?v=aaaaaaaaaaa"'
            ' data-title="The bell"></div>'
        )
    )
    page = new_page()
    page.route(re.compile("youtube"), lambda route: route.fulfill(body="A film"))
    page.goto(story.get_absolute_url())

    press(page, page.get_by_role("link", name="Footnote 1", exact=True))
    expect(page).to_have_url(re.compile("#"))
    press(page, page.get_by_role("link", name="Back to the place of footnote 1"))
    press(page, page.get_by_role("button", name=re.compile("Show it here")))

    expect(page.locator("iframe")).to_be_visible()


def test_a_comment_is_recommended_answered_and_reported(new_page, site):
    set_discussion(hold_unknown=False)
    story = make_article()
    remark = make_comment(story, name="Ilse", source="It hums.")
    page = new_page()
    page.goto(story.get_absolute_url())

    press(page, page.get_by_role("button", name="Recommend the comment by Ilse"))
    expect(page.get_by_role("button", name=re.compile("Recommended"))).to_be_visible()
    press(page, page.get_by_role("link", name="Reply to Ilse"))
    expect(page.get_by_role("heading", name="Leave a Reply to Ilse")).to_be_visible()
    tab_to(page, page.get_by_label("Comment *"))
    page.keyboard.type("It always did.")
    tab_to(page, page.get_by_label("Name *"))
    page.keyboard.type("Hettie P.")
    tab_to(page, page.get_by_label("Email *"))
    page.keyboard.type("hettie@example.org")
    press(page, page.get_by_role("button", name="Post Comment"))
    expect(page.locator("#comments").get_by_text("It always did.")).to_be_visible()
    press(page, page.get_by_role("link", name="Report the comment by Ilse"))
    page.wait_for_url("**/report/")
    press(page, page.get_by_role("radio").first, "Space")
    press(page, page.get_by_role("button", name="Report"))

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Comment.objects.get(parent=remark).name == "Hettie P."
    assert Report.objects.get().comment == remark


def test_the_newsletter_is_asked_for_at_the_foot_of_a_page(new_page, site):
    make_newsletter()
    page = new_page()
    page.goto(make_article().get_absolute_url())

    tab_to(page, page.get_by_label("Your email address"))
    page.keyboard.type("hettie@example.org")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    assert Delivery.objects.get().recipient == "hettie@example.org"
