"""Fingerprint -> the stored articles it must be compared with: the index of rare shingles.

Position: under `archive` and `store`. What a shingle is, and what makes a copy, is `dedupe`'s business.

Articles that are copies of each other are a cluster, named after its first article. A posting says that a
shingle occurs in a cluster, once however many of its articles have it: so the number of a shingle's postings
is the number of clusters that have it, and a dispatch printed by a hundred papers stays rare. A shingle of
more than `MAX_DOCUMENT_FREQUENCY` clusters tells nothing and is posted no more: the index stays small, and
to look a shingle up reads a bounded number of rows.

Only a cluster's representatives, its first `MAX_REPRESENTATIVES` articles that are no exact copies, post
their shingles and are compared with others. A cluster leaves the index when its first article leaves the
window.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Connection,
    Select,
    TableValuedAlias,
    bindparam,
    delete,
    func,
    insert,
    select,
    union,
    update,
)

from monitor.dedupe import MAX_CLUSTERS, MAX_DOCUMENT_FREQUENCY, MAX_REPRESENTATIVES, MIN_SHARED
from monitor.model import Candidate, Candidates, Fingerprint, Relation, Verdict
from monitor.store.columns import signed, unsigned
from monitor.store.dialects import array_of, is_postgresql, packed, parameter_of
from monitor.store.tables import (
    ARTICLES,
    FINGERPRINTS,
    IS_INDEXED,
    IS_REPRESENTATIVE,
    POSTINGS,
    SOURCES,
)

# --- looking up ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The clusters that share the most rare shingles, and the shingles (signed) that are not rare."""

    clusters: tuple[int, ...]
    common: frozenset[int]


def find_neighbours(connection: Connection, fingerprint: Fingerprint) -> Neighbours:
    """Return the nearest clusters by shingles, at most `MAX_CLUSTERS`; among equals older ones first."""
    shingles = packed(connection, map(signed, fingerprint.sketch))
    rows = connection.execute(_statements(connection).postings, {"shingles": shingles}).all()
    frequencies = Counter(number for number, _ in rows)
    common = frozenset(number for number, count in frequencies.items() if count > MAX_DOCUMENT_FREQUENCY)
    shared = Counter(cluster for number, cluster in rows if number not in common)
    near = sorted(
        (cluster for cluster, count in shared.items() if count >= MIN_SHARED),
        key=lambda cluster: (-shared[cluster], cluster),
    )
    return Neighbours(tuple(near[:MAX_CLUSTERS]), common)


def find_candidates(connection: Connection, names: Collection[str], fingerprint: Fingerprint) -> Candidates:
    """Return the articles with one of the `names`, the first with the same content, and the nearest ones.

    In the order in which they were kept.
    """
    near = find_neighbours(connection, fingerprint)
    wanted = _wanted(connection, names, fingerprint, near)
    rows = connection.execute(_statements(connection).candidates, wanted)
    return Candidates(
        articles=tuple(
            Candidate(
                article_id=row.name,
                url=row.url,
                source=row.source,
                story_id=row.story_id,
                original=row.original,
                fingerprint=Fingerprint(
                    algorithm=row.algorithm,
                    content=row.content,
                    sketch=row.sketch,
                    places=row.places,
                    facts=frozenset(row.facts),
                ),
            )
            for row in rows
        ),
        common=frozenset(map(unsigned, near.common)),
    )


def has_stranger(
    connection: Connection, name: str, fingerprint: Fingerprint, near: Neighbours, judged: frozenset[str]
) -> bool:
    """Return whether `find_candidates` would return an article that is not among the `judged`."""
    wanted = _wanted(connection, (name,), fingerprint, near)
    return not judged.issuperset(connection.scalars(_statements(connection).names, wanted))


def _wanted(
    connection: Connection, names: Collection[str], fingerprint: Fingerprint, near: Neighbours
) -> dict[str, object]:
    """Return the parameters that choose the articles to compare with."""
    first, *others = names
    return {
        "name": first,
        "other_name": others[0] if others else first,
        "content": fingerprint.content,
        "algorithm": fingerprint.algorithm,
        "clusters": packed(connection, near.clusters),
    }


@dataclass(frozen=True, slots=True)
class _Statements:
    """What looks articles up, made once: to make a statement costs more than SQLite takes to run it."""

    postings: Select[int, int]
    candidates: Select[*tuple[object, ...]]
    names: Select[str]


def _make_statements(list_of: Callable[[str], TableValuedAlias]) -> _Statements:
    shingles, clusters = list_of("shingles"), list_of("clusters")
    known, first = FINGERPRINTS.alias("known"), ARTICLES.alias("first")
    rows = union(
        select(ARTICLES.c.id).where(ARTICLES.c.name.in_([bindparam("name"), bindparam("other_name")])),
        select(func.min(known.c.article_id)).where(
            known.c.content == bindparam("content"), known.c.algorithm == bindparam("algorithm")
        ),
        select(FINGERPRINTS.c.article_id)
        .join(clusters, clusters.c.value == FINGERPRINTS.c.cluster_id)
        .where(IS_REPRESENTATIVE, FINGERPRINTS.c.algorithm == bindparam("algorithm")),
    ).subquery("rows")
    row = rows.c[0]
    kept = FINGERPRINTS.alias("kept")
    return _Statements(
        postings=select(POSTINGS.c.hash, POSTINGS.c.cluster_id).join(
            shingles, POSTINGS.c.hash == shingles.c.value
        ),
        names=select(ARTICLES.c.name).join(rows, ARTICLES.c.id == row),
        candidates=select(
            ARTICLES.c.name,
            ARTICLES.c.url,
            ARTICLES.c.story_id,
            SOURCES.c.name.label("source"),
            first.c.name.label("original"),
            *(kept.c[name] for name in ("algorithm", "content", "sketch", "places", "facts")),
        )
        .select_from(rows)
        .join(ARTICLES, ARTICLES.c.id == row)
        .join(kept, kept.c.article_id == row)
        .join(first, first.c.id == kept.c.cluster_id)
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .order_by(row),
    )


_FOR_SQLITE, _FOR_POSTGRESQL = _make_statements(parameter_of), _make_statements(array_of)


def _statements(connection: Connection) -> _Statements:
    return _FOR_POSTGRESQL if is_postgresql(connection) else _FOR_SQLITE


# --- adding --------------------------------------------------------------------------------------


def add_fingerprint(
    connection: Connection,
    article_row: int,
    fingerprint: Fingerprint,
    verdict: Verdict,
    common: frozenset[int],
) -> None:
    """Store an article's fingerprint, and post what it brings to its cluster. `common` are signed hashes."""
    cluster = _find_cluster(connection, verdict) or article_row
    representative = verdict.relation is not Relation.EXACT and (
        cluster == article_row or _count_representatives(connection, cluster) < MAX_REPRESENTATIVES
    )
    new = set(map(signed, fingerprint.sketch)) - common if representative else set()
    if new and cluster != article_row:
        new -= _posted(connection, cluster, new)
    connection.execute(
        _INSERT_FINGERPRINT,
        {
            "article_id": article_row,
            "cluster_id": cluster,
            "algorithm": fingerprint.algorithm,
            "content": fingerprint.content,
            "indexed": bool(new),
            "representative": representative,
            "sketch": fingerprint.sketch,
            "places": fingerprint.places,
            "facts": sorted(fingerprint.facts),
        },
    )
    if new:
        postings = [{"hash": number, "cluster_id": cluster} for number in sorted(new)]
        connection.execute(_INSERT_POSTINGS, postings)


_INSERT_FINGERPRINT = insert(FINGERPRINTS)
_INSERT_POSTINGS = insert(POSTINGS)


def _find_cluster(connection: Connection, verdict: Verdict) -> int | None:
    """Return the cluster of the article that another repeats; None when it begins one."""
    if verdict.relation not in (Relation.COPY, Relation.EXACT):
        return None
    cluster: int | None = connection.scalar(_CLUSTER, {"article": verdict.of})
    return cluster


def _count_representatives(connection: Connection, cluster: int) -> int:
    counted: int | None = connection.scalar(_REPRESENTATIVES, {"cluster": cluster})
    return counted or 0


def _posted(connection: Connection, cluster: int, numbers: Iterable[int]) -> set[int]:
    shingles = packed(connection, numbers)
    rows = connection.execute(_statements(connection).postings, {"shingles": shingles})
    return {number for number, of in rows if of == cluster}


_CLUSTER = (
    select(FINGERPRINTS.c.cluster_id)
    .join(ARTICLES, ARTICLES.c.id == FINGERPRINTS.c.article_id)
    .where(ARTICLES.c.name == bindparam("article"))
)
_REPRESENTATIVES = select(func.count()).where(
    IS_REPRESENTATIVE, FINGERPRINTS.c.cluster_id == bindparam("cluster")
)


# --- forgetting ----------------------------------------------------------------------------------


def forget_postings(connection: Connection, fetched_before: datetime, limit: int) -> int:
    """Take up to `limit` articles out of the index, of clusters that began earlier; return how many."""
    old = connection.execute(
        select(FINGERPRINTS.c.article_id, FINGERPRINTS.c.cluster_id, FINGERPRINTS.c.sketch)
        .join(ARTICLES, ARTICLES.c.id == FINGERPRINTS.c.cluster_id)
        .where(IS_INDEXED, ARTICLES.c.fetched_at < fetched_before)
        .order_by(FINGERPRINTS.c.article_id)
        .limit(limit)
    ).all()
    postings = [
        {"shingle": signed(number), "cluster": row.cluster_id} for row in old for number in row.sketch
    ]
    if postings:
        connection.execute(
            delete(POSTINGS).where(
                POSTINGS.c.hash == bindparam("shingle"), POSTINGS.c.cluster_id == bindparam("cluster")
            ),
            postings,
        )
    if old:
        rows = [row.article_id for row in old]
        connection.execute(
            update(FINGERPRINTS)
            .where(FINGERPRINTS.c.article_id.in_(rows))
            .values(indexed=False, representative=False)
        )
    return len(old)
