"""`monitor visit NAME --dry-run`: what a source's live pages would give, from a site on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.cli import printing
from tests.cli.conftest import COLUMNS, CommandLine
from tests.fakes import START, feed_page, news_page, story_about

STORIES = [f"/2026/03/the-dam-in-week-{n}.html" for n in range(3)]


class Paper(BaseHTTPRequestHandler):
    """A feed and its stories; no robots.txt."""

    def do_GET(self) -> None:
        """Answer."""
        host = f"http://{self.headers['Host']}"
        if self.path == "/feed.xml":
            body = feed_page(*((host + path, "A title", START) for path in STORIES))
        elif self.path in STORIES:
            body = news_page(f"The dam [week] {self.path[-6]}", *story_about("dam", STORIES.index(self.path)))
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml" if "feed" in self.path else "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def paper() -> Iterator[str]:
    """Serve the paper; give its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Paper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def command_line(folder: Path, url: str, overrides: str) -> CommandLine:
    """Configure the paper as a source with overrides."""
    path = folder / "sources.yaml"
    settings = f"url: {url}/, name: paper, feed: {url}/feed.xml, allow_private: true, pause: 0s"
    path.write_text(f"sources: [{{ {settings}, {overrides} }}]\n")
    return CommandLine(path)


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the terminal as wide wherever the tests run."""
    monkeypatch.setattr(printing.console, "width", COLUMNS)


def test_a_dry_run_shows_what_would_be_kept_and_stores_nothing(tmp_path: Path, paper: str) -> None:
    monitor = command_line(tmp_path, paper, "body: body, remove: [h1]")
    result = monitor.run("visit", "paper", "--dry-run")
    assert result.exit_code == 0
    assert "paper (feed " in result.stdout
    assert "The dam [week] 2" in result.stdout
    assert result.stdout.count("body: body matched 1 element.") == len(STORIES)
    assert "matched nothing" not in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_selector_that_matches_nothing_anywhere_is_told_and_ends_with_1(tmp_path: Path, paper: str) -> None:
    monitor = command_line(tmp_path, paper, "remove: .poll")
    result = monitor.run("visit", "paper", "--dry-run")
    assert result.exit_code == 1
    assert "remove: .poll matched nothing on any of the 3 pages" in result.stdout
    parsed = json.loads(monitor.run("visit", "paper", "--dry-run", "--json").stdout)
    assert parsed["overrides"] == [{"setting": "remove", "selector": ".poll", "elements": 0}]
    assert parsed["links"] == len(STORIES)
    assert [page["problem"] for page in parsed["pages"]] == [None] * len(STORIES)
    assert parsed["pages"][0]["explanation"]["blocks"]


def test_explain_counts_how_the_overrides_of_a_source_match(archive: CommandLine) -> None:
    text = archive.config.read_text()
    archive.config.write_text(text.replace("  - name: courier", '    remove: "[title]"\n  - name: courier'))
    page = news_page("The dam", *story_about("dam")).replace("<p>", "<p title='odd'>", 1)
    stdout = archive.run("explain", "-", "--source", "gazette", stdin=page.encode()).stdout
    assert "removed by the source's settings" in stdout
    assert "remove: [title] matched 1 element." in stdout
