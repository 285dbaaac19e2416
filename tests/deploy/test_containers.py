"""The Containerfile, followed line by line as far as that goes without a container."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from newsroom.management.commands import serve
from tests.ports import free_port

from .activation import words_of
from .front import ROOT, Nginx, wait_for_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.own_database

FOLDER = ROOT / "deploy" / "containers"
KEY = "a key of the tests, long enough to be one that somebody would take"


class Line(NamedTuple):
    """One instruction of the Containerfile: its word, and what follows."""

    word: str
    rest: str


def lines() -> list[Line]:
    text = (FOLDER / "Containerfile").read_text()
    whole = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [Line(*line.split(maxsplit=1)) for line in whole.splitlines() if line]


def rest_of(word: str) -> list[str]:
    return [line.rest for line in lines() if line.word == word]


class Image:
    """A folder in the place of the image's file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / rest_of("WORKDIR")[0].lstrip("/")
        self.work.mkdir(parents=True)
        pairs = " ".join(rest_of("ENV")).split()
        self.environment = {
            name: self.inside(value)
            for name, value in (one.split("=") for one in pairs)
        } | {"PATH": os.environ["PATH"]}
        # What git keeps, or would, as in a clean clone: no .env and no var/.
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        kept = listed.stdout.decode().split("\0")
        for words in rest_of("COPY"):
            source, target = words.split()
            found = [
                name
                for name in kept
                if name == source or name.startswith(f"{source.rstrip('/')}/")
            ]
            assert found, f"{source} is not in the repository."
            for name in found:
                path = self.work / target / name.removeprefix(source).lstrip("/")
                path = path / name.split("/")[-1] if path.is_dir() else path
                if target.endswith("/") and name == source:
                    path = self.work / target / name.split("/")[-1]
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, path)

    def inside(self, text: str) -> str:
        return text.replace("/srv/newsroom", f"{self.folder}/srv/newsroom")

    def run(self, command: str, **more: str) -> None:
        done = subprocess.run(
            ["sh", "-euc", command.replace("python ", f"{sys.executable} ")],
            cwd=self.work,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    image = Image(tmp_path_factory.mktemp("image"))
    for name in ("media", "originals"):
        (image.folder / "srv" / "newsroom" / name).mkdir()
    (collect,) = [one for one in rest_of("RUN") if "manage.py" in one]
    image.run(collect)
    return image


def test_the_image_serves_what_it_was_built_of(image):
    port = free_port()
    (words,) = rest_of("CMD")
    command = [
        word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in json.loads(words)
    ]
    settings = {
        "SECRET_KEY": KEY,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{image.folder}/newsroom.sqlite3",
    }
    image.run("python manage.py migrate --verbosity 0", **settings)

    server = subprocess.Popen(
        [sys.executable, *command[1:]],
        cwd=image.work,
        env=image.environment | settings,
    )
    try:
        wait_for_port(port, server)
        front = ask(port, "/")
        sheet = re.search(r'href="(/static/css/[^"]+\.css)"', front[1])[1]

        assert front[0] == 200
        assert ask(port, sheet)[0] == 200
    finally:
        server.terminate()
        server.wait(30)


def ask(port: int, path: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_the_image_has_the_python_and_the_packages_of_the_project():
    version = (ROOT / ".python-version").read_text().strip()
    (base,) = rest_of("FROM")
    (install,) = [one for one in rest_of("RUN") if one.startswith("pip")]
    locked = (ROOT / "requirements" / "production.txt").read_text()
    pins = re.findall(r"^[\w.-]+==\S+ \\$", locked, re.MULTILINE)

    assert f"python:{version}-slim" in base
    assert "--require-hashes --requirement requirements/production.txt" in install
    assert pins
    assert locked.count("    --hash=sha256:") >= len(pins)
    assert "://" not in locked


def test_what_runs_in_the_image_is_not_root_and_is_what_serve_starts():
    words = [line.word for line in lines()]
    (command,) = rest_of("CMD")
    server = serve._server()
    del server[server.index("--bind") : server.index("--bind") + 2]

    assert rest_of("USER") == ["newsroom"]
    assert words.index("USER") < words.index("CMD")
    # What is collected can be read by its owner alone, and by the group.
    collect = next(n for n, line in enumerate(lines()) if "collectstatic" in line.rest)
    assert words.index("USER") < collect
    assert json.loads(command)[:-3] == ["python", *server[1:]]


def test_the_builder_is_sent_what_is_copied_and_nothing_else():
    rules = (FOLDER / "Containerfile.dockerignore").read_text().splitlines()
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {words.split()[0].split("/")[0] for words in rest_of("COPY")}

    assert rules[1] == "*"
    assert sent == copied


@pytest.fixture
def services():
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]


def test_the_services_run_what_the_units_run_and_the_tables_come_first(services):
    (worker,) = words_of("newsroom-worker@.service")
    waits = {
        name: services[name]["depends_on"]["migrate"]["condition"]
        for name in ("app", "worker")
    }

    assert services["worker"]["command"] == ["python", *worker[1:]]
    assert "command" not in services["app"]  # the image's own
    assert set(waits.values()) == {"service_completed_successfully"}


def test_every_file_that_is_mounted_is_shipped_or_is_a_secret(services):
    whole = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    mounts = [
        one for service in services.values() for one in service.get("volumes", [])
    ]
    sources = {mount.split(":")[0] for mount in mounts}

    for source in sources:
        if source.startswith("./secrets/"):
            continue
        if source.startswith("."):
            assert (FOLDER / source).resolve().is_file(), source
        else:
            assert source in whole["volumes"]
    used = {
        name for service in services.values() for name in service.get("secrets", [])
    }
    assert used == set(whole["secrets"])


def test_only_nginx_can_be_reached_from_outside(services):
    assert [name for name, one in services.items() if "ports" in one] == ["nginx"]


def test_nginx_accepts_its_files_with_the_name_of_the_service(tmp_path):
    # "app" is a name in the compose network alone: here it is an address.
    upstream = (FOLDER / "newsroom-upstream.conf").read_text()
    (line,) = re.findall(r"^server .*;", upstream, re.MULTILINE)

    nginx = Nginx(tmp_path, [8000])
    nginx.stop()
    shipped = (tmp_path / "newsroom-upstream.conf").read_text()

    assert line.replace("app", "127.0.0.1") == shipped
