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
from tests.factories import make_image, picture_file

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
        (b"This is a text, renamed.", NO_PICTURE),
        (b"", NO_PICTURE),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            NO_PICTURE,
        ),
        (b"%PDF-1.7", NO_PICTURE),
        (truncated(), DAMAGED),
        (truncated(0.95), DAMAGED),
        (png_that_claims(20_000, 20_000), TOO_LARGE),
        (png_that_claims(12_000, 12_000), TOO_LARGE),
        (png_that_claims(800, 600)[:60], DAMAGED),
    ],
    ids=[
        "text",
        "nothing",
        "svg",
        "pdf",
        "half",
        "nearly whole",
        "20000",
        "12000",
        "cut png",
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
        assert told[renditions.ARTIST] == "Corwin Pellow"
        assert CAMERA not in told
        assert not told.get_ifd(PLACE)


def test_a_picture_held_upright_is_shown_upright():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    image = make_image(file=picture_file(640, 400, exif=exif))

    shown = PIL.Image.open(image.rendered("whole")[0].file)

    assert shown.size == (400, 640)  # and no wider than it is, that way up


def test_the_focal_point_decides_what_a_crop_shows():
    canvas = PIL.Image.new("RGB", (1000, 400), "white")
    canvas.paste("red", (0, 0, 300, 400))
    output = BytesIO()
    canvas.save(output, "PNG")

    left = make_image(file=file_of(output.getvalue(), "a.png"), focal_x=0)
    right = make_image(file=file_of(output.getvalue(), "b.png"), focal_x=100)

    def middle_of(image):
        shown = PIL.Image.open(image.rendered("1x1", "jpeg")[0].file).convert("RGB")
        return shown.getpixel((shown.width // 3, shown.height // 2))

    assert middle_of(left)[1] < 80  # red
    assert middle_of(right)[1] > 200  # white


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


def test_an_original_has_no_address(client):
    image = make_image()

    assert client.get(f"/media/{image.file.name}").status_code == 404
    public = image.rendered("whole")[0].file
    assert client.get(public.url).status_code == 200
