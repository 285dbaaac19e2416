"""The hub is told of new stories, and of none before its time."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from django.core.management import call_command
from django.utils import timezone

import pytest
from django_tasks_db.models import DBTaskResult

from articles import publishing, websub
from articles.models import Article, Tag
from tests.factories import make_author, make_draft

SITE = "http://testserver"


class Hub(BaseHTTPRequestHandler):
    """Takes what publishers say, or fails, as ``server.status`` says."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.said.append(parse_qsl(self.rfile.read(length).decode()))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def tasks_backend():
    return "django_tasks_db.DatabaseBackend"


@pytest.fixture
def hub(settings, transactional_db):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.said, server.status = [], 204
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBSUB_HUB = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def work():
    """Do what is due."""
    call_command("db_worker", batch=True, queue_name="*", verbosity=0, interval=0)


def waiting():
    found = DBTaskResult.objects.filter(task_path=websub.tell.module_path)
    return list(found.filter(status="READY").order_by("enqueued_at"))


def test_a_published_story_is_told_with_every_feed_it_stands_in(hub):
    author = make_author()
    draft = make_draft(author=author)
    draft.tags.add(Tag.objects.create(name="tides", slug="tides"))

    publishing.publish(draft, editor=None)
    assert hub.said == []
    work()

    (said,) = hub.said
    assert said[0] == ("hub.mode", "publish")
    places = ["/", "/section/town-hall/", "/tag/tides/", author.get_absolute_url()]
    assert said[1:] == [
        ("hub.url", f"{SITE}{place}feed/{kind}")
        for place in places
        for kind in ("", "atom/", "json/")
    ]


def test_an_embargoed_story_is_not_told_before_its_minute(hub):
    soon = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    story = publishing.schedule(make_draft(), editor=None, at=soon)
    publishing.embargo(story, editor=None)
    (task,) = waiting()

    work()
    websub.tell.call(story.pk, 1)  # as if a clock ran ahead

    assert task.run_after == soon
    assert hub.said == []
    Article.objects.filter(pk=story.pk).update(published_at=timezone.now())
    websub.tell.call(story.pk, 1)
    assert len(hub.said) == 1


def test_a_story_that_was_taken_off_the_schedule_is_not_told(hub):
    soon = timezone.now() + timedelta(hours=1)
    story = publishing.schedule(make_draft(), editor=None, at=soon)
    publishing.unschedule(story, editor=None)

    websub.tell.call(story.pk, 1)

    assert hub.said == []


def test_a_hub_that_fails_is_told_again_later_and_given_up_at_last(hub, caplog):
    hub.status = 503
    story = publishing.publish(make_draft(), editor=None)
    work()

    (again,) = waiting()
    assert again.args_kwargs["args"] == [story.pk, 2]
    assert again.run_after > timezone.now() + timedelta(seconds=50)
    websub.tell.call(story.pk, websub.TRIES)

    assert len(waiting()) == 1
    assert len(hub.said) == 2
    assert "The hub was not told" in caplog.text


def test_without_a_hub_nobody_is_told(settings):
    settings.WEBSUB_HUB = ""

    publishing.publish(make_draft(), editor=None)

    assert waiting() == []
