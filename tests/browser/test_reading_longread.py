"""Long stories as readers meet them: small, without script, and asked before anyone is."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.factories import (
    CAPTIONS,
    film_file,
    make_article,
    make_image,
    make_recording,
    wave_file,
)

VIDEO = "https://vimeo.com/76979871"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"


@pytest.fixture
def story(site):
    """A story with one of everything that long ones are made of."""
    figures = "".join(
        f'<figure data-image="{make_image(alt=alt).pk}"><figcaption>{alt}</figcaption>'
        "</figure>"
        for alt in ("A bell", "A tower", "A gull")
    )
    film = make_recording(title="Crossing", file=film_file(), captions=CAPTIONS)
    sound = make_recording(title="Bell", file=wave_file(), transcript="A bell.")
    cells = "".join(f"<td><p>Column{number}</p></td>" for number in range(12))
    make_article(headline="The one before")
    return make_article(
        headline="The tide bell",
        body=(
            f'<p>It rang<span data-footnote="a">Twice, {LONG_WORD * 2}.</span>.</p>'
            f"<p>{LONG_WORD} https://example.org/{'a' * 90} "
            f"<code>{'x' * 80}</code></p>"
            f'<table data-caption="Tides"><tbody><tr>{cells}</tr></tbody></table>'
            f'<div data-embed="{VIDEO}" data-title="The bell, {LONG_WORD}"></div>'
            f'<section data-gallery="strip">{figures}</section>'
            f'<section data-gallery="grid">{figures}</section>'
            f'<figure data-recording="{film.pk}"></figure>'
            f'<figure data-recording="{sound.pk}"></figure>'
            "<p>The end.</p>"
        ),
    )


def is_scrolled_by_key(frame):
    """Press an arrow key until ``frame`` has moved, or it is clear that it will not."""
    for _try in range(20):
        frame.press("ArrowRight")
        frame.page.wait_for_timeout(
            100
        )  # milliseconds; a page without script has no say
        if frame.evaluate("frame => frame.scrollLeft > 0"):
            return True
    return False


@pytest.mark.parametrize("javascript", [True, False])
def test_at_four_hundred_percent_no_page_scrolls_sideways(new_page, story, javascript):
    page = new_page(width=320, height=256, javascript=javascript)  # 1280 px at 400 %

    page.goto(story.get_absolute_url())

    table = page.get_by_role("region", name="Tides").first
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 320
    assert table.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    table.focus()
    expect(table).to_be_focused()
    assert is_scrolled_by_key(table)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_long_stories_have_no_barrier_that_axe_finds(new_page, story, width, scheme):
    page = new_page(width=width, color_scheme=scheme)
    page.goto(story.get_absolute_url())

    assert barriers(page) == []


def test_footnotes_lead_there_and_back_without_script(new_page, site):
    story = make_article(
        body="<p>Up.</p>" * 60 + '<p>It rang<span data-footnote="a">Twice.</span>.</p>'
    )
    page = new_page(javascript=False)
    page.goto(story.get_absolute_url())

    page.get_by_role("link", name="Footnote 1", exact=True).click()
    expect(page.get_by_text("Twice.")).to_be_in_viewport()
    assert page.url.endswith("#footnote-1")
    page.get_by_role("link", name="Back to the place of footnote 1").click()

    assert page.url.endswith("#footnote-reference-1")


def test_nobody_elsewhere_is_asked_anything_before_a_click(new_page, site):
    story = make_article(
        body=f'<p>a</p><div data-embed="{VIDEO}" data-title="The bell"></div>'
    )
    page = new_page()
    asked = []
    page.route(
        lambda url: not url.startswith(site.url),
        lambda route: (
            asked.append(route.request.url),
            route.fulfill(body="<p>The film plays.</p>", content_type="text/html"),
        ),
    )
    page.goto(story.get_absolute_url())
    page.wait_for_load_state("networkidle")
    before = list(asked)

    page.get_by_role("button", name="Show it here, from Vimeo").press("Enter")

    frame = page.frame_locator("iframe[title='The bell']").frame_locator("iframe")
    expect(frame.get_by_text("The film plays.")).to_be_visible()
    assert before == []
    assert asked == ["https://player.vimeo.com/video/76979871?dnt=1"]


def test_without_script_what_stands_elsewhere_is_a_link(new_page, site):
    story = make_article(body=f'<div data-embed="{VIDEO}" data-title="The bell"></div>')
    page = new_page(javascript=False)

    page.goto(story.get_absolute_url())

    link = page.get_by_role("link", name="The bell")
    expect(link).to_have_attribute("href", VIDEO)
    expect(page.get_by_role("button", name="Show it here")).to_be_hidden()


def test_a_gallery_to_scroll_is_scrolled_with_the_arrow_keys(new_page, story):
    page = new_page(width=360, javascript=False)
    page.goto(story.get_absolute_url())

    strip = page.get_by_role("group", name="Gallery of 3 pictures").first
    strip.focus()

    assert is_scrolled_by_key(strip)
    expect(strip.locator("figcaption").first).to_contain_text("Ilse Brandreth")


def test_sound_plays_and_can_be_wound_forward(new_page, site, monkeypatch):
    # Django's test server has a handler of its own for such files, without parts.
    handler = "django.test.testcases._MediaFilesHandler._should_handle"
    monkeypatch.setattr(handler, lambda self, path: False)
    sound = make_recording(file=wave_file(30))
    story = make_article(body=f'<figure data-recording="{sound.pk}"></figure>')
    page = new_page()
    page.goto(story.get_absolute_url())

    length, at = page.locator("audio").evaluate(
        """async (audio) => {
          const told = (name) => new Promise((done) => {
            audio.addEventListener(name, done, {once: true});
            setTimeout(done, 10000);
          });
          audio.muted = true;
          const ready = told("loadedmetadata");
          audio.preload = "auto";
          audio.load();
          await ready;
          const wound = told("seeked");
          audio.currentTime = 20;
          await wound;
          return [audio.duration, audio.currentTime];
        }"""
    )

    assert round(length) == 30
    assert round(at) == 20


def test_captions_of_a_film_are_there_to_be_switched_on(new_page, site):
    film = make_recording(file=film_file(), captions=CAPTIONS, captions_language="en")
    story = make_article(body=f'<figure data-recording="{film.pk}"></figure>')
    page = new_page()
    page.goto(story.get_absolute_url())

    words = page.locator("video").evaluate(
        """(film) => new Promise((done) => {
          setTimeout(done, 10000);
          film.querySelector("track").addEventListener("load", () =>
            done(film.textTracks[0].cues[0].text));
          film.textTracks[0].mode = "showing";
        })"""
    )

    assert words == "The bell rings."


def test_a_story_is_shared_through_the_systems_sheet_where_there_is_one(new_page, site):
    story = make_article(headline="The tide bell")
    with_sheet, without = new_page(), new_page()
    with_sheet.add_init_script(
        "navigator.share = async (what) => { window.shared = what; }"
    )
    without.add_init_script("delete Navigator.prototype.share")
    for page in (with_sheet, without):
        page.goto(story.get_absolute_url())

    with_sheet.get_by_role("button", name="Share").click()

    address = f"{site.url}{story.get_absolute_url()}"
    assert with_sheet.evaluate("window.shared") == {
        "title": "The tide bell",
        "url": address,
    }
    expect(without.get_by_role("button", name="Share")).to_be_hidden()
    expect(without.get_by_role("link", name=address)).to_be_visible()
    mail = without.get_by_role("link", name="Send it by email")
    body = quote(address, safe="")
    expect(mail).to_have_attribute(
        "href", f"mailto:?subject=The%20tide%20bell&body={body}"
    )


def test_how_far_one_has_read_is_shown_without_script_unless_motion_is_unwelcome(
    new_page, site
):
    story = make_article(body="<p>The bell rang again.</p>" * 100)
    page = new_page(javascript=False)
    page.emulate_media(reduced_motion="no-preference")
    page.goto(story.get_absolute_url())
    bar = page.locator(".reading-progress")

    at_the_start = bar.bounding_box()["width"]
    page.mouse.wheel(0, 900)
    # The bar follows when the next frame is drawn, which takes its time on a busy machine.
    for _ in range(100):
        further = bar.bounding_box()["width"]
        if further > at_the_start:
            break
        page.wait_for_timeout(100)  # milliseconds
    page.emulate_media(reduced_motion="reduce")

    assert at_the_start < 10
    assert at_the_start < further < 1270
    expect(bar).to_be_hidden()
