"""The real server on a database of its own, of the kind that the tests run on."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

import pytest

from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_START = 30
NAME = "newsroom_scale"


class Site:
    """A running server behind a proxy that the client plays, and its database."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment, self.port = environment, port

    def run(self, code: str) -> Any:
        """Run ``code`` in the site's own Python; return what it prints, as JSON."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def open(self) -> closing[HTTPConnection]:
        """Return a connection to close after use."""
        return closing(HTTPConnection("127.0.0.1", self.port, timeout=120))


@pytest.fixture
def site(tmp_path: Path, collected: Path, transactional_db: None) -> Iterator[Site]:
    port = free_port()
    with own_database(tmp_path) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "PORT": str(port),
            "SITE_URL": f"http://127.0.0.1:{port}",
            "TRUSTED_PROXIES": "1",
            "STATIC_ROOT": str(collected),
            "LOG_LEVEL": "ERROR",
        }
        site = Site(environment, port)
        # As `manage.py serve` starts it.
        command = [sys.executable, "-m", "gunicorn", "newsroom.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
        try:
            wait_for(port, server)
            yield site
        finally:
            server.terminate()
            server.wait(30)


class own_database:  # noqa: N801  # read as a word of the language, like closing
    """Copy the tables to a database beside the tests' own; it is gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> str:
        tables = connection.creation.get_test_db_clone_settings("tables")["NAME"]
        if connection.vendor == "sqlite":
            copy = shutil.copy(tables, self.folder / "scale.sqlite3")
            return f"sqlite:///{copy}"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
            cursor.execute(f'CREATE DATABASE {NAME} TEMPLATE "{tables}"')
        at = connection.settings_dict
        password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
        server = f"{at['USER']}{password}@{at['HOST']}:{at['PORT']}"
        return f"postgres://{server}/{NAME}"

    def __exit__(self, *error: object) -> None:
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("The server does not start.")
