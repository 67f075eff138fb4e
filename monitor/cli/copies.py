"""`monitor article`, `monitor stories`, `monitor compare`: who else tells it, and why two are one or are not.

Position: beside `commands`, which hangs these commands under its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, amount, ask, load, say_nothing
from monitor.dedupe import (
    Comparison,
    StoryComparison,
    explain,
    explain_story,
    fingerprint_article,
    outline_article,
)
from monitor.deliver import mark_changes
from monitor.errors import MonitorError
from monitor.model import DiffPiece, DiffSide, Relation, Revision
from monitor.ports import Store, StoredArticle

MAX_FACTS_SHOWN = 12

ArticleName = Annotated[str, typer.Argument(help="The article's id (`monitor articles --json`) or its URL.")]

STYLES = {DiffSide.KEPT: "", DiffSide.ADDED: "green underline", DiffSide.REMOVED: "red strike"}

COPIED = (Relation.SAME_PAGE, Relation.EXACT, Relation.COPY)
"""What makes two articles one, so that nobody asks whether they tell one story."""

SAID = {
    Relation.SAME_PAGE: "These are one page.",
    Relation.EXACT: "Every word is the same: exact copies.",
    Relation.COPY: "These are copies of each other.",
    Relation.CONTAINS: "One holds a part of the other; they are two articles.",
    Relation.NEW: "These are two articles.",
}


def article(name: ArticleName, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show one stored article: its text as it reads now, which outlets copied it, and how it was edited."""
    settings = load(config)

    async def find(
        store: Store,
    ) -> tuple[StoredArticle, tuple[StoredArticle, ...], tuple[Revision, ...]]:
        stored = await find_article(store, name)
        return stored, await store.story(stored.story_id), await store.revisions(stored.article.id)

    stored, story, revisions = ask(settings, find)
    others = [other for other in story if other.article.id != stored.article.id]
    if as_json:
        printing.print_json(
            printing.stored_json(stored)
            | {
                "story": [printing.stored_json(other) for other in others],
                "original": None if stored.original is None else printing.article_json(stored.original),
                "revisions": revisions,
            }
        )
        return
    printing.show_article(stored.article, {}, settings.timezone)
    printing.console.print()
    printing.show_link(stored.article.url)
    show_outlets(stored, others, settings.timezone)
    show_revisions(stored, revisions, settings.timezone)


def show_outlets(stored: StoredArticle, others: Sequence[StoredArticle], zone: tzinfo | None) -> None:
    """Print how an article stands to the others of its story."""
    titles = {other.article.id: other for other in others}
    if stored.agency is not None:
        printing.console.print(f"credits {stored.agency} with its text", style="magenta")
    if stored.copy_of in titles:
        original = titles[stored.copy_of].article
        words = f"a copy ({stored.similarity:.0%}) of “{original.title}”, {original.source}"
        printing.console.print(printing.plain(words), style="magenta")
    elif stored.contains is not None:
        printing.console.print(
            printing.plain(f"shares a part with article {stored.contains}"), style="magenta"
        )
    if others:
        outlets = sorted({other.article.source for other in others})
        heading = f"{amount(len(others), 'others')} of this story, in {', '.join(outlets)}:"
        printing.console.print(printing.plain(heading), style="bold")
        show_tellers(others, zone)


def show_tellers(story: Sequence[StoredArticle], zone: tzinfo | None) -> None:
    """Print the articles of a story: each in words of its own with the outlets that copied it under it."""
    copies: dict[str, list[StoredArticle]] = {}
    names = {stored.article.id for stored in story}
    for stored in story:
        if stored.copy_of in names:
            copies.setdefault(stored.copy_of, []).append(stored)
    for stored in story:
        if stored.copy_of not in names:
            printing.show_articles([stored], zone)
            show_copies(stored, copies)


def show_copies(original: StoredArticle, copies: Mapping[str, Sequence[StoredArticle]]) -> None:
    """Print whose text an article is, who copied it, and who copied those."""
    following, cluster = [original], [original]
    while following:
        found = copies.get(following.pop().article.id, ())
        cluster += found
        following += found
    outlets = list(dict.fromkeys(stored.article.source for stored in cluster[1:]))
    agency = name_agency(cluster)
    words = [] if agency is None else [f"the text is of {agency}"]
    words += [f"copied by {', '.join(outlets)}"] if outlets else []
    if words:
        printing.console.print(printing.plain(f"  {'; '.join(words)}"), style="magenta")


def name_agency(cluster: Sequence[StoredArticle]) -> str | None:
    """Return the agency whose text an article and its copies are: one credit tells it of all of them."""
    return next((stored.agency for stored in cluster if stored.agency is not None), None)


def list_stories(since: datetime | None, limit: int, config: Path, *, as_json: bool) -> None:
    """Print the stories that several articles tell, those first that grew last."""
    settings = load(config)
    found = ask(settings, lambda store: store.recent_stories(since, limit))
    if as_json:
        printing.print_json([story_json(story) for story in found])
        return
    for story in found:
        outlets = len({stored.article.source for stored in story})
        copied = sum(stored.copy_of is not None for stored in story)
        counts = f"{amount(outlets, 'outlets')}: {len(story) - copied} in words of their own, {copied} copied"
        printing.console.print(printing.plain(counts), style="bold")
        show_tellers(story, settings.timezone)
        printing.console.print()
    if not found:
        when = "yet" if since is None else "since then"
        say_nothing(f"No story is told by several articles {when}; `monitor articles` lists them all.")


def story_json(story: Sequence[StoredArticle]) -> dict[str, object]:
    """Return a story, its first article first."""
    copies = [stored for stored in story if stored.copy_of is not None]
    return {
        "story_id": story[0].story_id,
        "outlets": list(dict.fromkeys(stored.article.source for stored in story)),
        "independent": len(story) - len(copies),
        "copies": len(copies),
        "articles": [printing.stored_json(stored) for stored in story],
    }


def show_revisions(stored: StoredArticle, revisions: Sequence[Revision], zone: tzinfo | None) -> None:
    """Print what became of an article: each edit word by word, and when it was gone."""
    for revision in revisions:
        when = printing.short_time(revision.found_at, zone)
        printing.console.print(f"\nedited, found {when}: {', '.join(revision.changes.kinds)}", style="bold")
        for line in revision.changes.lines:
            printing.console.print(Text.assemble("  ", show_change(line)))
    if stored.gone_at is not None:
        when = printing.short_time(stored.gone_at, zone)
        printing.console.print(f"\ngone from its site since {when}", style="bold red")


def show_change(line: Sequence[DiffPiece]) -> Text:
    """Return a changed line: what was removed and added in colour on a terminal, between signs elsewhere."""
    if not printing.console.is_terminal:
        return printing.plain(mark_changes(line))
    return Text.assemble(*(Text(printing.plain(piece.text).plain, STYLES[piece.side]) for piece in line))


def compare(
    earlier: ArticleName, later: ArticleName, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Say why two stored articles are copies of each other, or one story, or why they are not."""

    async def find(store: Store) -> tuple[StoredArticle, StoredArticle, Comparison, StoryComparison]:
        found = [await find_article(store, name) for name in (earlier, later)]
        first, second = sorted(found, key=lambda stored: stored.article.fetched_at)
        candidates = await store.candidates(second.article.url, fingerprint_article(second.as_judged))
        one, other = [
            (await store.story_candidates(outline_article(stored.as_judged))).outline
            for stored in (first, second)
        ]
        return (
            first,
            second,
            explain(first.as_judged, second.as_judged, candidates.common),
            explain_story((first.as_judged, second.as_judged), (one, other)),
        )

    first, second, comparison, story = ask(load(config), find)
    if as_json:
        grouped = first.story_id == second.story_id
        printing.print_json({"comparison": comparison, "story": story, "same_story": grouped})
        return
    show_comparison(first, second, comparison)
    if comparison.relation not in COPIED:
        show_story_comparison(story)
    show_what_was_kept(first, second, comparison, story)


def show_comparison(first: StoredArticle, second: StoredArticle, comparison: Comparison) -> None:
    """Print a comparison: what follows, each measure beside what a copy needs, the facts."""
    for stored in (first, second):
        source = (stored.article.source, "cyan")
        printing.console.print(Text.assemble(source, "  ", printing.plain(stored.article.title)))
    printing.console.print(f"\n{SAID[comparison.relation]}", style="bold")
    for measure in comparison.measures:
        style = "green" if measure.is_met else "red"
        found, needed = (
            f"{value:.0%}" if measure.needed <= 1 else f"{value:.0f}"
            for value in (measure.found, measure.needed)
        )
        printing.console.print(f"  {found:>5} {measure.name} (a copy: {needed} at least)", style=style)
    for heading, facts in (("both", comparison.shared_facts), ("only one", comparison.other_facts)):
        if facts:
            shown = ", ".join(facts[:MAX_FACTS_SHOWN])
            more = f" and {len(facts) - MAX_FACTS_SHOWN} more" if len(facts) > MAX_FACTS_SHOWN else ""
            printing.console.print(printing.plain(f"  numbers and names of {heading}: {shown}{more}"))


def show_story_comparison(story: StoryComparison) -> None:
    """Print why two articles tell one event, or do not."""
    verdict = "They tell one story" if story.is_one_story else "They tell two stories"
    printing.console.print(f"\n{verdict}, as far as the two alone say.", style="bold")
    style = "green" if story.is_one_story else "red"
    printing.console.print(
        f"  {story.score:>5.0%} alike (one story: {story.needed:.0%} at least)", style=style
    )
    printing.console.print(
        f"  {story.cosine:>5.0%} of what they are about, {story.days:.1f} days apart", style="dim"
    )
    for heading, words in (("about", story.shared), ("not mentioned by the other", story.not_mentioned)):
        if words:
            shown = ", ".join(words[:MAX_FACTS_SHOWN])
            more = f" and {len(words) - MAX_FACTS_SHOWN} more" if len(words) > MAX_FACTS_SHOWN else ""
            printing.console.print(printing.plain(f"  {heading}: {shown}{more}"))


def show_what_was_kept(
    first: StoredArticle, second: StoredArticle, comparison: Comparison, story: StoryComparison
) -> None:
    """Print how two articles were kept, where the two alone would not be."""
    if (first.story_id == second.story_id) != (comparison.relation in COPIED or story.is_one_story):
        kept = "one story" if first.story_id == second.story_id else "two stories"
        printing.console.print(f"They were kept as {kept}, because of other articles there.", style="dim")


async def find_article(store: Store, name: str) -> StoredArticle:
    """Return the article with this id or URL.

    Raises:
        MonitorError: there is none.
    """
    found = await store.article(name)
    if found is None:
        raise MonitorError(
            f"no article has the id or the URL {name}; `monitor articles` lists those that are stored"
        )
    return found
