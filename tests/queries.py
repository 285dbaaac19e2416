"""How many queries a page costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsroom import remembered

if TYPE_CHECKING:
    from django.test import Client


def queries_of(client: Client, address: str) -> int:
    """Return what a page costs that no cache holds, in a process that has served others.

    Such a process knows what stands around every page, until the minute is over: hence
    the least of three.
    """
    return min(len(queries_once(client, address)) for _ in range(3))


def queries_once(client: Client, address: str) -> list[str]:
    """Return the queries of one such request, whatever the process knows."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code in {200, 302}, response.status_code
    return [query["sql"] for query in queries]


def queries_for_the_first_time(client: Client, address: str, *, after: str) -> int:
    """Return what a page costs that this process makes for the first time.

    It has just made the page ``after``, and knows what stands around both.
    """
    counts = []
    for _ in range(3):  # a minute may be over meanwhile
        remembered.forget()
        queries_once(client, after)
        counts.append(len(queries_once(client, address)))
    return min(counts)
