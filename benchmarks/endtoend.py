"""What does an article cost from the wire to the search index, against what people build by hand?

    python -m benchmarks.endtoend [--data DIR] [--json FILE]

DIR holds the news farm (`farm.py`, nginx behind it): 20 sites with 600 articles, built here into a
temporary folder, started and stopped. From an empty database to every article stored with text, metadata
and search index, politeness pauses off for all: `monitor run` as it ships, told the sites' addresses
only; httpx2 + trafilatura + sqlite and Scrapy + trafilatura + sqlite, told the feeds. Two of the 600 pages
are no articles, and are dismissed by us: a bank's error page, and a post of three short lines. Everybody's
modules are compiled before, as those that pip installs are.

Everybody takes three turns, and the row is that of the turn with the middle CPU.
`cpu_ms` is CPU per stored article, `peak_mb` the memory of all processes of a contestant together (PSS).
`main_cpu_ms` is what our main process takes of it (start-up, network, judging, matching, storing,
logging), `workers_cpu_ms` what the worker processes take to read pages. Then we visit everything again,
nothing being new: `requests_per_visit` and `not_modified_percent` are counted in nginx's log. The bars: a
third of Scrapy's CPU, 250 MB, one conditional request.
"""

from __future__ import annotations

import compileall
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import monitor
from benchmarks.processes import Program
from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments

SITES, ARTICLES = 20, 30
PAGES = Path("extraction-dev", "pages")
"""Beside the farm: the pages that it is built from."""

TURNS = 3
"""How often everybody takes a turn. On a shared machine the share of Scrapy's CPU moves by a third between
two turns, so that one says little."""

PATIENCE_S = 300
QUIET_VISITS = 3
"""How often each site is visited again."""

PEERS = {"httpx2+trafilatura": "httpx_trafilatura", "scrapy+trafilatura": "scrapy_trafilatura"}


@dataclass(frozen=True, slots=True)
class Farm:
    """A running farm: where it was built, and its sites' addresses."""

    folder: Path
    sites: Sequence[str]

    @property
    def feeds(self) -> list[str]:
        """The sites' feeds."""
        return [f"{site}feed.xml" for site in self.sites]

    def statuses(self) -> list[int]:
        """Return the status of every request so far, in order."""
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        return [int(line.split('" ', 1)[1].split(" ", 1)[0]) for line in lines]


@contextmanager
def run_farm(data: Path, folder: Path) -> Iterator[Farm]:
    """Build the farm, and run it as long as the context lasts."""
    farm = [sys.executable, str(data / "farm.py")]
    out = ["--out", str(folder)]
    size = ["--sites", str(SITES), "--articles", str(ARTICLES), "--hidden", "0", "--port", str(free_port())]
    ask([*farm, "build", *out, *size, "--src", str(data.parent / PAGES)])
    nginx = folder / "nginx.conf"
    nginx.write_text(
        nginx.read_text("utf-8").replace("access_log off;", f"access_log {folder}/access.log;"), "utf-8"
    )
    ask([*farm, "start", *out])
    try:
        yield Farm(folder, ask([*farm, "urls", *out, "--what", "front"]).split())
    finally:
        ask([*farm, "stop", *out])


def ask(command: Sequence[str]) -> str:
    """Run a command to its end and return what it printed."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    """Return a port that nobody has, and the next one with it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port


# --- the contestants ---------------------------------------------------------------------------------


def run_turn(farm: Farm, folder: Path) -> list[Row]:
    """Let everybody store every article once; return their rows, Scrapy's last."""
    folder.mkdir()
    return [run_ours(farm, folder), *(run_peer(name, farm, folder) for name in PEERS)]


def run_peer(name: str, farm: Farm, folder: Path) -> Row:
    """Let a peer store every article; return its row."""
    database = folder / f"{PEERS[name]}.sqlite3"
    command = [sys.executable, "-m", f"benchmarks.peers.{PEERS[name]}", str(database), *farm.feeds]
    began = monotonic()
    program = Program(command, folder / f"{PEERS[name]}.log")
    if program.wait() != 0:
        sys.exit(f"{name} failed:\n{(folder / f'{PEERS[name]}.log').read_text('utf-8')[-2000:]}")
    return Row(name, costs(program, count(database, "SELECT count(*) FROM articles"), monotonic() - began))


def costs(program: Program, articles: int, wall_s: float) -> dict[str, Figure]:
    """Return the figures that every contestant has."""
    return {
        "articles": articles,
        "wall_s": round(wall_s, 1),
        "cpu_ms": round(1000 * program.cpu_s / max(1, articles), 2),
        "peak_mb": round(program.peak_mb, 1),
    }


def run_ours(farm: Farm, folder: Path) -> Row:
    """Let `monitor run` store every article, and then visit everything again; return its row."""
    database, config, log = (folder / name for name in ("monitor.sqlite3", "sources.yaml", "monitor.log"))
    config.write_text(configuration(farm.sites, database, every="1h"), "utf-8")
    began = monotonic()
    with Program([sys.executable, "-m", "monitor", "run", "--config", str(config)], log) as program:
        wait_for(program, log, lambda: count(database, "SELECT count(*) FROM sources WHERE visited") >= SITES)
        figures = costs(program, count(database, "SELECT count(*) FROM articles"), monotonic() - began)
        figures["main_cpu_ms"] = round(1000 * program.leader_cpu_s / max(1, figures["articles"]), 2)
        figures["workers_cpu_ms"] = round(figures["cpu_ms"] - figures["main_cpu_ms"], 2)
        requests, cpu_s = len(farm.statuses()), program.cpu_s
        config.write_text(configuration(farm.sites, database, every="1s"), "utf-8")
        visits, all_visits = "SELECT count(*) FROM visits", SITES * (1 + QUIET_VISITS)
        wait_for(program, log, lambda: count(database, visits) >= all_visits)
        spent_s = program.cpu_s - cpu_s
        exit_code = program.stop()
    if exit_code != 0:
        sys.exit(f"monitor run ended with {exit_code}:\n{log.read_text('utf-8')[-2000:]}")
    quiet, again = count(database, visits) - SITES, farm.statuses()[requests:]
    return Row(
        OURS,
        figures
        | {
            "peak_mb": round(program.peak_mb, 1),
            "requests_per_visit": round(len(again) / quiet, 3),
            "not_modified_percent": round(100 * again.count(304) / len(again), 1),
            "cpu_ms_per_quiet_visit": round(1000 * spent_s / quiet, 2),
        },
    )


def configuration(sites: Sequence[str], database: Path, *, every: str) -> str:
    """Return sources.yaml; JSON is YAML."""
    defaults = {"every": every, "pause": "0s", "allow_private": True, "first_visit": 1000}
    return json.dumps({"database": f"sqlite:///{database}", "defaults": defaults, "sources": list(sites)})


def wait_for(program: Program, log: Path, reached: Callable[[], bool]) -> None:
    """Wait until the program has reached something; give up, with the end of its log, when it cannot."""
    until = monotonic() + PATIENCE_S
    while not reached():
        if program.has_ended or monotonic() > until:
            sys.exit(f"it goes no further:\n{log.read_text('utf-8')[-2000:]}")
        sleep(0.1)


def count(database: Path, question: str) -> int:
    """Return an archive's answer, 0 before it has tables."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            number: int = connection.execute(question).fetchone()[0]
        except sqlite3.OperationalError:
            return 0
    return number


def main() -> None:
    """Measure and publish the table."""
    arguments = read_arguments(__doc__, Path("../shared/newsfarm"))
    data = arguments.data or Path()
    for package in (Path(monitor.__file__).parent, Path(__file__).parent / "peers"):
        compileall.compile_dir(package, quiet=1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "farm").mkdir()
        with run_farm(data.resolve(), folder / "farm") as farm:
            turns = [run_turn(farm, folder / str(turn)) for turn in range(TURNS)]
    rows = [
        sorted(turned, key=lambda row: row.figures["cpu_ms"])[TURNS // 2]
        for turned in zip(*turns, strict=True)
    ]
    scrapy = rows[-1].figures
    share = round(rows[0].figures["cpu_ms"] / scrapy["cpu_ms"], 3)
    rows[0] = Row(OURS, {**rows[0].figures, "share_of_scrapys_cpu": share})
    question = (
        "What does an article cost from the wire to the search index, against what people build by hand?"
    )
    publish(
        Report(
            name="endtoend", question=question, rows=rows, distributions=("httpx2", "scrapy", "trafilatura")
        ),
        arguments,
    )


if __name__ == "__main__":
    main()
