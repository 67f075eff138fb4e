"""Visits: claiming a source, recalling what is known of it, finishing, putting off.

Position: under `store`, after `sources`. Each function is part of one transaction, on the
connection it is given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Case,
    Column,
    ColumnElement,
    Connection,
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
from monitor.model import PastLinks, SeedKind, Template, Validators, Visit, VisitOutcome
from monitor.ports import SourceMemory
from monitor.store.columns import Instant, microseconds
from monitor.store.leases import UNCLAIMED, Claim
from monitor.store.sources import find_source_row, seed_of
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
        seed=seed_of(row),
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
