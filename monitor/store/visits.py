"""Sources and their visits: registering, claiming, finishing, and how each fares.

Position: under `store`. Each function is part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Case,
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from monitor.errors import StoreError
from monitor.model import PastLinks, Seed, SeedKind, Source, Template, Validators, Visit, VisitOutcome
from monitor.ports import SourceMemory, SourceState
from monitor.store.columns import Instant, microseconds
from monitor.store.leases import UNCLAIMED, Claim
from monitor.store.statement import Statement
from monitor.store.tables import (
    ARTICLES,
    IS_ACTIVE,
    LINK_IS_OPEN,
    LINKS,
    PAGE_BLOCKS,
    SOURCES,
    VISITS,
    LinkStatus,
)

TEMPLATE_PAGES = 32
"""How many of a source's newest pages are remembered as its template (`extract.WINDOW`)."""

RECENT_ARTICLES = 64
"""How many articles tell how often a source publishes."""

RECENT_LINKS = 200
"""How many articles, and how many other pages, tell what the links of a front page lead to."""


def source_id(name: str) -> ScalarSelect[int]:
    """Return the subquery for a source's row; NULL when it was never registered."""
    return select(SOURCES.c.id).where(SOURCES.c.name == name).scalar_subquery()


def find_source_row(connection: Connection, name: str) -> int | None:
    """Return a source's row, None when it was never registered."""
    return _SOURCE_ROW.find_number(connection, {"source": name})


_SOURCE_ROW = Statement(select(SOURCES.c.id).where(SOURCES.c.name == bindparam("source")))


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


def register(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the stored sources those of the configuration. Rows that stay as they are are not written."""
    columns = ("id", "name", "url", "given_seed_url", "given_seed_kind", "every", "active", "failures")
    rows = connection.execute(select(*(SOURCES.c[name] for name in (*columns, "next_visit_at"))))
    stored = {row["name"]: row for row in rows.mappings()}
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
        changed.append(
            given.columns() | {"row": row["id"], "next_visit_at": _next_visit(row, before, given, now)}
        )
    gone = [{"row": row["id"]} for row in stored.values() if row["active"]]
    one = update(SOURCES).where(SOURCES.c.id == bindparam("row"))
    learned = (
        "seed_url",
        "seed_kind",
        "seed_reason",
        "seed_chosen_at",
        "etag",
        "last_modified",
        "ttl",
        "children",
    )
    nothing = dict.fromkeys(learned)
    for statement, parameters in (
        (one, renamed),
        (insert(SOURCES), new),
        (one, changed),
        (one.values(nothing), moved),
        (one.values(active=False), gone),
    ):
        if parameters:
            connection.execute(statement, parameters)


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


# --- claims --------------------------------------------------------------------------------------


def claim_due(connection: Connection, claim: Claim, limit: int) -> tuple[str, ...]:
    """Take up to `limit` sources that are due, longest overdue first."""
    due = (
        select(SOURCES.c.id)
        .where(IS_ACTIVE, SOURCES.c.next_visit_at <= claim.now, claim.is_free(SOURCES))
        .order_by(SOURCES.c.next_visit_at, SOURCES.c.id)
        .limit(limit)
    )
    taken = connection.execute(
        update(SOURCES)
        .where(SOURCES.c.id.in_(due))
        .values(claim.columns())
        .returning(SOURCES.c.next_visit_at, SOURCES.c.id, SOURCES.c.name)
    )
    return tuple(name for _, _, name in sorted(taken))


def claim_one(connection: Connection, claim: Claim, name: str) -> bool:
    """Take one source; False when somebody has it."""
    taken = connection.execute(
        update(SOURCES).where(SOURCES.c.name == name, claim.is_free(SOURCES)).values(claim.columns())
    )
    if taken.rowcount:
        return True
    _require(find_source_row(connection, name), name)
    return False


def release(connection: Connection, owner: str) -> None:
    """Give back every source that `owner` holds."""
    connection.execute(update(SOURCES).where(SOURCES.c.claimed_by == owner).values(UNCLAIMED))


def _require(found: object, name: str) -> None:
    if found is None:
        raise StoreError(f"no source is called {name!r}; `monitor sources` lists them")


# --- visits --------------------------------------------------------------------------------------


def recall(connection: Connection, name: str) -> SourceMemory:
    """Return what is remembered of a source."""
    row = connection.execute(select(SOURCES).where(SOURCES.c.name == name)).mappings().one_or_none()
    _require(row, name)
    assert row is not None  # noqa: S101  _require has seen to it
    blocks = connection.scalars(
        select(PAGE_BLOCKS.c.blocks)
        .where(PAGE_BLOCKS.c.source_id == row["id"])
        .order_by(PAGE_BLOCKS.c.id.desc())
        .limit(TEMPLATE_PAGES)
    )
    return SourceMemory(
        added_at=row["added_at"],
        visited=row["visited"],
        seed=_seed_of(row),
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        last_new_at=row["last_new_at"],
        failures=row["failures"],
        template=Template(pages=tuple(frozenset(page) for page in blocks)),
        published=tuple(connection.scalars(_PUBLISHED, {"source_row": row["id"]})),
        past=_past_links(connection, row["id"]) if row["seed_kind"] == SeedKind.FRONT else PastLinks(),
        ttl=row["ttl"] or timedelta(),
        children=row["children"],
    )


_PUBLISHED = (
    select(
        type_coerce(
            func.coalesce(ARTICLES.c.published_at, type_coerce(ARTICLES.c.fetched_at, BigInteger)), Instant
        )
    )
    .where(ARTICLES.c.source_id == bindparam("source_row"))
    .order_by(ARTICLES.c.fetched_at.desc())
    .limit(RECENT_ARTICLES)
)


def _past_links(connection: Connection, source_row: int) -> PastLinks:
    articles = (
        select(ARTICLES.c.url)
        .where(ARTICLES.c.source_id == source_row)
        .order_by(ARTICLES.c.fetched_at.desc())
        .limit(RECENT_LINKS)
    )
    others = (
        select(LINKS.c.url)
        .where(LINK_IS_OPEN, LINKS.c.source_id == source_row, LINKS.c.state == LinkStatus.DISMISSED)
        .order_by(LINKS.c.id.desc())
        .limit(RECENT_LINKS)
    )
    return PastLinks(articles=tuple(connection.scalars(articles)), others=tuple(connection.scalars(others)))


def _seed_of(row: RowMapping) -> Seed | None:
    if row["seed_url"] is None:
        return None
    return Seed(
        url=row["seed_url"],
        kind=SeedKind(row["seed_kind"]),
        reason=row["seed_reason"] or "",
        chosen_at=row["seed_chosen_at"],
    )


def finish_visit(connection: Connection, owner: str, visit: Visit, next_visit_at: datetime) -> None:
    """Record a visit and when the next is due; give the source back if `owner` still holds it."""
    seed, validators = visit.seed, visit.validators
    connection.execute(
        _FINISH[visit.outcome],
        {
            "source": visit.source,
            "owner": owner,
            "now": visit.finished_at,
            "due": next_visit_at,
            "why": visit.reason,
            "new_seed_url": seed.url if seed else None,
            "new_seed_kind": seed.kind.value if seed else None,
            "new_seed_reason": seed.reason if seed else None,
            "new_seed_chosen_at": seed.chosen_at if seed else None,
            "new_last_new_at": visit.finished_at if visit.new else None,
            "new_etag": validators.etag,
            "new_last_modified": validators.last_modified,
            "new_ttl": visit.ttl or None,
            "new_children": visit.children,
        },
    )
    counts = ("found", "new", "kept", "copies", "dismissed", "postponed", "alerts")
    connection.execute(
        _INSERT_VISIT,
        {
            "source_id": find_source_row(connection, visit.source),
            "started_at": visit.started_at,
            "finished_at": visit.finished_at,
            "outcome": visit.outcome.value,
            "reason": visit.reason,
            **{name: getattr(visit, name) for name in counts},
        },
    )


def _unless_held(column: Column[str] | Column[datetime]) -> Case[str | datetime | None]:
    return case((SOURCES.c.claimed_by == bindparam("owner"), None), else_=column)


def _or_kept(column: Column[str]) -> ColumnElement[str]:
    """Return the visit's value, or the stored one when it has none."""
    return func.coalesce(bindparam(f"new_{column.name}"), column)


def _later_or_kept(column: Column[datetime]) -> ColumnElement[datetime]:
    """Return the visit's time, or the stored one when it has none."""
    return func.coalesce(bindparam(f"new_{column.name}", type_=Instant), column)


_ENDED = (
    update(SOURCES)
    .where(SOURCES.c.name == bindparam("source"))
    .values(
        last_visit_at=bindparam("now"),
        next_visit_at=bindparam("due"),
        claimed_by=_unless_held(SOURCES.c.claimed_by),
        claimed_until=_unless_held(SOURCES.c.claimed_until),
    )
)
_SUCCEEDED = _ENDED.values(
    visited=True,
    failures=0,
    failing_since=None,
    reason=None,
    seed_url=_or_kept(SOURCES.c.seed_url),
    seed_kind=_or_kept(SOURCES.c.seed_kind),
    seed_reason=_or_kept(SOURCES.c.seed_reason),
    seed_chosen_at=_later_or_kept(SOURCES.c.seed_chosen_at),
    last_new_at=_later_or_kept(SOURCES.c.last_new_at),
    ttl=bindparam("new_ttl"),
    children=bindparam("new_children"),
)
_FINISH = {
    VisitOutcome.OK: _SUCCEEDED.values(
        etag=bindparam("new_etag"), last_modified=bindparam("new_last_modified")
    ),
    # A 304 names only the validators that are new (RFC 9111, 4.3.4).
    VisitOutcome.NOT_MODIFIED: _SUCCEEDED.values(
        etag=_or_kept(SOURCES.c.etag), last_modified=_or_kept(SOURCES.c.last_modified)
    ),
    VisitOutcome.FAILED: _ENDED.values(
        failures=SOURCES.c.failures + 1,
        failing_since=func.coalesce(SOURCES.c.failing_since, bindparam("now", type_=Instant)),
        reason=bindparam("why"),
    ),
}
_INSERT_VISIT = insert(VISITS)


def put_off(connection: Connection, owner: str, name: str, next_visit_at: datetime) -> None:
    """Give back a source that `owner` holds, unvisited, due at another time."""
    held = update(SOURCES).where(SOURCES.c.name == name, SOURCES.c.claimed_by == owner)
    connection.execute(held.values(UNCLAIMED | {"next_visit_at": next_visit_at}))


def rewind(connection: Connection, now: datetime) -> None:
    """Count from `now` the wait of each source whose last visit lies in the future."""
    next_us, last_us = (
        type_coerce(column, BigInteger) for column in (SOURCES.c.next_visit_at, SOURCES.c.last_visit_at)
    )
    connection.execute(
        update(SOURCES)
        .where(SOURCES.c.last_visit_at > now)
        .values(next_visit_at=type_coerce(next_us - last_us + microseconds(now), Instant), last_visit_at=now)
    )


# --- forgetting ----------------------------------------------------------------------------------


def forget(connection: Connection, finished_before: datetime, limit: int) -> int:
    """Delete up to `limit` visits that ended earlier; return how many."""
    old = select(VISITS.c.id).where(VISITS.c.finished_at < finished_before).limit(limit)
    return connection.execute(delete(VISITS).where(VISITS.c.id.in_(old))).rowcount


# --- reading -------------------------------------------------------------------------------------


def states(connection: Connection) -> tuple[SourceState, ...]:
    """Return how every source fares, by name."""
    kept = {
        row.source_id: (row.articles, row.newest)
        for row in connection.execute(
            select(
                ARTICLES.c.source_id,
                func.count().label("articles"),
                func.max(ARTICLES.c.fetched_at).label("newest"),
            ).group_by(ARTICLES.c.source_id)
        )
    }
    open_links = (
        select(LINKS.c.source_id, LINKS.c.state, func.count())
        .where(LINK_IS_OPEN)
        .group_by(LINKS.c.source_id, LINKS.c.state)
    )
    links = {(row[0], row[1]): row[2] for row in connection.execute(open_links)}
    rows = connection.execute(select(SOURCES)).mappings()
    return tuple(
        SourceState(
            name=row["name"],
            url=row["url"],
            active=row["active"],
            added_at=row["added_at"],
            seed=_seed_of(row),
            last_visit_at=row["last_visit_at"],
            next_visit_at=row["next_visit_at"],
            failures=row["failures"],
            failing_since=row["failing_since"],
            reason=row["reason"],
            articles=kept.get(row["id"], (0, None))[0],
            last_article_at=kept.get(row["id"], (0, None))[1],
            waiting=links.get((row["id"], LinkStatus.WAITING), 0),
            dismissed=links.get((row["id"], LinkStatus.DISMISSED), 0),
        )
        for row in sorted(rows, key=lambda row: row["name"])
    )
