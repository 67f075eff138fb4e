"""Trying a channel: the sample goes through the real sender, and what the receiver said is told."""

import asyncio
import json

import pytest

from monitor.errors import ConfigError, DeliveryFailed, MonitorError
from monitor.store import open_store
from tests.cli.conftest import CommandLine
from tests.deliver.servers import ScriptedMail, served
from tests.fakes import START

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's


@pytest.fixture
def with_channels(command_line: CommandLine) -> CommandLine:
    path = command_line.config
    path.write_text(
        path.read_text()
        + "channels:\n  log: { file: alerts.jsonl }\n  lost: { file: no/such/folder/alerts.jsonl }\n"
    )
    return command_line


def test_a_sample_arrives_and_the_receipt_is_told(with_channels: CommandLine) -> None:
    result = with_channels.run("channels", "test", "log")
    path = with_channels.config.parent / "alerts.jsonl"
    assert result.exit_code == 0
    assert "log took the sample: written at byte 0" in " ".join(result.stdout.split())
    assert json.loads(path.read_text())["data"]["rule"]["name"] == "test"
    second = json.loads(with_channels.run("channels", "test", "log", "--json").stdout)
    assert (second["taken"], len(path.read_text().splitlines())) == (True, 2)


def test_a_channel_that_takes_nothing_says_why_and_exits_1(with_channels: CommandLine) -> None:
    with pytest.raises(DeliveryFailed, match="No such file or directory"):
        with_channels.run("channels", "test", "lost")
    result = with_channels.run("channels", "test", "lost", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["taken"] is False


async def test_a_mail_that_one_of_several_recipients_did_not_take_exits_1_and_says_who(
    command_line: CommandLine,
) -> None:
    path = command_line.config
    channels = "channels:\n  desk: { email: [day@example.org, nigth@example.org] }\n"
    async with served(ScriptedMail({"RCPT": ["250 ok", "550 5.1.1 no such user"]})) as server:
        smtp = f"smtp: {{ url: 'smtp://127.0.0.1:{server.port}', from: bot@example.org }}\n"
        path.write_text(path.read_text() + channels + smtp)
        result = await asyncio.to_thread(command_line.run, "channels", "test", "desk", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["taken"] is False
    assert "nigth@example.org: 550 5.1.1 no such user" in told["said"]


def test_a_channel_with_a_typo_is_answered_with_a_suggestion(with_channels: CommandLine) -> None:
    with pytest.raises(MonitorError, match="no channel is called lgo; did you mean log"):
        with_channels.run("channels", "test", "lgo")


def test_config_check_knows_the_services(with_channels: CommandLine) -> None:
    path = with_channels.config
    text = path.read_text()
    path.write_text(text + "  chat: { apprise: 'ntfy://my-topic' }\n")
    assert with_channels.run("config", "check", str(path)).exit_code == 0
    path.write_text(text + "  chat: { apprise: 'nosuch://hunter2' }\n")
    with pytest.raises(ConfigError, match="names no service that Apprise knows") as caught:
        with_channels.run("config", "check", str(path))
    [mistake] = caught.value.mistakes
    assert (mistake.line, mistake.line_text.strip()[:5]) == (len(text.splitlines()) + 1, "chat:")
    assert "hunter2" not in mistake.line_text


def test_config_check_tries_the_templates(with_channels: CommandLine) -> None:
    path = with_channels.config
    (path.parent / "words").mkdir()
    template = path.parent / "words/alert.txt"
    path.write_text(
        path.read_text()
        + "  desk: { email: desk@example.org, templates: words }\n"
        + "smtp: { url: smtps://mail.example, from: bot@example.org }\n"
    )
    template.write_text("{{ alert.rule }}")
    assert with_channels.run("config", "check", str(path)).exit_code == 0
    for wrong, words in (("{{ alert.titel }}", "fails: .*titel"), ("{% if %}", "has a mistake in line 1")):
        template.write_text(wrong)
        with pytest.raises(ConfigError, match=words):
            with_channels.run("config", "check", str(path))


def test_the_channels_are_listed_with_when_they_send_and_how_their_alerts_stand(archive: CommandLine) -> None:
    path = archive.config
    path.write_text(
        path.read_text()
        + "channels:\n  log: { file: a.jsonl, digest: weekly mon 08:00, quiet: 22:00-07:00 }\n"
        + "  few: { file: b.jsonl, limit: 12/h }\n"
    )
    lines = [" ".join(line.split()) for line in archive.run("channels").stdout.splitlines()]
    assert "log digest, weekly mon 08:00, quiet 22:00-07:00 0 0 0 0 0 -" in lines
    assert "few at once, 12/h at most 0 0 0 0 0 -" in lines
    assert "console at once 0 0 0 1 0 -" in lines
    [console] = [c for c in json.loads(archive.run("channels", "--json").stdout) if c["name"] == "console"]
    assert console["counts"] == {"dead": 1}
    archive.run("retry", "--all")
    lines = [" ".join(line.split()) for line in archive.run("channels").stdout.splitlines()]
    assert "console at once 1 0 0 0 0 2026-03-02 09:05" in lines


def test_a_stopped_channel_says_why_and_is_started_by_hand(archive: CommandLine) -> None:
    async def stop() -> None:
        store = open_store(f"sqlite:///{archive.config.parent}/monitor.sqlite3", "daemon")
        await store.register_channels({"console": "there"}, START)
        await store.stop_channel("console", "410 Gone; the endpoint wants no more", START)
        await store.close()

    asyncio.run(stop())
    stdout = archive.run("channels").stdout
    assert "console was stopped at" in stdout
    assert "410 Gone; the endpoint wants no more" in stdout
    archive.run("retry", "--all")
    assert "console  waiting, its channel is stopped" in archive.run("deliveries").stdout
    assert "channel console is stopped: 410 Gone" in archive.run("health").stdout
    assert "console is started" in archive.run("channels", "start", "console").stdout
    assert "console was not stopped" in archive.run("channels", "start", "console").stdout
    assert "stopped" not in archive.run("channels").stdout


def test_held_back_alerts_are_shown_with_the_rules(archive: CommandLine) -> None:
    path = archive.config
    path.write_text(path.read_text().replace("notify: [console]", "notify: [console]\n    shadow: true"))
    assert "nobody: in the shadow of console, 0 alerts held back" in " ".join(
        archive.run("rules").stdout.split()
    )
    [rule] = json.loads(archive.run("rules", "--json").stdout)
    assert (rule["shadow"], rule["shadowed"]) == (True, 0)
