"""Sources: registering those of the configuration, and how each fares.

Position: under `store`, before `visits` and `links`. Each function is part of one transaction, on the
connection it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, ScalarSelect, bindparam, func, insert, select, update

from monitor.model import Seed, SeedKind, Source
from monitor.ports import SourceState
from monitor.store.statement import Statement
from monitor.store.tables import ARTICLES, LINK_IS_OPEN, LINK_WAITS, LINKS, SOURCES, LinkStatus


def source_id(name: str) -> ScalarSelect[int]:
    """Return the subquery for a source's row; NULL when it was never registered."""
    return select(SOURCES.c.id).where(SOURCES.c.name == name).scalar_subquery()


def find_source_row(connection: Connection, name: str) -> int | None:
    """Return a source's row, None when it was never registered."""
    return _SOURCE_ROW.find_number(connection, {"source": name})


_SOURCE_ROW = Statement(select(SOURCES.c.id).where(SOURCES.c.name == bindparam("source")))


def seed_of(row: RowMapping) -> Seed | None:
    """Return the seed in use, of a row of `SOURCES`; None while none was chosen."""
    if row["seed_url"] is None:
        return None
    return Seed(
        url=row["seed_url"],
        kind=SeedKind(row["seed_kind"]),
        reason=row["seed_reason"] or "",
        chosen_at=row["seed_chosen_at"],
    )


# --- registering ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Given:
    """What the configuration says of a source and the database keeps."""

    url: str
    seed_url: str | None
    seed_kind: str | None
    every: timedelta

    @classmethod
    def of(cls, source: Source) -> _Given:
        seed = source.seed
        return cls(source.url, seed.url if seed else None, seed.kind.value if seed else None, source.every)

    def columns(self) -> dict[str, object]:
        return {
            "url": self.url,
            "given_seed_url": self.seed_url,
            "given_seed_kind": self.seed_kind,
            "every": self.every,
            "active": True,
        }

    def looks_elsewhere_than(self, other: _Given) -> bool:
        """Return whether what `other` learned of the site is worth nothing here."""
        return (self.url, self.seed_url, self.seed_kind) != (other.url, other.seed_url, other.seed_kind)


def register_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the stored sources those of the configuration. Rows that stay as they are are not written."""
    stored = _read_stored(connection)
    renamed = _take_over(stored, sources)
    new, changed, moved = [], [], []
    for source in sources:
        given, row = _Given.of(source), stored.pop(source.name, None)
        if row is None:
            new.append(_new_row(source.name, given, now))
            continue
        before = _Given(row["url"], row["given_seed_url"], row["given_seed_kind"], row["every"])
        if before == given and row["active"]:
            continue
        if given.looks_elsewhere_than(before):
            moved.append({"row": row["id"]})
        due = _next_visit(row, before, given, now)
        changed.append(given.columns() | {"row": row["id"], "next_visit_at": due})
    gone = [{"row": row["id"]} for row in stored.values() if row["active"]]
    for statement, parameters in (
        (_UPDATE, renamed),
        (insert(SOURCES), new),
        (_UPDATE, changed),
        (_UPDATE.values(_NOTHING_LEARNED), moved),
        (_UPDATE.values(active=False), gone),
    ):
        if parameters:
            connection.execute(statement, parameters)


_UPDATE = update(SOURCES).where(SOURCES.c.id == bindparam("row"))
_LEARNED = (
    *("seed_url", "seed_kind", "seed_reason", "seed_chosen_at"),
    *("etag", "last_modified", "ttl", "children"),
)
_NOTHING_LEARNED = dict.fromkeys(_LEARNED)


def _read_stored(connection: Connection) -> dict[str, RowMapping]:
    """Return what registering asks of every source, by name."""
    columns = ("id", "name", "url", "given_seed_url", "given_seed_kind", "every", "active", "failures")
    rows = connection.execute(select(*(SOURCES.c[name] for name in (*columns, "next_visit_at"))))
    return {row["name"]: row for row in rows.mappings()}


def _take_over(stored: dict[str, RowMapping], sources: Sequence[Source]) -> list[dict[str, object]]:
    """Give rows to the sources that bore another name before: in `stored`, and by what UPDATE is told."""
    staying = {(source.name, source.url) for source in sources}
    renamed: list[dict[str, object]] = []
    for source in sources:
        if source.name in stored:
            continue
        for name in source.former_names:
            row = stored.get(name)
            if row is not None and row["url"] == source.url and (name, source.url) not in staying:
                stored[source.name] = stored.pop(name)
                renamed.append({"row": row["id"], "name": source.name})
                break
    return renamed


def _new_row(name: str, given: _Given, now: datetime) -> dict[str, object]:
    return given.columns() | {
        "name": name,
        "added_at": now,
        "visited": False,
        "failures": 0,
        "next_visit_at": now,
    }


def _next_visit(row: RowMapping, before: _Given, given: _Given, now: datetime) -> datetime:
    """Return when a changed source is due: a corrected address at once, a shorter pace within itself."""
    due: datetime = row["next_visit_at"]
    if given.looks_elsewhere_than(before):
        return min(due, now)
    if given.every < before.every and not row["failures"]:
        return min(due, now + given.every)
    return due


# --- reading -------------------------------------------------------------------------------------


def list_sources(connection: Connection) -> tuple[SourceState, ...]:
    """Return how every source fares, by name."""
    kept, links = _count_articles(connection), _count_open_links(connection)
    postponed = _count_postponed_links(connection)
    rows = connection.execute(select(SOURCES)).mappings()
    return tuple(
        SourceState(
            name=row["name"],
            url=row["url"],
            active=row["active"],
            added_at=row["added_at"],
            seed=seed_of(row),
            last_visit_at=row["last_visit_at"],
            next_visit_at=row["next_visit_at"],
            failures=row["failures"],
            failing_since=row["failing_since"],
            reason=row["reason"],
            articles=kept.get(row["id"], (0, None))[0],
            last_article_at=kept.get(row["id"], (0, None))[1],
            waiting=links.get((row["id"], LinkStatus.WAITING), 0),
            dismissed=links.get((row["id"], LinkStatus.DISMISSED), 0),
            postponed=postponed.get(row["id"], 0),
        )
        for row in sorted(rows, key=lambda row: row["name"])
    )


def _count_articles(connection: Connection) -> dict[int, tuple[int, datetime]]:
    """Return how many articles each source's row has, and when the newest was fetched."""
    counted = select(ARTICLES.c.source_id, func.count(), func.max(ARTICLES.c.fetched_at))
    rows = connection.execute(counted.group_by(ARTICLES.c.source_id))
    return {source: (articles, newest) for source, articles, newest in rows}


def _count_open_links(connection: Connection) -> dict[tuple[int, str], int]:
    """Return how many links each source's row has that are no articles, by where they stand."""
    counted = select(LINKS.c.source_id, LINKS.c.state, func.count()).where(LINK_IS_OPEN)
    rows = connection.execute(counted.group_by(LINKS.c.source_id, LINKS.c.state))
    return {(source, state): links for source, state, links in rows}


def _count_postponed_links(connection: Connection) -> dict[int, int]:
    """Return how many links each source's row has that were tried in vain and will be tried again."""
    counted = select(LINKS.c.source_id, func.count()).where(LINK_WAITS, LINKS.c.attempts > 0)
    rows = connection.execute(counted.group_by(LINKS.c.source_id))
    return {row[0]: row[1] for row in rows}
