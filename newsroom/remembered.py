"""What every page shows and seldom changes, read once for as long as it is true.

A shared page is true for one number of the site and one minute (see ``page_cache``), and
so is what it is made of: the name over it, its sections, the rules for its comments. A
function marked ``@remembered`` is called once a process for each such moment. Outside
the making of a shared page, in acts and in the admin, it is called every time.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Hashable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

type Moment = tuple[Hashable, ...]

MOST = 2000  # things remembered at a time; more are made anew, and still right

_moment: ContextVar[Moment | None] = ContextVar("moment", default=None)
_memory: tuple[Moment | None, dict[Hashable, Any]] = (None, {})


@contextmanager
def true_for(site: int) -> Iterator[None]:
    """Remember while a page is made for the number ``site``, read before all else.

    What is read later is as new as the number, or newer: never older.
    """
    minute = int(timezone.now().timestamp() // 60)
    token = _moment.set((site, minute))
    try:
        yield
    finally:
        _moment.reset(token)


def remembered[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function of hashable arguments whose value nobody changes."""

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, *kwargs.items())
        return recall(key, lambda: function(*args, **kwargs))

    return asked


def recall[R](key: Hashable, make: Callable[[], R]) -> R:
    """Return what is remembered under ``key``, else what ``make`` returns."""
    moment = _moment.get()
    if moment is None:
        return make()
    memory = _memory_of(moment)
    key = (get_language(), key)
    try:
        return memory[key]
    except KeyError:
        value = make()
    if len(memory) < MOST:
        memory[key] = value
    return value


def recall_each[K: Hashable, R](
    name: str, keys: Iterable[K], make: Callable[[Sequence[K]], Mapping[K, R]]
) -> dict[K, R]:
    """Return what is remembered of each of ``keys``; ``make`` returns those missing.

    A key for which it returns nothing has nothing.
    """
    moment = _moment.get()
    wanted = list(keys)
    memory = {} if moment is None else _memory_of(moment)
    known = {key: memory[name, key] for key in wanted if (name, key) in memory}
    missing = [key for key in wanted if key not in known]
    made = make(missing) if missing else {}
    if len(memory) < MOST:
        memory |= {(name, key): value for key, value in made.items()}
    return known | dict(made)


def forget() -> None:
    """Forget everything, as a process that starts: for tests."""
    global _memory  # one of each process
    _memory = (None, {})


def _memory_of(moment: Moment) -> dict[Hashable, Any]:
    # Two threads may do this at once: each has a memory of its own moment in any case.
    global _memory
    at, memory = _memory
    if at != moment:
        memory = {}
        _memory = (moment, memory)
    return memory
