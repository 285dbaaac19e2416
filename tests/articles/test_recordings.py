"""Sound and film: refused with the reason, described, named by stories, played in parts."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

import pytest

from articles import publishing, recording_files
from articles.models import Article, Recording
from articles.publishing import PublishingRefused
from newsroom.models import Event
from tests.factories import (
    CAPTIONS,
    film_file,
    make_article,
    make_draft,
    make_image,
    make_recording,
    make_section,
    make_staff,
    wave_file,
)

ADD = reverse("admin:articles_recording_add")
NEITHER = "This is neither sound nor film that browsers play"


@pytest.fixture
def desk(client):
    client.force_login(make_staff("Editor"))
    return client


def upload(desk, **fields):
    """Send the form for a new recording; return the answer."""
    defaults = {"title": "The tide bell", "file": wave_file()}
    return desk.post(ADD, defaults | fields)


def figure(recording, caption=""):
    return (
        f'<figure data-recording="{recording.pk}"><figcaption>{caption}</figcaption>'
        "</figure>"
    )


def change_url(recording):
    return reverse("admin:articles_recording_change", args=[recording.pk])


def named(content, name):
    return ContentFile(content, name=name)


# --- The library ----------------------------------------------------------------------


def test_sound_is_taken_with_its_length_under_a_name_nobody_can_guess(desk):
    answer = upload(desk, file=wave_file(3, name="Interview with J. Doe.mp3"))

    recording = Recording.objects.get()
    assert answer.status_code == 302
    assert (recording.kind, recording.seconds, recording.type) == (
        *("audio", 3, "audio/wav"),  # by its content, not by its name
    )
    assert recording.original_name == "Interview with J. Doe.mp3"
    assert "Doe" not in recording.file.name
    assert len(recording.file.name) > 32
    assert Event.objects.filter(act="add recording").exists()


def test_a_film_tells_its_size_and_nothing_of_where_it_was_made(desk):
    upload(desk, file=film_file(4, told=b"+54.0912-003.2241/"))

    recording = Recording.objects.get()
    stored = recording.file.read()
    assert (recording.kind, recording.seconds) == ("video", 4)
    assert (recording.width, recording.height) == (640, 360)
    assert recording.type == "video/mp4"
    assert b"+54.0912" not in stored
    assert b"udta" not in stored
    assert len(stored) == recording.size == film_file(4, told=b"x" * 18).size
    assert recording_files.facts_of(recording.file).seconds == 4


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff", b"Just words, renamed.", b"RIFF", b"RIFF1234WAVEfmt "),
        b"\0\0\0\x18ftypisom",
        film_file().read()[:60],
        b"fLaC" + bytes(40),
        b"\x1a\x45\xdf\xa3webm",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"\xff\xf1AAC",
        b"OggS" + bytes(24) + b"\x80theora",
    ],
)
def test_what_is_neither_sound_nor_film_is_refused_whatever_its_name(content):
    try:
        recording_files.facts_of(named(content, "film.mp4"))
    except recording_files.ValidationError as refusal:
        assert NEITHER in refusal.message  # noqa: PT017  # any other error fails
    else:
        assert content.startswith(b"RIFF1234WAVE")  # a header without a length

    assert recording_files.facts_of(wave_file()).suffix == ".wav"


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"ID3\x04" + bytes(20), ".mp3"),
        (b"\xff\xfb\x90\x00" + bytes(20), ".mp3"),
        (b"OggS" + bytes(24) + b"OpusHead", ".ogg"),
        (b"\x1a\x45\xdf\xa3" + bytes(20) + b"webm" + bytes(9) + b"V_VP9", ".webm"),
        (b"\x1a\x45\xdf\xa3" + bytes(20) + b"webm" + bytes(9) + b"A_OPUS", ".weba"),
        (film_file().read().replace(b"vide", b"soun"), ".m4a"),
    ],
)
def test_what_browsers_play_is_known_by_its_content(content, suffix):
    assert recording_files.facts_of(named(content, "x")).suffix == suffix


def test_a_film_damaged_anywhere_is_taken_or_refused_in_words():
    whole = film_file(told=b"place").read()

    for place in range(len(whole)):
        cut_short = whole[:place]
        one_byte_wrong = cut_short + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        for damaged in (cut_short, one_byte_wrong):
            try:
                recording_files.facts_of(named(damaged, "x"))
            except recording_files.ValidationError:  # and nothing else
                continue
            recording_files.without_place(named(damaged, "x"))

    assert recording_files.facts_of(named(whole, "x")).kind == "video"


def test_a_file_over_the_limit_is_refused_with_both_sizes(desk, settings):
    settings.RECORDING_MAX_BYTES = 1000

    page = upload(desk)

    assert "1000\xa0bytes is the most" in page.text
    assert not Recording.objects.exists()


@pytest.mark.parametrize(
    ("captions", "reason"),
    [
        (b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "SRT is another format"),
        (b"WEBVTT\n\n00:01.000 -> 00:02.000\nx\n", "There is no caption"),
        (b"WEBVTT\n\n00:01,000 --> 00:02,000\nx\n", "Line 3 of the captions"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", "Line 3 of the captions"),
        (b"WEBVTT\n\n", "There is no caption in this file"),
        ("WEBVTT\n\nä".encode("utf-16"), "not in UTF-8"),
        (b"WEBVTT\n" + b"x" * 2**20, "more than a megabyte"),
    ],
)
def test_captions_that_browsers_would_not_show_are_refused(desk, captions, reason):
    page = upload(desk, captions=named(captions, "c.vtt"))

    assert reason in page.text
    assert not Recording.objects.exists()


def test_captions_are_stored_as_browsers_want_them(desk, client):
    windows = ("\ufeff" + CAPTIONS.replace("\n", "\r\n")).encode()

    upload(desk, file=film_file(), captions=named(windows, "c.vtt"))

    recording = Recording.objects.get()
    answer = client.get(recording.captions.url)
    assert b"".join(answer.streaming_content) == CAPTIONS.encode()
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"


def test_another_file_takes_the_old_ones_place_and_a_cleared_one_goes(
    desk, django_capture_on_commit_callbacks
):
    recording = make_recording(file=film_file(), captions=CAPTIONS)
    old, captions = recording.file.name, recording.captions.name

    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(
            reverse("admin:articles_recording_change", args=[recording.pk]),
            {"title": "New", "file": wave_file(5), "captions-clear": "on"},
        )

    recording.refresh_from_db()
    assert answer.status_code == 302
    assert (recording.kind, recording.seconds, recording.width) == ("audio", 5, None)
    assert not recording.captions
    assert not default_storage.exists(old)
    assert not default_storage.exists(captions)
    assert default_storage.exists(recording.file.name)


def test_a_recording_goes_with_its_files_unless_a_story_has_it(
    desk, django_capture_on_commit_callbacks
):
    free, used = make_recording(title="Free"), make_recording(title="Used")
    make_draft(headline="Bells", body=figure(used))

    page = desk.get(reverse("admin:articles_recording_change", args=[used.pk])).text
    with django_capture_on_commit_callbacks(execute=True):
        for one in (free, used):
            address = reverse("admin:articles_recording_delete", args=[one.pk])
            desk.post(address, {"post": "yes"})

    assert "Bells" in page
    assert [one.title for one in Recording.objects.all()] == ["Used"]
    assert not default_storage.exists(free.file.name)
    assert default_storage.exists(used.file.name)


def test_reporters_add_recordings_and_do_not_delete_them(client):
    client.force_login(make_staff("Reporter"))

    upload(client)

    recording = Recording.objects.get()
    address = reverse("admin:articles_recording_delete", args=[recording.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403


def test_what_readers_have_of_a_recording_is_changed_by_those_who_publish_it(client):
    shown, free = make_recording(title="Shown"), make_recording(title="Free")
    coast, own_editor = make_section("Coast", "coast"), make_staff("Editor")
    make_section("Sport", "sport").editors.add(make_staff("Editor", username="sam"))
    coast.editors.add(own_editor)
    make_article(section=coast, body=figure(shown))
    sam = make_section("Sport", "sport").editors.get()
    form = {"title": "Rung", "credit": "Somebody", "file": wave_file(3)}

    pages, answers = [], []
    for user in (make_staff("Reporter"), sam):
        client.force_login(user)
        pages.append(client.get(change_url(shown)).text)
        answers.append(client.post(change_url(shown), form))
    client.post(change_url(free), {"title": "Free now"})
    refused = Recording.objects.get(pk=shown.pk)
    client.force_login(own_editor)
    client.post(change_url(shown), {"title": "Mended", "credit": "Ilse"})

    for page, answer in zip(pages, answers, strict=True):
        assert "Readers have this recording" in page
        assert 'name="_save"' not in page
        assert "Readers have this recording" in answer.text
        assert 'value="Rung"' in answer.text
    assert (refused.title, refused.file.name) == ("Shown", shown.file.name)
    assert {one.title for one in Recording.objects.all()} == {"Free now", "Mended"}


# --- In a story -----------------------------------------------------------------------


def test_readers_get_sound_with_a_player_its_credit_and_its_transcript(client):
    recording = make_recording(transcript="A bell.\n\nGulls <b>cry</b>.")

    page = client.get(
        make_article(body=figure(recording, "Rung in <em>fog</em>.")).get_absolute_url()
    ).text

    assert '<audio controls preload="none" aria-label="The tide bell">' in page
    assert f'<source src="{recording.file.url}" type="audio/wav">' in page
    assert "(0:02)" in page
    assert "Rung in <em>fog</em>." in page
    assert "© <bdi>Ilse Brandreth</bdi>" in page
    assert "<p>Gulls &lt;b&gt;cry&lt;/b&gt;.</p>" in page


def test_readers_get_film_with_its_poster_and_captions(client):
    poster = make_image(credit="Corwin Pellow")
    recording = make_recording(
        file=film_file(), captions=CAPTIONS, captions_language="de", poster=poster
    )

    answer = client.get(make_article(body=figure(recording)).get_absolute_url())

    page = answer.text
    assert 'preload="none" playsinline width="640" height="360" poster="/media/' in page
    assert f'<track kind="captions" src="{recording.captions.url}" srclang="de"' in page
    assert 'label="Deutsch"' in page
    assert "Corwin Pellow" in page
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_film_without_captions_or_a_recording_without_credit_is_not_published():
    film = make_recording(title="Crossing", file=film_file())
    sound = make_recording(title="Bell", credit="")
    draft = make_draft(body=figure(film) + figure(sound))

    with pytest.raises(PublishingRefused) as refusal:
        publishing.publish(draft, editor=None)

    assert refusal.value.reasons == [
        "The recording “Crossing” needs captions.",
        "The recording “Bell” needs a credit.",
    ]


def test_a_recording_that_does_not_exist_keeps_a_story_from_readers():
    draft = make_draft(body='<figure data-recording="404"></figure>')

    with pytest.raises(PublishingRefused, match="Recording 404 is not in the library"):
        publishing.publish(draft, editor=None)


def test_the_list_before_publishing_asks_for_transcripts_of_sound(desk):
    draft = make_draft(body=figure(make_recording()))

    page = desk.get(reverse("admin:articles_article_change", args=[draft.pk])).text

    assert "“The tide bell” has no transcript." in page


def test_a_changed_recording_shows_at_once(desk, client):
    recording = make_recording()
    story = make_article(body=figure(recording))
    assert "The tide bell" in client.get(story.get_absolute_url()).text

    change = reverse("admin:articles_recording_change", args=[recording.pk])
    desk.post(change, {"title": "The fog bell", "credit": "X", "captions": ""})

    assert "The fog bell" in client.get(story.get_absolute_url()).text


def test_the_page_costs_the_same_with_one_recording_or_ten(
    client, django_assert_max_num_queries
):
    poster = make_image()
    ten = [make_recording(poster=poster) for _number in range(10)]
    story = make_article(body="".join(figure(one) for one in ten))
    Article.objects.filter(pk=story.pk).update(comments_open=False, ratings_open=False)

    with django_assert_max_num_queries(16):
        page = client.get(story.get_absolute_url()).text

    assert page.count("<audio") == 10


def test_a_revision_names_its_recordings():
    recording = make_recording()

    draft = make_draft(body=figure(recording) + figure(recording))

    assert draft.newest_revision.references.get().recording == recording


# --- In parts -------------------------------------------------------------------------


@pytest.fixture
def ten_bytes():
    """Store a public file of ten bytes; return its address."""
    name = default_storage.save("0a/ten.mp3", BytesIO(b"0123456789"))
    yield default_storage.url(name)
    default_storage.delete(name)


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),  # Safari's first question
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
    ],
)
def test_a_part_is_answered_with_that_part(client, ten_bytes, asked, part, said):
    answer = client.get(ten_bytes, headers={"Range": asked})

    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == part
    assert answer.headers["Content-Range"] == said
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "asked",
    [
        *(
            "",
            "bytes=",
            "bytes=-",
            "bytes=0-1,4-5",
            "pages=1-2",
            "bytes=5-2",
            "bytes=a-b",
        ),
        *("bytes=²-³", f"bytes={'9' * 40}-"),
    ],
)
def test_several_parts_or_nonsense_are_answered_with_the_whole(
    client, ten_bytes, asked
):
    answer = client.get(ten_bytes, headers={"Range": asked.encode().decode("latin-1")})

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"0123456789"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == "10"


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(client, ten_bytes, asked):
    answer = client.get(ten_bytes, headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */10"


def test_head_has_no_part(client, ten_bytes):
    answer = client.head(ten_bytes, headers={"Range": "bytes=0-1"})

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == "10"
