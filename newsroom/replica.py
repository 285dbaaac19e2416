"""Read shared pages from a copy of the database, where DATABASE_REPLICA_URL names one.

A copy is behind, by little or by much. So the key of a page and the page are read from
one connection: what is found old is kept under its old key. Everything else is asked of
the primary: what people write, the desk, commands and tasks, and the page of the one
who has just acted.
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

logger = logging.getLogger(__name__)

ALIAS = "replica"
# One that failed is left alone for so many seconds: to wait for it in every request
# would stop the site.
PAUSE = 5

_asked: ContextVar[str] = ContextVar("asked", default=DEFAULT_DB_ALIAS)
_away_until = 0.0  # by time.monotonic(), of all threads of this process; 0: it answers
_trying = Lock()


def asked() -> str:
    """Return the alias of the database that is read here and now."""
    return _asked.get()


def is_asked() -> bool:
    """Tell whether what is read here and now comes from the replica."""
    return asked() == ALIAS


def ask(serve: Callable[[], HttpResponse]) -> HttpResponse | None:
    """Return what ``serve`` answers from the replica; None where the primary must.

    That is: where there is no replica, where it fails, and for what it does not know.
    """
    if ALIAS not in settings.DATABASES or not _is_to_be_asked():
        return None
    token = _asked.set(ALIAS)
    try:
        answer = serve()
    except Error as error:
        _leave_alone(error)
        return None
    finally:
        _asked.reset(token)
    if answer.status_code >= 500 and connections[ALIAS].errors_occurred:
        _leave_alone("in the middle of a page")
    else:
        _welcome()
    return answer if answer.status_code < 400 else None


class Router:
    """Django's questions which database to use: a copy is for reading alone."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return asked()

    def db_for_write(self, model: type, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True  # they are the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def _is_to_be_asked() -> bool:
    """Tell whether it answers, as far as is known; after a pause one request finds out."""
    global _away_until
    if not _away_until:
        return True
    with _trying:
        now = time.monotonic()
        if now < _away_until:
            return False
        _away_until = now + PAUSE  # the others go on without it until this one knows
        return True


def _welcome() -> None:
    global _away_until
    _away_until = 0.0


def _leave_alone(why: object) -> None:
    global _away_until  # one of each process
    _away_until = time.monotonic() + PAUSE
    reason = " ".join(str(why).split())
    logger.warning("The replica failed (%s): the primary is asked.", reason)
