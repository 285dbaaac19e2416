"""The first start on a new machine, the second one, and what may go wrong at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port

from .conftest import Checkout

pytestmark = pytest.mark.own_database

KEY = "a key of the tests, long enough to be one that somebody would take"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a checkout that was prepared once, and what it said."""
    checkout = Checkout(tmp_path_factory.mktemp("first"))
    result = checkout.run("prepare", SECRET_KEY=KEY)
    assert result.returncode == 0, result.stderr
    return checkout, result.stdout


@pytest.fixture
def prepared(checkout, first):
    """Return a checkout that was prepared, as if it were here."""
    shutil.copytree(first[0].folder / "var", checkout.folder / "var")
    return checkout


def test_a_first_start_serves_the_demo_and_a_second_one_keeps_everything(
    checkout, collected
):
    with serving(checkout, collected) as (lines, process):
        address, password = address_and_password(lines)
        front = read(address)
        admin = read(f"{address}admin/login/")

        assert "The Wrenmouth Courier" in front
        assert "Password" in admin
        assert_private(checkout.folder / "var" / "admin_password")
        stop(process)
        assert process.returncode == 0

    rename_the_paper(checkout, "The Other Courier")
    with serving(checkout, collected) as (lines, process):
        assert address_and_password(lines)[1] == password
        assert "The Other Courier" in read(address_and_password(lines)[0])
        stop(process)


def test_a_password_that_was_changed_is_not_told(prepared, first):
    change = (
        "from newsroom.models import User; user = User.objects.get(username='admin');"
        "user.set_password('my own words, thank you'); user.save()"
    )
    prepared.run("shell", "--no-imports", "-c", change, SECRET_KEY=KEY)

    second = prepared.run("prepare", SECRET_KEY=KEY)

    told = re.search(r"password (\S+)", first[1])[1]
    assert told in (prepared.folder / "var" / "admin_password").read_text()
    assert told not in second.stdout
    assert "sign in with an account of your own" in second.stdout


def test_a_port_that_is_taken_is_named_with_a_way_out(checkout):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        result = checkout.run("serve", SECRET_KEY=KEY, PORT=port)

    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {port}" in result.stderr
    assert f"make serve PORT={int(port) + 1}" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("ended", ["gunicorn", "db_worker"])
def test_if_one_of_the_two_processes_ends_so_does_the_other_with_an_error(
    prepared, collected, ended
):
    with serving(prepared, collected) as (_lines, process):
        children = children_of(process.pid)
        one = next(pid for pid, words in children.items() if ended in words)

        os.kill(one, signal.SIGKILL)
        process.wait(30)

        assert process.returncode == 1
        assert len(children) == 2
        assert children_of(process.pid) == {}
        assert not any(is_running(pid) for pid in children)
    name = {"gunicorn": "server", "db_worker": "worker"}[ended]
    assert f"The {name} has ended." in (prepared.folder / "errors").read_text()


@contextmanager
def serving(checkout, collected):
    """Start the site; yield what it printed when it was ready, and its process."""
    with (checkout.folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            checkout.command("serve"),
            cwd=checkout.folder,
            env=checkout.environment(
                SECRET_KEY=KEY, PORT=str(free_port()), STATIC_ROOT=str(collected)
            ),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("Stop:"):
                    break
            assert lines, (checkout.folder / "errors").read_text()
            yield "".join(lines), process
        finally:
            if process.poll() is None:
                stop(process)
            process.stdout.close()


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def address_and_password(lines):
    return re.search(r"Site:\s+(\S+)", lines)[1], re.search(r"password (\S+)", lines)[1]


def read(address):
    with urllib.request.urlopen(address, timeout=10) as response:
        return response.read().decode()


def assert_private(path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def rename_the_paper(checkout, name):
    change = (
        "from newsroom.models import Publication;"
        f"Publication.objects.update(name={name!r})"
    )
    result = checkout.run("shell", "--no-imports", "-c", change, SECRET_KEY=KEY)
    assert result.returncode == 0, result.stderr


def children_of(pid):
    """Return the words of the command of each process that ``pid`` has started."""
    started = Path(f"/proc/{pid}/task/{pid}/children")
    children = started.read_text().split() if started.exists() else []
    return {
        int(child): Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        for child in children
    }


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
