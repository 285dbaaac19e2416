"""Writing a story from the keyboard, by mouse, and from the clipboard."""

from io import BytesIO

import PIL.Image
import pytest
from playwright.sync_api import expect

from articles.models import Article, Image
from tests.factories import make_article, make_draft, make_image

from .journeys import sign_in
from .test_editor import open_editor, save


@pytest.fixture
def write(new_page, editor):
    """Open a draft's body; return the page, the body and the draft."""

    def opened(**fields):
        draft = make_draft(**({"body": ""} | fields))
        page = new_page()
        sign_in(page)
        return page, open_editor(page, draft), draft

    return opened


def body_of(draft):
    draft.refresh_from_db()
    return draft.body


def paste(page, *, html="", text="", files=()):
    """Paste into what has the focus, as a browser would after Ctrl+V."""
    page.evaluate(
        """([html, text, files]) => {
          const data = new DataTransfer();
          if (html) data.setData("text/html", html);
          data.setData("text/plain", text);
          for (const [name, type, bytes] of files) {
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
          }
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        [html, text, [[name, kind, list(data)] for name, kind, data in files]],
    )


def offered(page):
    return page.get_by_role("listbox", name="Blocks").get_by_role("option")


def jpeg(colour="teal"):
    output = BytesIO()
    PIL.Image.new("RGB", (320, 200), colour).save(output, "JPEG")
    return output.getvalue()


def test_every_block_is_reached_from_the_keyboard_alone(write):
    image = make_image(alt="Cables of the bridge", caption="From below")
    other = make_article(headline="Riggers thanked")
    page, body, draft = write()

    body.press_sequentially("/sub")
    expect(offered(page)).to_have_text(["Subhead", "Smaller subhead"])
    page.keyboard.press("Enter")
    page.keyboard.type("At noon")
    page.keyboard.press("Enter")
    page.keyboard.type("/pic")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Cables").wait_for()
    page.keyboard.type("Cables")
    page.get_by_role("dialog").get_by_role("button", name="Cables").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("/read")
    page.keyboard.press("Enter")
    page.keyboard.type("Riggers")
    expect(page.get_by_role("dialog").locator("li")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("/list")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("/pull")
    page.keyboard.press("Tab")
    page.keyboard.type("It hums.")
    save(page)

    stored = body_of(draft)
    parts = (
        "<h2>At noon</h2>",
        f'<figure data-image="{image.pk}" data-layout="column"><figcaption>From below',
        f'<div data-read-more="{other.pk}"></div>',
        "<ol><li><p>One</p></li></ol>",
        '<div data-pull-quote="">It hums.</div>',
    )
    places = [stored.find(part) for part in parts]
    assert -1 not in places, stored
    assert places == sorted(places)
    assert "/" not in stored.replace("</", "<"), stored


def test_every_block_is_put_in_and_moved_by_mouse(write):
    image = make_image(alt="Cables of the bridge")
    other = make_article(headline="Riggers thanked")
    page, body, draft = write(body="<p>One.</p>")

    page.keyboard.press("Control+End")
    page.locator("[data-name=readMore]").click()
    page.get_by_role("dialog").get_by_role("button", name="Riggers thanked").click()
    page.keyboard.type("It hums.")
    page.locator("[data-name=pullQuote]").click()
    page.locator("[data-name=storyFigure]").click()
    page.get_by_role("dialog").get_by_role("button", name="Cables").click()
    first = body.locator("> p").first
    for block in ("figure img", "[data-pull-quote]"):
        body.locator(block).drag_to(
            first,
            source_position={"x": 5, "y": 5},
            target_position={"x": 1, "y": 2},
        )
    save(page)

    stored = body_of(draft)
    parts = (
        f'<figure data-image="{image.pk}"',
        '<div data-pull-quote="">It hums.</div>',
        "<p>One.</p>",
        f'<div data-read-more="{other.pk}"></div>',
    )
    places = [stored.find(part) for part in parts]
    assert -1 not in places, stored
    assert places == sorted(places), stored


def test_a_slash_that_is_meant_stays(write):
    page, body, draft = write()

    body.press_sequentially("/pic")
    expect(offered(page)).to_have_text(["Picture"])
    page.keyboard.press("Escape")
    expect(offered(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.type("and/or")
    save(page)

    assert body_of(draft) == "<p>/pic</p><p>and/or</p>"


def test_a_pasted_picture_is_in_the_library_and_in_the_story(write):
    page, body, draft = write()
    body.press_sequentially("Before.")

    paste(page, files=[("gull.jpg", "image/jpeg", jpeg())])
    expect(page.get_by_text("gull.jpg: It is in the library now.")).to_be_visible()
    expect(page.get_by_text("Before publishing it needs: a credit")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    paste(page, files=[("again.jpg", "image/jpeg", jpeg())])
    expect(page.get_by_text("It is in the library already")).to_be_visible()
    save(page)

    image = Image.objects.get()
    figure = f'<figure data-image="{image.pk}" data-layout="column"><figcaption></figcaption></figure>'
    assert body_of(draft).count(figure) == 2
    assert image.original_name == "gull.jpg"


def test_a_picture_that_is_none_is_refused_beside_its_name(write, new_page):
    page, body, draft = write()
    body.press_sequentially("Before.")

    paste(page, files=[("gull.jpg", "image/jpeg", b"no picture")])
    expect(page.get_by_text("gull.jpg: This is not a picture")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("button", name="Never mind").click()
    save(page)

    assert body_of(draft) == "<p>Before.</p>"
    assert not Image.objects.exists()
    new_page.complaints.clear()  # of the 422


def test_a_dropped_picture_stands_where_it_fell(write):
    page, body, draft = write(body="<p>One.</p><p>Two.</p>")

    box = body.locator("p").first.bounding_box()
    page.evaluate(
        """([bytes, x, y]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "gull.jpg", { type: "image/jpeg" }));
          const options = { dataTransfer: data, bubbles: true, cancelable: true, clientX: x, clientY: y };
          document.elementFromPoint(x, y).dispatchEvent(new DragEvent("drop", options));
        }""",
        [list(jpeg()), box["x"] + 5, box["y"] + box["height"] / 2],
    )
    expect(page.get_by_text("It is in the library now.")).to_be_visible()
    save(page)

    stored = body_of(draft)
    assert stored.startswith("<p>One.</p><figure")
    assert stored.endswith("<p>Two.</p>")


def test_a_pasted_address_of_ours_becomes_a_read_more_line_if_wanted(write, site):
    other = make_article(headline="Riggers thanked")
    address = site.url + other.get_absolute_url()
    page, _body, draft = write()

    paste(page, text=address)
    page.get_by_role("button", name="Make it a READ MORE line").click()
    expect(page.locator(".block-read-more")).to_contain_text("Riggers thanked")
    save(page)
    as_a_line = body_of(draft)
    open_editor(page, draft)
    page.keyboard.press("Control+End")
    page.keyboard.type("See ")
    paste(page, text=address)
    page.get_by_role("button", name="Keep the link").click()
    save(page)

    assert f'<div data-read-more="{other.pk}"></div>' in as_a_line
    assert address not in as_a_line
    assert address in body_of(draft)


def test_a_pasted_address_elsewhere_is_left_alone(write):
    page, _body, draft = write()

    with page.expect_response("**/article/at/**"):
        paste(page, text="https://example.org/2026/01/02/x/")
    save(page)

    assert "https://example.org/2026/01/02/x/" in body_of(draft)
    expect(page.get_by_role("button", name="Make it a READ MORE line")).to_have_count(0)


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>
p.MsoNormal {margin:0}</style></head><body><!--StartFragment-->
<h1 style='color:red'>At noon</h1>
<p class=MsoNormal style='margin:0'><b style='mso-bidi-font-weight:normal'>Bold</b>
<span style='font-family:Arial;color:red'>plain</span> <i>slanted</i><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>First entry</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>Second entry</p>
<!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1a">
<p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;font-weight:400;">Plain </span>
<span style="font-weight:700;">bold</span><span style="font-style:italic;"> slanted</span></p>
<h4 dir="ltr"><span style="font-size:11pt;">Small</span></h4></b><br class="x">"""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            WORD,
            "<h2>At noon</h2><p><strong>Bold</strong> plain <em>slanted</em></p>"
            "<ul><li><p>First entry</p></li><li><p>Second entry</p></li></ul>",
        ),
        (
            DOCS,
            "<p>Plain <strong>bold</strong><em> slanted</em></p><h3>Small</h3>",
        ),
    ],
    ids=["Word", "Google Docs"],
)
def test_a_paste_from_an_office_program_comes_out_clean(write, html, expected):
    page, _body, draft = write()

    paste(page, html=html, text="as text")
    save(page)

    assert body_of(draft).replace("\n", " ").replace("  ", " ") == expected


def test_pictures_among_pasted_words_are_said_to_be_left_out(write):
    page, _body, draft = write()
    html = '<p>Before.</p><p><span><img src="https://a.example/x.png"></span></p>'

    paste(page, html=f"{html}<p>After.</p>", text="Before. After.")
    expect(page.get_by_text("Pictures among the words were left out.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    save(page)

    assert body_of(draft) == "<p>Before.</p><p>After.</p>"


def test_a_paste_of_a_hundred_thousand_nested_tags_comes_as_plain_text(write):
    page, _body, draft = write()
    deep = (
        "<style>p { color: red }</style>"
        + "<blockquote>" * 100_000
        + "At the &lt;bottom&gt;.</blockquote>Below."
    )

    paste(page, html=deep, text="")
    expect(page.get_by_text("it came as plain text.")).to_be_visible()
    save(page)

    assert body_of(draft) == "<p>At the &lt;bottom&gt;.</p><p>Below.</p>"


def test_the_buttons_and_what_is_offered_stay_in_sight_of_a_long_text(write, site):
    other = make_article(headline="Riggers thanked")
    page, body, _draft = write(body="<p>Again and again.</p>" * 100)

    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    last = offered(page).last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+Home")
    paste(page, text=site.url + other.get_absolute_url())

    offer = page.get_by_role("button", name="Make it a READ MORE line")
    expect(offer).to_be_in_viewport()
    body.locator("p").nth(60).scroll_into_view_if_needed()
    expect(offer).to_be_in_viewport()
    expect(page.locator("[data-name=storyFigure]")).to_be_in_viewport()


def test_a_picker_is_walked_with_the_arrow_keys(write):
    image = make_image(alt="Cables of the bridge")
    make_image(alt="Cables of the crane")
    page, _body, draft = write()

    page.keyboard.type("/pic")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cables")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="Cables of the bridge")).to_be_focused()
    page.keyboard.press("Enter")
    save(page)

    assert f'data-image="{image.pk}"' in body_of(draft)


def test_a_paste_of_half_a_megabyte_is_refused_with_its_text_kept(write):
    page, _body, draft = write()
    text = "The tide came in. " * 28_000

    paste(page, html=f"<p>{text}</p>", text=text)
    page.get_by_role("button", name="Save and continue editing").first.click()

    expect(page.get_by_text("is the most. Split it into parts.")).to_be_visible()
    assert len(page.locator("#id_body").input_value()) > 500_000
    assert body_of(draft) == ""


def test_words_and_minutes_are_counted_while_typing(write):
    page, _body, _draft = write(body="<p>" + "word " * 459 + "</p><p>end</p>")
    expect(page.locator("#word-count")).to_have_text("460 words, 2 min to read.")

    page.keyboard.press("Control+End")
    page.keyboard.type(" and more")

    expect(page.locator("#word-count")).to_have_text("462 words, 2 min to read.")


def test_a_read_more_line_to_a_page_elsewhere_is_changed_in_place(write):
    line = '<div data-read-more="" data-href="https://a.example/" data-title="Tides"></div>'
    page, _body, draft = write(body=f"<p>One.</p>{line}")

    page.get_by_label("Title", exact=True).first.fill("Tides and “times”")
    page.get_by_label("Title", exact=True).first.press("Tab")
    page.get_by_label("Address", exact=True).first.fill("no address")
    page.get_by_label("Address", exact=True).first.press("Tab")
    wrong = page.get_by_label("Address", exact=True).first.get_attribute("aria-invalid")
    page.get_by_label("Address", exact=True).first.fill("https://b.example/x")
    page.get_by_label("Address", exact=True).first.press("Tab")
    save(page)

    assert wrong == "true"
    assert 'data-href="https://b.example/x"' in body_of(draft)
    assert 'data-title="Tides and “times”"' in body_of(draft)


def test_a_figure_gets_another_caption_and_layout_in_place(write):
    image = make_image()
    figure = f'<figure data-image="{image.pk}" data-layout="column"><figcaption>Old</figcaption></figure>'
    page, body, draft = write(body=f"<p>One.</p>{figure}")

    body.locator("figcaption").click()
    page.keyboard.press("End")
    page.keyboard.type(" and new")
    page.get_by_label("Layout").select_option("Wide")
    save(page)

    assert 'data-layout="wide"><figcaption>Old and new</figcaption>' in body_of(draft)


def test_a_block_is_moved_with_the_mouse(write):
    other = make_article(headline="Riggers thanked")
    read_more = f'<div data-read-more="{other.pk}"></div>'
    page, body, draft = write(body=f"<p>One.</p><p>Two.</p>{read_more}")
    block = page.locator(".block-read-more")
    expect(block).to_contain_text("Riggers")

    block.drag_to(body.locator("p").first, target_position={"x": 1, "y": 2})
    save(page)

    stored = body_of(draft)
    assert stored.index(read_more) < stored.index("Two.")
    assert stored.count("data-read-more") == 1


def test_the_picker_shows_the_pictures_of_stories(write):
    make_article(headline="Riggers thanked", lead_image=make_image())
    page, _body, _draft = write()

    page.locator("[data-name=readMore]").click()
    entry = page.get_by_role("dialog").get_by_role("button", name="Riggers thanked")
    drawn = entry.locator("img").evaluate("image => image.decode().then(() => 1)")

    assert drawn == 1


def test_the_longest_body_is_opened_and_saved(write):
    paragraphs = [
        f"<p>Paragraph {number} of a very long story.</p>" for number in range(3000)
    ]
    page, _body, draft = write(body="".join(paragraphs))

    page.keyboard.press("Control+End")
    page.keyboard.type(" The end.")
    save(page)

    assert body_of(draft).endswith("long story. The end.</p>")
    assert Article.objects.get().body.count("<p>") == 3000
