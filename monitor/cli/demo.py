"""`monitor demo` on the screen: each event as it happens, then what should have happened.

Position: prints what `monitor.demo` yields.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from contextlib import aclosing, suppress
from pathlib import Path

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.cli import printing
from monitor.cli.printing import console, jsonable, plain
from monitor.demo import (
    ArticleKept,
    Chapter,
    DaemonComplained,
    DaemonStarted,
    DaemonStopped,
    DemoEvent,
    DemoSummary,
    Edited,
    HookArrived,
    MailArrived,
    Opened,
    Published,
    Visited,
    run_demo,
)

MAIL_LINES = 24
"""How much of an email's text is shown."""

HOOK_LINES = 12
"""How much of a webhook's body is shown."""

STEP_WIDTH = 9
"""Characters of the longest name of a step."""


async def show_demo(*, stay: bool, as_json: bool) -> int:
    """Run the demo and print it; return the exit code: 0 when everything happened that should have.

    Ctrl-C and SIGTERM end it, and its daemon with it.
    """
    passed = False
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, suppress(asyncio.CancelledError):
        async with aclosing(run_demo(stay=stay, folder=Path(folder))) as events:
            async for event in events:
                if as_json:
                    printing.print_json_line({"event": type(event).__name__, **as_object(event)})
                else:
                    show_event(event)
                sys.stdout.flush()
                if isinstance(event, DemoSummary):
                    passed = event.passed
    return 0 if passed else 1


def as_object(event: DemoEvent) -> dict[str, object]:
    """Return an event's fields."""
    fields = jsonable(event)
    verdict = {"passed": event.passed} if isinstance(event, DemoSummary) else {}
    return fields | verdict if isinstance(fields, dict) else {}


def show_event(event: DemoEvent) -> None:  # noqa: C901 - one case an event
    """Print one event."""
    match event:
        case Opened():
            show_opened(event)
        case Chapter(text=text):
            console.print()
            console.print(plain(text), style="bold")
        case DaemonStarted(command=command):
            step("daemon", plain(f"$ {command}"))
        case Published(paper=paper, title=title):
            step("published", plain(f"{paper}: {title}"), "bold magenta")
        case Edited(paper=paper, title=title):
            step("edited", plain(f"{paper}: {title}"), "bold magenta")
        case ArticleKept():
            show_article(event)
        case Visited():
            show_visit(event)
        case MailArrived():
            text = "\n".join(event.text.strip().splitlines()[:MAIL_LINES])
            heading = plain(f"mail to {', '.join(event.to)}: {event.subject}")
            console.print(Panel(plain(text), title=heading, title_align="left", border_style="yellow"))
        case HookArrived():
            show_hook(event)
        case DaemonComplained(text=text):
            step("daemon", plain(text), "red")
        case DaemonStopped(exit_code=exit_code):
            step("daemon", plain(f"stopped with exit code {exit_code}"))
        case DemoSummary():
            show_summary(event)


def step(name: str, text: Text, style: str = "cyan") -> None:
    """Print a line that begins with what kind of step it is."""
    line = Table.grid(padding=(0, 1))
    line.add_column(width=STEP_WIDTH, justify="right", style=style)
    line.add_column()
    line.add_row(name, text)
    console.print(line)


def show_opened(event: Opened) -> None:
    """Print what there is to look at."""
    for paper, url in event.newsstand.items():
        step("newsstand", plain(f"{paper} at {url}"))
    step("mailbox", plain(event.mailbox))
    step("webhook", plain(event.webhook))
    step("config", plain(str(event.configuration)))


def show_article(event: ArticleKept) -> None:
    """Print what was kept of a page, and what was not."""
    step("kept", Text.assemble(plain(event.title), (f"  {event.source}", "dim")), "green")
    if event.copy_of is not None:
        step("copy", plain(f"of “{event.copy_of}”: no second alert"), "bold green")
    if event.stripped:
        most_first = sorted(event.stripped.items(), key=lambda entry: -entry[1])
        what = ", ".join(f"{count} {reason}" for reason, count in most_first)
        step("stripped", plain(what), "dim")


def show_visit(event: Visited) -> None:
    """Print what a visit found."""
    if event.reason is not None:
        step("visit", plain(f"{event.source}: {event.outcome}: {event.reason}"), "red")
        return
    found = f"links {event.found}, new {event.new}, kept {event.kept}, copies {event.copies}"
    step("visit", plain(f"{event.source}: {found}"))


def show_hook(event: HookArrived) -> None:
    """Print the beginning of a webhook's body."""
    lines = json.dumps(json.loads(event.body), indent=2, ensure_ascii=False).splitlines()
    heading = plain(f"webhook {event.id}, signature verified")
    text = plain("\n".join([*lines[:HOOK_LINES], "  ..."]))
    console.print(Panel(text, title=heading, title_align="left", border_style="yellow"))


def show_summary(event: DemoSummary) -> None:
    """Print what should have happened, and whether it did."""
    console.print()
    for check in event.checks:
        mark = Text("✓", style="green") if check.passed else Text("✗", style="bold red")
        line = Table.grid(padding=(0, 1))
        line.add_row(mark, Text.assemble(plain(check.name), "  ", (check.detail, "dim")))
        console.print(line)
    failed = sum(not check.passed for check in event.checks)
    seconds = f"{event.elapsed.total_seconds():.0f} s"
    if failed:
        console.print(f"\n{failed} of {len(event.checks)} did not happen ({seconds}).", style="bold red")
    else:
        console.print(f"\nAll {len(event.checks)} happened, in {seconds}.", style="bold green")
