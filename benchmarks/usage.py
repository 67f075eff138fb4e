"""What a command costs: its time, its CPU and its memory, from the kernel's own account of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""`ru_maxrss` counts bytes on macOS, KiB elsewhere (getrusage(2))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one run of a command cost, its children that have ended included in the CPU.

    `peak_mb` is the largest resident size of one process, in 10^6 bytes.
    """

    exit_code: int
    wall_s: float
    cpu_s: float
    peak_mb: float


def measure(command: Sequence[str]) -> Usage:
    """Run a command to its end, its output thrown away, and return what it cost."""
    began = perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, account = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Usage(
        exit_code=child.returncode,
        wall_s=perf_counter() - began,
        cpu_s=account.ru_utime + account.ru_stime,
        peak_mb=account.ru_maxrss * MAXRSS_UNIT / 1e6,
    )
