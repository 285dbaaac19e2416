"""Pictures: refused with the reason, or made public without what the camera told."""

import re
import struct
import zlib
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

import PIL.Image
import pytest

from articles import renditions, uploads
from articles.models import Rendition
from tests.factories import make_article, make_image, picture_file

NO_PICTURE = "This is not a picture we can read"
DAMAGED = "The picture is damaged or cut short"
TOO_LARGE = "The picture has more than 60 megapixels"
PLACE, CAMERA = 0x8825, 0x0110  # EXIF: where it was taken, and with what


def file_of(content, name="picture.jpg"):
    return ContentFile(content, name=name)


def png_that_claims(width, height):
    """Return a small PNG file whose header says that it is ``width`` × ``height``."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (1 + width // 8) * 16)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def truncated(share=0.5):
    whole = picture_file(900, 700).read()
    return whole[: int(len(whole) * share)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"This is a text, renamed.", NO_PICTURE, id="text"),
        pytest.param(b"", NO_PICTURE, id="nothing"),
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PICTURE, id="svg"
        ),
        pytest.param(b"%PDF-1.7", NO_PICTURE, id="pdf"),
        pytest.param(picture_file(format_="BMP").read(), NO_PICTURE, id="bmp"),
        pytest.param(truncated(), DAMAGED, id="half"),
        pytest.param(truncated(0.95), DAMAGED, id="nearly whole"),
        pytest.param(png_that_claims(800, 600)[:60], DAMAGED, id="header alone"),
        pytest.param(png_that_claims(20_000, 20_000), TOO_LARGE, id="20,000"),
        pytest.param(png_that_claims(12_000, 12_000), TOO_LARGE, id="12,000"),
    ],
)
def test_a_file_that_is_no_whole_picture_is_refused_with_the_reason(content, reason):
    with pytest.raises(ValidationError, match=reason):
        uploads.check(file_of(content))

    uploads.check(picture_file())


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("format_", uploads.FORMATS)
def test_a_picture_damaged_anywhere_is_taken_or_refused_in_words(format_):
    whole = picture_file(30, 20, format_).read()

    reasons = set()
    for place in range(len(whole)):
        cut_short = whole[:place]
        one_byte_wrong = cut_short + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        for damaged in (cut_short, one_byte_wrong):
            try:
                uploads.check(file_of(damaged))
            except ValidationError as refusal:  # and nothing else
                reasons.add(refusal.message)

    assert reasons
    assert all(one.startswith((NO_PICTURE, DAMAGED, TOO_LARGE)) for one in reasons)
    uploads.check(file_of(whole))


def test_a_file_of_too_many_bytes_is_refused_before_it_is_opened(settings):
    settings.IMAGE_MAX_BYTES = 1000

    with pytest.raises(ValidationError, match="Export a smaller one"):
        uploads.check(file_of(b"x" * 1001))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_the_usual_formats_are_taken_and_rendered(format_):
    file = picture_file(format_=format_)
    uploads.check(file)

    image = make_image(file=file)

    assert image.rendered("whole")
    assert (image.width, image.height) == (640, 400)


def test_a_picture_is_rendered_in_sizes_and_crops_no_wider_than_itself():
    image = make_image(file=picture_file(1000, 800))

    whole = [(size.width, size.height) for size in image.rendered("whole")]
    crops = {
        crop: (size.width, size.height)
        for crop in ("1x1", "4x3", "16x9")
        for size in image.rendered(crop, "jpeg")
    }

    assert whole == [(480, 384), (800, 640), (1000, 800)]
    assert crops == {"1x1": (800, 800), "4x3": (1000, 750), "16x9": (1000, 562)}


def test_a_picture_is_on_the_pages_as_soon_as_it_is_rendered(client):
    image = make_image(rendered=False)
    story = make_article(lead_image=image)
    addresses = ("/", story.get_absolute_url())
    before = [client.get(address).text for address in addresses]

    renditions.make(image)
    after = [client.get(address).text for address in addresses]

    assert not any("/media/" in page for page in before)
    assert all("/media/" in page for page in after)


def test_a_chart_too_tall_for_the_format_is_rendered_narrower():
    image = make_image(file=picture_file(100, 17_000, "PNG"))

    sizes = [(size.width, size.height) for size in image.rendered("whole")]

    assert sizes == [(96, 16_320)]


def test_a_rendition_keeps_whose_it_is_and_drops_where_it_was_taken():
    exif = PIL.Image.Exif()
    exif[CAMERA] = "A camera with a serial number"
    exif.get_ifd(PLACE)[1] = "N"
    original = picture_file(exif=exif)
    assert CAMERA in PIL.Image.open(BytesIO(original.read())).getexif()
    original.seek(0)

    image = make_image(file=original, credit="Corwin Pellow")

    assert image.renditions.exists()
    for rendition in image.renditions.all():
        told = PIL.Image.open(rendition.file).getexif()
        assert told[renditions.ARTIST] == told[renditions.COPYRIGHT] == "Corwin Pellow"
        assert CAMERA not in told
        assert not told.get_ifd(PLACE)


def test_a_picture_held_upright_is_shown_upright():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    image = make_image(file=picture_file(640, 400, exif=exif))

    shown = PIL.Image.open(image.rendered("whole")[0].file)

    assert shown.size == (400, 640)  # and no wider than it is, that way up


@pytest.mark.parametrize(
    ("size", "red_part", "focus"),
    [
        ((1000, 400), (0, 0, 300, 400), "focal_x"),
        ((400, 1000), (0, 0, 400, 300), "focal_y"),
    ],
)
def test_the_focal_point_decides_what_a_crop_shows(size, red_part, focus):
    canvas = PIL.Image.new("RGB", size, "white")
    canvas.paste("red", red_part)
    output = BytesIO()
    canvas.save(output, "PNG")

    near = make_image(file=file_of(output.getvalue(), "a.png"), **{focus: 0})
    far = make_image(file=file_of(output.getvalue(), "b.png"), **{focus: 100})

    def green_in(image):
        shown = PIL.Image.open(image.rendered("1x1", "jpeg")[0].file).convert("RGB")
        return shown.getpixel((shown.width // 3, shown.height // 3))[1]

    assert green_in(near) < 80  # red
    assert green_in(far) > 200  # white


def test_a_transparent_picture_lies_on_white_where_it_cannot_stay_transparent():
    canvas = PIL.Image.new("RGBA", (640, 400), (0, 0, 0, 0))
    output = BytesIO()
    canvas.save(output, "PNG")

    image = make_image(file=file_of(output.getvalue(), "a.png"))
    card = PIL.Image.open(image.rendered("16x9", "jpeg")[0].file)

    assert card.getpixel((5, 5)) == (255, 255, 255)


def test_the_name_of_a_public_file_cannot_be_guessed_and_is_not_used_again(client):
    image = make_image(file=picture_file())
    before = {rendition.file.name for rendition in image.renditions.all()}

    renditions.make_again(image)
    after = {rendition.file.name for rendition in Rendition.objects.all()}

    assert len(before) == len(after) > 5
    assert not before & after
    for name in before | after:
        assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}\.(webp|jpeg)", name)


def test_the_files_of_renditions_made_again_are_deleted(
    client, django_capture_on_commit_callbacks
):
    image = make_image()
    old = image.rendered("whole")[0].file.url
    assert client.get(old).status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        renditions.make_again(image)

    new = Rendition.objects.filter(crop="whole").first().file.url
    assert client.get(new).status_code == 200
    assert client.get(old).status_code == 404


def test_an_original_has_no_address(client):
    image = make_image()

    public = image.rendered("whole")[0].file
    folder = public.name.partition("/")[0]

    assert client.get(public.url).status_code == 200
    for path in (image.file.name, f"../originals/{image.file.name}", folder, "//x"):
        assert client.get(f"/media/{path}").status_code == 404, path
