"""Shared pages come from a replica, whole and of one moment; all else from the primary."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from .machines import Postgres, Town
from .people import Crowd, shown_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.own_database

PATIENCE = 60  # seconds, on a machine that is slow
PASSWORD = "the password of a test"
STORY = """
import json
from newsroom.models import User
from tests.factories import make_article, set_discussion
User.objects.filter(username="desk").exists() or (
    User.objects.create_superuser("desk", password="the password of a test")
)
set_discussion(hold_unknown=False, flood_seconds=0)
story = make_article(headline="Bulletin 1")
print(json.dumps([story.pk, story.get_absolute_url()]))
"""


class Towns(Town):
    """Two servers with one cache: the first reads from a replica, the second does not."""

    def __init__(self, folder: Path, model: Postgres, collected: Path) -> None:
        super().__init__(folder, model, collected)
        self.replica: Postgres = self._keep(Postgres(primary=self.postgres))
        self.reading, self.plain = self.servers
        self.reading.stop()
        self.reading.environment = self.environment | {
            "DATABASE_REPLICA_URL": self.replica.url,
            "LOG_LEVEL": "WARNING",
        }
        self.reading.start()
        self.wait_until_served()

    def catch_up(self) -> None:
        """Return once the replica has all that is committed by now."""
        self.replica.ask("SELECT pg_wal_replay_resume()")
        position = self.postgres.ask("SELECT pg_current_wal_lsn()")
        has_it = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        wait_until(lambda: self.replica.ask(has_it))

    def fall_behind(self) -> None:
        """Let the replica stay as it is from now on."""
        self.replica.ask("SELECT pg_wal_replay_pause()")
        state = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_until(lambda: self.replica.ask(state))


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, with_tables: Postgres, collected: Path
) -> Iterator[Towns]:
    town = Towns(tmp_path_factory.mktemp("town"), with_tables, collected)
    yield town
    town.stop()


@pytest.fixture
def story(town: Towns) -> tuple[int, str]:
    """A story that the replica has, too: its number and its address."""
    number, path = town.run(STORY)
    town.catch_up()
    return number, path


@pytest.fixture
def crowd(town: Towns) -> Iterator[Crowd]:
    """People who ask the server that reads from the replica."""
    crowd = Crowd(town.reading)
    yield crowd
    crowd.stop()


def shown(server, path: str) -> dict[str, int]:
    page = server.ask(path)
    assert page.status == 200
    return shown_on(page.text)


def test_readers_get_old_pages_whole_while_the_replica_is_behind(town, story, crowd):
    number, path = story
    old = {"headline": 1, "comments": 0, "votes": 0}
    new = {"headline": 2, "comments": 1, "votes": 1}
    editor, reader = crowd.someone(), crowd.someone()
    town.fall_behind()
    editor.sign_in("desk", PASSWORD)
    crowd.publish(editor, number, iter([2]))
    crowd.comment([number], "comment")
    voted = reader.post(f"/ratings/{number}/", {"score": "4"})

    servers = [town.reading, town.plain] * 3
    behind = [shown(server, path) for server in servers]
    fronts = [shown(server, "/")["headline"] for server in servers]
    own = reader.get(page_after(voted))
    later, _fragment = page_after(voted), town.catch_up()
    caught_up = [shown(server, path) for server in servers]

    assert crowd.refused == []
    # The two share their cache: neither keeps what it has under the other's key.
    assert behind == [old, new] * 3
    assert fronts[1::2] == [2] * 3
    assert 2 not in fronts[0::2]
    assert "Rating saved!" in own.text
    assert shown_on(own.text) == new
    assert own.headers["Cache-Control"] == "private, no-store"
    assert caught_up == [new] * 6
    assert "Rating saved!" in reader.get(later).text


def page_after(answer) -> str:
    """Return the address of the page that only the one who acted gets."""
    assert answer.status == 303
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def test_what_the_replica_has_not_yet_is_found(town, story):
    town.fall_behind()
    _number, path = town.run(STORY)

    found = town.reading.ask(path)
    missing = town.reading.ask(f"{path}nothing/")

    assert path not in town.reading.ask("/").text  # the replica is asked
    assert path in town.plain.ask("/").text
    assert found.status == 200
    assert missing.status == 404


def test_no_reader_notices_that_the_replica_goes_and_comes(town, story, crowd):
    number, path = story
    editor = crowd.someone()
    editor.sign_in("desk", PASSWORD)
    for _ in range(3):
        crowd.start(crowd.read, {number: path}, every=0.1)
    crowd.start(crowd.vote, [number], every=0.5)
    everything = [path], ["vote"]
    crowd.go_on(1, *everything)

    town.replica.halt()
    crowd.publish(editor, number, iter([2]))
    crowd.go_on(1, *everything)
    without = shown(town.reading, path)["headline"]
    town.replica.start()
    town.catch_up()
    crowd.go_on(1, *everything)
    crowd.stop()
    town.catch_up()
    town.fall_behind()
    crowd.publish(editor, number, iter([3]))

    assert crowd.faults == crowd.refused == crowd.lost == []
    assert {look.status for look in crowd.looks} == {200}
    assert without == 2
    # It is asked again: it does not know of the third.
    wait_until(lambda: shown(town.reading, path)["headline"] == 2)
    assert shown(town.plain, path)["headline"] == 3
