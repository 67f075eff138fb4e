"""`monitor metrics`: numbers for alarms, on the way that `monitor health` goes."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.cli.conftest import CommandLine
from tests.cli.test_health import ask


def numbers(text: str) -> dict[str, float]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {" ".join((sample.name, *sample.labels.values())): sample.value for sample in samples}


def test_it_prints_what_prometheus_reads(archive: CommandLine) -> None:
    said = numbers(archive.run("metrics").stdout)
    assert said["news_monitor_articles_total"] == 2
    assert said["news_monitor_deliveries console dead"] == 1
    assert said["news_monitor_sources failing"] == 1


def test_it_writes_a_file_and_is_silent(archive: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "monitor.prom"
    assert archive.run("metrics", "--output", str(path)).stdout == ""
    assert numbers(path.read_text())["news_monitor_articles_total"] == 2


def test_by_itself_it_carries_no_more_than_it_needs(archive: CommandLine) -> None:
    answer = ask(archive.config.parent, "--config", str(archive.config), command="metrics")
    assert answer.returncode == 0
    assert numbers(answer.stdout)["news_monitor_articles_total"] == 2
    imported = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "prometheus_client" in imported
    assert not imported & {"httpx2", "feedparser", "alembic", "apscheduler", "monitor.app", "monitor.extract"}


def test_what_it_writes_with_is_carried_by_no_other_command(archive: CommandLine) -> None:
    answer = ask(archive.config.parent, "--config", str(archive.config), command="channels")
    assert answer.returncode == 0
    assert "prometheus_client" not in answer.stderr
