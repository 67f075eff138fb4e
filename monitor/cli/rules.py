"""`monitor rules`: what is looked for, a rehearsal on the archive, and why an article was found or not.

Position: under `commands`; over `archive` and `match`.
"""

from __future__ import annotations

import asyncio
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Annotated

import typer
from rich.text import Text

from monitor import app as program
from monitor.archive import Doubt, NearMiss, Rehearsal, rehearse
from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, amount, ask, load, moment, say_nothing
from monitor.cli.copies import ArticleName, find_article
from monitor.cli.printing import console, marked, plain
from monitor.compose import AlertCount
from monitor.config import Config
from monitor.errors import StoreError
from monitor.match import Clause, Query, explain_query, read_rule
from monitor.model import Rule

rule_commands = typer.Typer(
    help="List the rules, rehearse one on the archive, or explain what it made of an article.",
    invoke_without_command=True,
)

BARS = "▁▂▃▄▅▆▇█"
QUIET = "·"

DATES_WIDTH = len("2026-01-01  2026-12-31")
MIN_WIDTH = 20
"""Columns that text takes at least, however far to the right it begins."""


@rule_commands.callback()
def list_rules(context: typer.Context, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the rules: what is looked for, and which channels are told."""
    if context.invoked_subcommand is not None:
        return
    settings = load(config)
    shadowed = count_shadowed(settings)
    if as_json:
        printing.print_json(
            [asdict(rule) | {"shadowed": shadowed.get(rule.name, 0)} for rule in settings.rules]
        )
    elif settings.rules:
        printing.show_rules(settings.rules, shadowed)
    else:
        say_nothing("No rules yet; docs/rules.md shows how to write one.")


def count_shadowed(config: Config) -> Mapping[str, int]:
    """Return how many alerts were held back, by rule. The archive is asked only when there is a need."""
    if not any(rule.shadow for rule in config.rules):
        return {}
    return ask(config, lambda store: store.count_shadowed())


@rule_commands.command("test")
def rehearse_rule(
    query: Annotated[
        str, typer.Argument(help="A query, in quotes, or a rule's name; behind -- if it begins with -.")
    ],
    since: Annotated[str, typer.Option("--since", help="From when on: 30d, or a date.")] = "30d",
    stem: Annotated[bool, typer.Option("--stem", help="Find words in all their forms.")] = False,
    fold: Annotated[bool, typer.Option("--fold-diacritics", help="Take é for e.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Rehearse a rule on the archive: what it would have found, how often, and what it just missed."""
    settings, start, now = load(config), moment(since), datetime.now(UTC)
    if start is not None and start > now:
        raise typer.BadParameter(f"{since!r} lies ahead; nothing was found then yet", param_hint="--since")
    rule = find_rule(settings, query)
    rule = replace(rule, stem=rule.stem or stem, fold_diacritics=rule.fold_diacritics or fold)
    read = read_rule(rule)
    with printing.errors.status("reading the archive ..."):
        rehearsal = ask(settings, lambda store: rehearse(store, rule, start or now, now, settings.pace))
    if as_json:
        printing.print_json(as_object(rehearsal))
        return
    show_remarks(read)
    if rule.query != query:
        console.print(Text.assemble(plain(f"rule {rule.name}: "), (plain(rule.query).plain, "cyan")))
    if start is not None and rehearsal.since > start:
        begins = "holds nothing yet" if rehearsal.since == now else f"begins on {rehearsal.since:%Y-%m-%d}"
        console.print(f"The archive {begins}.", style="dim")
    show_rehearsal(rehearsal, settings.timezone)


def doubt_rules(config: Config) -> list[Doubt]:
    """Return what may not be meant in the rules, and those that the archive casts doubt on."""
    doubts = [
        Doubt(rule=rule.name, message=f"(column {remark.column}): {remark.message}")
        for rule in config.rules
        for remark in read_rule(rule).remarks
    ]
    try:
        return doubts + list(asyncio.run(program.check_rules(config)))
    except StoreError as exc:
        printing.errors.print(plain(f"The archive was not asked about the rules: {exc}"), style="yellow")
        return doubts


@rule_commands.command("explain")
def explain_rule(
    name: Annotated[str, typer.Argument(help="The rule's name, or a query in quotes.")],
    article: ArticleName,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show a rule as a tree: what was true of an article, what was not, and where."""
    settings = load(config)
    rule = find_rule(settings, name)
    stored = ask(settings, lambda store: find_article(store, article))
    read = read_rule(rule)
    clause = explain_query(read, stored.article)
    if as_json:
        printing.print_json(clause)
        return
    show_remarks(read)
    console.print(plain(stored.article.title), style="bold")
    console.print("found" if clause.holds else "not found", style="green" if clause.holds else "red")
    show_clause(clause, depth=0)


def find_rule(config: Config, name: str) -> Rule:
    """Return the rule of this name, or one with the query `name`; one that may be misspelt is told."""
    known = {rule.name: rule for rule in config.rules}
    if name in known:
        return known[name]
    if near := difflib.get_close_matches(name, known, n=1):
        message = f'no rule has the name "{name}", so it is taken for a query; there is a rule "{near[0]}"'
        printing.errors.print(plain(message), style="yellow")
    return Rule(name=name, query=name, notify=(), fold_diacritics=config.fold_diacritics)


def show_remarks(query: Query) -> None:
    """Print what may have been meant otherwise in a query, beside the answer."""
    for remark in query.remarks:
        printing.errors.print(plain(f"column {remark.column}: {remark.message}"), style="yellow")


def show_clause(clause: Clause, *, depth: int) -> None:
    """Print a part of a query, and below it what it is made of."""
    mark = Text("✓ ", style="green") if clause.holds else Text("✗ ", style="red")
    show_indented(Text.assemble(mark, plain(clause.written)), 2 * depth)
    for excerpt in clause.excerpts:
        show_indented(marked(excerpt), 2 * (depth + 2))
    for child in clause.children:
        show_clause(child, depth=depth + 1)


def sparkline(counts: list[int]) -> str:
    """Return a bar for each count, as high as it is of the largest; a dot for none."""
    most = max(counts, default=0)
    return "".join(BARS[(count * len(BARS) - 1) // most] if count else QUIET for count in counts)


def gather(counts: Sequence[int], most: int) -> list[int]:
    """Return the counts, as many neighbours added up as it takes to have `most` at most."""
    days = max(1, math.ceil(len(counts) / max(most, 1)))
    return [sum(counts[at : at + days]) for at in range(0, len(counts), days)]


def show_rehearsal(rehearsal: Rehearsal, zone: tzinfo) -> None:
    """Print what a rule would have done."""
    console.print(describe_matches(rehearsal), style="bold")
    if rehearsal.matches:
        console.print(describe_alerts(rehearsal.alerts))
        first, last = rehearsal.days[0][0], rehearsal.days[-1][0]
        bars = sparkline(gather([count for _, count in rehearsal.days], console.width - DATES_WIDTH))
        console.print(Text.assemble((f"{first} ", "dim"), (bars, "cyan"), (f" {last}", "dim")))
    for stored, match in rehearsal.newest:
        console.print()
        printing.show_articles([stored], zone)
        for excerpt in printing.sentences(match.excerpts):
            show_indented(marked(excerpt), 2)
    if rehearsal.silent_terms:
        silent = plain(", ".join(rehearsal.silent_terms))
        console.print(Text.assemble("\n", ("never seen: ", "yellow"), silent))
    show_near_misses(rehearsal.near_misses)


def show_near_misses(misses: Sequence[NearMiss]) -> None:
    """Print articles that were found but for one clause, below the clause."""
    if misses:
        console.print("\nnearly found, had it not been for", style="bold")
    for clause, missed in groupby(misses, key=lambda miss: miss.clause):
        show_indented(Text.assemble(plain(clause), style="yellow"), 2)
        for miss in missed:
            show_indented(plain(miss.stored.article.title), 4)
            console.print(Text.assemble("    ", plain(miss.stored.article.url)), style="dim", soft_wrap=True)


def show_indented(text: Text, spaces: int) -> None:
    """Print text, every line of it as far to the right."""
    for line in text.wrap(console, max(console.width - spaces, MIN_WIDTH)):
        line.rstrip()
        console.print(Text.assemble(" " * spaces, line))


def describe_matches(rehearsal: Rehearsal) -> str:
    """Return how many articles were found in which time, in words."""
    found = amount(rehearsal.matches, "articles") if rehearsal.matches else "nothing"
    days = (rehearsal.until - rehearsal.since) / timedelta(days=1)
    if days < 1:
        return f"{found} in {amount(max(1, round(days * 24)), 'hours')}"
    rate = f", {rehearsal.matches / days:.1f} a day" if rehearsal.matches else ""
    return f"{found} in {amount(round(days), 'days')}{rate}"


def describe_alerts(count: AlertCount) -> str:
    """Return how many alerts a channel would have got, in words."""
    if not count.total:
        return "no alerts: the rule does not ask for news (`on`)"
    stories = "1 story" if count.stories == 1 else f"{count.stories} stories"
    updates = f" and {amount(count.updates, 'updates')}" if count.updates else ""
    return f"{amount(count.total, 'alerts')} to each channel: {stories}{updates}, copies silent"


def as_object(rehearsal: Rehearsal) -> dict[str, object]:
    """Return a rehearsal for JSON, its articles without their text."""

    def brief(stored_id: str, url: str, title: str) -> dict[str, object]:
        return {"id": stored_id, "url": url, "title": title}

    return {
        "since": rehearsal.since,
        "matches": rehearsal.matches,
        "alerts": rehearsal.alerts.total,
        "stories": rehearsal.alerts.stories,
        "updates": rehearsal.alerts.updates,
        "days": [{"day": day.isoformat(), "matches": count} for day, count in rehearsal.days],
        "newest": [
            brief(stored.article.id, stored.article.url, stored.article.title) | {"excerpts": match.excerpts}
            for stored, match in rehearsal.newest
        ],
        "silent_terms": rehearsal.silent_terms,
        "near_misses": [
            brief(miss.stored.article.id, miss.stored.article.url, miss.stored.article.title)
            | {"clause": miss.clause}
            for miss in rehearsal.near_misses
        ],
    }
