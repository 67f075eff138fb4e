"""What a program and all its processes cost while it runs: CPU and memory, from /proc (Linux).

A program is started as the leader of a session of its own; every process of that session counts.
Memory is PSS (proportional set size): a page that several processes share is counted once.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Self

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.05


class Program:
    """A running program. `cpu_s` and `peak_mb` (10^6 bytes) are complete once it was stopped or has ended."""

    def __init__(self, command: Sequence[str], output: Path) -> None:
        self._peak_kb, self._cpu_s = 0, dict[int, float]()
        self._own_cpu_s: float | None = None
        with output.open("wb") as log:
            self._leader = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._over = Event()
        self._sampler = Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._leader.returncode is None:
            os.kill(self._leader.pid, signal.SIGKILL)
            self.wait()

    @property
    def cpu_s(self) -> float:
        """The CPU of all its processes so far, in user and in kernel mode."""
        others = sum(spent for pid, spent in self._cpu_s.items() if pid != self._leader.pid)
        own = self._own_cpu_s if self._own_cpu_s is not None else self._cpu_s.get(self._leader.pid, 0.0)
        return own + others

    @property
    def leader_cpu_s(self) -> float:
        """The CPU of its first process."""
        return self._own_cpu_s if self._own_cpu_s is not None else self._cpu_s.get(self._leader.pid, 0.0)

    @property
    def peak_mb(self) -> float:
        """The most memory that all its processes had at one time."""
        return self._peak_kb * 1024 / 1e6

    @property
    def has_ended(self) -> bool:
        """Return whether the first process has ended, without taking its exit code from `wait`."""
        return os.waitid(os.P_PID, self._leader.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self) -> int:
        """Ask it to end, and wait for it; return its exit code."""
        os.kill(self._leader.pid, signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends; return its exit code."""
        _, status, account = os.wait4(self._leader.pid, 0)
        self._leader.returncode = os.waitstatus_to_exitcode(status)
        self._over.set()
        self._sampler.join()
        self._own_cpu_s = account.ru_utime + account.ru_stime
        return self._leader.returncode

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_S):
            pss_kb = 0
            for pid in members(self._leader.pid):
                try:
                    self._cpu_s[pid] = read_cpu_s(pid)
                    pss_kb += read_pss_kb(pid)
                except OSError:
                    continue  # it has just ended
            self._peak_kb = max(self._peak_kb, pss_kb)


def members(session: int) -> list[int]:
    """Return the processes of a session."""
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    pids.append(int(entry.name))
            except ProcessLookupError:
                continue
    return pids


def read_cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process (proc(5): fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def read_pss_kb(pid: int) -> int:
    """Return the proportional set size of a process, in KiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
