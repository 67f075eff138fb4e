"""How long do a thousand alerts take to one mail server, on one core?

    python -m benchmarks.mail [--alerts N] [--json FILE]

The outbox of a real SQLite file, the pipeline's delivery and the real sender, over SMTP, to a sink on
loopback that takes everything at once; the sink's work is counted in. Each alert is claimed, sent and
marked as the daemon does it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from benchmarks.crashing.sinks import MailSink
from benchmarks.report import OURS, Arguments, Figure, Report, Row, publish
from monitor.compose import compose
from monitor.dedupe import fingerprint_article
from monitor.deliver.email import EmailSender
from monitor.fetch import FetchSettings, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.match import RuleSet
from monitor.model import (
    Article,
    Candidates,
    EmailChannel,
    Link,
    Relation,
    Rule,
    Smtp,
    Source,
    TlsMode,
    Verdict,
    name_id,
)
from monitor.pipeline import Pipeline
from monitor.ports import Filing
from monitor.store import open_store

P = ParamSpec("P")
T = TypeVar("T")

PAPER = Source(name="paper", url="https://paper.example/")
LIMIT_S = 60
"""For a thousand."""

PARAGRAPH = "The ferry talks went on through the night, and in the morning both sides spoke of progress. "


class Inline:
    """Workers that compute where they stand: nothing is read here."""

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function."""
        return function(*args, **kwargs)

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function."""
        return function(*args, **kwargs)


def file_article(count: int, now: datetime) -> Filing:
    """Return an article that so many rules find, ready to be kept: each makes an alert."""
    article = Article(
        url=f"{PAPER.url}ferry",
        source=PAPER.name,
        title="Ferry talks go on",
        text="\n\n".join([PARAGRAPH * 4] * 6),
        fetched_at=now,
        extractor_version=1,
        language="en",
    )
    rules = RuleSet.compile(
        [Rule(name=f"ferry {number}", query="ferry", notify=("desk",)) for number in range(count)]
    )
    verdict = Verdict(relation=Relation.NEW, story_id=name_id("story", article.url))
    matches = rules.match(article)
    return Filing(
        article=article,
        link=Link(url=article.url, source=PAPER.name),
        page=b"",
        blocks=frozenset(),
        fingerprint=fingerprint_article(article),
        candidates=Candidates(),
        verdict=verdict,
        matches=matches,
        alerts=compose(article, matches, verdict, now),
    )


async def send_all(folder: Path, count: int) -> dict[str, Figure]:
    """Fill the outbox, then send all of it; return what it took."""
    clock, sink = SystemClock(), MailSink(lambda _: None)
    store = open_store(f"sqlite:///{folder}/monitor.sqlite3", "daemon")
    await sink.open()
    fetcher = open_fetcher(FetchSettings(version="0", contact=""), clock)
    server = urlsplit(sink.url)
    smtp = Smtp(
        host=server.hostname or "", port=server.port or 0, tls=TlsMode.NONE, sender="monitor@example.org"
    )
    desk = EmailSender(EmailChannel(name="desk", to=("desk@example.org",)), smtp, UTC)
    pipeline = Pipeline(
        clock=clock, fetcher=fetcher, workers=Inline(), store=store, rules=RuleSet.compile([])
    )
    await store.register([PAPER], clock.now())
    await store.keep(file_article(count, clock.now()))
    began, used = monotonic(), process_time()
    while await pipeline.deliver(desk):
        pass
    took, used = monotonic() - began, process_time() - used
    await desk.close()
    for place in (fetcher, store, sink):
        await place.close()
    return {
        "alerts": count,
        "distinct_mails": len(sink.ids),
        "connections": sink.connections,
        "seconds": round(took, 1),
        "cpu_seconds": round(used, 1),
    }


def main() -> None:
    """Run it on one core and publish the figures; exit code 1 when it takes a minute or longer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alerts", type=int, default=1000, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        figures = asyncio.run(send_all(Path(folder), given.alerts))
    question = "How long do a thousand alerts take to one mail server, on one core?"
    publish(Report(name="mail", question=question, rows=[Row(OURS, figures)]), Arguments(None, given.json))
    if figures["distinct_mails"] != given.alerts or figures["seconds"] >= LIMIT_S * given.alerts / 1000:
        sys.exit("the promise is broken")


if __name__ == "__main__":
    main()
