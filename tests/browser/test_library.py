"""The picture library with a mouse, with keys, and without a script."""

import re
from io import BytesIO

from django.core.files.base import ContentFile

import PIL.Image
from playwright.sync_api import expect

from articles.models import Image
from tests.browser.barriers import barriers
from tests.factories import make_image, picture_file

from .journeys import sign_in

LIBRARY = "/admin/articles/image/"


def a_file(name, *size):
    return {
        "name": name,
        "mimeType": "image/jpeg",
        "buffer": picture_file(*size).read(),
    }


NO_PICTURE = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"A text."}


def test_several_pictures_are_uploaded_and_named_on_one_page(new_page, editor):
    page = new_page()
    sign_in(page)
    page.goto(LIBRARY)
    page.get_by_role("link", name="Upload several").click()
    page.get_by_label("Choose pictures").set_input_files(
        [a_file("one.jpg", 300, 200), NO_PICTURE, a_file("two.jpg", 200, 300)]
    )

    expect(page.get_by_role("status")).to_have_text("2 of 3 uploaded, 1 refused.")
    refused = page.get_by_role("listitem").filter(has_text="notes.jpg")
    expect(refused).to_contain_text("This is not a picture we can read")
    expect(refused.get_by_role("button")).to_be_hidden()  # again, it would be refused
    # What a refusal is answered with stands in the console; nothing else may.
    complaints = [one for one in new_page.complaints if "422" not in one]
    assert complaints == []
    new_page.complaints.clear()

    page.get_by_role("link", name="Say what they are").click()
    page.get_by_label("Credit").first.fill("Ilse Brandreth")
    page.get_by_label("Alternative text").nth(0).fill("A ferry")
    page.get_by_label("Decorative").nth(1).check()
    page.get_by_role("button", name="Save all").click()

    expect(page.get_by_text("2 pictures are saved.")).to_be_visible()
    one, two = Image.objects.order_by("pk")
    assert (one.alt, one.credit, one.original_name) == (
        *("A ferry", "Ilse Brandreth"),
        "one.jpg",
    )
    assert (two.decorative, two.credit) == (True, "Ilse Brandreth")


def test_pictures_are_dropped_onto_the_page(new_page, editor):
    page = new_page()
    sign_in(page)
    page.goto(f"{LIBRARY}several/")
    dropped = page.evaluate_handle(
        """(bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "dropped.jpg"));
          return transfer;
        }""",
        list(picture_file().read()),
    )

    page.dispatch_event(".drop-zone", "drop", {"dataTransfer": dropped})

    expect(page.get_by_role("link", name="dropped.jpg")).to_be_visible()
    assert Image.objects.get().original_name == "dropped.jpg"


def test_a_lost_connection_is_said_and_the_same_file_sent_again(new_page, editor):
    page = new_page()
    sign_in(page)
    page.goto(f"{LIBRARY}several/")
    page.route("**/upload/", lambda route: route.abort())
    page.get_by_label("Choose pictures").set_input_files(a_file("one.jpg"))
    expect(page.get_by_text("The connection was lost.")).to_be_visible()

    page.unroute("**/upload/")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("status")).to_have_text("1 of 1 uploaded, 0 refused.")
    assert Image.objects.count() == 1
    new_page.complaints.clear()


def test_several_pictures_are_uploaded_without_a_script(new_page, editor):
    page = new_page(javascript=False)
    sign_in(page)
    page.goto(f"{LIBRARY}several/")
    page.get_by_label("Choose pictures").set_input_files(
        [a_file("one.jpg", 300, 200), NO_PICTURE]
    )
    page.get_by_role("button", name="Upload", exact=True).click()

    refused = page.get_by_role("listitem").filter(has_text="notes.jpg")
    expect(refused).to_contain_text("This is not a picture we can read")
    page.get_by_role("link", name="Say what they are").click()
    expect(page.get_by_label("Alternative text")).to_be_visible()
    new_page.complaints.clear()  # of the status 422, which says that not all was taken


def test_the_focal_point_is_set_with_a_click_and_with_keys(new_page, editor):
    image = make_image(file=picture_file(1000, 500))
    page = new_page()
    sign_in(page)
    page.goto(f"{LIBRARY}{image.pk}/change/")
    stage = page.locator(".focal-stage canvas")
    box = stage.bounding_box()
    stage.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.8})
    mark = page.get_by_role("slider", name="Focal point")

    expect(page.locator("#id_focal_x")).to_have_value("25")
    expect(page.locator("#id_focal_y")).to_have_value("80")
    expect(mark).to_be_focused()
    for key in ("ArrowRight", "Shift+ArrowLeft", "ArrowUp", "ArrowUp"):
        mark.press(key)
    expect(mark).to_have_attribute(
        "aria-valuetext", "16 % from the left, 78 % from the top"
    )
    page.locator("#id_focal_y").fill("50")
    expect(mark).to_have_attribute("aria-valuetext", re.compile("50 % from the top"))
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    image.refresh_from_db()
    assert (image.focal_x, image.focal_y) == (16, 50)


def test_the_crops_show_what_the_server_will_cut(new_page, editor):
    image = make_image(file=make_halves())
    page = new_page()
    sign_in(page)
    page.goto(f"{LIBRARY}{image.pk}/change/")
    mark = page.get_by_role("slider", name="Focal point")
    corner = """(canvas) => [
      ...canvas.getContext("2d").getImageData(canvas.width - 3, 3, 1, 1).data.slice(0, 3)
    ]"""
    square = page.locator('.focal-crops canvas[data-ratio="1"]')

    for _step in range(5):
        mark.press("Shift+ArrowLeft")
    near_left = square.evaluate(corner)
    for _step in range(10):
        mark.press("Shift+ArrowRight")
    near_right = square.evaluate(corner)

    assert near_left[1] < 80  # red alone
    assert near_right[1] > 200  # white


def make_halves():
    """Return a picture that is red to the left and white to the right."""
    canvas = PIL.Image.new("RGB", (900, 400), "white")
    canvas.paste("red", (0, 0, 450, 400))
    output = BytesIO()
    canvas.save(output, "PNG")
    return ContentFile(output.getvalue(), name="halves.png")


def test_a_file_just_chosen_is_shown_with_its_crops(new_page, editor):
    page = new_page()
    sign_in(page)
    page.goto(f"{LIBRARY}add/")
    expect(page.get_by_role("slider")).to_have_count(0)

    page.get_by_label("File", exact=False).first.set_input_files(a_file("one.jpg"))

    expect(page.get_by_role("slider", name="Focal point")).to_be_visible()


def test_the_library_is_for_everyone(new_page, editor):
    image = make_image(caption="The stays", licence_expires_on="2026-01-01")
    make_image(credit="")
    page = new_page(width=360, height=800)
    sign_in(page)
    addresses = (
        "",
        "?view=grid",
        "several/",
        f"describe/?ids={image.pk}",
        f"{image.pk}/change/",
    )
    # Without Django's own search box and table of renditions.
    part = {
        "include": [["#content-main"]],
        "exclude": [["#changelist-search"], [".inline-group"]],
    }
    found = {}

    for address in addresses:
        page.goto(LIBRARY + address)
        found[address] = barriers(page, within=part)

    assert found == {address: [] for address in addresses}
