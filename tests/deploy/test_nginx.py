"""What the shipped nginx keeps, what it passes on, and what it does when servers die."""

from __future__ import annotations

import gzip
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING

from django.conf import settings

import brotli
import pytest

from articles.models.recordings import TYPES
from articles.renditions import Format
from newsroom.page_cache import CACHE_CONTROL

from .front import BROTLI, SHIPPED, Answer, Nginx, Stub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.own_database

LASTING = {"Cache-Control": "public, max-age=0, s-maxage=600"}  # for a slow machine
EXPIRED = 2.1  # seconds after which s-maxage=1 is over, as nginx counts
LETTER = 12  # bytes at most in a form: four of UTF-8, each as %XX


@pytest.fixture
def servers() -> Iterator[list[Stub]]:
    stubs = [Stub("one"), Stub("two")]
    yield stubs
    for stub in stubs:
        stub.stop()


@pytest.fixture
def nginx(tmp_path: Path, servers: list[Stub]) -> Iterator[Nginx]:
    running = Nginx(tmp_path, [stub.port for stub in servers])
    yield running
    running.stop()


def asked(servers: list[Stub], method: str = "GET") -> int:
    return sum(len(stub.paths(method)) for stub in servers)


def say(servers: list[Stub], **what: object) -> None:
    """Tell both servers how to answer: status, body, delay, headers."""
    for stub in servers:
        headers = what.get("headers", {})
        for name, value in what.items():
            if name != "headers":
                setattr(stub, name, value)
        stub.headers = {"Cache-Control": CACHE_CONTROL} | headers


def test_the_files_are_accepted_without_a_warning(nginx):
    assert nginx.warnings == []


def test_a_public_page_is_asked_for_once_a_second(nginx, servers):
    say(servers, body=b"first", headers={"ETag": '"a"'})
    begin = time.monotonic()
    first = [nginx.ask("/story/").text for _ in range(5)]
    seconds, questions = int(time.monotonic() - begin), asked(servers)

    say(servers, body=b"second", headers={"ETag": '"b"'})
    time.sleep(EXPIRED)
    second = nginx.ask("/story/").text

    assert first == ["first"] * 5
    assert questions <= 1 + seconds
    assert second == "second"


def test_many_who_ask_at_once_for_a_new_page_are_one_question(nginx, servers):
    say(servers, delay=0.3, headers=LASTING)

    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(lambda _: nginx.ask("/story/").status, range(20)))

    assert pages == [200] * 20
    assert asked(servers) == 1


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.0, br;q=0", None),
        ("x-gzip, brr", None),
        ("", None),
    ],
)
def test_a_page_is_kept_in_three_forms_at_most(nginx, servers, sent, passed_on):
    say(servers, headers=LASTING | {"Vary": "Accept-Encoding"})

    nginx.ask("/story/", Accept_Encoding=sent)
    nginx.ask("/story/", Accept_Encoding=passed_on or "identity")

    (only,) = [one for stub in servers for one in stub.asked]
    assert only["headers"].get("accept-encoding") == passed_on


def test_one_address_and_encoding_is_one_file(nginx, servers):
    say(servers, headers={"Vary": "Accept-Encoding"})

    for browser in range(6):
        nginx.ask("/", Accept_Encoding=f"br, gzip;q=0.{browser}", Cookie=f"a={browser}")

    files = [path for path in (nginx.files / "cache").rglob("*") if path.is_file()]
    assert len(files) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "private, no-store"},
        {"Cache-Control": ""},
        {"Set-Cookie": "newsroom_reader=x"},
        {"Vary": "Cookie"},
        {"Vary": "Accept-Encoding, Cookie"},
    ],
    ids=str,
)
def test_what_is_for_one_reader_is_never_kept(nginx, servers, headers):
    say(servers, headers=headers)

    for _ in range(3):
        assert nginx.ask("/story/?after=token").status == 200

    assert asked(servers) == 3


def test_the_admin_passes_by_the_cache(nginx, servers):
    for _ in range(3):
        nginx.ask("/admin/")

    assert asked(servers) == 3


def test_an_unchanged_page_is_asked_about_and_not_sent_again(nginx, servers):
    say(servers, headers={"ETag": '"a"'})
    nginx.ask("/story/")
    say(servers, status=304, body=b"", headers={"ETag": '"a"'})
    time.sleep(EXPIRED)

    page = nginx.ask("/story/")
    revalidated = nginx.ask("/story/", If_None_Match='"a"')

    assert page.status == 200
    assert page.text == "page"
    assert revalidated.status == 304
    last = [one for stub in servers for one in stub.asked][-1]
    assert last["headers"]["if-none-match"] == '"a"'


def test_nobody_gets_an_old_page_while_it_is_asked_for_anew(nginx, servers):
    say(servers, body=b"old")
    nginx.ask("/story/")
    say(servers, body=b"new", delay=0.5)
    time.sleep(EXPIRED)

    with ThreadPoolExecutor(5) as pool:
        pages = list(pool.map(lambda _: nginx.ask("/story/").text, range(5)))

    assert pages == ["new"] * 5


def test_the_apps_word_lets_a_page_stay_while_a_new_one_is_made(nginx, servers):
    lasting = f"{CACHE_CONTROL}, stale-while-revalidate=30"
    say(servers, body=b"old", headers={"Cache-Control": lasting})
    nginx.ask("/story/")
    say(servers, body=b"new", headers={"Cache-Control": lasting})
    time.sleep(EXPIRED)

    first = nginx.ask("/story/").text
    until = time.monotonic() + 10
    while (then := nginx.ask("/story/").text) == "old" and time.monotonic() < until:
        time.sleep(0.1)

    assert [first, then] == ["old", "new"]


def test_while_no_server_answers_readers_have_the_last_page(nginx, servers):
    nginx.ask("/story/")
    for stub in servers:
        stub.stop()
    time.sleep(EXPIRED)

    kept, never_seen = nginx.ask("/story/"), nginx.ask("/other/")

    assert (kept.status, kept.text) == (200, "page")
    assert never_seen.status == 502


def test_a_dead_server_is_not_noticed_by_who_reads_or_writes(nginx, servers):
    servers[0].stop()

    read = [nginx.ask(f"/{number}/").status for number in range(8)]
    written = [
        nginx.ask("/ratings/1/", method="POST", body=b"score=5").status
        for _ in range(8)
    ]

    assert read == [200] * 8
    assert written == [200] * 8
    assert len(servers[1].paths("POST")) == 8


def test_a_page_is_asked_of_the_other_server_when_one_hangs_up(nginx, servers):
    servers[0].hangs_up = True

    pages = [nginx.ask(f"/{number}/").status for number in range(8)]

    assert pages == [200] * 8
    assert servers[0].asked


def test_what_a_reader_sent_is_never_sent_twice(nginx, servers):
    for stub in servers:
        stub.hangs_up = True

    answer = nginx.ask("/comments/story/1/", method="POST", body=b"comment=Hello")

    assert answer.status == 502
    assert asked(servers, "POST") == 1


def test_the_app_is_told_of_https_and_believes_only_the_last_address(nginx, servers):
    nginx.ask(
        "/", address="127.8.9.7", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http"
    )

    (only,) = [one for stub in servers for one in stub.asked]
    headers = only["headers"]
    assert headers["x-forwarded-for"].split(", ")[-1] == "127.8.9.7"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == "localhost"


def test_http_leads_to_https_and_other_names_to_nothing(nginx, servers):
    answer = nginx.ask_plainly("/2026/11/23/bridge/?page=2")
    (nginx.files / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
    proof = nginx.files / "acme" / ".well-known" / "acme-challenge" / "token"
    proof.write_text("proof")

    assert answer.status == 301
    expected = "https://localhost/2026/11/23/bridge/?page=2"
    assert answer.headers["Location"] == expected
    assert nginx.ask_plainly("/.well-known/acme-challenge/token").text == "proof"
    with pytest.raises(RemoteDisconnected):
        nginx.ask_plainly("/", host="evil.example")
    assert asked(servers) == 0


def test_the_longest_comment_and_the_largest_upload_pass_and_more_is_refused(
    nginx, servers
):
    comment = b"c" * (65_525 * LETTER)
    upload = b"u" * 5_000_000

    passed = nginx.ask("/comments/story/1/", method="POST", body=comment)
    refused = nginx.ask("/comments/story/1/", method="POST", body=upload)
    at_the_desk = nginx.ask("/admin/upload/", method="POST", body=upload)

    assert passed.status == at_the_desk.status == 200
    assert refused.status == 413
    lengths = [one["length"] for stub in servers for one in stub.asked]
    assert sorted(lengths) == sorted([len(comment), len(upload)])


def test_the_desk_may_send_what_the_settings_let_it():
    text = (SHIPPED / "newsroom.conf").read_text()
    public, desk = re.findall(r"client_max_body_size (\d+)m;", text)

    form_around_it = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    for most in (settings.RECORDING_MAX_BYTES, settings.IMAGE_MAX_BYTES):
        assert most + form_around_it < int(desk) * 1024 * 1024
    assert int(public) * 1024 * 1024 > 65_525 * LETTER


def test_a_flood_from_one_address_is_slowed_and_reading_is_not(nginx, servers):
    def post(times: int) -> list[int]:
        with closing(nginx.open()) as kept:  # as fast as the machine can
            statuses = []
            for _ in range(times):
                kept.request("POST", "/ratings/1/", b"score=1")
                statuses.append(Answer(kept.getresponse()).status)
            return statuses

    begin = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        flood = [status for some in pool.map(post, [50] * 8) for status in some]
    seconds = time.monotonic() - begin
    other = nginx.ask("/ratings/1/", method="POST", body=b"", address="127.3.3.3")
    reading = [nginx.ask("/").status for _ in range(100)]

    assert 60 <= flood.count(200) <= 60 + 1 + 10 * seconds + 1
    assert flood.count(429) == 400 - flood.count(200) >= 20
    assert other.status == 200
    assert reading == [200] * 100


@pytest.fixture
def stylesheet(nginx):
    text = b"p { color: black }\n" * 50
    static = nginx.files / "static"
    for name in ("page.0123456789ab.css", "page.css"):
        (static / name).write_bytes(text)
        (static / f"{name}.gz").write_bytes(gzip.compress(text))
        (static / f"{name}.br").write_bytes(brotli.compress(text))
    return text


def test_static_files_are_sent_packed_as_they_were_collected(
    nginx, servers, stylesheet
):
    packed = nginx.ask("/static/page.0123456789ab.css", Accept_Encoding="gzip")
    plain = nginx.ask("/static/page.0123456789ab.css")
    unnamed = nginx.ask("/static/page.css")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.body == plain.body == stylesheet
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
    assert packed.headers["Content-Type"].startswith("text/css")
    assert unnamed.headers["Cache-Control"] == "public, max-age=60"
    assert asked(servers) == 0


@pytest.mark.skipif(not BROTLI.exists(), reason="libnginx-mod-http-brotli-static")
def test_static_files_are_sent_in_brotli_where_the_module_is(nginx, stylesheet):
    packed = nginx.ask("/static/page.css", Accept_Encoding="gzip, br")

    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.body) == stylesheet


def test_media_are_kept_for_a_year_and_in_parts(nginx, servers):
    name = "0a/0a1b2c.mp3"
    (nginx.files / "media" / "0a").mkdir()
    (nginx.files / "media" / name).write_bytes(b"0123456789")

    whole = nginx.ask(f"/media/{name}")
    part = nginx.ask(f"/media/{name}", Range="bytes=2-4")

    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Type"] == "audio/mpeg"
    assert (part.status, part.text) == (206, "234")
    assert asked(servers) == 0


def test_media_have_the_types_that_the_app_gives_them(nginx):
    pictures = {f".{one}": f"image/{one}" for one in (*Format.values, "png")}
    for suffix, type_ in (TYPES | pictures | {".html": "application/octet"}).items():
        (nginx.files / "media" / f"x{suffix}").write_bytes(b"x")

        answered = nginx.ask(f"/media/x{suffix}").headers["Content-Type"]

        assert answered.startswith(type_)


def test_what_no_folder_holds_is_asked_of_the_app(nginx, servers):
    say(servers, status=404, body=b"not here", headers={"Cache-Control": "no-store"})

    for path in ("/media/gone.webp", "/static/gone.css"):
        answer = nginx.ask(path)

        assert (answer.status, answer.text) == (404, "not here")
        assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/originals/a.jpg",
        "/media/../originals/a.jpg",
        "/media/%2e%2e/originals/a.jpg",
        "/media../originals/a.jpg",
        "/static/..%2foriginals/a.jpg",
    ],
)
def test_no_address_leads_to_an_original(nginx, servers, path):
    (nginx.files / "originals" / "a.jpg").write_bytes(b"with the place")

    assert "with the place" not in nginx.ask(path).text
    assert (nginx.files / "originals" / "a.jpg").exists()


def test_the_log_names_no_reader(nginx):
    nginx.ask("/story/?after=secret", address="127.77.77.77", Cookie="a=b")
    nginx.process.send_signal(signal.SIGUSR1)  # write what waits five seconds for more
    until = time.monotonic() + 10
    log = nginx.folder / "newsroom.log"
    while not log.stat().st_size and time.monotonic() < until:
        time.sleep(0.05)

    line = log.read_text()

    assert "GET /story/ 200" in line
    assert "127.77" not in line
    assert "secret" not in line
