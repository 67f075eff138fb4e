"""`monitor health` runs every 30 seconds: it answers without what the daemon is made of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import CONFIGURATION


def ask(folder: Path, *arguments: str, command: str = "health") -> subprocess.CompletedProcess[str]:
    """Run the real command; what it imports is on its standard error."""
    line = [sys.executable, "-X", "importtime", "-m", "monitor", command, *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


def test_it_carries_neither_the_network_nor_the_schedule_nor_migrations(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(CONFIGURATION)
    ask(tmp_path)  # makes the archive, for which Alembic is needed
    answer = ask(tmp_path)
    assert answer.returncode == 1
    assert answer.stdout.startswith("not well: no daemon has run on this database yet")
    imported = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "monitor.store" in imported
    assert not imported & {
        "httpx2",
        "feedparser",
        "alembic",
        "apscheduler",
        "jinja2",
        "monitor.app",
        "monitor.extract",
    }


def test_a_mistake_in_the_configuration_is_told_as_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sorces: []")
    answer = ask(tmp_path)
    assert answer.returncode == 1
    assert 'did you mean "sources"' in answer.stderr


def test_its_options_are_read_behind_its_name(tmp_path: Path) -> None:
    answer = ask(tmp_path, "--config", "elsewhere.yaml")
    assert answer.returncode == 1
    assert "elsewhere.yaml" in answer.stderr
    assert ask(tmp_path, "--nonsense").returncode == 2
