"""What a file says of itself: read into empty fields, and never a reason to fail."""

import struct
from io import BytesIO

from django.core.files.base import ContentFile

import PIL.Image
import PIL.PngImagePlugin
import pytest

from articles import metadata, uploads
from tests.factories import make_image, picture_file

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    photoshop:Credit="Estuary Pictures" exif:GPSLatitude="48,12.5N">
   <dc:description><rdf:Alt>
    <rdf:li xml:lang="x-default">The stays &amp; the deck.</rdf:li>
    <rdf:li xml:lang="de">Die Seile.</rdf:li>
   </rdf:Alt></dc:description>
   <dc:creator><rdf:Seq><rdf:li>Zoë Quayle</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li>© Zoë Quayle</rdf:li></rdf:Alt></dc:rights>
   <dc:subject><rdf:Bag>
    <rdf:li>bridge</rdf:li><rdf:li>estuary</rdf:li><rdf:li>bridge</rdf:li>
   </rdf:Bag></dc:subject>
   <Iptc4xmpCore:AltTextAccessibility><rdf:Alt>
    <rdf:li>Cables fan out from a pylon</rdf:li>
   </rdf:Alt></Iptc4xmpCore:AltTextAccessibility>
   <xmpRights:UsageTerms><rdf:Alt><rdf:li>One year, online</rdf:li></rdf:Alt></xmpRights:UsageTerms>
   <xmpMM:History><rdf:Seq><rdf:li>
    <dc:description>A step of somebody's program</dc:description>
   </rdf:li></rdf:Seq></xmpMM:History>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
ALL = {
    "alt": "Cables fan out from a pylon",
    "caption": "The stays & the deck.",
    "credit": "Estuary Pictures",
    "copyright": "© Zoë Quayle",
    "keywords": "bridge, estuary",
    "licence": "One year, online",
}


def with_exif(**texts):
    tags = {"caption": 0x010E, "creator": 0x013B, "copyright": 0x8298}
    exif = PIL.Image.Exif()
    for name, text in texts.items():
        exif[tags[name]] = text
    return exif


def with_iptc(*pairs):
    """Return a JPEG file with IPTC data sets, as old programs write them."""
    sets = b"".join(
        bytes([0x1C, record, number]) + struct.pack(">H", len(value)) + value
        for (record, number), value in pairs
    )
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets
    block += b"\0" * (len(sets) % 2)
    segment = b"Photoshop 3.0\0" + block
    whole = picture_file().read()
    marker = b"\xff\xed" + struct.pack(">H", len(segment) + 2)
    return ContentFile(whole[:2] + marker + segment + whole[2:], name="old.jpg")


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF"])
def test_all_that_xmp_says_is_read_and_no_place(format_):
    file = picture_file(format_=format_, xmp=XMP.encode())

    assert metadata.read(file) == ALL


def test_a_png_file_says_the_same_in_a_text_of_its_own():
    texts = PIL.PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP)

    assert metadata.read(picture_file(format_="PNG", pnginfo=texts)) == ALL


def test_iptc_is_read_in_the_encoding_it_names_or_an_old_one():
    pairs = {(2, 120): "Tür am Kai", (2, 80): "Zoë Quayle", (2, 25): "doors"}
    new = [((1, 90), b"\x1b%G"), *((tag, text.encode()) for tag, text in pairs.items())]
    old = [(tag, text.encode("cp1252")) for tag, text in pairs.items()]

    found = {"caption": "Tür am Kai", "credit": "Zoë Quayle", "keywords": "doors"}
    assert metadata.read(with_iptc(*new)) == found
    assert metadata.read(with_iptc(*old)) == found


def test_exif_is_read_where_nothing_else_speaks():
    exif = with_exif(creator="Zoë Quayle".encode(), caption="OLYMPUS DIGITAL CAMERA")

    alone = metadata.read(picture_file(exif=exif))
    beside_xmp = metadata.read(picture_file(exif=exif, xmp=XMP.encode()))

    assert alone == {"credit": "Zoë Quayle"}  # what a camera wrote is no caption
    assert beside_xmp == ALL


@pytest.mark.parametrize(
    ("address", "licence"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://example.org/terms", "One year, online"),
    ],
)
def test_a_common_licence_is_named_as_people_name_it(address, licence):
    xmp = XMP.replace(
        "photoshop:Credit=",
        f'xmpRights:WebStatement="{address}" photoshop:Credit=',
    )

    assert metadata.read(picture_file(xmp=xmp.encode()))["licence"] == licence


BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\0" * 500,
        b"<not closed",
        b"\xff\xfe\x00\xd8",
        XMP.encode()[:400],
        b"<a>" * 50_000,
        f'<!DOCTYPE x [<!ENTITY b0 "ha">{BOMB}]><x>&b11;</x>'.encode(),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        XMP.replace("?>\n<x:", '?>\n<!DOCTYPE x [<!ENTITY e "x">]>\n<x:', 1).encode(),
        b"<x>" + b" " * 1_100_000 + b"</x>",
    ],
    ids=[
        *("empty", "zeros", "open", "no text", "cut short", "deep", "bomb", "file"),
        *("doctype", "huge"),
    ],
)
def test_bad_xmp_is_left_out_and_the_rest_is_read(packet):
    exif = with_exif(creator="Zoë Quayle".encode())
    file = picture_file(format_="WEBP", exif=exif, xmp=packet)

    assert metadata.read(file) == {"credit": "Zoë Quayle"}


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_metadata_damaged_anywhere_never_raises():
    exif = with_exif(creator=b"Z", caption=b"Y")
    for whole in (
        with_iptc(((2, 80), b"Z"), ((2, 120), b"Y")).read(),
        picture_file(30, 20, "TIFF", exif=exif).read(),
        picture_file(30, 20, xmp=XMP.encode(), exif=exif).read()[:3000],
    ):
        for place in range(0, min(len(whole), 2500), 3):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]

            metadata.read(ContentFile(damaged))
            metadata.read(ContentFile(whole[:place]))


def test_only_empty_fields_are_filled_and_no_further_than_they_reach():
    image = make_image(rendered=False, credit="Typed", alt="", caption="")
    found = ALL | {"caption": "x" * 1000, "copyright": "a\0b\ud800c\x07"}

    filled = metadata.fill(image, found)

    assert filled == ["alt", "caption", "copyright", "keywords", "licence"]
    assert (image.credit, len(image.caption)) == ("Typed", 500)


def test_a_decorative_picture_gets_no_alternative_text():
    image = make_image(rendered=False, alt="", decorative=True)

    assert "alt" not in metadata.fill(image, dict(ALL))
    assert image.alt == ""


def test_control_characters_are_left_out():
    exif = with_exif(creator=b"Zo\x07e\nQuayle \xe2\x80\xae")

    assert metadata.read(picture_file(exif=exif)) == {"credit": "Zo e Quayle"}


def test_no_rendition_says_where_the_picture_was_taken():
    exif = with_exif(creator=b"Zoe Quayle")
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (48.0, 12.0, 30.0)
    file = picture_file(exif=exif, xmp=XMP.encode())
    uploads.check(file)
    assert PIL.Image.open(file).getexif().get_ifd(0x8825)[1] == "N"
    file.seek(0)
    assert b"GPSLatitude" in file.read()
    file.seek(0)

    image = make_image(file=file)

    assert image.renditions.count() > 5
    for rendition in image.renditions.all():
        content = rendition.file.read()
        assert not PIL.Image.open(BytesIO(content)).getexif().get_ifd(0x8825)
        assert b"GPS" not in content
        assert b"xmp" not in content.lower()
