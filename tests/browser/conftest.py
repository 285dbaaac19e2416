"""A real browser for the tests that a person would do by hand."""

from __future__ import annotations

import os
import shutil
import time
from threading import Lock
from typing import TYPE_CHECKING, Self

from django.core.signals import request_finished, request_started
from django.db import connection

import pytest
from playwright.sync_api import expect, sync_playwright

from newsroom.models import User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

# Playwright's loop runs in the thread of the tests, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
expect.set_options(timeout=15_000)  # milliseconds; machines may be busy
QUIET = (
    "--no-sandbox",  # the pages are our own, and containers forbid the sandbox
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a Chromium once for all tests; skip them where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("No Chromium was found. Install it: apt-get install chromium")
    rows_of_migrations = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        # Under its loop Django opens connections anew, and those know nothing of the
        # rows that the next test has to find again.
        connection._test_serialized_contents = rows_of_migrations
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def site(
    transactional_db: None, live_server: LiveServer, settings: Settings
) -> LiveServer:
    """Serve the site, which knows its own address, from this process."""
    settings.SITE_URL = live_server.url
    return live_server


@pytest.fixture
def new_page(chromium: Browser, site: LiveServer) -> Iterator[NewPage]:
    """Open pages in windows of their own; whatever one of them complains of fails."""
    opener = NewPage(chromium, site.url)
    with Requests() as requests:
        yield opener
        for context in opener.contexts:
            context.close()
        requests.wait_for_the_last()
    assert opener.complaints == []


class Requests:
    """Counts what the server is at work on: pages still ask it things as they close.

    What it has not answered when the database is emptied would meet the next test's
    rows, or on PostgreSQL a deadlock.
    """

    def __init__(self) -> None:
        self.number, self.lock = 0, Lock()

    def __enter__(self) -> Self:
        request_started.connect(self._begin)
        request_finished.connect(self._end)
        return self

    def __exit__(self, *error: object) -> None:
        request_started.disconnect(self._begin)
        request_finished.disconnect(self._end)

    def _begin(self, **signal: object) -> None:
        with self.lock:
            self.number += 1

    def _end(self, **signal: object) -> None:
        with self.lock:
            self.number -= 1

    def wait_for_the_last(self) -> None:
        """Return when nothing was asked for a moment, or after five seconds."""
        quiet = 0
        for _moment in range(100):
            time.sleep(0.05)
            quiet = quiet + 1 if self.number <= 0 else 0
            if quiet == 3:  # a page that closes sends its last word a little later
                return


class NewPage:
    """Opens a page in a window that shares nothing with the others."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser, self.base_url = browser, base_url
        self.contexts: list[BrowserContext] = []
        # What pages say in the console: script errors, refusals by the policy, 404s.
        self.complaints: list[str] = []

    def __call__(
        self, *, javascript: bool = True, width: int = 1280, height: int = 900, **more
    ) -> Page:
        context = self.browser.new_context(
            base_url=self.base_url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(15_000)  # milliseconds
        self.contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: said.type == "error" and self.complaints.append(said.text),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture
def editor(site: LiveServer) -> User:
    """Make an administrator who signs in as “saskia” with “estuary-42”."""
    return User.objects.create_superuser("saskia", password="estuary-42")
