import json
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from monitor.deliver import webhook_schema
from monitor.deliver.file import FileSender
from monitor.errors import DeliveryFailed
from monitor.model import FileChannel
from tests.deliver.stories import hostile_titles, make_delivery, titled


def sender_to(path: Path) -> FileSender:
    return FileSender(FileChannel(name="log", path=str(path)))


async def test_each_alert_is_a_line_of_json_after_the_webhooks_schema(tmp_path: Path) -> None:
    validator = Draft202012Validator(webhook_schema())
    sender = sender_to(tmp_path / "alerts.jsonl")
    titles = list(hostile_titles(10))
    for number, title in enumerate(titles):
        await sender.send(titled(title, number))
    lines = (tmp_path / "alerts.jsonl").read_bytes().splitlines()
    assert len(lines) == len(titles)
    for line in lines:
        validator.validate(json.loads(line))


async def test_the_receipt_says_where_the_line_is(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    sender = sender_to(path)
    assert await sender.send(make_delivery()) == f"written at byte 0 of {path}"
    size = path.stat().st_size
    assert await sender.send(make_delivery(number=2)) == f"written at byte {size} of {path}"


async def test_a_line_that_a_crash_has_torn_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"type":"ale')
    receipt = await sender_to(path).send(make_delivery())
    assert receipt == f"written at byte 13 of {path}"
    assert json.loads(path.read_bytes()[13:])["type"] == "alert"


async def test_a_file_that_was_moved_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    sender = sender_to(path)
    await sender.send(make_delivery())
    path.rename(tmp_path / "old.jsonl")
    await sender.send(make_delivery(number=2))
    assert path.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("path", ["missing/alerts.jsonl", ".", "a\x00b"])
async def test_a_file_that_cannot_be_written_keeps_the_alert(tmp_path: Path, path: str) -> None:
    with pytest.raises(DeliveryFailed, match="cannot be written to") as failure:
        await sender_to(tmp_path / path).send(make_delivery())
    assert failure.value.transient
    assert str(failure.value).endswith("is its folder there?") is path.startswith("missing")


async def test_a_full_disk_keeps_the_alert() -> None:
    with pytest.raises(DeliveryFailed, match="No space left"):
        await sender_to(Path("/dev/full")).send(make_delivery())


async def test_the_waits_grow_and_end(tmp_path: Path) -> None:
    sender = sender_to(tmp_path)
    assert sender.name == "log"
    assert sender.retry_wait(1) == timedelta(minutes=1)
    assert sender.retry_wait(9) is None
    await sender.close()
