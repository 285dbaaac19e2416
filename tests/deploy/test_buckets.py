"""Pictures in two buckets of a real server that speaks S3, and what if it is gone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from django.core.files.storage import storages
from django.urls import reverse

import boto3
import pytest

from articles import library
from articles.models import Image, Recording
from tests.factories import (
    make_article,
    make_image,
    make_recording,
    make_staff,
    picture_file,
    wave_file,
)
from tests.html_forms import fields_of
from tests.newsroom.conftest import Checkout
from tests.ports import free_port

from .front import wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a key of the tests, long enough to be one that somebody would take"
UPLOAD = reverse("admin:articles_image_upload")
FOR_EVER = "public, max-age=31536000, immutable"
ANYONE_MAY_READ = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::news-media/*",
        }
    ],
}


class Server:
    """moto in a process of its own: it stores what it is sent, and checks who reads."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def start(self) -> None:
        words = ["-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def names(self, bucket: str) -> set[str]:
        listed = self.client.list_objects_v2(Bucket=bucket)
        return {one["Key"] for one in listed.get("Contents", [])}

    def read(self, bucket: str, name: str) -> tuple[int, Any]:
        """Ask for an object as anybody may, without a key."""
        try:
            with urllib.request.urlopen(f"{self.url}/{bucket}/{name}") as answer:
                return answer.status, answer.headers
        except HTTPError as error:
            return error.code, error.headers


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def server(running: Server) -> Server:
    """Return the server with two empty buckets, running."""
    if running.process.poll() is not None:
        running.start()
    urllib.request.urlopen(f"{running.url}/moto-api/reset", b"")
    running.client.create_bucket(Bucket="news-media")
    running.client.create_bucket(Bucket="news-originals")
    policy = json.dumps(ANYONE_MAY_READ)
    running.client.put_bucket_policy(Bucket="news-media", Policy=policy)
    return running


@pytest.fixture(scope="module", params=["public", "below /media/"])
def media_url(request: pytest.FixtureRequest, running: Server) -> str:
    return f"{running.url}/news-media/" if request.param == "public" else ""


@pytest.fixture(scope="module")
def chosen(
    tmp_path_factory: pytest.TempPathFactory, running: Server, media_url: str
) -> dict[str, Any]:
    """Return what the settings make of an operator's variables."""
    asked = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps([s.STORAGES, s.SECURE_CSP]))"
    )
    variables = {
        "SECRET_KEY": KEY,
        "S3_MEDIA_BUCKET": "news-media",
        "S3_ORIGINALS_BUCKET": "news-originals",
        "S3_ENDPOINT_URL": running.url,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "S3_MEDIA_URL": media_url,
    }
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    done = checkout.run("shell", "--no-imports", "-c", asked, **variables)
    assert done.returncode == 0, done.stderr
    storages_, policy = json.loads(done.stdout)
    return {"STORAGES": storages_, "SECURE_CSP": policy}


@pytest.fixture
def buckets(
    server: Server,
    chosen: dict[str, Any],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Server:
    """Return the server, with the site's files in its buckets."""
    static = {"staticfiles": settings.STORAGES["staticfiles"]}
    settings.STORAGES = chosen["STORAGES"] | static
    settings.SECURE_CSP = chosen["SECURE_CSP"]
    # The field asked for its storage when Django started.
    field = Image._meta.get_field("file")
    monkeypatch.setattr(field, "storage", storages["originals"])
    return server


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


def test_an_upload_puts_the_original_where_only_the_admin_reads(buckets, editor):
    answer = editor.post(UPLOAD, {"file": picture_file()})

    image = Image.objects.get()
    originals, sizes = buckets.names("news-originals"), buckets.names("news-media")
    assert answer.status_code == 201
    assert originals == {image.file.name}
    assert sizes == {one.file.name for one in image.sizes}
    assert len(sizes) > 5
    assert buckets.read("news-originals", image.file.name)[0] == 403
    assert image.file.name not in answer.text
    with pytest.raises(ValueError, match="no address"):
        print(image.file.url)  # noqa: T201  # read, to see that it cannot be


def test_a_rendition_is_kept_by_every_cache_for_a_year(buckets, editor):
    editor.post(UPLOAD, {"file": picture_file()})

    for name in buckets.names("news-media"):
        status, headers = buckets.read("news-media", name)

        assert status == 200
        assert headers["Cache-Control"] == FOR_EVER
        assert headers["Content-Type"] in {"image/webp", "image/jpeg"}


def test_a_page_shows_the_picture_and_its_policy_lets_it_in(buckets, media_url, client):
    story = make_article(lead_image=make_image())

    page = client.get(story.get_absolute_url())

    source = re.search(r'<img[^>]* src="([^"]+)"', page.text)[1]
    policy = page.headers["Content-Security-Policy"]
    if media_url:
        assert source.startswith(media_url)
        assert f"img-src 'self' {buckets.url};" in policy
        with urllib.request.urlopen(source) as answer:
            assert answer.status == 200
    else:
        assert source.startswith("/media/")
        assert "img-src 'self';" in policy
        picture = client.get(source)
        assert picture.headers["Cache-Control"] == FOR_EVER
        assert picture.headers["Content-Type"] == "image/webp"


def test_captions_are_of_our_own_address_where_a_track_needs_no_permission(
    buckets, client
):
    recording = make_recording(captions="WEBVTT\n\n00:00.000 --> 00:01.000\nBong.\n")

    answer = client.get(f"/media/{recording.captions.name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert b"Bong." in answer.getvalue()


def test_a_size_whose_object_is_gone_is_made_again(buckets):
    image = make_image()
    lost = image.sizes[0].file.name
    buckets.client.delete_object(Bucket="news-media", Key=lost)

    library.make_sizes([image])

    image = Image.objects.get()
    assert image.sizes_state == Image.Sizes.MADE
    assert lost not in buckets.names("news-media")
    assert buckets.names("news-media") == {one.file.name for one in image.sizes}


def test_while_the_server_is_gone_an_upload_says_so_and_saves_nothing(buckets, editor):
    buckets.stop()

    by_script = editor.post(UPLOAD, {"file": picture_file()})
    several = reverse("admin:articles_image_several")
    by_form = editor.post(several, {"files": [picture_file()]})

    assert by_script.status_code == 422
    assert "does not answer. Try again" in by_script.json()["error"]
    assert by_form.status_code == 422
    assert "does not answer. Try again" in by_form.text
    assert not Image.objects.exists()


def test_while_the_server_is_gone_every_other_form_says_so_too(buckets, editor):
    address = reverse("admin:articles_recording_add")
    typed = fields_of(editor.get(address), "recording_form")
    typed |= {"title": "The tide bell", "file": wave_file()}
    buckets.stop()

    answer = editor.post(address, typed)

    assert answer.status_code == 503
    assert "does not answer. Nothing was saved." in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Recording.objects.exists()


def test_while_the_server_is_gone_pages_are_served_and_nothing_is_an_error(
    buckets, client, editor
):
    image = make_image()
    story = make_article(lead_image=image)
    plain = make_article(headline="No picture")
    card = re.search(r"/card/\d+/\w+\.png", client.get(plain.get_absolute_url()).text)[
        0
    ]
    buckets.stop()

    page = client.get(story.get_absolute_url())
    desk = editor.get(reverse("admin:articles_image_change", args=[image.pk]))

    assert page.status_code == desk.status_code == 200
    assert image.sizes[0].file.url.rpartition("/")[2] in page.text
    assert client.get(card).headers["Content-Type"] == "image/png"
    picture = client.get(f"/media/{image.sizes[0].file.name}")
    assert picture.status_code == 503
    assert picture.headers["Retry-After"] == "60"
    assert "does not answer" in picture.text
    assert "no-store" in picture.headers["Cache-Control"]


def test_sizes_that_could_not_be_stored_say_why(buckets):
    image = make_image(rendered=False)
    buckets.stop()

    library.make_sizes([image])

    failed = Image.objects.get()
    assert failed.sizes_state == Image.Sizes.FAILED
    assert "Make the missing sizes later" in failed.sizes_fault


def test_a_bucket_that_is_not_there_is_no_error_of_ours(buckets, editor):
    buckets.client.delete_bucket(Bucket="news-originals")

    answer = editor.post(UPLOAD, {"file": picture_file()})

    assert answer.status_code == 422
    assert "does not answer" in answer.json()["error"]
