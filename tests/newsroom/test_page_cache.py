"""No reader gets a page older than the rule allows, on one server or on many."""

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

import hypothesis
import pytest
from hypothesis import strategies as st

from articles import page_versions, publishing
from articles.models import Article
from comments import moderation
from comments.models import Comment
from newsroom import caches, page_cache, remembered, renderings
from newsroom.models import move_site_version
from newsroom.page_cache import PageCacheMiddleware
from newsroom.renderings import Rush
from ratings.voting import Voter, cast_vote
from tests.factories import make_article, make_comment
from tests.ports import free_port

# --- One rendering for many ---------------------------------------------------------


class SlowSite:
    """Pages that take their time, and how many were made."""

    def __init__(self, seconds=0.2, status=200):
        self.seconds, self.status, self.made = seconds, status, 0
        self.cached = PageCacheMiddleware(self.render)

    def render(self, request):
        self.made += 1
        time.sleep(self.seconds)
        return HttpResponse(f"Page {self.made}", status=self.status)

    def get(self, **headers):
        return self.cached(RequestFactory().get("/", **headers))

    def get_at_once(self, times):
        def get(_number):
            try:
                return self.get()
            finally:
                connection.close()  # the thread's own

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(get, range(times)))


@pytest.mark.django_db(transaction=True)
def test_a_page_is_rendered_once_however_many_ask_at_once(transactional_db):
    site = SlowSite()

    first = site.get_at_once(8)
    move_site_version()
    second = site.get_at_once(8)

    assert {page.content for page in first} == {b"Page 1"}
    assert {page.content for page in second} == {b"Page 2"}


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_page_that_fails_renders_it(transactional_db):
    site = SlowSite(seconds=0.05, status=500)

    pages = site.get_at_once(3)

    assert [page.status_code for page in pages] == [500] * 3
    assert site.made == 3


def test_who_waits_for_a_server_that_was_killed_renders_the_page_in_the_end(
    monkeypatch,
):
    monkeypatch.setattr(page_cache, "TURN", 0.3)
    site = SlowSite(seconds=0)
    request = RequestFactory().get("/")
    # What a server leaves behind that is killed in the middle.
    page_cache._Shelf(request, page_cache.of_site()).take_turn()

    page = site.get()

    assert page.content == b"Page 1"


def test_a_page_asked_for_very_often_is_rendered_once_a_second(monkeypatch):
    site = SlowSite(seconds=0)
    clock = SimpleNamespace(monotonic=lambda: 7.0)
    monkeypatch.setattr(renderings, "time", clock)
    for _ in range(Rush.HOT):
        site.get()
    made_before, begin = site.made, time.monotonic()

    clock.monotonic = lambda: 8.0  # however long the machine takes for these
    seen = set()
    for _ in range(30):
        move_site_version()
        seen.add(site.get().content)
    whole_seconds = int((time.monotonic() - begin) / page_cache.HOT_FOR)
    time.sleep(page_cache.HOT_FOR + 0.1)
    after_a_second = site.get()

    # Half a minute's worth of changes: one rendering, one more for each second that it
    # took, and the last.
    assert site.made - made_before <= 1 + whole_seconds + 1
    assert len(seen) <= 1 + whole_seconds + 1
    assert after_a_second.content == f"Page {site.made}".encode()


def test_a_page_asked_for_now_and_then_is_rendered_after_every_change():
    site = SlowSite(seconds=0)
    pages = []
    for _ in range(5):
        move_site_version()
        pages.append(site.get().content)

    assert len(set(pages)) == 5


def test_one_rendering_serves_every_encoding():
    site = SlowSite(seconds=0)

    pages = [site.get(HTTP_ACCEPT_ENCODING=name) for name in ("br", "gzip", "", "br")]

    assert site.made == 1
    assert [page.get("Content-Encoding") for page in pages] == [
        "br",
        "gzip",
        None,
        "br",
    ]
    assert len({page["ETag"] for page in pages}) == 3
    assert pages[2].content == b"Page 1"


# --- Any order of acts, on two servers ----------------------------------------------


def empty_cache(number=itertools.count()):  # noqa: B008  # one for all calls
    return caches.MemoryCache(f"cache {next(number)}", {})


class Server:
    """One of several app servers: a memory of its own, a cache of its own or shared."""

    def __init__(self, shared=None, ahead=timedelta()):
        self.cache = shared or empty_cache()
        self.memory = (None, {})
        self.ahead = ahead

    def get(self, address, monkeypatch, now):
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: now + self.ahead)
            patch.setattr(page_cache, "cache", self.cache)
            patch.setattr(remembered, "_memory", self.memory)
            page = Client().get(address)
            self.memory = remembered._memory
        return page.status_code, page.content


SERVERS = st.lists(st.sampled_from([0, 1]), min_size=1, max_size=3)
ACTS = st.sampled_from(
    [
        *("publish", "withdraw", "schedule", "expire", "comment", "approve", "remove"),
        *("pick", "vote", "rename the section", "ten seconds", "a minute", "a day"),
    ]
)


@pytest.mark.parametrize("is_shared", [False, True], ids=["own caches", "one cache"])
@hypothesis.given(acts=st.lists(st.tuples(ACTS, SERVERS), max_size=12))
@hypothesis.settings(
    max_examples=15,
    # A failure is not made smaller: each try takes a second.
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
def test_no_page_is_older_than_its_story_after_any_acts(is_shared, acts, monkeypatch):
    # One example's stories are not ranked among the next one's.
    with transaction.atomic():
        act_and_read(is_shared, acts, monkeypatch)
        transaction.set_rollback(True)


def act_and_read(is_shared, acts, monkeypatch):
    monkeypatch.setattr(Rush, "HOT", 10**9)  # nothing may be a second behind here
    shared = empty_cache() if is_shared else None
    servers = Server(shared), Server(shared)
    clock = timezone.now()
    article = make_article(headline="As it was first")
    make_comment(article)

    for number, (act, asked) in enumerate(acts):
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda now=clock: now)
            with suppress(publishing.PublishingRefused):
                clock += do(act, article.pk, number)
        for which in asked:
            asked_at = (servers[which].get, Server().get)
            address = article.get_absolute_url()
            page, fresh = (get(address, monkeypatch, clock) for get in asked_at)
            assert page == fresh
            # Counts and rankings on a list may be a minute old; its stories may not.
            front, fresh = (get("/", monkeypatch, clock) for get in asked_at)
            assert headlines_on(front) == headlines_on(fresh)


def headlines_on(page):
    status, body = page
    assert status == 200
    return set(re.findall(rb"As it was [\w ]+|Section \d+", body))


def do(act, pk, number):  # noqa: C901  # a list of acts
    """Do one act; return how much time passes."""
    article = Article.objects.get(pk=pk)
    comments = Comment.objects.filter(thread=pk).order_by("-pk")
    now = timezone.now()
    match act:
        case "publish" | "schedule":
            article.headline = f"As it was in step {number}"
            article.save()
            publishing.save_working_copy(article, editor=None)
            if act == "publish":
                publishing.publish(article, editor=None)
            else:
                at = now + timedelta(minutes=2)
                publishing.schedule(article, editor=None, at=at)
        case "withdraw":
            publishing.withdraw(article, editor=None, reason="It was wrong.")
        case "expire":
            at = now + timedelta(minutes=2)
            publishing.expire(article, editor=None, at=at)
        case "comment":
            make_comment(article, state=Comment.State.PENDING)
        case "approve" | "remove":
            state = (
                Comment.State.APPROVED if act == "approve" else Comment.State.REMOVED
            )
            moderation.decide(list(comments[:1]), state, moderator=None)
        case "pick":
            comments.filter(state="approved").update(picked_at=now)
            page_versions.move(article)
        case "vote":
            if article.is_live(now):
                cast_vote(pk, voter=Voter(f"reader {number}"), score=1 + number % 5)
        case "rename the section":
            article.section.name = f"Section {number}"
            article.section.save()
            move_site_version()
        case "ten seconds":
            return timedelta(seconds=10)
        case "a minute":
            return timedelta(minutes=1)
        case "a day":
            return timedelta(days=1)
    return timedelta()


def test_servers_whose_clocks_differ_by_a_minute_each_go_by_their_own(monkeypatch):
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    story = make_article(headline="The tide bell rings", published_at=at)
    shared = empty_cache()
    right, ahead = Server(shared), Server(shared, ahead=timedelta(minutes=1))
    before, after = at - timedelta(seconds=30), at + timedelta(seconds=30)
    address = story.get_absolute_url()

    told = [
        (now == after, server is ahead, b"tide bell" in page)
        for now in (before, after)
        for server in (right, ahead, right)
        for _status, page in [server.get("/", monkeypatch, now)]
    ]

    assert all(seen == (is_after or is_ahead) for is_after, is_ahead, seen in told)
    assert right.get(address, monkeypatch, before)[0] == 404
    assert ahead.get(address, monkeypatch, before)[0] == 200
    assert right.get(address, monkeypatch, before)[0] == 404


# --- Memory of one process ----------------------------------------------------------


def test_memory_holds_so_many_bytes_and_lets_go_what_was_not_asked_for():
    memory = caches.MemoryCache("bounded", {"OPTIONS": {"max_megabytes": 1}})
    page = b"x" * 90_000

    for number in range(20):
        memory.set(str(number), page)
        memory.get("0")
    kept = [number for number in range(20) if memory.get(str(number)) is not None]

    assert kept == [0, *range(10, 20)]


def test_memory_keeps_nothing_so_large_that_it_would_drive_out_the_rest():
    memory = caches.MemoryCache("large", {"OPTIONS": {"max_megabytes": 1}})
    memory.set("page", "small")

    memory.set("page", b"x" * 200_000)

    assert memory.get("page") is None


def test_memory_forgets_when_the_time_is_over(monkeypatch):
    memory = caches.MemoryCache("time", {})
    memory.set("page", "a page", 60)
    added_again = memory.add("page", "another", 60)
    now = time.time()

    monkeypatch.setattr(time, "time", lambda: now + 61)

    assert not added_again
    assert memory.get("page") is None
    assert memory.add("page", "another", 60)
    assert memory.delete("page")
    assert not memory.delete("page")
    assert not memory.touch("page")


# --- Redis --------------------------------------------------------------------------


@contextmanager
def redis_running(port, *options):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


@pytest.fixture
def redis_port(settings, monkeypatch):
    """A port for Redis, with the site set to keep its pages there."""
    pytest.importorskip("redis")
    if not shutil.which("redis-server"):
        pytest.skip("There is no redis-server on this machine.")
    port = free_port()
    # As long as a slow machine may take; each test says itself when the pause is over.
    monkeypatch.setattr(caches, "PATIENCE", 10)
    monkeypatch.setattr(caches, "PAUSE", 600)
    end_pause(monkeypatch)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # no minute ends in the middle
    settings.CACHES = {
        "default": {
            "BACKEND": "newsroom.caches.ForgivingRedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
        }
    }
    return port


def end_pause(monkeypatch):
    monkeypatch.setattr(caches.ForgivingRedisCache, "_away_until", 0.0)


def is_from_the_cache(client):
    # What is taken from the cache is rendered by no template.
    page = client.get("/")
    assert page.status_code == 200
    assert b"Estuary bridge reopens" in page.content
    return page.templates == []


def test_pages_are_served_while_redis_is_down_and_kept_when_it_is_back(
    client, redis_port, caplog, monkeypatch
):
    make_article()

    with redis_running(redis_port):
        with_it = [is_from_the_cache(client) for _ in range(3)]
    without = [is_from_the_cache(client) for _ in range(3)]
    end_pause(monkeypatch)
    with redis_running(redis_port):
        again = [is_from_the_cache(client) for _ in range(3)]

    assert with_it == [False, True, True]
    assert without == [False] * 3
    assert again == [False, True, True]
    assert [line.name for line in caplog.records] == ["newsroom.caches"]


def test_pages_are_served_while_redis_does_not_answer(client, redis_port, monkeypatch):
    make_article()
    monkeypatch.setattr(caches, "PATIENCE", 0.5)

    with redis_running(redis_port) as redis:
        is_from_the_cache(client)
        os.kill(redis.pid, signal.SIGSTOP)
        stuck = [is_from_the_cache(client) for _ in range(3)]
        os.kill(redis.pid, signal.SIGCONT)
        until = time.monotonic() + 30
        again = False
        while not again and time.monotonic() < until:
            end_pause(monkeypatch)
            again = is_from_the_cache(client)

    assert stuck == [False] * 3
    assert again


def test_pages_are_served_while_redis_is_full(client, redis_port):
    make_article()

    full = ("--maxmemory", "1kb", "--maxmemory-policy", "noeviction")
    with redis_running(redis_port, *full):
        pages = [is_from_the_cache(client) for _ in range(3)]

    assert pages == [False] * 3
