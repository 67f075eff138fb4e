"""Calling back what was given up."""

import json

import pytest

from monitor.errors import MonitorError
from tests.cli.conftest import CommandLine


def test_a_dead_alert_is_called_back_by_its_id(archive: CommandLine) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json", "--state", "dead").stdout)
    assert "1 alert will be sent again" in archive.run("retry", dead["alert"]["id"]).stdout
    [waiting] = json.loads(archive.run("deliveries", "--json").stdout)
    assert (waiting["state"], waiting["alert"]) == ("waiting", dead["alert"])
    with pytest.raises(MonitorError, match="not among the dead"):
        archive.run("retry", dead["alert"]["id"])


def test_all_of_a_channel_are_called_back(archive: CommandLine) -> None:
    assert len(json.loads(archive.run("retry", "--channel", "console", "--json").stdout)["revived"]) == 1
    assert "0 alerts" in archive.run("retry", "--all").stdout
    with pytest.raises(MonitorError, match="no channel is called desk"):
        archive.run("retry", "--channel", "desk")


def test_whom_to_call_back_has_to_be_said(archive: CommandLine) -> None:
    assert archive.run("retry").exit_code == 2
    assert archive.run("retry", "abc", "--all").exit_code == 2
