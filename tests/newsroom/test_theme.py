"""The publisher's name, colour, logo and icons: what is taken, and what readers get."""

import json
import re
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import colours, theme
from newsroom.models import DEFAULT_ACCENT, Publication
from tests.factories import make_staff, picture_file
from tests.html_forms import fields_of

FORM = reverse("admin:newsroom_publication_change", args=[1])
ICONS = ("/favicon.ico", "/apple-touch-icon.png")


@pytest.fixture
def editor(client):
    """A client of an editor, and the one publication."""
    Publication.objects.create(pk=1, name="The Courier", contact="desk@example.org")
    client.force_login(make_staff("Editor"))
    return client


def save(client, **fields):
    typed = fields_of(client.get(FORM), "publication_form")
    return client.post(FORM, typed | fields)


def theme_of(page):
    found = re.search(r'href="(/theme-[^"]+)"', page.text)
    return found and found[1]


def picture_at(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return PIL.Image.open(BytesIO(response.getvalue()))


def test_the_designs_own_colours_need_no_stylesheet(client):
    page = client.get("/")

    assert page.status_code == 200
    assert theme_of(page) is None
    assert client.get("/theme-0123456789abcdef.css").status_code == 404


def test_another_accent_is_a_stylesheet_that_caches_keep_for_ever(editor):
    assert save(editor, accent="#1f5673").status_code == 302

    sheet = editor.get(theme_of(editor.get("/")))

    assert "--accent: #1f5673;" in sheet.text
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not sheet.cookies


def test_the_address_of_an_older_theme_leads_to_the_present_one(editor):
    save(editor, accent="#1f5673")
    old = theme_of(editor.get("/"))
    save(editor, accent="#005c3c")
    new = theme_of(editor.get("/"))

    answer = editor.get(old)

    assert old != new
    assert (answer.status_code, answer.url) == (302, new)
    assert answer.headers["Cache-Control"] == "no-store"
    for digest in ("x", "0" * 500, "-"):
        assert editor.get(f"/theme-{digest}.css").status_code == 302


@pytest.mark.parametrize(
    ("accent", "message"),
    [
        ("#ffcc00", "the contrast is 1.3 : 1, and 4.5 : 1 is the least. Try #"),
        ("#ffffff", "cannot be read on light paper"),
        ("#fff", "is no colour."),
        ("red", "is no colour."),
        ("url(x)", "is no colour."),
        ("#12345g", "is no colour."),
        ("", "This field is required."),
        ("#1f5673; }", "at most 7 characters"),
    ],
)
def test_an_accent_that_cannot_be_read_is_refused_with_the_reason(
    editor, accent, message
):
    answer = save(editor, accent=accent)

    assert answer.status_code == 200
    assert message in answer.text
    assert Publication.objects.get().accent == DEFAULT_ACCENT
    assert save(editor, accent="#1f5673").status_code == 302


def test_the_darker_colour_that_a_refusal_offers_is_taken(editor):
    answer = save(editor, accent="#ffcc00").text
    offered = re.search(r"Try (#[0-9a-f]{6})", answer)[1]

    assert save(editor, accent=offered).status_code == 302


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_has_a_tint_that_can_be_read_in_the_dark(number):
    tint = colours.lightened(f"#{number:06x}")

    assert colours.is_colour(tint)
    assert colours.least_contrast(tint, colours.DARK_PAPERS) >= colours.LEAST_CONTRAST


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_has_a_shade_that_can_be_read_in_the_light(number):
    shade = colours.darkened(f"#{number:06x}")

    found = colours.least_contrast(shade, colours.LIGHT_PAPERS)
    assert found >= colours.LEAST_CONTRAST


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#fff000", "#fff000", 1),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert colours.contrast(other, one) == colours.contrast(one, other)


def test_the_papers_that_colours_are_tried_on_are_those_of_the_design():
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, dark = tokens.split("prefers-color-scheme: dark")

    for text, papers in ((light, colours.LIGHT_PAPERS), (dark, colours.DARK_PAPERS)):
        named = dict(re.findall(r"--(paper|paper-sunk|accent-ink): (#\w+);", text))
        assert (named["paper"], named["paper-sunk"]) == papers
    assert f"--accent: {DEFAULT_ACCENT};" in light
    assert f"--accent-ink: {theme.LIGHT_INK};" in light
    assert f"--accent-ink: {theme.DARK_INK};" in dark


# --- Logo and icons ---------------------------------------------------------------


def test_a_logo_takes_the_place_of_the_name_and_keeps_it_for_who_cannot_see(editor):
    assert save(editor, logo=picture_file(3200, 800)).status_code == 302

    page = editor.get("/").text

    found = re.search(r'<picture class="logo"><img src="([^"]+)" width="1600"', page)
    assert 'height="400" alt="The Courier"' in page
    picture = picture_at(editor, found[1])
    assert (picture.size, picture.format) == ((1600, 400), "PNG")


def test_the_dark_scheme_may_have_a_logo_of_its_own(editor):
    save(editor, logo=picture_file(400, 100), logo_dark=picture_file(400, 100))

    page = editor.get("/").text

    source = re.search(r'<source srcset="([^"]+)" media="\(prefers-color', page)[1]
    assert picture_at(editor, source).size == (400, 100)


def test_a_logo_that_is_taken_away_leaves_the_name(editor):
    save(editor, logo=picture_file(400, 100))

    assert save(editor, **{"logo-clear": "on"}).status_code == 302

    page = editor.get("/").text
    assert '<picture class="logo">' not in page
    assert ">The Courier</a>" in page
    assert Publication.objects.get().logo_width is None


def test_what_a_camera_wrote_into_a_logo_is_not_served(editor):
    exif = PIL.Image.Exif()
    exif[0x010E] = "At home, 3 Slip Street"
    save(editor, logo=picture_file(400, 100, exif=exif))

    address = re.search(r'class="logo"><img src="([^"]+)"', editor.get("/").text)[1]

    assert b"Slip Street" not in editor.get(address).getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("field", ["logo", "logo_dark", "icon"])
@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"I am no picture.", "logo.png", "not a picture we can read"),
        (SVG, "logo.svg", "not a picture we can read"),
        (b"%PDF-1.7", "logo.jpg", "not a picture we can read"),
        (b"", "logo.png", "empty"),
        (picture_file().read()[:900], "logo.jpg", "damaged or cut short"),
    ],
)
def test_a_logo_that_is_no_picture_is_refused_with_the_reason(
    editor, field, content, name, message
):
    answer = save(editor, **{field: ContentFile(content, name)})

    assert answer.status_code == 200
    assert message in answer.text
    assert not getattr(Publication.objects.get(), field)


def test_a_small_icon_is_refused_with_the_reason(editor):
    small = save(editor, icon=picture_file(100, 300))
    large = save(editor, icon=picture_file(192, 192))

    assert "An icon needs 192 pixels each way; this has 100." in small.text
    assert large.status_code == 302


@pytest.mark.parametrize(("address", "size"), [(ICONS[0], 48), (ICONS[1], 180)])
def test_icons_are_there_before_anybody_chose_any(client, address, size):
    icon = picture_at(client, address)

    assert max(icon.size) == size
    assert not client.get(address).cookies


def test_the_icons_are_made_of_the_first_letter_and_the_colour(editor):
    before = editor.get("/favicon.ico").getvalue()

    save(editor, accent="#005c3c")
    first = editor.get("/apple-touch-icon.png").getvalue()
    save(editor, name="Post")
    second = editor.get("/apple-touch-icon.png").getvalue()

    corner = PIL.Image.open(BytesIO(first)).convert("RGB").getpixel((1, 1))
    assert corner == (0x00, 0x5C, 0x3C)
    assert first != second
    assert editor.get("/favicon.ico").getvalue() != before


@pytest.mark.parametrize("name", ["ثقافة", "新聞", "🦦 Times", "  ", "1"])
def test_a_name_in_any_script_has_icons(editor, name):
    save(editor, name=f"{name}.", accent="#005c3c")

    assert picture_at(editor, "/apple-touch-icon.png").size == (180, 180)


def test_the_pages_name_the_publications_own_icons(editor):
    save(editor, icon=picture_file(600, 600))

    page = editor.get("/").text
    address = re.search(r'rel="apple-touch-icon" href="([^"]+)"', page)[1]

    assert picture_at(editor, address).convert("RGB").getpixel((5, 5))[2] > 150


def test_the_manifest_says_what_a_home_screen_needs(editor):
    save(editor, name="The Wrenmouth Courier", accent="#005c3c")

    response = editor.get("/manifest.webmanifest")
    manifest = json.loads(response.content)

    assert response.headers["Content-Type"] == "application/manifest+json"
    assert manifest["name"] == "The Wrenmouth Courier"
    assert manifest["short_name"] == "Courier"
    assert manifest["start_url"] == "/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        width, height = picture_at(editor, icon["src"]).size
        assert icon["sizes"] == f"{width}x{height}"


def test_files_that_were_replaced_are_deleted(
    editor, django_capture_on_commit_callbacks
):
    save(editor, logo=picture_file(400, 100))
    old = Publication.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        save(editor, logo=picture_file(200, 100), accent="#005c3c")
    with django_capture_on_commit_callbacks(execute=True):
        save(editor, accent="#1f5673")

    storage = old.logo.storage
    new = Publication.objects.get()
    assert not storage.exists(old.logo.name)
    assert storage.exists(new.logo.name)
    assert all(storage.exists(name) for name in new.icons.values())


def test_who_finds_a_weakness_is_told_whom_to_write_to(editor):
    text = editor.get("/.well-known/security.txt").text
    Publication.objects.update(contact="")

    assert "Contact: mailto:desk@example.org\n" in text
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", text, re.MULTILINE)


def test_without_a_contact_there_is_no_security_txt(client):
    assert client.get("/.well-known/security.txt").status_code == 404
