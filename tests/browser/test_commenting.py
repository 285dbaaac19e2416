"""Leave a Reply as people use it: in place, by keyboard, twice, and offline."""

import re

from playwright.sync_api import expect

from comments.models import Comment
from tests.factories import make_article, make_comment, set_discussion

KNOWN = {"name": "Hettie P.", "email": "hettie@example.org"}


def fill(page, text, name="Hettie P.", email="hettie@example.org"):
    page.get_by_label("Comment *").fill(text)
    page.get_by_label("Name *").fill(name)
    page.get_by_label("Email *").fill(email)


def test_a_comment_and_a_reply_stand_in_their_places_without_a_reload(new_page):
    set_discussion(flood_seconds=0)
    article = make_article()
    root = make_comment(article, source="The first word.", **KNOWN)
    page = new_page()
    page.goto(article.get_absolute_url())
    page.evaluate("window.isTheSamePage = true")

    fill(page, "It hums, as it always did.")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your comment is published.")).to_be_visible()
    page.locator(f"#comment-{root.pk}").get_by_role("link", name="Reply").click()
    expect(
        page.get_by_role("heading", name="Leave a Reply to Hettie P.")
    ).to_be_visible()
    page.get_by_label("Comment *").fill("So it does.")
    page.get_by_role("button", name="Post Comment").click()

    reply = page.locator(".replies .comment").get_by_text("So it does.")
    expect(reply).to_be_visible()
    expect(page.get_by_role("heading", name="3 comments")).to_be_visible()
    expect(page.get_by_label("Comment *")).to_have_value("")
    assert page.evaluate("window.isTheSamePage") is True
    assert Comment.objects.filter(parent=root).count() == 1


def test_errors_stand_beside_their_fields_and_the_text_stays(new_page):
    page = new_page()
    page.goto(make_article().get_absolute_url())
    form = page.locator(".respond-form")

    form.evaluate("form => { form.noValidate = true }")
    page.get_by_label("Comment *").fill("Not to be lost.")
    page.get_by_role("button", name="Post Comment").click()

    expect(form.get_by_text("Give a name: a nickname will do.")).to_be_visible()
    expect(page.get_by_label("Name *")).to_be_focused()
    expect(page.get_by_label("Comment *")).to_have_value("Not to be lost.")
    expect(page.get_by_label("Name *")).to_have_attribute("aria-invalid", "true")
    assert {"422" in said for said in new_page.complaints} == {True}
    new_page.complaints.clear()  # the browser notes each answer that is no success


def test_a_held_comment_says_that_it_waits_and_leads_to_its_private_page(new_page):
    page = new_page()
    page.goto(make_article().get_absolute_url())

    fill(page, "I am new here.")
    page.get_by_role("button", name="Post Comment").dblclick()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    page.get_by_role("link", name="Your private page for this comment").click()
    page.get_by_label("Comment").fill("I am new here, and shy.")
    page.get_by_role("button", name="Save the change").click()

    expect(page.locator(".own-comment").get_by_text("and shy.")).to_be_visible()
    page.get_by_role("button", name="Take my comment back").click()
    expect(page.get_by_text("You took your comment back.")).to_be_visible()
    assert Comment.objects.count() == 1


def test_a_lost_connection_keeps_the_text_and_a_retry_posts_it_once(new_page):
    page = new_page()
    page.goto(make_article().get_absolute_url())

    fill(page, "Through the storm.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    expect(page.get_by_label("Comment *")).to_have_value("Through the storm.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    assert Comment.objects.get().source == "Through the storm."
    assert {"ERR_INTERNET_DISCONNECTED" in said for said in new_page.complaints} == {
        True
    }
    new_page.complaints.clear()


def test_a_preview_shows_what_it_will_look_like_with_script_and_without(new_page):
    article = make_article()
    for javascript in (True, False):
        page = new_page(javascript=javascript)
        page.goto(article.get_absolute_url())
        fill(page, "It *hums*.")
        page.get_by_role("button", name="Preview").click()

        preview = page.get_by_role("region", name="Preview")
        expect(preview.locator("em")).to_have_text("hums")
        expect(page.get_by_label("Comment *")).to_have_value("It *hums*.")
    assert not Comment.objects.exists()


def test_by_keyboard_alone_one_answers_previews_and_posts(new_page):
    article = make_article()
    root = make_comment(article, source="The first word.", **KNOWN)
    page = new_page()
    page.goto(article.get_absolute_url())

    page.locator(f"#comment-{root.pk}").get_by_role("link", name="Reply").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Comment *")).to_be_focused()
    page.keyboard.type("By keys alone.")
    page.keyboard.press("Tab")
    page.keyboard.type("Hettie P.")
    page.keyboard.press("Tab")
    page.keyboard.type("hettie@example.org")
    focused = page.locator("*:focus")
    for _step in range(8):
        page.keyboard.press("Tab")
        if focused.text_content() == "Preview":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(focused).to_have_text("Post Comment")
    page.keyboard.press("Enter")

    expect(page.locator(".replies").get_by_text("By keys alone.")).to_be_visible()


def test_the_characters_left_are_said_near_the_limit_and_nothing_is_cut(
    new_page, settings
):
    settings.COMMENT_MAX_LENGTH = 100
    page = new_page()
    page.goto(make_article().get_absolute_url())

    page.get_by_label("Comment *").fill("x" * 95)
    expect(page.get_by_text("5 characters left")).to_be_visible()
    page.get_by_label("Comment *").fill("x" * 110)

    expect(page.get_by_text(re.compile("-10 characters left"))).to_be_visible()
    expect(page.get_by_label("Comment *")).to_have_value("x" * 110)
