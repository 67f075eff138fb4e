"""What can be asked for on the command line.

Position: over `app`. Each command reads its arguments, calls one function of `app` or `Store`, and
hands the answer to `printing`.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor import app as program
from monitor.app import PageTerms
from monitor.archive import diagnose_sources, find_articles
from monitor.cli import copies, explaining, outbox, previewing, printing
from monitor.cli.asking import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    Limit,
    Since,
    amount,
    ask,
    load,
    moment,
    run_commands,
    say_nothing,
)
from monitor.cli.channels import channel_commands
from monitor.cli.health import health
from monitor.cli.logs import LogFormat, start_logging
from monitor.cli.metrics import metrics
from monitor.cli.naming import check_archived, find_source
from monitor.cli.rules import doubt_rules, rule_commands
from monitor.config import Config, json_schema
from monitor.deliver import webhook_schema
from monitor.errors import ConfigError, FetchRefused, MonitorError
from monitor.model import Overrides, Response, Source, Template
from monitor.ports import ArticleQuery

commands = typer.Typer(
    help="Reads news sites so that you don't have to: an email or a webhook when a rule finds a new article.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_commands = typer.Typer(help="Check the configuration, or print its JSON Schema.", no_args_is_help=True)
commands.add_typer(config_commands, name="config")
commands.add_typer(channel_commands, name="channels")
commands.add_typer(rule_commands, name="rules")

AllowPrivate = Annotated[bool, typer.Option(help="Let a URL lead to a private address.")]
Render = Annotated[
    bool,
    typer.Option("--render", help="Have a browser draw the page, as for a source with render: true."),
]

STDIN = "-"

PERMISSION = ("set allow_private: true", "give --allow-private")
"""What lets a source lead to a private address, and what lets a page on the command line."""


def main() -> None:
    """Run the command line."""
    run_commands(commands, sys.argv[1:], "monitor")


# --- the daemon ----------------------------------------------------------------------------------


@commands.command()
def run(
    config: ConfigPath = DEFAULT_CONFIG,
    log_format: Annotated[LogFormat, typer.Option(help="How the log looks.")] = LogFormat.TEXT,
) -> None:
    """Run the daemon: visit, find, match and deliver until told to stop (SIGTERM or Ctrl-C).

    SIGHUP, or a change of a configuration file, makes it read the configuration again.
    """
    start_logging(log_format)
    asyncio.run(run_daemon(config))


async def run_daemon(path: Path) -> None:
    """Run the daemon until a signal stops it."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()
    async with program.open_daemon(path, os.environ) as daemon:

        def reload() -> None:
            task = asyncio.create_task(daemon.reload())
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, reload)
        await daemon.run(stop)


@commands.command()
def visit(
    source: Annotated[str, typer.Argument(help="The source's name, as `monitor sources` shows it.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what its newest pages would give, and store nothing.")
    ] = False,
) -> None:
    """Visit a source now and show what was new. Alerts are left for the daemon to send."""
    settings = load(config)
    chosen = find_source(settings, source)
    if dry_run:
        rehearse(settings, chosen, as_json=as_json)
        return
    with printing.errors.status(f"visiting {chosen.name} ..."):
        report = asyncio.run(program.visit_source(settings, chosen))
    if as_json:
        articles = [printing.stored_json(stored) for stored in report.articles]
        printing.print_json({"visit": report.visit, "articles": articles})
    else:
        printing.show_visit(report.visit)
        if report.articles:
            printing.show_articles(report.articles, settings.timezone)
    if report.visit.reason is not None:
        raise typer.Exit(1)


def rehearse(config: Config, source: Source, *, as_json: bool) -> None:
    """Show what a source's newest pages would give; exit code 1 when an override matched nothing on any."""
    with printing.errors.status(f"fetching the newest pages of {source.name} ..."):
        preview = asyncio.run(program.preview_source(config, source))
    if as_json:
        printing.print_json(previewing.as_object(preview))
    else:
        previewing.show_preview(preview)
    if previewing.is_unwell(preview):
        raise typer.Exit(1)


@commands.command()
def extract(
    target: Annotated[str, typer.Argument(help="A file, a URL, or - for standard input.")],
    url: Annotated[str | None, typer.Option(help="The URL that the file was fetched from.")] = None,
    allow_private: AllowPrivate = False,
    render: Render = False,
    as_json: AsJson = False,
) -> None:
    """Show the article in a page (HTML, or text that a page was flattened to), without the page's chrome."""
    alone = Source(name=target, url=target, allow_private=allow_private, render=render)
    reading = program.extract_page(obtain(target, url, PageTerms(source=alone)))
    if as_json:
        printing.print_json(printing.article_json(reading.article) | {"stripped": dict(reading.stripped)})
    else:
        printing.show_article(reading.article, reading.stripped, None)


@commands.command()
def explain(
    target: Annotated[str, typer.Argument(help="A file, a URL, or - for standard input.")],
    source: Annotated[
        str | None, typer.Option(help="Use this source's settings, and what its pages have taught.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page in two colours to this file.")] = None,
    url: Annotated[str | None, typer.Option(help="The URL that the file was fetched from.")] = None,
    allow_private: AllowPrivate = False,
    render: Render = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show every block of a page, kept or stripped, and by which rule."""
    template, overrides = Template(), Overrides()
    terms = PageTerms(source=Source(name=target, url=target, allow_private=allow_private, render=render))
    if source is not None:
        settings = load(config)
        template, its = learned_template(settings, source), find_source(settings, source)
        overrides = its.overrides
        drawn = render or (its.render and is_url(target))
        its = replace(its, allow_private=its.allow_private or allow_private, render=drawn)
        terms = PageTerms(source=its, contact=settings.contact, browser=settings.browser)
    page = obtain(target, url, terms)
    explanation = program.explain_blocks(page, template, overrides)
    if html is not None:
        html.write_text(explaining.write_page(explanation), encoding="utf-8", errors="replace")
        printing.errors.print(printing.plain(f"written to {html}"))
    elif as_json:
        printing.print_json(explaining.as_object(explanation))
    else:
        explaining.show_explanation(explanation)


def learned_template(config: Config, name: str) -> Template:
    """Return what a source's recent pages have taught."""
    find_source(config, name)
    states = ask(config, lambda store: store.source_states())
    if name not in {state.name for state in states}:
        raise MonitorError(f"{name} has taught nothing yet; `monitor visit {name}` reads its pages")
    return ask(config, lambda store: store.recall(name)).template


def is_url(target: str) -> bool:
    """Return whether a page is to be fetched, and not read from a file."""
    return target.lower().startswith(("http://", "https://"))


def obtain(target: str, url: str | None, terms: PageTerms) -> Response:
    """Return a page: fetched, when `target` is a URL, or read from a file."""
    if is_url(target):
        with printing.errors.status(f"fetching {target} ..."):
            try:
                return asyncio.run(program.fetch_page(target, terms))
            except FetchRefused as exc:
                raise MonitorError(str(exc).replace(*PERMISSION)) from exc
    if terms.source.render:
        raise MonitorError(f"{target} is a file, and --render draws pages of the web: give the page's URL")
    return read_page(target, url)


def read_page(target: str, url: str | None) -> Response:
    """Return a file, or standard input, as if it had just been fetched from `url`."""
    try:
        body = sys.stdin.buffer.read() if target == STDIN else Path(target).read_bytes()
    except OSError as exc:
        raise MonitorError(f"{target} cannot be read: {exc.strerror}") from exc
    text = target.endswith((".txt", ".text")) or body.lstrip()[:1] != b"<"
    return Response(
        url=url or "",
        fetched_at=datetime.now(UTC),
        body=body,
        content_type="text/plain" if text else "text/html",
    )


# --- the archive ---------------------------------------------------------------------------------


@commands.command()
def sources(
    name: Annotated[
        str | None, typer.Argument(help="One source, with the links that gave no article.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    limit: Limit = 20,
) -> None:
    """Show how each source fares: well, or since when not and why, and when it is visited next."""
    settings = load(config)
    states = ask(settings, lambda store: store.source_states())
    ailments = ask(settings, lambda store: diagnose_sources(store, states, datetime.now(UTC)))
    if name is not None:
        states = tuple(state for state in states if state.name == name)
        if not states:
            find_source(settings, name)
            raise MonitorError(
                f"{name} has not been visited yet; `monitor visit {shlex.quote(name)}` does it now"
            )
    links = () if name is None else ask(settings, lambda store: store.link_states(name, limit))
    if as_json:
        shown = [printing.source_json(state, ailments.get(state.name)) for state in states]
        printing.print_json(shown if name is None else {"source": shown[0], "links": links})
        return
    if not states:
        say_nothing("No source has been registered yet: start the daemon with `monitor run`.")
        return
    if name is None:
        printing.show_sources(states, ailments, settings.timezone)
    else:
        printing.show_source(states[0], ailments, links, settings.timezone)


@commands.command()
def articles(
    source: Annotated[str | None, typer.Option(help="Only this source's.")] = None,
    since: Since = None,
    match: Annotated[str | None, typer.Option(help="Only those a rule with this query would find.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List stored articles, newest first."""
    settings = load(config)
    if source is not None:
        check_archived(settings, source)
    query = ArticleQuery(source=source, since=moment(since), limit=limit)
    found = ask(settings, lambda store: find_articles(store, query, match))
    if as_json:
        printing.print_json([printing.stored_json(stored) for stored in found])
    elif found:
        printing.show_articles(found, settings.timezone)
    else:
        say_nothing("No such article is stored.")


@commands.command()
def stories(
    since: Since = None, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List the stories that several articles tell, who copied whom, and who tells it in other words."""
    copies.list_stories(moment(since), limit, config, as_json=as_json)


commands.command()(copies.article)
commands.command()(copies.compare)


@commands.command()
def alerts(
    since: Since = None, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List what has fired, newest first, with the sentence that matched."""
    settings, when = load(config), moment(since)
    fired = ask(settings, lambda store: store.deliveries(since=when, limit=limit))
    if as_json:
        printing.print_json([delivery.alert for delivery in fired])
    elif fired:
        printing.show_alerts(fired, settings.timezone)
    else:
        say_nothing("No rule has fired.")


commands.command()(outbox.deliveries)
commands.command()(outbox.retry)
commands.command()(outbox.why)


commands.command()(health)
commands.command()(metrics)


# --- configuration and demo ----------------------------------------------------------------------


@config_commands.command("check")
def check_config(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The same as --config FILE.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Report every mistake in the configuration, with its place; exit code 1 when there is one."""
    path = file or config
    try:
        settings = load(path)
        program.check_channels(settings)
        program.check_browser(settings)
    except ConfigError as exc:
        if not as_json:
            raise
        printing.print_json({"mistakes": exc.mistakes})
        raise typer.Exit(1) from exc
    numbers, doubts = settings.counts(), doubt_rules(settings)
    if as_json:
        printing.print_json({"mistakes": [], "doubts": doubts, **numbers})
    else:
        for doubt in doubts:
            printing.console.print(printing.plain(f'rule "{doubt.rule}" {doubt.message}'), style="yellow")
        printing.console.print(
            f"{path}: no mistakes; {', '.join(amount(n, what) for what, n in numbers.items())}",
            highlight=False,
        )


@config_commands.command("schema")
def print_schema(
    webhook: Annotated[
        bool, typer.Option("--webhook", help="The schema of a webhook's body instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of the configuration, for editors."""
    printing.print_json(webhook_schema() if webhook else json_schema())


@commands.command()
def demo(
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep it running until Ctrl-C, to look around.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Watch the whole program at work on two small news sites of its own, without the internet."""
    try:
        from monitor.cli.demo import show_demo  # noqa: PLC0415 - its extra may not be installed
    except ModuleNotFoundError as exc:
        raise MonitorError(f'the demo needs {exc.name}; pip install "news-monitor[demo]"') from exc
    raise typer.Exit(asyncio.run(show_demo(stay=stay, as_json=as_json)))
