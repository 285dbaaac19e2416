"""When a replica is asked, and when it is left alone; what it answers: tests/deploy."""

from types import SimpleNamespace

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse

import pytest

from newsroom import replica

PAGE = HttpResponse("a page")


@pytest.fixture
def clock(monkeypatch):
    """Have a replica, and a clock that is set by hand."""
    clock = SimpleNamespace(now=100.0)
    named = SimpleNamespace(DATABASES={replica.ALIAS: {}})
    monkeypatch.setattr(replica, "settings", named)
    monkeypatch.setattr(replica, "_away_until", 0.0)
    monkeypatch.setattr(replica, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def fail_with(error):
    def serve():
        raise error("gone")

    return serve


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_one_that_fails_is_left_alone_for_a_while(clock, error):
    assert replica.ask(lambda: PAGE) is PAGE
    assert replica.ask(fail_with(error)) is None
    assert replica.ask(lambda: PAGE) is None
    clock.now += replica.PAUSE
    assert replica.ask(lambda: PAGE) is PAGE
    assert replica.ask(lambda: PAGE) is PAGE


def test_after_a_pause_one_request_finds_out_for_all(clock):
    replica.ask(fail_with(OperationalError))
    clock.now += replica.PAUSE
    others = []

    def serve():
        others.append(replica.ask(lambda: PAGE))
        return PAGE

    found = replica.ask(serve)

    assert found is PAGE
    assert others == [None]
    assert replica.ask(lambda: PAGE) is PAGE
