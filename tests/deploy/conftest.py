from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import manage

from .machines import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def with_tables() -> Iterator[Postgres]:
    """Run a PostgreSQL with the tables that migrations make, for others to be made of."""
    postgres = Postgres()
    try:
        manage("migrate", DATABASE_URL=postgres.url)
        yield postgres
    finally:
        postgres.stop()
