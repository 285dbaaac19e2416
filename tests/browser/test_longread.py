"""Long stories: written with the keyboard and the mouse, and read on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import (
    make_draft,
    make_image,
    make_recording,
)

from .journeys import sign_in
from .test_editor import open_editor, save


@pytest.fixture
def write(new_page, editor):
    """Open the editor of a draft; the result saves it and returns what is stored."""

    def opened(source=""):
        draft = make_draft(body=source)
        page = new_page()
        sign_in(page)
        body = open_editor(page, draft)

        def stored():
            save(page)
            draft.refresh_from_db()
            return draft.body

        return page, body, stored

    return opened


def test_a_footnote_is_put_at_the_cursor_written_in_place_and_left_by_enter(write):
    page, body, stored = write()

    body.press_sequentially("The bell rang")
    page.locator("[data-name=footnote]").click()
    body.press_sequentially("Twice, in fog.")
    body.press("Enter")
    body.press_sequentially(" and rang")
    body.press("Control+Alt+f")
    body.press_sequentially("Again.")
    body.press("Escape")
    body.press_sequentially(".")

    found = re.sub(r'footnote="[a-z0-9]{3}"', "footnote", stored())
    assert found == (
        "<p>The bell rang<span data-footnote>Twice, in fog.</span> and rang"
        "<span data-footnote>Again.</span>.</p>"
    )


def test_selected_words_become_a_footnote_and_words_again(write):
    page, body, stored = write("<p>aside</p>")

    body.press("Control+a")
    page.locator("[data-name=footnote]").click()
    expect(body.locator("[data-footnote]")).to_have_text("aside")
    page.locator("[data-name=footnote]").click()

    assert stored() == "<p>aside</p>"


def test_a_table_is_filled_from_the_keyboard_and_named(write):
    page, body, stored = write()

    body.press_sequentially("/table")
    body.press("Enter")
    for words in ("Day", "High", "Low", "Monday", "4.1", "0.9"):
        body.press_sequentially(words)
        body.press("Tab")
    page.get_by_label("Caption of the table").fill("Tides")
    body.locator("td").first.click()
    page.locator("[data-name=headerColumn]").click()
    page.locator("[data-name='table:deleteRow']").click()

    found = re.sub(r"</?(?:p|tbody)>", "", stored())
    assert found == (
        '<table data-caption="Tides"><tr><th>Day</th><th>High</th><th>Low</th></tr>'
        "<tr><th></th><td></td><td></td></tr></table>"
    )


def test_a_table_pasted_from_a_spreadsheet_comes_out_clean(write):
    _page, body, stored = write()

    body.evaluate(
        """(element) => {
          const data = new DataTransfer();
          data.setData("text/html", `<google-sheets-html-origin><style>td {}</style>
            <table style="border:none" border="1"><caption>The <b>tides</b></caption>
            <colgroup><col width="100"></colgroup><tbody><tr style="height:21px">
            <td style="color:red" data-sheets-value="{}">Day</td><td>High</td></tr>
            <tr><td><p class="MsoNormal"><o:p></o:p>Monday</p></td><td>4.1</td></tr>
            </tbody></table></google-sheets-html-origin>`);
          element.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data,
            bubbles: true, cancelable: true}));
        }"""
    )

    assert (
        '<table data-caption="The tides"><tbody><tr><td><p>Day</p></td><td><p>High</p>'
        "</td></tr><tr><td><p>Monday</p></td><td><p>4.1</p></td></tr></tbody></table>"
    ) in stored()


def test_a_gallery_takes_pictures_that_change_places_by_key(write):
    one, two = make_image(alt="A bell"), make_image(alt="A tower", caption="At noon")
    page, body, stored = write()

    body.press_sequentially("/gallery")
    body.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="A bell").click()
    page.get_by_role("button", name="Add a picture").click()
    page.get_by_role("dialog").get_by_role("button", name="A tower").click()
    page.get_by_label("Layout of the gallery").select_option("strip")
    body.locator("figcaption", has_text="At noon").click()
    body.press("End")
    body.press("Alt+ArrowUp")
    body.press_sequentially(" sharp")

    found = stored()
    assert '<section data-gallery="strip">' in found
    assert re.findall(r'data-image="(\d+)"', found) == [str(two.pk), str(one.pk)]
    assert "At noon sharp" in found


def test_a_picture_is_taken_out_and_with_the_last_one_its_gallery(write):
    image = make_image(alt="A bell")
    figure = f'<figure data-image="{image.pk}"><figcaption>x</figcaption></figure>'
    page, _body, stored = write(
        f'<p>a</p><section data-gallery="grid">{figure}{figure}</section><p>b</p>'
    )

    page.get_by_role("button", name="Take out").first.click()
    expect(page.get_by_role("button", name="Take out")).to_have_count(1)
    page.get_by_role("button", name="Take out").click()

    assert stored() == "<p>a</p><p>b</p>"


def test_what_another_site_shows_is_put_in_by_address_or_by_pasting_it(write):
    page, body, stored = write()

    body.press_sequentially("/from")
    body.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("https://vimeo.com/76979871")
    dialog.get_by_label("Title").fill("The bell, filmed")
    dialog.get_by_role("button", name="Insert").click()
    expect(page.get_by_text("Vimeo: readers see a card")).to_be_visible()
    body.press_sequentially("After it.")
    body.press("Enter")
    body.evaluate(
        """(element) => {
          const data = new DataTransfer();
          data.setData("text/plain", "https://youtu.be/dQw4w9WgXcQ");
          element.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data,
            bubbles: true, cancelable: true}));
        }"""
    )
    page.get_by_role("button", name="Show it in the story").click()

    found = stored()
    assert 'data-embed="https://vimeo.com/76979871"' in found
    assert 'data-title="The bell, filmed"' in found
    assert "<p>After it.</p>" in found
    assert 'data-embed="https://youtu.be/dQw4w9WgXcQ"' in found


def test_a_recording_is_found_in_the_library_and_brings_its_description(write):
    recording = make_recording(title="The tide bell", description="Rung in fog.")
    page, body, stored = write()

    body.press_sequentially("/sound")
    body.press("Enter")
    page.get_by_role("dialog").get_by_role("searchbox").fill("tide")
    page.get_by_role("dialog").get_by_role("button", name="The tide bell").click()
    expect(page.get_by_text("sound: The tide bell")).to_be_visible()

    assert (
        f'<figure data-recording="{recording.pk}"><figcaption>Rung in fog.</figcaption>'
        "</figure>"
    ) in stored()
