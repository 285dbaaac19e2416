"""Serve the site with the real server, and do its background work beside it."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom.first_start import prepare

SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


class Command(BaseCommand):
    """Run until interrupted; end with an error if one of the two processes does."""

    help = (
        "Prepares the site, then serves it with gunicorn and runs the worker for "
        "background tasks, until interrupted. HOST and PORT say where."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        _check_free(settings.HOST, settings.PORT)
        lines = prepare()
        # Both end with an exception here, so that the children are always stopped.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            children["server"] = subprocess.Popen(_server())
            children["worker"] = subprocess.Popen(_worker())
            _wait_for(children["server"])
            self.stdout.write("\n".join([*lines, "Stop:  Ctrl+C"]))
            self.stdout.flush()
            while all(child.poll() is None for child in children.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        else:
            ended = [
                name for name, child in children.items() if child.poll() is not None
            ]
            raise CommandError(f"The {ended[0]} has ended. Its last lines say why.")
        finally:
            _stop(children.values())


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another "
            f"port, as in: make serve PORT={port + 1 if port < 65_535 else 8000}"
        ) from error


def _server() -> list[str]:
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return [
        *(sys.executable, "-m", "gunicorn", "newsroom.wsgi:application"),
        *("--bind", f"{host}:{settings.PORT}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        "--preload",  # the two share what they have loaded
        *("--log-level", "warning"),
    ]


def _worker() -> list[str]:
    return [sys.executable, "manage.py", "db_worker", "--queue-name", "*"]


def _wait_for(server: subprocess.Popen[bytes]) -> None:
    # The address is printed once it answers: whoever clicks on it sees the site.
    host = "127.0.0.1" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.create_connection((host, settings.PORT), 1):
            return
        time.sleep(0.1)


def _stop(children: Any) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            child.kill()
