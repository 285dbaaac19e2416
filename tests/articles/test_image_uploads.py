"""Uploads by a script, many at once, twice the same, and in another's place."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import pytest
from django_tasks_db.models import DBTaskResult

from articles import library, tasks, uploads
from articles.models import Image
from newsroom.models import Event
from tests.factories import make_article, make_image, make_staff, picture_file
from tests.html_forms import fields_of

from .test_images import png_that_claims, truncated
from .test_metadata import ALL, XMP, with_exif

LIST = reverse("admin:articles_image_changelist")
ADD = reverse("admin:articles_image_add")
UPLOAD = reverse("admin:articles_image_upload")
SEVERAL = reverse("admin:articles_image_several")


@pytest.fixture(autouse=True)
def _editor(client):
    client.force_login(make_staff("Editor"))


def named(name, file=None):
    file = picture_file() if file is None else file
    content = file if isinstance(file, bytes) else file.read()
    return SimpleUploadedFile(name, content, "image/jpeg")


def in_library(**fields):
    """Put a picture there as an upload does, with its true checksum."""
    image = Image(file=picture_file(), **({"alt": "Cables"} | fields))
    library.add(image, editor=None)
    return image


def change_url(image):
    return reverse("admin:articles_image_change", args=[image.pk])


def change(client, image, **fields):
    data = fields_of(client.get(change_url(image)), "image_form")
    return client.post(change_url(image), data | fields)


def add(client, **fields):
    return client.post(ADD, fields_of(client.get(ADD), "image_form") | fields)


# --- By a script ----------------------------------------------------------------


def test_a_script_is_told_what_its_upload_is_in_the_library(client):
    answer = client.post(UPLOAD, {"file": named("stays.jpg")})

    image = Image.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": image.pk,
        "text": "stays.jpg",
        "caption": "",
        "picture": f"/admin/articles/image/{image.pk}/picture/",
        "lacks": ["a credit", "an alternative text, or the mark “decorative”"],
        "duplicate": False,
    }
    assert client.get(answer.json()["picture"]).status_code == 302  # to a rendition
    assert Event.objects.about(image).get().act == "add image"


def test_an_upload_orders_its_sizes_once(client, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    client.post(UPLOAD, {"file": named("stays.jpg")})
    client.post(UPLOAD, {"file": named("stays.jpg")})

    image = Image.objects.get()
    task = DBTaskResult.objects.get()
    assert task.task_path == "articles.tasks.make_renditions"
    assert task.args_kwargs == {"args": [image.pk], "kwargs": {}}
    assert image.sizes_state == Image.Sizes.WAITING
    assert "being made…" in client.get(LIST).text

    tasks.make_renditions.call(*task.args_kwargs["args"])

    image.refresh_from_db()
    assert image.sizes_state == Image.Sizes.MADE
    assert image.renditions.exists()


@pytest.mark.parametrize("format_", uploads.FORMATS)
def test_a_file_too_large_for_memory_is_taken_from_the_disk(client, settings, format_):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100  # bytes
    file = named(f"stays.{format_.lower()}", picture_file(format_=format_))

    answer = client.post(UPLOAD, {"file": file})

    assert answer.status_code == 201
    image = Image.objects.get()
    assert image.file.name.endswith(uploads.SUFFIXES[format_])
    assert (image.width, image.renditions.exists()) == (640, True)


def test_what_the_file_says_of_itself_is_in_the_answer(client):
    file = picture_file(xmp=XMP.encode())

    answer = client.post(UPLOAD, {"file": named("stays.jpg", file)}).json()

    assert answer["text"] == ALL["alt"]
    assert answer["caption"] == ALL["caption"]
    assert answer["lacks"] == []


def test_the_same_file_again_is_the_picture_that_is_there(client):
    first = client.post(UPLOAD, {"file": named("stays.jpg")}).json()
    renditions = list(Image.objects.get().renditions.values_list("pk", flat=True))

    again = client.post(UPLOAD, {"file": named("copy of stays.jpg")})

    assert again.status_code == 200
    assert again.json() == first | {"duplicate": True}
    image = Image.objects.get()
    assert list(image.renditions.values_list("pk", flat=True)) == renditions


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (named("x.jpg", b"A text, renamed."), "This is not a picture we can read"),
        (named("x.jpg", b"%PDF-1.7"), "This is not a picture we can read"),
        (named("x.jpg", truncated()), "The picture is damaged or cut short."),
        (named("x.png", png_that_claims(20_000, 20_000)), "more than 60 megapixels"),
        (named("x.jpg", b""), "The submitted file is empty."),
        ("no file", "This field is required."),
    ],
    ids=["text", "pdf", "cut", "bomb", "empty", "none"],
)
def test_a_file_that_is_refused_is_answered_with_the_reason(client, file, sentence):
    answer = client.post(UPLOAD, {"file": file})

    assert answer.status_code == 422
    assert sentence in answer.json()["error"]
    assert not Image.objects.exists()


def test_a_file_of_too_many_bytes_is_answered_with_the_reason(client, settings):
    settings.IMAGE_MAX_BYTES = 1000

    answer = client.post(UPLOAD, {"file": named("x.jpg")})

    assert answer.status_code == 422
    assert "is the most. Export a smaller one." in answer.json()["error"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Brücke – Ansicht №1.jpg", "Brücke – Ansicht №1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Photos\\stays.jpg", "stays.jpg"),
        ("nul\0byte\n.jpg", "nulbyte.jpg"),
        ("<script>alert(1)</script>.html", "script>.html"),
        ("x" * 400 + ".jpg", "x" * 251 + ".jpg"),
        ("no suffix", "no suffix"),
        ("ends.in.exe", "ends.in.exe"),
    ],
)
def test_any_name_is_kept_for_the_desk_and_never_used_as_a_path(client, name, kept):
    file = picture_file()
    file.name = name
    image = Image(file=file, alt="Cables")

    library.add(image, editor=None)

    image.refresh_from_db()
    assert image.original_name == kept
    assert image.file.name.endswith(".jpg")  # by its content
    assert len(image.file.name) == 36
    assert image.renditions.exists()
    original = client.get(reverse("admin:articles_image_original", args=[image.pk]))
    assert original.headers["Content-Type"] == "image/jpeg"
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert "script>.html" not in client.get(LIST).text


def test_scripts_are_refused_in_words_without_the_right_to_add(client):
    client.force_login(make_staff("Moderator"))
    forbidden = client.post(UPLOAD, {"file": named("x.jpg")})
    client.logout()
    signed_out = client.post(UPLOAD, {"file": named("x.jpg")})
    client.force_login(make_staff("Reporter"))
    looked_at = client.get(UPLOAD)
    taken = client.post(UPLOAD, {"file": named("x.jpg")})

    assert (forbidden.status_code, signed_out.status_code) == (403, 403)
    assert "may not add" in forbidden.json()["error"]
    assert "signed out" in signed_out.json()["error"]
    assert looked_at.status_code == 405
    assert taken.status_code == 201


def test_an_upload_needs_the_admins_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("Editor"))

    without = client.post(UPLOAD, {"file": named("x.jpg")})
    token = fields_of(client.get(SEVERAL))["csrfmiddlewaretoken"]
    with_it = client.post(
        UPLOAD, {"file": named("x.jpg"), "csrfmiddlewaretoken": token}
    )

    assert (without.status_code, with_it.status_code) == (403, 201)


# --- Twice the same -------------------------------------------------------------


def test_a_file_that_is_there_already_is_named_with_a_link_and_nothing_is_lost(client):
    there = in_library()

    refused = add(client, file=named("copy.jpg"), alt="Typed", credit="Ilse Brandreth")

    assert "The library has this very file already" in refused.text
    assert f'<a href="{change_url(there)}">Cables</a>' in refused.text
    assert 'value="Ilse Brandreth"' in refused.text
    assert 'value="Typed"' in refused.text
    assert Image.objects.count() == 1


def test_both_are_kept_on_purpose_without_choosing_the_file_again(client):
    there = in_library()
    refused = add(client, file=named("copy.jpg"), alt="Typed")

    form = fields_of(refused, "image_form")
    kept = client.post(ADD, form | {"keep_both": "on"})

    assert kept.status_code == 302
    copy = Image.objects.exclude(pk=there.pk).get()
    assert (copy.alt, copy.checksum) == ("Typed", there.checksum)
    assert copy.file.name != there.file.name
    assert copy.renditions.exists()


def test_a_picture_may_be_saved_with_its_own_file_again(client):
    image = in_library()
    sizes = [size.file.name for size in image.renditions.all()]

    response = change(client, image, file=named("again.jpg"), caption="The stays")

    assert response.status_code == 302
    kept = Image.objects.get()
    assert (kept.file.name, kept.caption) == (image.file.name, "The stays")
    assert [size.file.name for size in kept.renditions.all()] == sizes


@pytest.mark.parametrize("same_as", ["0", "x", "9" * 30, "999999"])
def test_a_copy_of_what_is_not_there_is_refused_in_place(client, same_as):
    form = fields_of(client.get(ADD), "image_form")

    response = client.post(
        ADD, form | {"keep_both": "on", "same_as": same_as, "alt": "Typed"}
    )

    assert response.status_code == 200
    assert 'value="Typed"' in response.text
    assert not Image.objects.exists()


# --- In another's place ---------------------------------------------------------


def test_another_file_takes_a_pictures_place_wherever_it_is_used(
    client, django_capture_on_commit_callbacks
):
    image = in_library(credit="Ilse Brandreth")
    story = make_article(lead_image=image)
    before = client.get(story.get_absolute_url()).text
    old_original, old_sizes = image.file.name, list(image.renditions.all())

    with django_capture_on_commit_callbacks(execute=True):
        change(client, image, file=named("better.png", picture_file(900, 600, "PNG")))

    image.refresh_from_db()
    after = client.get(story.get_absolute_url()).text
    assert (image.width, image.original_name) == (900, "better.png")
    assert image.file.name.endswith(".png")
    assert not image.file.storage.exists(old_original)
    assert all(size.file.url not in after for size in old_sizes)
    assert all(client.get(size.file.url).status_code == 404 for size in old_sizes)
    assert image.rendered("whole")[0].file.url in after
    assert before != after
    event = Event.objects.about(image).get(act="replace file")
    assert event.act == "replace file"
    assert event.before["size"] == "640 × 400"
    assert event.after["size"] == "900 × 600"


def test_what_was_typed_is_never_overwritten_by_what_a_file_says(client):
    image = in_library(credit="Ilse Brandreth", caption="")

    response = change(
        client, image, file=named("x.jpg", picture_file(900, 600, xmp=XMP.encode()))
    )

    image.refresh_from_db()
    assert (image.alt, image.credit) == ("Cables", "Ilse Brandreth")
    assert (image.caption, image.licence) == (ALL["caption"], ALL["licence"])
    said = client.get(response.url).text
    assert "Read from the file, please check: caption, copyright" in said


# --- Many at once ---------------------------------------------------------------


def test_many_are_taken_at_once_and_led_to_be_described(client):
    files = [named(f"{n}.jpg", picture_file(300 + n, 200)) for n in range(1, 101)]
    assert len(files) == 100

    response = client.post(SEVERAL, {"files": files})

    assert Image.objects.count() == 100
    assert response.status_code == 302
    page = client.get(response.url)
    assert page.text.count("1.jpg") >= 1
    assert len(page.context["descriptions"].forms) == 100


def test_each_refusal_stands_beside_the_name_of_its_file(client):
    there = in_library()

    page = client.post(
        SEVERAL,
        {
            "files": [
                named("good.jpg", picture_file(300, 200)),
                named("text.jpg", b"A text"),
                named("cut.jpg", truncated()),
                named("empty.jpg", b""),
                named("twice.jpg"),
            ]
        },
    )

    said = {one.name: one.error or one.image for one in page.context["outcomes"]}
    new = Image.objects.get(original_name="good.jpg")
    assert page.status_code == 422
    assert said["good.jpg"] == new
    assert said["text.jpg"].startswith("This is not a picture")
    assert said["cut.jpg"].startswith("The picture is damaged")
    assert said["empty.jpg"] == "The submitted file is empty."
    assert said["twice.jpg"] == there
    assert "Already in the library:" in page.text
    assert f"describe/?ids={new.pk}" in page.text


def test_nothing_chosen_is_said_in_a_sentence(client):
    page = client.post(SEVERAL, {})

    assert page.status_code == 422
    assert "Choose at least one file." in page.text


def describe(client, images, **fields):
    url = reverse("admin:articles_image_describe")
    url += "?ids=" + ",".join(str(image.pk) for image in images)
    return client.post(url, fields_of(client.get(url), "describe_form") | fields)


def test_one_credit_goes_into_all_that_have_none(client):
    own = make_image(credit="Corwin Pellow", alt="")
    none = make_image(credit="", alt="")
    sizes = set(none.renditions.values_list("pk", flat=True))

    response = describe(
        client,
        [own, none],
        **{
            "all-credit": "Ilse Brandreth",
            "all-licence": "CC BY 4.0",
            "all-licence_expires_on": "2030-01-31",
            "form-0-alt": "A ferry",
            "form-1-decorative": "on",
        },
    )

    own.refresh_from_db()
    none.refresh_from_db()
    assert (own.credit, own.alt) == ("Corwin Pellow", "A ferry")
    assert (none.credit, none.decorative) == ("Ilse Brandreth", True)
    assert own.licence == none.licence == "CC BY 4.0"
    assert none.licence_expires_on.year == 2030
    assert not sizes & set(none.renditions.values_list("pk", flat=True))
    assert "2 pictures are saved." in client.get(response.url).text
    assert Event.objects.about(none).first().after["credit"] == "Ilse Brandreth"


def test_an_error_in_one_description_saves_none_and_loses_nothing(client):
    first, second = make_image(alt=""), make_image(alt="")

    page = describe(
        client,
        [first, second],
        **{"form-0-alt": "A ferry", "form-1-alt": "Typed", "form-1-decorative": "on"},
    )

    assert page.status_code == 422
    assert "A decorative picture has no alternative text" in page.text
    assert "A ferry" in page.text
    assert "Typed" in page.text
    assert not Image.objects.filter(alt="A ferry").exists()


def test_a_description_shows_on_the_page_at_once(client):
    image = make_image(alt="Cables")
    story = make_article(lead_image=image)
    assert 'alt="Cables"' in client.get(story.get_absolute_url()).text

    describe(client, [image], **{"form-0-alt": "A ferry"})

    assert 'alt="A ferry"' in client.get(story.get_absolute_url()).text


@pytest.mark.parametrize("ids", ["", "0", "x,;", "9" * 40, "1,2", ",,,"])
def test_ids_of_no_pictures_give_a_page_that_says_so(client, ids):
    url = reverse("admin:articles_image_describe")

    page = client.get(url, {"ids": ids})

    assert page.status_code == 200
    assert "There are no pictures to describe here." in page.text


def test_the_pages_open_to_those_alone_who_may_do_what_they_are_for(client):
    pages = [SEVERAL, reverse("admin:articles_image_describe")]

    client.force_login(make_staff("Reporter"))
    to_reporters = [client.get(page).status_code for page in pages]
    client.force_login(make_staff("Moderator"))
    to_moderators = [client.get(page).status_code for page in pages]

    assert to_reporters == [200, 200]
    assert to_moderators == [403, 403]


def test_a_picture_with_all_said_in_its_file_needs_no_description(client):
    exif = with_exif(creator="Zoë Quayle".encode())

    add(client, file=named("x.jpg", picture_file(exif=exif)), alt="Cables")

    assert Image.objects.get().lacks == []
    assert Image.objects.get().credit == "Zoë Quayle"


def test_a_page_in_disguise_is_never_handed_out_as_one(client):
    polyglot = picture_file().read() + b"<script>alert(1)</script>"
    image = Image(file=ContentFile(polyglot, name="picture.html"))
    library.add(image, editor=None)
    image.renditions.all().delete()

    original = client.get(reverse("admin:articles_image_original", args=[image.pk]))
    preview = client.get(reverse("admin:articles_image_picture", args=[image.pk]))

    assert original.headers["Content-Type"] == "image/jpeg"
    assert preview.headers["Content-Type"] == "image/jpeg"
    assert b"<script>" not in preview.content


def test_a_picture_that_goes_while_it_is_described_takes_nothing_else_along(client):
    gone, left = make_image(alt=""), make_image(alt="")
    url = reverse("admin:articles_image_describe") + f"?ids={gone.pk},{left.pk}"
    form = fields_of(client.get(url), "describe_form")
    gone.delete()

    answer = client.post(
        url, form | {"form-0-alt": "A tug", "form-1-alt": "A ferry"}, follow=True
    )

    assert Image.objects.get().alt == "A ferry"
    assert "1 picture is left out: it is gone" in answer.text
    assert "1 picture is saved." in answer.text


def test_a_description_is_sent_to_any_address_and_of_nothing(client):
    image = make_image(alt="")
    url = reverse("admin:articles_image_describe")
    form = fields_of(client.get(f"{url}?ids={image.pk}"), "describe_form")

    without = client.post(url, form | {"form-0-alt": "A ferry"})
    nothing = client.post(url, {"form-TOTAL_FORMS": "x", "form-0-id": "9" * 30})

    assert without.status_code == 302
    assert Image.objects.get().alt == "A ferry"
    assert nothing.status_code == 422
    assert "There are no pictures to describe here." in nothing.text


def test_who_may_not_publish_describes_no_picture_that_readers_see(client):
    client.force_login(make_staff("Reporter"))
    seen, new = make_image(alt="Seen"), make_image(alt="")
    url = reverse("admin:articles_image_describe") + f"?ids={seen.pk},{new.pk}"
    form = fields_of(client.get(url), "describe_form")
    make_article(lead_image=seen)

    client.post(url, form | {"form-0-alt": "Other", "form-1-alt": "A ferry"})
    page = client.get(url)

    assert Image.objects.get(pk=seen.pk).alt == "Seen"
    assert Image.objects.get(pk=new.pk).alt == "A ferry"
    assert "1 picture is left out" in page.text
    assert "A ferry" in page.text
