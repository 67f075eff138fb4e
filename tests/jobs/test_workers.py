import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from monitor.errors import NotAnArticle, WorkerKilled
from monitor.jobs.workers import PebbleWorkers, hide_main_module


def double(number: int) -> int:
    return number * 2


def loop_for_ever() -> None:
    while True:
        pass


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise NotAnArticle("a consent wall", transient=True)


def loaded_modules() -> set[str]:
    return set(sys.modules)


@pytest.fixture
async def workers() -> AsyncIterator[PebbleWorkers]:
    workers = PebbleWorkers(1, deadline=timedelta(seconds=20))
    yield workers
    await asyncio.to_thread(workers.close)


async def test_a_result_comes_back_from_the_worker_process(workers: PebbleWorkers) -> None:
    assert await workers.run_isolated(double, 21) == 42


async def test_an_error_of_ours_comes_back_with_all_it_says(workers: PebbleWorkers) -> None:
    with pytest.raises(NotAnArticle, match="a consent wall") as caught:
        await workers.run_isolated(refuse)
    assert caught.value.transient


async def test_a_page_that_never_ends_is_killed_and_the_next_is_read() -> None:
    workers = PebbleWorkers(1, deadline=timedelta(seconds=0.5))
    try:
        with pytest.raises(WorkerKilled, match=r"longer than 0\.5 s"):
            await workers.run_isolated(loop_for_ever)
    finally:
        await asyncio.to_thread(workers.close)


async def test_a_page_that_takes_its_worker_down_is_named_and_the_next_is_read(
    workers: PebbleWorkers,
) -> None:
    with pytest.raises(WorkerKilled, match="took its worker process down"):
        await workers.run_isolated(die)
    assert await workers.run_isolated(double, 4) == 8


async def test_a_worker_carries_no_database_no_client_and_no_command_line(workers: PebbleWorkers) -> None:
    modules = await workers.run_isolated(loaded_modules)
    assert "monitor.extract" in modules
    heavy = {"sqlalchemy", "sqlmodel", "httpx2", "typer", "rich", "apscheduler", "pydantic", "monitor.app"}
    assert not heavy & modules


async def test_trusted_work_runs_in_a_thread_beside_the_event_loop(workers: PebbleWorkers) -> None:
    assert await workers.run_threaded(threading.get_ident) != threading.get_ident()


def test_a_script_without_a_module_name_is_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    hide_main_module()
    spec = sys.modules["__main__"].__spec__
    assert spec is not None
    assert spec.name == "monitor.__main__"
