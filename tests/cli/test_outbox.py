"""Calling back what was given up."""

import asyncio
import json
from datetime import timedelta

import pytest
import time_machine

from monitor.cli import printing
from monitor.errors import MonitorError
from monitor.store import open_store
from tests.cli.conftest import FEED, STORY, CommandLine
from tests.fakes import START


def test_a_dead_alert_is_called_back_by_its_id(archive: CommandLine) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json", "--state", "dead").stdout)
    assert "1 alert will be sent again" in archive.run("retry", dead["alert"]["id"]).stdout
    [waiting] = json.loads(archive.run("deliveries", "--json").stdout)
    assert (waiting["state"], waiting["alert"]) == ("waiting", dead["alert"])
    with pytest.raises(MonitorError, match="neither dead nor retrying"):
        archive.run("retry", dead["alert"]["id"])


def test_all_of_a_channel_are_called_back(archive: CommandLine) -> None:
    assert len(json.loads(archive.run("retry", "--channel", "console", "--json").stdout)["revived"]) == 1
    assert "0 alerts" in archive.run("retry", "--all").stdout
    with pytest.raises(MonitorError, match="no channel is called desk"):
        archive.run("retry", "--channel", "desk")


def test_whom_to_call_back_has_to_be_said(archive: CommandLine) -> None:
    assert archive.run("retry").exit_code == 2
    assert archive.run("retry", "abc", "--all").exit_code == 2


def test_why_tells_the_way_from_the_page_to_the_receipt(archive: CommandLine) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json").stdout)
    stdout = archive.run("why", dead["alert"]["id"]).stdout
    steps = [line.split("  ")[0].strip() or line.strip() for line in stdout.splitlines()[1:]]
    words = ["published", "found", "fetched", "kept", "matched", "alert", "failed (1 attempt)", "given up"]
    assert [word for word in words if any(word in line for line in stdout.splitlines())] == words
    assert steps[0] == "2026-03-02 09:05:00"
    assert f"its feed {FEED}" in stdout
    assert STORY in stdout
    assert "dam AND talks" in stdout
    [failure] = [line for line in stdout.splitlines() if "the terminal is gone" in line]
    assert failure.startswith("2026-03-02 09:05:00  failed (1 attempt)")


def test_why_tells_what_is_next_and_what_was_said(archive: CommandLine) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json").stdout)
    alert_id = dead["alert"]["id"]
    archive.run("retry", alert_id)
    assert "next attempt" in archive.run("why", alert_id).stdout
    store = open_store(f"sqlite:///{archive.config.parent}/monitor.sqlite3", "test")
    asyncio.run(store.mark_sent(alert_id, "250 fine", START))
    asyncio.run(store.close())
    assert "250 fine" in archive.run("why", alert_id).stdout
    trace = json.loads(archive.run("why", alert_id, "--json").stdout)
    assert (trace["found_at"], trace["failed_reads"]) == ("2026-03-02T09:05:00+00:00", 0)


def test_why_of_an_unknown_alert_says_where_they_are_listed(archive: CommandLine) -> None:
    with pytest.raises(MonitorError, match="no alert has the id abc; `monitor deliveries` lists them"):
        archive.run("why", "abc")


def test_deliveries_show_each_id_whole_also_on_a_narrow_terminal(
    archive: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.console, "width", 60)
    [dead] = json.loads(archive.run("deliveries", "--json").stdout)
    lines = archive.run("deliveries").stdout.splitlines()
    assert lines[0] == f"{dead['alert']['id']}  console  dead after 1 attempt"
    assert lines[1] == "  2026-03-02 09:05  Talks about the dam open"
    assert lines[2] == "  the terminal is gone"


@pytest.mark.parametrize(
    ("timetable", "words"),
    [
        ("", "waiting, due now"),
        ("limit: 2/h", "waiting, due now, as the limit of 2/h allows"),
        ("digest: daily 08:00", "waiting, next 2026-03-03 08:00"),
        ("quiet: 08:00-18:30", "waiting, next 2026-03-02 18:30"),
    ],
)
def test_an_alert_that_waits_says_when_its_channel_sends(
    archive: CommandLine, timetable: str, words: str
) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json").stdout)
    with time_machine.travel(START + timedelta(minutes=10), tick=False):
        archive.run("retry", "--all")
        archive.config.write_text(
            archive.config.read_text() + f"channels: {{ console: {{ console: true, {timetable} }} }}\n"
        )
        assert words in archive.run("deliveries").stdout
        when = "2026-03-02 09:10" if "now" in words else words.removeprefix("waiting, next ")
        assert f"{when}:00  next attempt" in archive.run("why", dead["alert"]["id"]).stdout
