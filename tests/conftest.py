"""What every test starts from: a database, an empty cache, quick passwords and tasks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings as site_settings
from django.core.cache import cache
from django.db import connection, connections

import hypothesis
import pytest

from newsroom import networks, remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

# The same examples in every run, so that a change is judged by what it changed. To
# look for new ones: pytest --hypothesis-profile=search, as often as you like.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("search", derandomize=False)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep SQLite's database in a file: each thread of a live server has a connection.

    In memory all threads share one, and what a browser still asks when its test ends
    meets the next test's.
    """
    database = connections.settings["default"]
    if database["ENGINE"].endswith("sqlite3"):
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database["TEST"]["NAME"] = str(name)
        # Nothing here has to survive a loss of power.
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep a second database, as migrations left it: ``tables`` and ``tests/scale``.

    Migrations take a quarter of a minute, and every server that is started needs them.
    """
    with django_db_blocker.unblock():
        connection.close()  # SQLite puts all that it has into the file
        connection.creation.clone_test_db("tables", verbosity=0, autoclobber=True)
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(suffix="tables", verbosity=0)


@pytest.fixture(scope="session")
def tables(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite database with the tables that migrations make; copy it."""
    if connection.vendor == "sqlite":
        clone = connection.creation.get_test_db_clone_settings("tables")
        return Path(clone["NAME"])
    path = tmp_path_factory.mktemp("tables") / "newsroom.sqlite3"
    manage("migrate", DATABASE_URL=f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the static files as ``collectstatic`` makes them; only to be read."""
    folder = tmp_path_factory.mktemp("collected")
    manage("collectstatic", "--no-input", STATIC_ROOT=str(folder))
    return folder


def manage(*words: str, **variables: str) -> None:
    """Run a command of manage.py in a process of its own, as an operator does."""
    subprocess.run(
        [sys.executable, "manage.py", *words, "--verbosity=0"],
        cwd=site_settings.BASE_DIR,
        env=os.environ | variables,
        check=True,
    )


@pytest.fixture(autouse=True)
def _database(db: None, django_db_serialized_rollback: None) -> None:
    """Give every test the database, with the rows that migrations made in it.

    A test that commits (``transactional_db``, ``live_server``) leaves empty tables;
    the second fixture puts the migrations' rows back for the next such test.
    """


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget the pages of the test before, whose numbers this test will reuse."""
    cache.clear()
    remembered.forget()
    networks.forget_salt()


@pytest.fixture(autouse=True)
def _test_settings(settings: Settings, tasks_backend: str) -> None:
    """Hash passwords quickly and serve plain static files; tests may set others."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    settings.TASKS = {"default": {"BACKEND": tasks_backend, "QUEUES": []}}


@pytest.fixture
def tasks_backend() -> str:
    """Name the backend of tasks: at once. A module that tests delays overrides it.

    The immediate backend refuses ``run_after``. For tasks that wait, return
    ``"django_tasks_db.DatabaseBackend"`` and run them with ``db_worker --batch``.
    """
    return "django.tasks.backends.immediate.ImmediateBackend"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run with skipped tests where NO_SKIP forbids them, as ``.ci/run`` does."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("NO_SKIP"):
        reporter.write_line(f"\n{len(skipped)} tests were skipped: NO_SKIP forbids it.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
