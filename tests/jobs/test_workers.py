import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import NotAnArticle, WorkerKilled
from monitor.jobs import workers as room
from monitor.jobs.worker import READY, receive, send
from monitor.jobs.workers import ProcessWorkers


def double(number: int) -> int:
    return number * 2


def loop_for_ever() -> None:
    while True:
        pass


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise NotAnArticle("a consent wall", transient=True)


def crash() -> None:
    raise ZeroDivisionError("a bug")


def give_lambda() -> Callable[[], None]:
    return lambda: None


def reverse(page: bytes) -> bytes:
    return page[::-1]


def environment() -> dict[str, str]:
    return dict(os.environ)


def signal_myself(number: int) -> int:
    os.kill(os.getpid(), number)
    return os.getpid()


def write_then_loop(path: Path) -> None:
    path.write_text(str(os.getpid()), "ascii")
    loop_for_ever()


def wait_at(gate: Path) -> int:
    gate.read_bytes()
    return os.getpid()


def alarm_left_s() -> int:
    return signal.alarm(0)


def loaded_modules() -> set[str]:
    return set(sys.modules)


@pytest.fixture
async def workers() -> AsyncIterator[ProcessWorkers]:
    workers = ProcessWorkers(1, deadline=timedelta(seconds=20))
    yield workers
    await asyncio.to_thread(workers.close)


async def test_a_result_comes_back_from_the_worker_process(workers: ProcessWorkers) -> None:
    assert await workers.run_isolated(double, 21) == 42


async def test_an_error_of_ours_comes_back_with_all_it_says(workers: ProcessWorkers) -> None:
    with pytest.raises(NotAnArticle, match="a consent wall") as caught:
        await workers.run_isolated(refuse)
    assert caught.value.transient


async def test_a_page_that_never_ends_is_killed_and_the_next_is_read() -> None:
    workers = ProcessWorkers(1, deadline=timedelta(seconds=0.5))
    try:
        with pytest.raises(WorkerKilled, match=r"longer than 0\.5 s"):
            await workers.run_isolated(loop_for_ever)
        assert await workers.run_isolated(abs, -8) == 8  # nothing to import, however busy the machine
    finally:
        await asyncio.to_thread(workers.close)


async def test_a_page_that_takes_its_worker_down_is_named_and_the_next_is_read(
    workers: ProcessWorkers,
) -> None:
    with pytest.raises(WorkerKilled, match="took its worker process down"):
        await workers.run_isolated(die)
    assert await workers.run_isolated(double, 4) == 8


async def test_a_worker_carries_no_database_no_client_and_no_command_line(workers: ProcessWorkers) -> None:
    modules = await workers.run_isolated(loaded_modules)
    assert "monitor.extract" in modules
    heavy = {"sqlalchemy", "sqlmodel", "httpx2", "typer", "rich", "apscheduler", "pydantic", "monitor.app"}
    assert not heavy & modules


async def test_trusted_work_runs_in_a_thread_beside_the_event_loop(workers: ProcessWorkers) -> None:
    assert await workers.run_threaded(threading.get_ident) != threading.get_ident()


async def test_pages_and_answers_may_be_larger_than_any_buffer(workers: ProcessWorkers) -> None:
    page = os.urandom(1 << 22)
    assert await workers.run_isolated(reverse, page) == page[::-1]


async def test_a_bug_comes_back_with_the_place_where_it_happened(workers: ProcessWorkers) -> None:
    with pytest.raises(ZeroDivisionError, match="a bug") as caught:
        await workers.run_isolated(crash)
    assert "in crash" in caught.value.__notes__[0]
    assert await workers.run_isolated(double, 4) == 8


async def test_an_answer_that_cannot_cross_is_an_error_and_not_the_end(workers: ProcessWorkers) -> None:
    with pytest.raises((AttributeError, pickle.PicklingError)):
        await workers.run_isolated(give_lambda)
    assert await workers.run_isolated(double, 4) == 8


async def test_a_worker_knows_no_secret_of_the_daemon(
    workers: ProcessWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_SMTP_PASSWORD", "hunter2")
    monkeypatch.setenv("LANG", "C.UTF-8")
    known = await workers.run_isolated(environment)
    assert "hunter2" not in known.values()
    assert known["LANG"] == "C.UTF-8"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_what_is_signalled_to_the_whole_group_leaves_the_worker_at_its_page(
    workers: ProcessWorkers, number: signal.Signals
) -> None:
    pid = await workers.run_isolated(signal_myself, number)
    assert await workers.run_isolated(os.getpid) == pid


async def test_pages_that_come_at_once_are_read_by_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", 1000.0)
    workers = ProcessWorkers(2, deadline=timedelta(seconds=20))
    try:
        pids = await asyncio.gather(*(workers.run_isolated(os.getpid) for _ in range(5)))
    finally:
        await asyncio.to_thread(workers.close)
    assert len(set(pids)) == 1


async def test_a_second_worker_is_started_when_the_first_is_busy_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", 0.01)
    workers = ProcessWorkers(2, deadline=timedelta(seconds=20))
    try:
        one_by_one = {await workers.run_isolated(os.getpid) for _ in range(3)}
        os.mkfifo(gate := tmp_path / "gate")
        busy = asyncio.create_task(workers.run_isolated(wait_at, gate))
        await asyncio.sleep(0)
        second = await workers.run_isolated(os.getpid)
        await asyncio.to_thread(gate.write_bytes, b"go")
        first = await busy
    finally:
        await asyncio.to_thread(workers.close)
    assert one_by_one == {first}
    assert second != first


async def test_a_worker_is_replaced_after_many_pages(
    workers: ProcessWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PAGES_PER_WORKER", 2)
    pids = [await workers.run_isolated(os.getpid) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_a_page_that_nobody_waits_for_any_more_frees_its_worker(
    workers: ProcessWorkers, tmp_path: Path
) -> None:
    os.mkfifo(begun := tmp_path / "pid")
    reading = asyncio.create_task(workers.run_isolated(write_then_loop, begun))
    pid = int(await asyncio.to_thread(begun.read_text, "ascii"))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert await workers.run_isolated(double, 4) == 8


async def test_a_worker_ends_by_itself_when_its_daemon_is_gone(workers: ProcessWorkers) -> None:
    assert 20 < await workers.run_isolated(alarm_left_s) <= 50


def test_a_worker_whose_daemon_was_killed_ends_without_a_word() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        worker = subprocess.Popen(
            [sys.executable, "-c", room.ENTRY, "30"], stdin=theirs.fileno(), stderr=subprocess.PIPE
        )
    with ours:
        assert bytes(receive(ours) or b"") == READY
        send(ours, pickle.dumps((bytes, (50_000_000,), {})))
        assert ours.recv(1)
    _, said = worker.communicate(timeout=30)
    assert (worker.returncode, said) == (0, b"")


async def test_a_worker_that_cannot_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ENTRY", "raise SystemExit(3)")
    workers = ProcessWorkers(1)
    with pytest.raises(WorkerKilled, match=r"could not be started \(exit code 3\)"):
        await workers.run_isolated(double, 4)
