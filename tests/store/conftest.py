"""Every test that asks for `store` or `url` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor.store import SqlStore, open_store
from monitor.store.tables import METADATA
from tests.store.postgresql import SHARED, Server, serve_postgresql

EMPTY_ALL = ";".join(f"DELETE FROM {name}" for name in ("search", *reversed(METADATA.sorted_tables)))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with serve_postgresql() as server:
        server.execute(f"CREATE DATABASE {SHARED}")
        asyncio.run(open_store(server.url(SHARED), "fixture").close())
        yield server


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds nothing: copying it takes less than making one."""
    path = tmp_path_factory.mktemp("prepared") / "monitor.sqlite3"
    asyncio.run(open_store(f"sqlite:///{path}", "fixture").close())
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a database that holds nothing."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_file")
        yield f"sqlite:///{shutil.copy(path, tmp_path)}"
    else:
        server: Server = request.getfixturevalue("postgresql")
        yield server.url(SHARED)
        server.execute(EMPTY_ALL, SHARED)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a database that has no tables yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/monitor.sqlite3"
    else:
        server: Server = request.getfixturevalue("postgresql")
        with server.create_database() as database_url:
            yield database_url


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    opened = open_store(url, "daemon")
    yield opened
    await opened.close()
