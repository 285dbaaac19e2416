"""Readers, commenters, voters, an editor and a moderator, each noting what they saw.

Everyone has an address of their own on loopback, which nginx tells the app.
"""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from http.cookies import SimpleCookie
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.html_forms import fields_of

from .front import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .front import Nginx

TRIES = 5  # of one POST whose answer was lost
PATIENCE = 120  # seconds for all to have done what they do, on a machine that is slow


@dataclass
class Act:
    """One accepted act: the page must show it from ``answered`` on, by the rule."""

    story: int
    kind: str
    answered: float  # seconds of time.monotonic(), as all times here
    what: str = ""


@dataclass
class Look:
    """A page as a reader had it: what it showed, and when it was asked for."""

    story: int
    path: str
    asked: float
    ended: float
    status: int
    shown: dict[str, int] = field(default_factory=dict)


@dataclass
class Lost:
    """An answer that was an error or none: of a GET, or of a POST that is sent again."""

    asked: float
    at: float
    method: str
    path: str
    status: int


class Crowd:
    """Everybody at once, until they are told to stop; lists of what they noted."""

    def __init__(self, nginx: Nginx) -> None:
        self.nginx = nginx
        self.acts: list[Act] = []
        self.sent: list[Act] = []  # what was tried, answered or not
        self.looks: list[Look] = []
        self.lost: list[Lost] = []
        self.refused: list[str] = []
        self.faults: list[BaseException] = []
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._addresses, self._numbers = count(1), count(1)
        self._random = random.Random(7)

    def start(self, act: Callable[..., None], *words: Any, every: float) -> None:
        """Let somebody ``act`` again and again, with a pause of ``every`` seconds."""

        def again() -> None:
            try:
                while not self._stop.is_set():
                    act(*words)
                    self._stop.wait(every)
            except BaseException as error:  # noqa: BLE001  # told by the test
                self.faults.append(error)

        thread = threading.Thread(target=again)
        thread.start()
        self._threads.append(thread)

    def go_on(self, seconds: float, pages: list[str], kinds: Iterable[str]) -> None:
        """Let all go on for so long, and until each did from now on what they do.

        That is: each of ``pages`` was looked at, each of ``kinds`` of act was accepted.
        """
        since = time.monotonic()
        time.sleep(seconds)
        while missing := self._missing(since, pages, kinds):
            assert not self.faults, self.faults
            assert time.monotonic() < since + seconds + PATIENCE, missing
            time.sleep(0.1)

    def _missing(
        self, since: float, pages: list[str], kinds: Iterable[str]
    ) -> set[str]:
        looks = {one.path for one in self.looks if one.shown and one.asked > since}
        acts = {one.kind for one in self.acts if one.answered > since}
        return {*pages, *kinds} - looks - acts

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def address(self) -> str:
        """Return one in a network (a /24) in which there is nobody else."""
        number = next(self._addresses)
        return f"127.{1 + number // 250}.{number % 250}.7"

    def someone(self) -> Person:
        return Person(self, self.address())

    # --- What they do ----------------------------------------------------------------

    def read(self, stories: dict[int, str]) -> None:
        """Look at every story, and note what it says."""
        reader = self.someone()
        for story, path in stories.items():
            asked = time.monotonic()
            page = reader.get(path)
            shown = shown_on(page.text) if page.status == 200 else {}
            look = Look(story, path, asked, time.monotonic(), page.status, shown)
            self.looks.append(look)
            if self._stop.wait(0.02):
                return

    def comment(self, stories: list[int], kind: str) -> None:
        number, story = next(self._numbers), self._random.choice(stories)
        text = f"Comment {number}, word for word."
        fields = {
            "comment": text,
            "name": f"Reader {number}",
            "email": f"reader{number}@example.org",
        }
        answer = self.act(
            self.someone(), f"/comments/story/{story}/", fields, story, kind, text
        )
        # A second one in the same words was refused: then the first is there.
        if answer.status not in {303, 409}:
            self.refused.append(f"{answer.status} for {text}")

    def vote(self, stories: list[int]) -> None:
        story = self._random.choice(stories)
        score = str(self._random.choice([2, 3, 4, 4, 5]))
        answer = self.act(
            self.someone(), f"/ratings/{story}/", {"score": score}, story, "vote"
        )
        if answer.status != 303:
            self.refused.append(f"{answer.status} for a vote")

    def publish(self, editor: Person, story: int, numbers: Any) -> None:
        path, headline = desk_path(story), f"Bulletin {next(numbers)}"
        page = editor.get(path)
        if page.status != 200:
            return  # noted as lost; the next turn opens the form anew
        fields = fields_of(page, "article_form")
        fields |= {"headline": headline, "note_kind": "minor", "_publish": "1"}
        answer = self.act(editor, path, fields, story, "headline", headline)
        if answer.status != 302:
            self.refused.append(f"{answer.status} for {headline}")

    def approve(self, moderator: Person, story: int) -> None:
        page = moderator.get("/admin/comments/comment/queue/")
        waiting = re.findall(r'class="queue-card"[^>]*data-comment="(\d+)"', page.text)
        if page.status != 200 or not waiting:
            return
        fields = fields_of(page, "bulk")
        fields |= {"comment": waiting[0], "decision": "approve"}
        fields[f"seen-{waiting[0]}"] = "pending"
        path = "/admin/comments/comment/queue/decide/"
        answer = self.act(moderator, path, fields, story, "approval", waiting[0])
        if "decided=" not in answer.headers.get("Location", ""):
            self.refused.append(f"{answer.headers['Location']} for an approval")

    def act(
        self,
        person: Person,
        path: str,
        fields: dict[str, Any],
        story: int,
        kind: str,
        what: str = "",
    ) -> Answer:
        """Post ``fields``; where the answer was lost, do so again, as a person would."""
        self.sent.append(Act(story, kind, time.monotonic(), what))
        for _ in range(TRIES):
            answer = person.post(path, fields)
            if 0 < answer.status < 500:
                break
            time.sleep(0.5)
        if answer.status in {302, 303, 409}:
            self.acts.append(Act(story, kind, time.monotonic(), what))
        return answer


class Person:
    """A browser that keeps cookies, on an address of its own."""

    def __init__(self, crowd: Crowd, address: str) -> None:
        self.crowd, self.address = crowd, address
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        return self._ask("POST", path, body)

    def upload(self, path: str, fields: dict[str, Any]) -> Answer:
        """Post ``fields``, files among them."""
        return self._ask(
            "POST", path, encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT
        )

    def sign_in(self, name: str, password: str) -> None:
        path = "/admin/login/?next=/admin/"
        fields = fields_of(self.get(path))
        answer = self.post(path, fields | {"username": name, "password": password})
        assert answer.status == 302, answer.text

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        type_: str = "application/x-www-form-urlencoded",
    ) -> Answer:
        nginx = self.crowd.nginx
        headers = {
            "Accept-Encoding": "gzip",
            "Origin": nginx.site_url,
            "Referer": f"{nginx.site_url}/",
            "User-Agent": f"Browser of {self.address}",
        }
        if body is not None:
            headers["Content-Type"] = type_
        if self.cookies:
            pairs = (f"{name}={one.value}" for name, one in self.cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        asked = time.monotonic()
        try:
            answer = nginx.ask(
                path, method=method, body=body, address=self.address, **headers
            )
        except (OSError, HTTPException):
            answer = _None()
        if not 0 < answer.status < 500:
            lost = Lost(asked, time.monotonic(), method, path, answer.status)
            self.crowd.lost.append(lost)
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        return answer


class _None(Answer):
    """In the place of an answer, where the connection broke."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.text = 0, Message(), b"", ""


def desk_path(story: int) -> str:
    return f"/admin/articles/article/{story}/change/"


def shown_on(page: str) -> dict[str, int]:
    """Return the numbers that a page shows, by what they count; a list has but one."""
    if 'id="comments-heading"' not in page:
        return {"headline": max(map(int, re.findall(r">\s*Bulletin (\d+)\s*<", page)))}
    comments = re.search(r'id="comments-heading">\s*(\d+) comment', page)
    return {
        "headline": int(re.search(r"<h1[^>]*>Bulletin (\d+)</h1>", page)[1]),
        "comments": int(comments[1]) if comments else 0,
        "votes": int(re.search(r"\[Total: (\d+) ", page)[1]),
    }
