"""Akismet, played by a local server that speaks its protocol."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from comments import akismet, moderation, screening
from comments.models import Ban, Comment
from tests.factories import make_article, make_comment, set_discussion
from tests.readers import Reader

KEY = "0123456789ab"
State = Comment.State


class Protocol(BaseHTTPRequestHandler):
    """The four calls of version 1.1, for one key, in the way that ``server.mood`` says."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        fields = dict(parse_qsl(self.rfile.read(length).decode()))
        act = self.path.removeprefix("/1.1/")
        self.server.calls.append((act, fields))
        mood = self.server.mood
        if mood == "slow":
            self.server.released.wait(20)
        if mood == "dripping":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not self.server.released.wait(0.2):
                self.wfile.write(b"X-Drop: 1\r\n")
            return
        if mood == "garbage":
            self.wfile.write(b"\x00\xff\xfenonsense\r\n\r\n")
            return
        self.send_response(500 if mood == "failing" else 200)
        answer = self.answer(act, fields)
        if mood == "blatant":
            self.send_header("X-akismet-pro-tip", "discard")
        self.end_headers()
        self.wfile.write(answer.encode())

    def answer(self, act, fields):
        if fields.get("api_key") != KEY or not fields.get("blog"):
            return "invalid"
        if act == "verify-key":
            return "valid"
        if act == "comment-check":
            spam = (
                self.server.mood == "blatant" or "viagra" in fields["comment_content"]
            )
            return "maybe" if self.server.mood == "odd" else str(spam).lower()
        return "Thanks for making the web a better place."

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Protocol)
    server.daemon_threads = True
    server.calls, server.mood, server.released = [], "well", threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.AKISMET_KEY = KEY
    settings.AKISMET_URL = f"http://127.0.0.1:{server.server_port}"
    set_discussion(akismet=True, hold_unknown=False, flood_seconds=0)
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()


def posted():
    return Comment.objects.latest("pk")


def reasons():
    return [screening.in_words(verdict) for verdict in posted().verdicts]


def test_it_is_told_what_was_written_and_by_whom(server):
    article = make_article()

    Reader(address="203.0.113.9", browser="Tern 3").comment(article, "Well said.")

    [(act, fields)] = server.calls
    assert act == "comment-check"
    assert fields["comment_content"] == "Well said."
    assert fields["comment_author_email"] == "hettie@example.org"
    assert fields["user_ip"] == "203.0.113.9"
    assert fields["user_agent"] == "Tern 3"
    assert fields["permalink"].endswith(article.get_absolute_url())
    assert posted().state == State.APPROVED


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("well", "Akismet takes it for spam."),
        ("blatant", "Akismet takes it for blatant spam."),
    ],
)
def test_what_it_takes_for_spam_is_kept_as_spam(server, mood, said):
    server.mood = mood

    Reader().comment(make_article(), "Cheap viagra")

    assert posted().state == State.SPAM
    assert reasons() == [said]


@pytest.mark.parametrize("mood", ["odd", "failing", "garbage"])
def test_an_odd_answer_holds_the_comment(server, mood):
    server.mood = mood

    answer = Reader().comment(make_article(), "Well said.")

    assert answer.status_code == 303
    assert posted().state == State.PENDING
    assert reasons() == ["Akismet gave no answer."]


@pytest.mark.parametrize("mood", ["slow", "dripping"])
def test_it_is_waited_for_only_so_long(server, mood, monkeypatch):
    monkeypatch.setattr(akismet, "PATIENCE", 0.7)
    server.mood = mood
    article, reader = make_article(), Reader()

    begun = time.monotonic()
    reader.comment(article, "Well said.")
    took = time.monotonic() - begun

    assert took < 2
    assert posted().state == State.PENDING
    assert reasons() == ["Akismet gave no answer."]


def test_when_it_is_down_the_comment_is_held(server, settings):
    server.shutdown()
    server.server_close()

    Reader().comment(make_article(), "Well said.")

    assert posted().state == State.PENDING
    assert reasons() == ["Akismet gave no answer."]


def test_a_wrong_key_holds_the_comment_and_is_found_out(server, settings):
    settings.AKISMET_KEY = "ba9876543210"

    Reader().comment(make_article(), "Well said.")

    assert reasons() == ["Akismet gave no answer."]
    assert akismet.refuses_key()


def test_a_right_key_is_known_as_such(server):
    assert not akismet.refuses_key()
    assert [act for act, _fields in server.calls] == ["verify-key"]


@pytest.mark.parametrize("refused_by", ["words", "trap", "ban"])
def test_it_is_not_asked_about_what_is_refused_anyway(server, refused_by):
    set_discussion(refuse_words="casino")
    Ban.objects.create(kind="email", value="banned@example.org", reason="Insults.")
    fields = {
        "words": {"text": "A casino!"},
        "trap": {"subject": "Buy"},
        "ban": {"email": "banned@example.org"},
    }[refused_by]
    article = make_article()

    Reader().comment(article, **fields)
    refused = posted().state
    asked = len(server.calls)
    Reader().comment(article, "Another.")

    assert refused in {State.REMOVED, State.SPAM}
    assert asked == 0
    assert len(server.calls) == 1


@pytest.mark.parametrize("off_by", ["key", "setting"])
def test_it_is_asked_only_with_a_key_and_where_the_settings_say_so(
    server, settings, off_by
):
    if off_by == "key":
        settings.AKISMET_KEY = ""
    else:
        set_discussion(akismet=False)

    Reader().comment(make_article(), "Cheap viagra")

    assert server.calls == []
    assert posted().state == State.APPROVED


def test_readers_are_told_above_the_form_where_it_is_asked(server):
    article = make_article()
    asked = Reader().get(article.get_absolute_url()).text
    set_discussion(akismet=False)
    not_asked = Reader().get(article.get_absolute_url()).text

    assert "Akismet" in asked
    assert "Akismet" not in not_asked
    assert "Post Comment" in not_asked


def test_it_hears_of_spam_that_it_missed(server):
    comment = make_comment(make_article(), source="Cheap pills")

    moderation.decide([comment], State.SPAM, moderator=None)

    [(act, fields)] = server.calls
    assert (act, fields["comment_content"]) == ("submit-spam", "Cheap pills")


def test_it_hears_of_what_it_wrongly_took_for_spam(server):
    Reader().comment(make_article(), "My doctor gave me viagra.")
    server.calls.clear()

    moderation.decide([posted()], State.APPROVED, moderator=None)

    assert [act for act, _fields in server.calls] == ["submit-ham"]


def test_it_hears_nothing_of_what_it_said_right(server):
    Reader().comment(make_article(), "Well said.")
    server.calls.clear()

    moderation.decide([posted()], State.PENDING, moderator=None)
    moderation.decide([posted()], State.APPROVED, moderator=None)

    assert server.calls == []
    assert posted().state == State.APPROVED
