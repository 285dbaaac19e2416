"""Where rendered pages are kept: in this process, or in Redis for many of them.

Neither is needed for a right answer. A page that is not found is rendered.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import OrderedDict
from threading import RLock
from typing import Any, override

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

MEGABYTE = 1 << 20
A_ROW = 300  # bytes that an entry takes beside what it holds, about
# Redis that did not answer is asked again after so many seconds: waiting for it in
# every request would stop the site.
PAUSE = 5
PATIENCE = 0.25  # seconds to wait for an answer


class MemoryCache(BaseCache):
    """The memory of one process, bounded by the bytes it holds and not by their number.

    ``OPTIONS["max_megabytes"]`` is the bound; beyond it goes what was not asked for the
    longest time. What is larger than a tenth of it is not kept. Values are pickled, so
    that nobody changes what another will get.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shelf = _shelves.setdefault(name, _Shelf())
        self._most = int(params.get("OPTIONS", {}).get("max_megabytes", 16)) * MEGABYTE

    @override
    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        pickled = self._shelf.find(self.make_and_validate_key(key, version=version))
        return default if pickled is None else pickle.loads(pickled)  # noqa: S301  # ours

    @override
    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._put(key, value, timeout, version, replace=True)

    @override
    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return self._put(key, value, timeout, version, replace=False)

    @override
    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        key = self.make_and_validate_key(key, version=version)
        with self._shelf.lock:
            pickled = self._shelf.find(key)
            if pickled is None:
                return False
            self._shelf.put(key, pickled, self.get_backend_timeout(timeout), self._most)
            return True

    @override
    def delete(self, key: Any, version: Any = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        with self._shelf.lock:
            return self._shelf.take_out(key)

    @override
    def clear(self) -> None:
        with self._shelf.lock:
            self._shelf.empty()

    def _put(
        self, key: Any, value: Any, timeout: Any, version: Any, *, replace: bool
    ) -> bool:
        key = self.make_and_validate_key(key, version=version)
        pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with self._shelf.lock:
            if not replace and self._shelf.find(key) is not None:
                return False
            self._shelf.put(key, pickled, self.get_backend_timeout(timeout), self._most)
            return True


class _Shelf:
    """What all objects of one name share, as each thread has an object of its own."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.empty()

    def empty(self) -> None:
        self.held = 0  # bytes
        # The newest last; each with when it ends, by time.time(), or None.
        self.entries: OrderedDict[str, tuple[bytes, float | None]] = OrderedDict()

    def find(self, key: str) -> bytes | None:
        with self.lock:
            pickled, ends = self.entries.get(key, (None, None))
            if pickled is None:
                return None
            if ends is not None and ends <= time.time():
                self.take_out(key)
                return None
            self.entries.move_to_end(key)
            return pickled

    def put(self, key: str, pickled: bytes, ends: float | None, most: int) -> None:
        self.take_out(key)
        if _size(pickled) > most // 10:
            return
        self.entries[key] = (pickled, ends)
        self.held += _size(pickled)
        while self.held > most:
            self.take_out(next(iter(self.entries)))

    def take_out(self, key: str) -> bool:
        pickled, _ends = self.entries.pop(key, (None, None))
        if pickled is None:
            return False
        self.held -= _size(pickled)
        return True


_shelves: dict[str, _Shelf] = {}


def _size(pickled: bytes) -> int:
    return len(pickled) + A_ROW


class ForgivingRedisCache(RedisCache):
    """Redis that may be down, slow or full: then nothing is found, and nothing is kept.

    After a failure it is left alone for ``PAUSE`` seconds; one line in the log says so.
    ``add`` answers as if nobody else were there, so that what it guards is done.
    """

    _away_until = 0.0  # by time.monotonic(); of all threads of this process

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        from redis.backoff import NoBackoff  # an extra: see below
        from redis.retry import Retry

        # Once more, for a connection that a restart of Redis has cut.
        patience = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 1),
        }
        options = patience | params.get("OPTIONS", {})
        super().__init__(server, params | {"OPTIONS": options})

    @override
    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._try(super().get, key, default, version, otherwise=default)

    @override
    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._try(super().set, key, value, timeout, version, otherwise=None)

    @override
    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return self._try(super().add, key, value, timeout, version, otherwise=True)

    @override
    def delete(self, key: Any, version: Any = None) -> bool:
        return self._try(super().delete, key, version, otherwise=False)

    def _try(self, ask: Any, *arguments: Any, otherwise: Any) -> Any:
        import redis  # an extra, there only where it is used

        cls = type(self)
        if time.monotonic() < cls._away_until:
            return otherwise
        try:
            return ask(*arguments)
        except redis.ResponseError as error:  # it is full: what it holds can be read
            logger.warning("The cache refused: %s", error)
        except (redis.RedisError, OSError) as error:
            cls._away_until = time.monotonic() + PAUSE
            logger.warning(
                "The cache does not answer (%s): pages are rendered without it.",
                type(error).__name__,
            )
        return otherwise
