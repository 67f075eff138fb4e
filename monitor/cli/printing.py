"""How answers look: tables for people, JSON for programs.

Position: under `commands`. Text from pages is hostile: it goes to the terminal as `Text`, never as
markup, and with its control characters taken out.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.logs import printable
from monitor.health import Ailment, Standing, stand
from monitor.model import Article, Delivery, Excerpt, Occasion, Rule, Visit, VisitOutcome
from monitor.ports import LinkState, SourceState, StoredArticle

console = Console(soft_wrap=False)
errors = Console(stderr=True)

Column = tuple[str, str]
"""A column's heading and its style."""

STANDING_STYLES = {
    Standing.WELL: "green",
    Standing.FAILING: "red",
    Standing.UNWELL: "red",
    Standing.UNVISITED: "yellow",
    Standing.TAKEN_OUT: "dim",
}


def jsonable(value: object) -> object:
    """Return `value` as JSON knows it: dataclasses as objects, times in ISO 8601, durations in seconds."""
    if is_dataclass(value) and not isinstance(value, type):
        return jsonable(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): jsonable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Path):
        return str(value)
    return value


def print_json(value: object) -> None:
    """Print `value` as JSON for a program, indented so that a person can read it as well."""
    write_json(value, indent=2)


def print_json_line(value: object) -> None:
    """Print `value` as JSON on one line, for a program that reads a stream of them."""
    write_json(value, indent=None)


def write_json(value: object, indent: int | None) -> None:
    """Write `value` as JSON. Lone surrogates, which UTF-8 has no bytes for, stay escaped."""
    text = json.dumps(jsonable(value), indent=indent, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(jsonable(value), indent=indent)
    sys.stdout.write(text + "\n")


def article_json(article: Article) -> dict[str, object]:
    """Return an article with its id, which is not a field of it."""
    return {"id": article.id, **{key: jsonable(value) for key, value in asdict(article).items()}}


def stored_json(stored: StoredArticle) -> dict[str, object]:
    """Return a stored article, flat."""
    place = {
        "story_id": stored.story_id,
        "copy_of": stored.copy_of,
        "contains": stored.contains,
        "agency": stored.agency,
        "similarity": stored.similarity,
    }
    return article_json(stored.article) | place


def plain(text: str) -> Text:
    """Return text from outside, ready for the terminal: nothing in it is obeyed."""
    return Text(printable(text))


def short_time(when: datetime | None, zone: tzinfo | None) -> str:
    """Return a time for a table, in the reader's timezone (None: the machine's); "-" for none."""
    return "-" if when is None else when.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def sentences(excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    """Return the excerpts from the text: the title stands above them anyway."""
    return [excerpt for excerpt in excerpts if not excerpt.in_title]


def marked(excerpt: Excerpt) -> Text:
    """Return an excerpt with the matched words marked."""
    text = plain(excerpt.text)
    for start, end in excerpt.marks:
        text.stylize("bold yellow", start, end)
    return text


def table_of(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> Table:
    """Return a table that fits the terminal; long cells fold."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, style in columns:
        table.add_column(heading, style=style, overflow="fold")
    for row in rows:
        table.add_row(*[plain(cell) if isinstance(cell, str) else cell for cell in row])
    return table


def show_articles(articles: Sequence[StoredArticle], zone: tzinfo | None) -> None:
    """Print articles, newest first. A link stands on a line of its own, whole, so that it can be copied."""
    for stored in articles:
        article = stored.article
        when = (short_time(article.published_at or article.fetched_at, zone), "dim")
        copy = ("  copy", "magenta") if stored.copy_of else ""
        console.print(Text.assemble(when, "  ", (article.source, "cyan"), "  ", plain(article.title), copy))
        show_link(article.url)


def show_link(url: str) -> None:
    """Print a link on a line of its own."""
    console.print(Text.assemble("  ", plain(url)), style="dim", soft_wrap=True)


def show_article(article: Article, stripped: Mapping[str, int], zone: tzinfo | None) -> None:
    """Print one article: its metadata, its text, and what was stripped from its page."""
    console.print(plain(article.title), style="bold")
    about = [
        ", ".join(article.authors),
        short_time(article.published_at, zone),
        article.language,
        article.site_name,
    ]
    console.print(plain(" · ".join(part for part in about if part and part != "-")), style="cyan")
    console.print()
    console.print(plain(article.text), soft_wrap=False)
    if stripped:
        what = ", ".join(f"{count} {reason}" for reason, count in stripped.items())
        errors.print(plain(f"\nstripped: {what}"), style="dim")


def show_visit(visit: Visit) -> None:
    """Print what a visit did, in one or two lines."""
    if visit.outcome is VisitOutcome.FAILED:
        console.print(plain(f"{visit.source}: the visit failed: {visit.reason}"), style="red")
        return
    seed = f" ({visit.seed.kind} {visit.seed.url})" if visit.seed else ""
    console.print(plain(f"{visit.source}{seed}: {visit.outcome}"), style="bold")
    console.print(
        f"{visit.found} links, {visit.new} never seen before; {visit.kept} articles kept, of them "
        f"{visit.copies} copies; {visit.dismissed} dismissed, {visit.postponed} to be tried again; "
        f"{visit.alerts} new alerts"
    )
    if visit.dismissed or visit.postponed:
        console.print(plain(f"`monitor sources {shlex.quote(visit.source)}` says why not all are articles"))


def show_sources(states: Sequence[SourceState], ailments: Mapping[str, Ailment], zone: tzinfo | None) -> None:
    """Print how each source fares, and below why some do not."""
    columns = (
        ("source", "cyan"),
        ("state", ""),
        ("last visit", "dim"),
        ("next visit", "dim"),
        ("articles", ""),
    )
    rows = [
        (
            state.name,
            describe_state(state, ailments.get(state.name)),
            short_time(state.last_visit_at, zone),
            short_time(state.next_visit_at, zone) if state.active else "-",
            str(state.articles),
        )
        for state in states
    ]
    console.print(table_of(columns, rows))
    for state in states:
        if state.active and state.failures:
            since = short_time(state.failing_since, zone)
            console.print(Text.assemble("\n", (state.name, "cyan"), f" is failing since {since}:"))
            console.print(plain(f"  {state.reason}"))
        elif ailment := ailments.get(state.name):
            since = short_time(ailment.since, zone)
            console.print(Text.assemble("\n", (state.name, "cyan"), f" is unwell since {since}:"))
            console.print(plain(f"  {ailment.reason}"))


def describe_state(state: SourceState, ailment: Ailment | None) -> Text:
    """Return how a source fares in a word or two."""
    standing = stand(state, ailment)
    times = f", {state.failures} times" if standing is Standing.FAILING and state.failures > 1 else ""
    return Text(f"{standing}{times}", style=STANDING_STYLES[standing])


def source_json(state: SourceState, ailment: Ailment | None) -> dict[str, object]:
    """Return a source for programs; `ailment` is null when it is well."""
    return {field.name: getattr(state, field.name) for field in fields(state)} | {"ailment": ailment}


def show_source(
    state: SourceState, ailments: Mapping[str, Ailment], links: Sequence[LinkState], zone: tzinfo | None
) -> None:
    """Print all about one source: where its links come from, and which of them gave no article."""
    show_sources([state], ailments, zone)
    seed = (
        f"its {state.seed.kind} {state.seed.url}" if state.seed else "nothing yet: no visit has found a seed"
    )
    console.print(plain(f"\nlinks come from {seed}"))
    if state.seed and state.seed.reason:
        console.print(plain(f"  because {state.seed.reason}"))
    if state.seed and state.seed.chosen_at:
        console.print(f"  chosen {short_time(state.seed.chosen_at, zone)}")
    tried = f", {state.postponed} of them tried in vain" if state.postponed else ""
    console.print(f"{state.waiting} links wait to be fetched{tried}; {state.dismissed} gave no article")
    if links:
        console.print()
        show_links(links, zone)


def show_links(links: Sequence[LinkState], zone: tzinfo | None) -> None:
    """Print the links that gave no article, and why."""
    for state in links:
        retry = "dismissed" if state.retry_at is None else f"next try {short_time(state.retry_at, zone)}"
        when = (short_time(state.found_at, zone), "dim")
        console.print(Text.assemble(when, "  ", (retry, "yellow"), "  ", plain(state.reason or "")))
        show_link(state.link.url)


def show_rules(rules: Sequence[Rule], shadowed: Mapping[str, int]) -> None:
    """Print what is looked for; `shadowed` says what rules in the shadow would have told, by name."""
    columns = (("rule", "cyan"), ("looks for", ""), ("tells", "magenta"))
    rows = []
    for rule in rules:
        tells = ", ".join(rule.notify)
        if rule.shadow:
            tells = f"nobody: in the shadow of {tells}, {shadowed.get(rule.name, 0)} alerts held back"
        rows.append((rule.name, rule.query, tells))
    console.print(table_of(columns, rows))


def headline_of(delivery: Delivery) -> str:
    """Return the headline of what an alert is about, behind its occasion when it is not new."""
    occasion = delivery.alert.occasion
    return delivery.article.title if occasion is Occasion.NEW else f"{occasion}: {delivery.article.title}"


def show_alerts(deliveries: Sequence[Delivery], zone: tzinfo | None) -> None:
    """Print what has fired, with the sentence that matched."""
    for delivery in deliveries:
        alert = delivery.alert
        when = (short_time(alert.created_at, zone), "dim")
        rule, channel = (alert.rule, "cyan"), (f"{alert.channel}: {delivery.state}", "magenta")
        console.print(Text.assemble(when, "  ", rule, "  ", channel))
        console.print(Text.assemble("  ", plain(headline_of(delivery))))
        for excerpt in sentences(alert.excerpts)[:1]:
            console.print(Text.assemble("  ", marked(excerpt)))
        show_link(delivery.article.url)
