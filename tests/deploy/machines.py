"""A site on several machines, all of them here: each server listens on loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.ports import free_port

from .activation import command_of, start_activated
from .front import ROOT, Answer, Nginx, wait_for_port

KEY = "a key of the tests, long enough to be one that somebody would take"


class Postgres:
    """A PostgreSQL in a folder that its own user can reach: new, or made of another.

    One that is made of ``primary`` is its replica; of ``model``, a copy that goes its
    own way.
    """

    def __init__(
        self, *, primary: Postgres | None = None, model: Postgres | None = None
    ) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        self.programs = programs[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="newsroom-postgres-"))
        self.port, self.as_user = free_port(), []
        self.url = f"postgres://newsroom@127.0.0.1:{self.port}/postgres"
        if os.getuid() == 0:  # it refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
            user = ("--reuid=postgres", "--regid=postgres", "--init-groups")
            self.as_user = ["setpriv", *user]
        source = primary or model
        make = (
            f"{self.programs}/pg_basebackup --pgdata {self.folder} --no-sync"
            f" --dbname {source.url} --checkpoint fast"
            f"{' --write-recovery-conf' if primary else ''}"
            if source
            else f"{self.programs}/initdb --pgdata {self.folder} --username newsroom"
            " --auth trust --encoding UTF8 --no-sync"
        )
        subprocess.run(
            [*self.as_user, *make.split()], cwd="/", capture_output=True, check=True
        )
        self.start()

    def start(self) -> None:
        start = (
            f"{self.programs}/postgres -D {self.folder} -p {self.port} -c fsync=off"
            " -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            " -c log_min_messages=fatal"
        )
        self.process = subprocess.Popen([*self.as_user, *start.split()], cwd="/")
        wait_for_port(self.port, self.process)

    def ask(self, question: str) -> Any:
        """Return the one value that is the answer to ``question``, in SQL."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            (value,) = connection.execute(question).fetchone()
            return value

    def halt(self) -> None:
        """Let it end at once, with all it was doing."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # its word for a fast shutdown
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis that keeps nothing on disk: after a restart it is empty."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("redis-server"):
            pytest.skip("Redis is not installed: apt-get install redis-server")
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        words = f"redis-server --bind 127.0.0.1 --port {self.port} --loglevel warning"
        self.process = subprocess.Popen(
            [*words.split(), "--dir", str(self.folder), "--save", ""]
        )
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    stop = kill


class AppServer:
    """The server as its unit starts it, on a port of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port, self.environment = free_port(), environment

    def start(self) -> None:
        command = command_of("newsroom-web.service", folder=ROOT, python=sys.executable)
        listening = socket.create_server(("127.0.0.1", self.port), backlog=2048)
        self.process = start_activated(
            command, listening, folder=ROOT, environment=self.environment
        )
        # As if the machine were another one: with the server, its address is gone.
        listening.close()

    @property
    def site_url(self) -> str:
        return self.environment["SITE_URL"]

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        address: str = "127.0.0.1",
        **headers: str,
    ) -> Answer:
        """Return what this server answers, asked as nginx asks it."""
        headers |= {
            "Host": "localhost",
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": "https",
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())

    def kill(self) -> None:
        """Let it be gone at once, with all it was doing; return when it is."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        # Its children hold the socket, and what waits there, until they are gone, too.
        with suppress(ConnectionRefusedError):
            while True:
                socket.create_connection(("127.0.0.1", self.port)).close()
                time.sleep(0.01)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


class Worker:
    """The worker as its unit starts it."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = command_of(
            "newsroom-worker@.service", folder=ROOT, python=sys.executable
        )
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(120)


class Town:
    """nginx, two app servers, a worker, PostgreSQL and Redis, and what they say."""

    def __init__(self, folder: Path, model: Postgres, collected: Path) -> None:
        self.running = ExitStack()
        try:
            self._start(folder, model, collected)
        except BaseException:
            self.running.close()
            raise

    def _start(self, folder: Path, model: Postgres, collected: Path) -> None:
        self.postgres = self._keep(Postgres(model=model))
        self.redis = self._keep(Redis(folder))
        self.servers = [AppServer({}), AppServer({})]
        self.nginx = self._keep(Nginx(folder, [one.port for one in self.servers]))
        files = self.nginx.files
        (files / "static").rmdir()
        (files / "static").symlink_to(collected)
        self.environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": KEY,
            "SITE_URL": self.nginx.site_url,
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.postgres.url,
            "CACHE_URL": self.redis.url,
            "STATIC_ROOT": str(collected),
            "MEDIA_ROOT": str(files / "media"),
            "ORIGINALS_ROOT": str(files / "originals"),
            "EMAIL_URL": f"filemail://{folder}/mail",
            "LOG_LEVEL": "ERROR",
        }
        for server in self.servers:
            server.environment = self.environment
            server.start()
            self._keep(server)
        self._keep(Worker(self.environment))
        self.wait_until_served()

    def _keep(self, server: Any) -> Any:
        self.running.callback(server.stop)
        return server

    def run(self, code: str) -> Any:
        """Run ``code`` in the site's own Python; return what it prints, as JSON."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def wait_until_served(self) -> None:
        """Return once both app servers answer."""
        until = time.monotonic() + 60
        for server in self.servers:
            while time.monotonic() < until:
                with (
                    suppress(OSError),
                    socket.create_connection(("127.0.0.1", server.port), 1),
                ):
                    break
        while self.nginx.ask("/health/").status != 200:
            assert time.monotonic() < until
            time.sleep(0.2)

    def wait_for_tasks(self) -> dict[str, int]:
        """Return how many tasks ended how, once none waits.

        No longer than a minute in which none ended.
        """
        count = (
            "SELECT coalesce(json_object_agg(status, number), '{}') FROM ("
            "SELECT status, count(*) AS number FROM django_tasks_database_dbtaskresult"
            " GROUP BY status) AS counted"
        )
        least, until = None, 0.0
        while True:
            counted = self.postgres.ask(count)
            waiting = counted.get("READY", 0) + counted.get("RUNNING", 0)
            if least is None or waiting < least:
                least, until = waiting, time.monotonic() + 60
            if not waiting or time.monotonic() > until:
                return counted
            time.sleep(0.1)

    def stop(self) -> None:
        self.running.close()
