"""Asking Akismet, and telling it where it was wrong: over HTTP, and never for long.

The protocol is Akismet's REST interface 1.1. Nothing it answers, or fails to answer,
loses a comment.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread as Running
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

from django.conf import settings

from comments.models import Comment

if TYPE_CHECKING:
    from articles.models import Article

PATIENCE = 3.0  # seconds, for everything from the name's look-up to the last byte
MOST_BYTES = 200  # of an answer; a right one has one word
HAM, SPAM, BLATANT, SILENT = "ham", "spam", "blatant", "silent"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Client:
    """What Akismet is told of a request, and Newsroom does not keep."""

    address: str = ""
    browser: str = ""
    referrer: str = ""


def is_on() -> bool:
    """Tell whether the operator gave a key."""
    return bool(settings.AKISMET_KEY)


def opinion_of(comment: Comment, article: Article, client: Client) -> str:
    """Return ``HAM``, ``SPAM`` or ``BLATANT``; ``SILENT`` for no answer or an odd one.

    It takes three seconds at most: call it outside any transaction.
    """
    fields = _fields(comment, article) | {
        "user_ip": client.address,
        "user_agent": client.browser,
        "referrer": client.referrer,
        "comment_type": "comment",
    }
    answer = _ask("comment-check", fields)
    if answer.word == "true":
        return BLATANT if answer.tip == "discard" else SPAM
    return HAM if answer.word == "false" else SILENT


def report(comment: Comment, article: Article) -> bool:
    """Tell Akismet how the moderators decided on ``comment``; return if it heard."""
    is_spam = comment.state == Comment.State.SPAM
    answer = _ask("submit-spam" if is_spam else "submit-ham", _fields(comment, article))
    return answer.word.startswith("Thanks")


def is_wrong(comment: Comment) -> bool:
    """Tell whether the decision on ``comment`` is not what Akismet had said of it."""
    objected = any(
        verdict["check"] == "akismet" and verdict["state"] == Comment.State.SPAM
        for verdict in comment.verdicts
    )
    decided = {Comment.State.SPAM: not objected, Comment.State.APPROVED: objected}
    return not comment.staff_id and decided.get(Comment.State(comment.state), False)


def refuses_key() -> bool:
    """Tell whether Akismet says that the operator's key is none of theirs."""
    return _ask("verify-key", {}).word == "invalid"


@dataclass(frozen=True)
class _Answer:
    word: str = ""
    tip: str = ""


def _fields(comment: Comment, article: Article) -> dict[str, str]:
    return {
        "comment_author": comment.name,
        "comment_author_email": comment.email,
        "comment_author_url": comment.website,
        "comment_content": comment.source,
        "comment_date_gmt": comment.created_at.isoformat(),
        "permalink": urljoin(settings.SITE_URL, article.get_absolute_url()),
    }


def _ask(act: str, fields: dict[str, str]) -> _Answer:
    """Return the answer, or an empty one after ``PATIENCE``."""
    about = {
        "api_key": settings.AKISMET_KEY,
        "key": settings.AKISMET_KEY,  # as verify-key calls it
        "blog": settings.SITE_URL,
        "blog_lang": settings.LANGUAGE_CODE,
        "blog_charset": "UTF-8",
    }
    body = urlencode(about | fields, errors="replace").encode()
    url = f"{settings.AKISMET_URL.rstrip('/')}/1.1/{act}"
    request = Request(url, body, {"User-Agent": "Newsroom | Comments/1.0"})  # noqa: S310  # the operator's own
    answers: SimpleQueue[_Answer] = SimpleQueue()
    # A socket's timeout is for each piece: who sends a byte a second never runs into
    # it. So the request runs beside, and is left alone when the time is up.
    Running(target=_send, args=(request, answers), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        log.warning("Akismet gave no answer to %s within %s seconds.", act, PATIENCE)
        return _Answer()


def _send(request: Request, answers: SimpleQueue[_Answer]) -> None:
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310  # the operator's own
            word = response.read(MOST_BYTES).decode(errors="replace").strip()
            answer = _Answer(word, response.headers.get("X-akismet-pro-tip", ""))
    except HTTPError as error:
        log.warning("Akismet answered with the status %s.", error.code)
        answer = _Answer()
    except Exception as error:  # noqa: BLE001  # whatever a stranger's server sends
        log.warning("Akismet could not be asked: %s", error)
        answer = _Answer()
    answers.put(answer)
