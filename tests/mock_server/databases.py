"""The databases a store may lie in: whoever asks for `database_url` is tested on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemons.private_postgresql import PrivatePostgresql, shared_postgresql


@pytest.fixture(scope="session")
def postgresql() -> PrivatePostgresql:
    """A real PostgreSQL, only for this test process. Who kills it starts it again."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install 'madoguchi[postgresql]')")
    server = shared_postgresql()
    if isinstance(server, str):
        pytest.skip(server)
    return server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.daemon)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a file, then a real PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite"
        return
    server: PrivatePostgresql = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.drop_database(url)
