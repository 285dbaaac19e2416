"""The picture library: uploads taken or refused in place, pictures kept while used."""

from django.urls import reverse

import pytest

from articles import library, publishing
from articles.admin.image_form import ImageForm
from articles.models import Author, Image
from tests.factories import (
    CAPTIONS,
    film_file,
    make_article,
    make_draft,
    make_image,
    make_recording,
    make_section,
    make_staff,
    picture_file,
)
from tests.html_forms import fields_of

from .test_images import file_of, png_that_claims, truncated

LIST = reverse("admin:articles_image_changelist")
ADD = reverse("admin:articles_image_add")


@pytest.fixture(autouse=True)
def _editor(client):
    client.force_login(make_staff("Editor"))


def upload(client, file, **fields):
    data = fields_of(client.get(ADD), "image_form")
    return client.post(ADD, data | {"file": file, "alt": "A bridge"} | fields)


def change_url(image):
    return reverse("admin:articles_image_change", args=[image.pk])


def test_an_uploaded_picture_is_in_the_library_with_its_sizes(client):
    response = upload(client, picture_file(), credit="Ilse Brandreth", caption="Cables")
    image = Image.objects.get()

    assert response.status_code == 302
    assert (image.width, image.height, image.credit) == (640, 400, "Ilse Brandreth")
    assert len(image.checksum) == 64
    assert image.rendered("whole")
    listed = client.get(LIST).text
    assert f'src="{image.rendered("1x1")[0].file.url}"' in listed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"This is a text, renamed.", "This is not a picture we can read"),
        (truncated(), "The picture is damaged or cut short. Export or copy it again."),
        (png_that_claims(20_000, 20_000), "more than 60 megapixels. Export a smaller one."),
        (png_that_claims(12_000, 12_000), "more than 60 megapixels. Export a smaller one."),
    ],
    ids=["text", "truncated", "20000", "12000"],
)  # fmt: skip
def test_a_file_that_is_no_picture_is_refused_in_place_and_nothing_typed_is_lost(
    client, content, message
):
    response = upload(
        client, file_of(content), credit="Ilse Brandreth", caption="Typed"
    )

    assert response.status_code == 200
    assert message in response.text
    assert 'value="Ilse Brandreth"' in response.text
    assert "Typed" in response.text
    assert not Image.objects.exists()


def test_a_file_of_too_many_bytes_is_refused_in_place(client, settings):
    settings.IMAGE_MAX_BYTES = 1000

    refused = upload(client, picture_file(), credit="Ilse Brandreth")
    settings.IMAGE_MAX_BYTES = 40_000_000
    upload(client, picture_file(), credit="Ilse Brandreth")

    assert "1000 bytes is the most. Export a smaller one." in refused.text
    assert 'value="Ilse Brandreth"' in refused.text
    assert Image.objects.get().credit == "Ilse Brandreth"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": ""}, "This field is required."),
        ({"focal_x": "101"}, "less than or equal to 100"),
        ({"focal_y": "high"}, "Enter a whole number."),
        ({"source_url": "a drawer"}, "Enter a valid URL."),
        ({"alt": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_is_said_of_a_picture_is_checked_and_kept(client, fields, message):
    response = upload(
        client, **{"file": picture_file(), "caption": "Typed just now"} | fields
    )

    assert message in response.text
    assert "Typed just now" in response.text
    assert not Image.objects.exists()


def test_a_bad_file_in_place_of_a_good_one_changes_nothing(client):
    image = make_image()
    sizes = [size.file.name for size in image.renditions.all()]

    form = fields_of(client.get(change_url(image)), "image_form")
    refused = client.post(
        change_url(image),
        form | {"file": file_of(truncated()), "caption": "Typed just now"},
    )

    assert "The picture is damaged or cut short." in refused.text
    assert "Typed just now" in refused.text
    kept = Image.objects.get()
    assert (kept.file.name, kept.width, kept.caption) == (image.file.name, 640, "")
    assert [size.file.name for size in kept.renditions.all()] == sizes


def test_a_picture_keeps_its_file_when_only_its_words_change(client):
    image = make_image()
    sizes = [size.file.name for size in image.renditions.all()]

    form = fields_of(client.get(change_url(image)), "image_form")
    response = client.post(change_url(image), form | {"caption": "The stays"})

    assert response.status_code == 302
    kept = Image.objects.get()
    assert (kept.file.name, kept.caption) == (image.file.name, "The stays")
    assert [size.file.name for size in kept.renditions.all()] == sizes


def test_a_picture_with_alt_text_is_not_decorative(client):
    response = upload(client, picture_file(), decorative="on")

    assert "A decorative picture has no alternative text" in response.text
    assert not Image.objects.exists()


def test_a_new_file_or_focal_point_makes_the_sizes_again(client):
    image = make_image()
    before = {size.file.name for size in image.renditions.all()}

    client.post(
        change_url(image),
        fields_of(client.get(change_url(image)), "image_form") | {"focal_x": "10"},
    )
    moved = {size.file.name for size in image.renditions.all()}
    client.post(
        change_url(image),
        fields_of(client.get(change_url(image)), "image_form")
        | {"file": picture_file(700, 500)},
    )
    image.refresh_from_db()

    assert not before & moved
    assert (image.width, image.height) == (700, 500)
    assert not moved & {size.file.name for size in image.renditions.all()}


def test_a_picture_is_not_deleted_while_a_story_shows_it(client):
    in_body, leading, unused = make_image(), make_image(), make_image()
    make_article(
        headline="Bridge reopens",
        lead_image=leading,
        body=f'<p>x</p><figure data-image="{in_body.pk}"></figure>',
    )

    for image in (in_body, leading, unused):
        url = reverse("admin:articles_image_delete", args=[image.pk])
        client.post(url, {"post": "yes"})
    client.post(LIST, {"action": "delete_selected", "post": "yes",
                       "_selected_action": [in_body.pk, leading.pk]})  # fmt: skip

    assert set(Image.objects.all()) == {in_body, leading}
    assert "Bridge reopens" in client.get(change_url(in_body)).text


def test_a_picture_that_only_an_old_revision_shows_may_go(client):
    image = make_image()
    draft = make_draft(lead_image=image)
    draft.lead_image = None
    draft.save()
    publishing.save_working_copy(draft, editor=None)

    client.post(
        reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
    )

    assert not Image.objects.exists()


def test_a_picture_that_was_put_into_a_draft_is_not_deleted_before_it_is_taken_out(
    client,
):
    image = make_image()
    draft = make_draft(body=f'<p>x</p><figure data-image="{image.pk}"></figure>')
    url = reverse("admin:articles_image_delete", args=[image.pk])

    refused = client.post(url, {"post": "yes"})
    draft.body = "<p>x</p>"
    draft.save()
    publishing.save_working_copy(draft, editor=None)
    deleted = client.post(url, {"post": "yes"})

    assert (refused.status_code, deleted.status_code) == (403, 302)
    assert not Image.objects.exists()


def test_a_picture_is_found_by_what_is_said_of_it(client):
    make_image(alt="Cables", caption="From below", credit="Ilse Brandreth")
    make_image(alt="A ferry", caption="At dawn", credit="Corwin Pellow")

    def found(words):
        return [
            str(one) for one in client.get(LIST, {"q": words}).context["cl"].result_list
        ]

    assert found("cable") == found("below") == found("brandreth") == ["Cables"]
    assert found("") == ["A ferry", "Cables"]


def test_what_is_missing_is_found_by_a_filter(client):
    make_image(alt="Whole")
    make_image(alt="No credit", credit="")
    make_image(alt="", caption="No alt")

    def listed(lacks):
        return [
            str(one)
            for one in client.get(LIST, {"lacks": lacks}).context["cl"].result_list
        ]

    assert listed("credit") == ["No credit"]
    assert listed("alt") == ["No alt"]


def test_originals_are_handed_to_staff_alone(client):
    image = make_image()
    url = reverse("admin:articles_image_original", args=[image.pk])

    to_staff = client.get(url)
    client.logout()
    to_readers = client.get(url)

    assert to_staff.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(to_staff.streaming_content)[:2] == b"\xff\xd8"  # a JPEG
    assert to_readers.status_code == 302
    assert "login" in to_readers.url


def test_pictures_are_handed_to_no_member_of_staff_who_may_not_see_the_library(client):
    image = make_image(rendered=False)
    urls = [
        reverse(f"admin:articles_image_{page}", args=[image.pk])
        for page in ("original", "picture", "change")
    ]

    to_editors = [client.get(url).status_code for url in urls]
    client.force_login(make_staff("Moderator"))
    to_moderators = [client.get(url).status_code for url in urls]

    assert to_editors == [200, 200, 200]
    assert to_moderators == [403, 403, 403]


def test_a_reporter_adds_pictures_and_deletes_none(client):
    client.force_login(make_staff("Reporter"))

    upload(client, picture_file())
    image = Image.objects.get()
    url = reverse("admin:articles_image_delete", args=[image.pk])

    assert client.post(url, {"post": "yes"}).status_code == 403
    assert Image.objects.exists()


def test_words_saved_while_a_colleague_replaces_the_file_leave_the_new_file(
    client, monkeypatch
):
    image = make_image()
    form = fields_of(client.get(change_url(image)), "image_form")
    clean = ImageForm.clean

    def clean_meanwhile(self):
        same = Image.objects.get(pk=image.pk)
        same.file = picture_file(700, 500)
        library.replace_file(same, editor=None)
        return clean(self)

    monkeypatch.setattr(ImageForm, "clean", clean_meanwhile)
    answer = client.post(change_url(image), form | {"alt": "A new bridge"})

    saved = Image.objects.get()
    assert answer.status_code == 302
    assert (saved.alt, saved.width) == ("A new bridge", 700)
    assert saved.file.storage.exists(saved.file.name)


def story_with(where, image, **fields):
    if where == "over the story":
        return make_article(lead_image=image, **fields)
    return make_article(body=f'<figure data-image="{image.pk}"></figure>', **fields)


@pytest.mark.parametrize("where", ["over the story", "in its body"])
def test_who_may_not_publish_changes_nothing_that_readers_see_of_a_picture(
    client, where
):
    image = make_image()
    story_with(where, image)
    client.force_login(make_staff("Reporter"))
    before = fields_of(client.get(change_url(image)), "image_form")

    for fields in (
        {"file": picture_file(700, 500)},
        {"credit": "Somebody"},
        {"alt": "", "decorative": "on"},
        {"focal_x": "1"},
        {"licence_expires_on": "2020-01-01"},
    ):
        refused = client.post(change_url(image), before | fields)
        assert "Readers see this picture" in refused.text
        assert refused.status_code == 200
    saved = client.post(change_url(image), before | {"keywords": "bridge"})

    found = Image.objects.get()
    assert saved.status_code == 302
    assert (found.file.name, found.keywords) == (image.file.name, "bridge")
    assert (found.credit, found.alt, found.focal_x) == (
        "Ilse Brandreth",
        "A bridge",
        50,
    )
    assert found.licence_expires_on is None


def test_a_form_that_was_open_when_the_story_went_out_says_so(client):
    image = make_image()
    client.force_login(make_staff("Reporter"))
    form = fields_of(client.get(change_url(image)), "image_form")
    make_article(lead_image=image)

    refused = client.post(change_url(image), form | {"keywords": "bridge, cables"})
    again = fields_of(refused, "image_form")
    client.post(change_url(image), again)

    assert "Readers see this picture" in refused.text
    assert Image.objects.get().keywords == "bridge, cables"


def test_who_may_not_publish_says_all_of_a_picture_that_readers_do_not_see(client):
    image = make_image()
    make_draft(lead_image=image)
    publishing.withdraw(make_article(lead_image=image), editor=None)
    client.force_login(make_staff("Reporter"))
    form = fields_of(client.get(change_url(image)), "image_form")

    client.post(change_url(image), form | {"credit": "Somebody"})

    assert Image.objects.get().credit == "Somebody"


def test_an_editor_of_sections_changes_the_pictures_of_those_alone(client):
    own, other = make_section("Culture", "culture"), make_section("Sport", "sport")
    editor = make_staff("Editor")
    own.editors.add(editor)
    client.force_login(editor)
    theirs, mine = make_image(), make_image()
    make_article(section=other, slug="sport", lead_image=theirs)
    make_article(section=own, slug="culture", lead_image=mine)

    for image in (theirs, mine):
        form = fields_of(client.get(change_url(image)), "image_form")
        client.post(change_url(image), form | {"credit": "Somebody"})

    assert Image.objects.get(pk=theirs.pk).credit == "Ilse Brandreth"
    assert Image.objects.get(pk=mine.pk).credit == "Somebody"


def test_an_authors_photograph_is_changed_by_those_who_publish(client):
    image = make_image()
    Author.objects.create(name="Ann", slug="ann", photograph=image)

    def change_credit(credit):
        form = fields_of(client.get(change_url(image)), "image_form")
        client.post(change_url(image), form | {"credit": credit})
        return Image.objects.get().credit

    by_an_editor = change_credit("An Editor")
    client.force_login(make_staff("Reporter"))

    assert by_an_editor == "An Editor"
    assert change_credit("A Reporter") == "An Editor"


def test_a_picture_of_an_author_or_a_film_is_in_use(client):
    portrait, poster, free = (make_image(alt=alt) for alt in ("Ann", "Bell", "Free"))
    author = Author.objects.create(name="Ann", slug="ann", photograph=portrait)
    make_recording(
        title="The bell rings", file=film_file(), captions=CAPTIONS, poster=poster
    )

    unused = client.get(LIST, {"used": "no"}).text
    pages = [client.get(change_url(one)).text for one in (portrait, poster)]
    for image in (portrait, poster, free):
        delete = reverse("admin:articles_image_delete", args=[image.pk])
        client.post(delete, {"post": "yes"})

    assert "1 image" in unused
    assert change_url(free) in unused
    assert "Ann</a>: photograph of the author<" in pages[0]
    assert "The bell rings</a>: poster of the film<" in pages[1]
    assert {*Image.objects.all()} == {portrait, poster}
    author.refresh_from_db()
    assert author.photograph == portrait


def test_the_poster_of_a_film_that_readers_have_is_changed_by_those_who_publish(client):
    poster = make_image()
    film = make_recording(file=film_file(), captions=CAPTIONS, poster=poster)
    make_article(body=f'<figure data-recording="{film.pk}"></figure>')

    def change_credit(credit):
        form = fields_of(client.get(change_url(poster)), "image_form")
        client.post(change_url(poster), form | {"credit": credit})
        return Image.objects.get().credit

    by_an_editor = change_credit("An Editor")
    client.force_login(make_staff("Reporter"))

    assert by_an_editor == "An Editor"
    assert change_credit("A Reporter") == "An Editor"
