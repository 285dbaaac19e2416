"""The desk sees what readers would get, before anything is saved."""

from playwright.sync_api import Locator, expect

from tests.factories import make_draft, make_image

from .journeys import sign_in
from .test_editor import open_editor


def width_of(picture: Locator) -> int:
    """Return the natural width of a picture in pixels once its place has one; or 0."""
    for _attempt in range(150):
        if width := picture.evaluate("image => image.complete && image.naturalWidth"):
            return width
        picture.page.wait_for_timeout(100)  # milliseconds
    return 0


def test_what_is_unsaved_is_previewed_as_wide_as_a_phone_and_a_desktop(
    new_page, editor
):
    image = make_image(alt="Cables of the bridge")
    draft = make_draft(headline="Bridge reopens", body="", lead_image=image)
    page = new_page()
    sign_in(page)
    body = open_editor(page, draft)
    body.press_sequentially("Not saved yet.")

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").first.click()
    preview = opened.value
    story = preview.frame_locator("iframe")
    expect(story.locator("h1")).to_have_text("Bridge reopens")
    expect(story.get_by_text("Not saved yet.")).to_be_visible()
    picture = story.get_by_role("img", name="Cables of the bridge")
    picture.scroll_into_view_if_needed()
    drawn = width_of(picture)
    wide = preview.locator("iframe").bounding_box()["width"]
    serif = story.locator("h1").evaluate("e => getComputedStyle(e).fontFamily")
    preview.get_by_label("Phone").check()
    narrow = preview.locator("iframe").bounding_box()["width"]
    preview.close()

    assert drawn > 0
    assert (wide, narrow) == (1280, 390)
    assert "serif" in serif
    draft.refresh_from_db()
    assert draft.body == ""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    assert asked == ["beforeunload"]  # a preview is no save


def test_a_preview_is_opened_narrowed_and_read_from_the_keyboard(new_page, editor):
    draft = make_draft(headline="Bridge reopens", body="<p>One.</p>" * 60)
    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")

    page.get_by_role("button", name="Preview").first.focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    preview = opened.value
    story = preview.frame_locator("iframe")
    expect(story.locator("h1")).to_have_text("Bridge reopens")
    preview.keyboard.press("Tab")
    preview.keyboard.press("ArrowLeft")
    expect(preview.get_by_label("Phone")).to_be_checked()
    preview.keyboard.press("Tab")
    expect(preview.locator("iframe")).to_be_focused()
    frame = preview.locator("iframe").bounding_box()
    for _attempt in range(50):  # the page grows while it is still being drawn
        preview.keyboard.press("End")
        end = story.get_by_text("Back to top").bounding_box()
        if end["y"] + end["height"] < frame["y"] + frame["height"]:
            break
        preview.wait_for_timeout(100)  # milliseconds

    expect(story.get_by_text("Back to top")).to_be_in_viewport()
    assert preview.locator("iframe").bounding_box()["width"] == 390
