"""Where computation runs: worker processes for hostile bytes, threads for our own values.

Position: an adapter of `ports.Workers`; at the other end of each process is `worker`.

Each process has a socket of its own, which the event loop reads and writes: no thread and no lock lies
between a page and its reading. One that passes its deadline is killed, and the others go on. It is given
nothing of the daemon's: no open file but the socket, and of the environment only what Python starts by.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from math import ceil
from pathlib import Path
from typing import ParamSpec, TypeVar

from monitor.errors import WorkerKilled
from monitor.jobs.worker import LENGTH, PICKLE_PROTOCOL, READY, Raised, Returned

P = ParamSpec("P")
T = TypeVar("T")

DEADLINE = timedelta(seconds=30)
"""A real page takes milliseconds, the worst that passes the size caps a few seconds."""

START = timedelta(minutes=1)
"""How long a worker may take until it is ready: half a second, more on a machine that swaps."""

PATIENCE_S = 10.0
"""How long a call waits before one more worker is started, which takes a third of a second of CPU, and 35 MB
from then on. The first pages of twenty new sources, 160, are read by one worker in two seconds."""

GRACE_S = 30
"""How much longer than its deadline a call may go on when nobody is left to kill its worker."""

PAGES_PER_WORKER = 2000
"""After so many pages a worker is replaced, so that no parser's leak can grow for weeks."""

PIECE_BYTES = 1 << 16
QUICK_BYTES = 1 << 20
"""Up to here an answer is unpickled in a few milliseconds; a feed of 50,000 links takes a thread."""

ENTRY = "from monitor.jobs.worker import main; main()"
"""Not `-m`: a module that is run has another name than it is imported by, and so have its classes."""

ENVIRONMENT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONHOME", "TZ")


class ProcessWorkers:
    """Up to `processes` worker processes that are killed past `deadline`, and as many threads.

    There are no more of them than are needed for pages not to wait.
    """

    def __init__(self, processes: int, deadline: timedelta = DEADLINE) -> None:
        self._deadline_s = deadline.total_seconds()
        self._processes = processes
        self._turns = asyncio.Semaphore(1)
        self._turns_given = 1
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._threads = ThreadPoolExecutor(max_workers=processes, thread_name_prefix="compute")

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a worker process; see `ports.Workers`."""
        call = pickle.dumps((function, args, kwargs), PICKLE_PROTOCOL)
        await self._wait_for_turn()
        try:
            answer = await self._ask(call)
        finally:
            self._turns.release()
        load = partial(pickle.loads, answer)
        outcome: Returned | Raised = load() if len(answer) <= QUICK_BYTES else await asyncio.to_thread(load)
        if isinstance(outcome, Raised):
            raise outcome.error
        result: T = outcome.value  # type: ignore[assignment] # what `function` returned
        return result

    async def _wait_for_turn(self) -> None:
        """Wait until a worker is free, or may be started."""
        impatience = asyncio.get_running_loop().call_later(PATIENCE_S, self._give_one_more)
        try:
            await self._turns.acquire()
        finally:
            impatience.cancel()

    def _give_one_more(self) -> None:
        """Have one more call at work at a time, once all the workers for those there are have started."""
        if sum(worker.is_ready for worker in self._all) == self._turns_given < self._processes:
            self._turns_given += 1
            self._turns.release()

    async def _ask(self, call: bytes) -> bytearray:
        """Return a worker's answer to a call; one that gives none is killed."""
        worker = self._idle.pop() if self._idle else await self._start()
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await worker.ask(call)
        except TimeoutError as exc:
            await self._discard(worker)
            raise WorkerKilled(f"the page took longer than {self._deadline_s:g} s to read") from exc
        except OSError as exc:
            code = await self._discard(worker)
            raise WorkerKilled(f"the page took its worker process down (exit code {code})") from exc
        except asyncio.CancelledError:
            worker.kill()
            self._all.discard(worker)
            raise
        if worker.calls < PAGES_PER_WORKER:
            self._idle.append(worker)
        else:
            await self._discard(worker)
        return answer

    async def _start(self) -> _Worker:
        """Return a new worker that is ready."""
        worker = _Worker(ceil(self._deadline_s) + GRACE_S)
        self._all.add(worker)
        try:
            async with asyncio.timeout(START.total_seconds()):
                await worker.hear_ready()
        except (TimeoutError, OSError) as exc:
            code = await self._discard(worker)
            raise WorkerKilled(f"a worker process could not be started (exit code {code})") from exc
        except asyncio.CancelledError:
            worker.kill()
            self._all.discard(worker)
            raise
        return worker

    async def _discard(self, worker: _Worker) -> int:
        """Stop a worker; return its exit code."""
        self._all.discard(worker)
        return await asyncio.to_thread(worker.kill)

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread; see `ports.Workers`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(function, *args, **kwargs)
        )

    def close(self) -> None:
        """Stop the workers, whatever they are at."""
        for worker in self._all:
            worker.kill()
        self._threads.shutdown(cancel_futures=True)


class _Worker:
    """One worker process, and our end of its socket."""

    def __init__(self, seconds: int) -> None:
        self.calls = 0
        self.is_ready = False
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(0)
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - nothing in it is a stranger's
                [sys.executable, "-P", "-c", ENTRY, str(seconds)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
            )

    async def hear_ready(self) -> None:
        """Wait for its first message."""
        if await self._receive() != READY:
            raise ConnectionError("a worker began with another message than expected")
        self.is_ready = True

    async def ask(self, call: bytes) -> bytearray:
        """Return its answer to a call.

        Raises:
            OSError: it has ended.
        """
        self.calls += 1
        loop = asyncio.get_running_loop()
        head = LENGTH.pack(len(call))
        sent = self._channel.sendmsg([head, call]) - len(head)
        if sent < len(call):
            await loop.sock_sendall(self._channel, memoryview(call)[sent:])
        return await self._receive()

    async def _receive(self) -> bytearray:
        loop = asyncio.get_running_loop()
        message = bytearray()
        size = LENGTH.size
        while len(message) < size:
            piece = await loop.sock_recv(self._channel, PIECE_BYTES)
            if not piece:
                raise ConnectionError("the worker has closed its socket")
            message += piece
            if size == LENGTH.size and len(message) >= size:
                size += LENGTH.unpack_from(message)[0]
        del message[: LENGTH.size]
        return message

    def kill(self) -> int:
        """End it at once; return its exit code, which is its own when it had ended by itself."""
        self._channel.close()
        if self._process.poll() is None:
            self._process.kill()
        return self._process.wait()


def _environment() -> dict[str, str]:
    """Return what a worker is to know of the daemon's environment: where modules are, no secret."""
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
