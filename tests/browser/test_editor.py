"""The body editor under the admin's strict policy: what is typed is what is stored."""

import re

from playwright.sync_api import expect

from articles.models import Article
from tests.factories import make_article, make_draft, make_image

from .journeys import sign_in


def test_spaces_around_bold_words_are_stored_as_they_were_typed(new_page, editor):
    draft = make_draft(body="")
    page = new_page()
    sign_in(page)

    body = open_editor(page, draft)
    body.press_sequentially("a, ")
    body.press("Control+b")
    body.press_sequentially("bold b")
    body.press("Control+b")
    body.press_sequentially(", c")
    save(page)

    draft.refresh_from_db()
    assert draft.body == "<p>a, <strong>bold b</strong>, c</p>"


def test_figures_read_more_lines_and_pull_quotes_are_put_between_paragraphs(
    new_page, editor
):
    image = make_image(alt="Cables of the bridge", caption="The stays from below")
    other = make_article(headline="Riggers thanked")
    draft = make_draft(headline="Bridge reopens", body="")
    page = new_page()
    sign_in(page)

    body = open_editor(page, draft)
    body.press_sequentially("First paragraph.")
    body.press("Enter")
    page.locator("[data-name=storyFigure]").click()
    page.get_by_role("dialog").get_by_role("button", name="Cables").click()
    body.press("Enter")
    body.press_sequentially("Second.")
    body.press("Enter")
    page.locator("[data-name=readMore]").click()
    page.get_by_role("dialog").get_by_role("button", name="Riggers thanked").click()
    body.press_sequentially("Third.")
    save(page)
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_role("link", name="Bridge reopens").first.click()

    stored = Article.objects.get(pk=draft.pk).body
    assert re.sub("<.*?>", " ", stored).split() == [
        *("First", "paragraph.", "The", "stays", "from", "below", "Second.", "Third.")
    ]
    assert f'data-image="{image.pk}"' in stored
    assert f'data-read-more="{other.pk}"' in stored
    expect(page.locator(".story-body figure img")).to_have_attribute(
        "alt", "Cables of the bridge"
    )
    expect(page.locator(".story-body")).to_contain_text("The stays from below")
    body = page.locator(".story-body")
    expect(body.get_by_role("link", name="Riggers thanked")).to_be_visible()


def test_the_second_of_two_who_save_sees_what_the_first_changed(new_page, editor):
    draft = make_draft(headline="Bridge reopens")
    first, second = new_page(), new_page()
    for page in (first, second):
        sign_in(page)
        page.goto(f"/admin/articles/article/{draft.pk}/change/")

    first.get_by_label("Headline").first.fill("Bridge opens early")
    save(first)
    second.get_by_label("Standfirst").fill("Written by the second.")
    second.get_by_role("button", name="Save and continue editing").first.click()

    expect(second.get_by_text("while you were writing")).to_be_visible()
    expect(second.get_by_label("Standfirst")).to_have_value("Written by the second.")
    draft.refresh_from_db()
    assert draft.headline == "Bridge opens early"
    assert draft.standfirst != "Written by the second."


def open_editor(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    body = page.locator(".field-body [contenteditable=true]").first
    body.click()
    return body


def save(page):
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.get_by_text("changed successfully")).to_be_visible()


def test_a_block_is_moved_with_the_keyboard_past_its_neighbours(new_page, editor):
    other = make_article(headline="Riggers thanked")
    read_more = f'<div data-read-more="{other.pk}"></div>'
    draft = make_draft(body=f"<p>One.</p>{read_more}<p>Three.</p>")
    page = new_page()
    sign_in(page)

    body = open_editor(page, draft)
    body.locator("p", has_text="Three.").click()
    for _block in range(3):  # one more than there are
        body.press("Alt+ArrowUp")
    body.press_sequentially("And ")
    page.locator(".block-read-more").click()
    body.press("Alt+ArrowUp")
    save(page)

    draft.refresh_from_db()
    assert draft.body == f"<p>Three.And </p>{read_more}<p>One.</p>"


def test_enter_in_the_headline_saves_and_does_not_publish(new_page, editor):
    draft = make_draft(headline="Bridge reopens")
    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")

    page.get_by_label("Headline").first.fill("Bridge opens early")
    page.get_by_label("Headline").first.press("Enter")
    expect(page.get_by_text("changed successfully")).to_be_visible()

    draft.refresh_from_db()
    assert draft.headline == "Bridge opens early"
    assert draft.published_at is None


def test_what_is_unsaved_or_seen_by_readers_is_asked_about_first(new_page, editor):
    story = make_article(headline="Bridge reopens")
    page = new_page()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(page)
    page.goto(f"/admin/articles/article/{story.pk}/change/")

    page.get_by_role("button", name="Withdraw").first.click()
    page.get_by_label("Headline").first.fill("Half written")
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    expect(page.get_by_label("Headline").first).to_have_value("Half written")

    assert asked == ["confirm", "beforeunload"]
    story.refresh_from_db()
    assert story.is_live()
