"""The systemd units: right in systemd's eyes, and started here as systemd would."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsroom.management.commands import serve
from tests.newsroom.conftest import Checkout

from .activation import (
    CURRENT,
    PYTHON,
    UNITS,
    command_of,
    start_activated,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.own_database

STARTED = ("newsroom-web", "newsroom-worker@1", "newsroom-daily")
KEY = "a key of the tests, long enough to be one that somebody would take"


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    return subprocess.run(
        ["systemd-analyze", *words],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return a folder with the units, which name the Python that runs this."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for path in folder.glob("*.service"):
        path.write_text(path.read_text().replace(PYTHON, sys.executable))
    return folder


def test_systemd_understands_every_line(units):
    names = [path.name.replace("@.", "@1.") for path in units.glob("newsroom-*.*")]
    names.remove("newsroom-.service.d")

    result = analyze(units, "verify", "--man=no", *names)

    assert len(names) == 5
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.parametrize("name", STARTED)
def test_what_runs_is_shut_in(units, name):
    words = ("security", "--offline=yes", "--threshold=15", f"{name}.service")

    shut_in = analyze(units, *words)
    shutil.rmtree(units / "newsroom-.service.d")
    open_ = analyze(units, *words)

    assert shut_in.returncode == 0, shut_in.stdout[-200:]
    assert open_.returncode != 0


def test_the_timer_comes_once_a_day():
    text = (UNITS / "newsroom-daily.timer").read_text()
    when = re.search(r"^OnCalendar=(.*)", text, re.MULTILINE)[1]

    result = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=2", when],
        capture_output=True,
        text=True,
        check=True,
    )

    days = re.findall(r"(?:Next elapse|Iter\. #2): \w+ \d+-\d+-(\d+)", result.stdout)
    assert len(set(days)) == 2


def test_the_units_start_what_serve_starts():
    server, worker = serve._server(), serve._worker()
    at = server.index("--bind")
    del server[at : at + 2]  # systemd's socket is in its place
    server.remove("--preload")  # with it a reload would go on with the old release

    (of_unit,) = words_of("newsroom-web.service")
    # A control socket would lie in a home, of which there is none.
    more = ["--no-control-socket", "--chdir", CURRENT]
    assert of_unit[-3:] == more
    del of_unit[-3:]
    (of_worker,) = words_of("newsroom-worker@.service")

    assert of_unit[1:] == server[1:]
    assert of_worker[1:] == worker[1:]
    assert of_unit[0] == of_worker[0] == PYTHON


class Machine:
    """What systemd has on a machine: the socket, a link to the release, and .env."""

    def __init__(self, folder: Path, static: Path) -> None:
        self.folder, self.static = folder, static
        self.current, self.settings = folder / "current", folder / "environment"
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.socket.getsockname()[1]
        self.process: subprocess.Popen[Any] | None = None
        for name in ("media", "originals"):
            (folder / name).mkdir()
        self.write_settings("http://one.test")

    def write_settings(self, site: str) -> None:
        lines = {
            "SECRET_KEY": KEY,
            "SITE_URL": site,
            "DATABASE_URL": f"sqlite:///{self.folder}/newsroom.sqlite3",
            "STATIC_ROOT": str(self.static),
            "MEDIA_ROOT": f"{self.folder}/media",
            "ORIGINALS_ROOT": f"{self.folder}/originals",
        }
        self.settings.write_text("".join(f"{k}={v}\n" for k, v in lines.items()))

    def release(self, name: str) -> None:
        """Lay a release beside the others, its 404 page saying which one it is."""
        folder = self.folder / name
        folder.mkdir()
        Checkout(folder)
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / ".env").symlink_to(self.settings)
        page = folder / "templates" / "404.html"
        said = re.sub("(?<={% block title %})", f"{name} ", page.read_text())
        page.write_text(said)
        new = self.folder / "new"
        new.symlink_to(folder)
        new.rename(self.current)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [f"{self.current}/.venv/bin/python", "manage.py", *words],
            cwd=self.current,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    def start(self) -> None:
        python = f"{self.current}/.venv/bin/python"
        self.process = start_activated(
            command_of("newsroom-web.service", folder=self.current, python=python),
            self.socket,
            folder=self.current,
            environment={"PATH": os.environ["PATH"]},
        )

    def reload(self) -> None:
        (words,) = words_of("newsroom-web.service", "ExecReload")
        assert words == ["/bin/kill", "-HUP", "$MAINPID"]
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def ask(self, host: str = "one.test") -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/nowhere/", headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @contextmanager
    def readers(self) -> Iterator[list[tuple[int, str]]]:
        """Let three readers ask without a pause; yield what they were answered."""
        answers: list[tuple[int, str]] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                try:
                    answers.append(self.ask())
                except OSError as error:
                    answers.append((0, str(error)))
                time.sleep(0.01)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            yield answers
        finally:
            done.set()
            for thread in threads:
                thread.join()

    def wait_for(self, words: str, host: str = "one.test") -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if words in self.ask(host)[1]:
                return
            time.sleep(0.1)
        pytest.fail(f"No page says “{words}”.")


@pytest.fixture
def machine(tmp_path: Path, tables: Path, collected: Path) -> Iterator[Machine]:
    shutil.copy(tables, tmp_path / "newsroom.sqlite3")
    machine = Machine(tmp_path, collected)
    machine.release("release-1")
    yield machine
    machine.stop()
    machine.socket.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)


def test_connections_wait_for_a_server_that_is_only_being_started(machine):
    machine.start()

    status, page = machine.ask()  # sent before anything could answer

    assert status == 404
    assert "<title>release-1" in page


@pytest.mark.parametrize("way", ["reload", "restart"])
def test_a_new_release_comes_without_one_refused_request(machine, way):
    machine.start()
    machine.wait_for("release-1")

    with machine.readers() as answers:
        wait_until(lambda: len(answers) >= 3)
        machine.release("release-2")
        if way == "reload":
            machine.reload()
        else:
            machine.stop()
            machine.start()
        machine.wait_for("release-2")
        wait_until(lambda: "<title>release-2" in answers[-1][1])

    assert {status for status, _page in answers} == {404}
    seen = [re.search(r"<title>(release-\d)", page)[1] for _status, page in answers]
    assert seen[0] == "release-1"
    assert seen[-1] == "release-2"


def test_a_reload_reads_the_settings_anew(machine):
    machine.start()
    machine.wait_for("release-1")
    before = machine.ask(host="two.test")[0]

    machine.write_settings("http://two.test")
    machine.reload()

    machine.wait_for("release-1", host="two.test")
    assert before == 400


def test_the_daily_commands_run(machine):
    for words in words_of("newsroom-daily.service"):
        assert words[:2] == [PYTHON, "manage.py"]

        machine.run(*words[2:])
