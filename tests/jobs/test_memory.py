"""Memory that is freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from monitor.jobs.memory import keep_little_memory

PROGRAM = """
from monitor.jobs.memory import keep_little_memory

def resident_kb():
    return int(open("/proc/self/statm").read().split()[1]) * 4

{first}
before = resident_kb()
pages = [(bytearray(100_000), bytearray(2_000)) for _ in range(500)]
kept = [small for _, small in pages]
del pages
print(resident_kb() - before)
"""


def grow(first: str) -> int:
    """Return by how many KiB a process has grown that freed 50 MB of pages, but not what lay between."""
    program = [sys.executable, "-c", PROGRAM.format(first=first)]
    return int(subprocess.run(program, check=True, capture_output=True, text=True).stdout)


def test_pages_that_are_freed_are_given_back() -> None:
    assert grow("pass") > 40_000
    assert grow("keep_little_memory()") < 10_000


def test_a_c_library_without_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.jobs.memory.ctypes.CDLL", lambda _: object())
    keep_little_memory()


def test_the_daemon_carries_no_parser_that_only_its_workers_run() -> None:
    program = "import sys, monitor.cli.commands; print(*sys.modules)"
    carried = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert {"chardet", "fastfeedparser", "feedparser", "lxml"}.isdisjoint(carried.stdout.split())
