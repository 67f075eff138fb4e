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
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, compress, starmap
from typing import cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Function,
    Insert,
    Subquery,
    Table,
    TableValuedAlias,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from monitor.dedupe import (
    MAX_CLUSTERS,
    MAX_DOCUMENT_FREQUENCY,
    MAX_REPRESENTATIVES,
    MAX_SKETCH,
    MIN_SHARED,
    find_longest_alike,
)
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict
from monitor.store.columns import HASH_BYTES, signed, signed_each, unsigned
from monitor.store.dialects import array_of, packed, parameter_of, unpacked
from monitor.store.statement import Executable, Statement
from monitor.store.tables import (
    ARTICLES,
    FINGERPRINTS,
    IS_INDEXED,
    IS_REPRESENTATIVE,
    POSTINGS,
    SOURCES,
)

MAX_NEWER = 64
"""Articles kept since the candidates were found that are looked through, instead of finding them again."""

# --- looking up ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The clusters that share the most rare shingles, and the shingles (signed) that are not rare.

    Each cluster with how many hashes the shortest sketch of its representatives may have. `seen` is the last
    article that had a fingerprint when it was looked, 0 for none.
    """

    clusters: Mapping[int, int]
    common: frozenset[int]
    seen: int


def find_neighbours(connection: Connection, fingerprint: Fingerprint) -> Neighbours:
    """Return the nearest clusters by shingles, at most `MAX_CLUSTERS`; among equals older ones first."""
    shingles = packed(connection, signed_each(fingerprint.sketch))
    ((hashes, of, seen),) = _POSTINGS.run(connection, {"shingles": shingles})
    numbers, clusters = unpacked(hashes), unpacked(of)
    common: frozenset[int] = frozenset()
    if len(numbers) > MAX_DOCUMENT_FREQUENCY:
        frequencies = Counter(numbers)
        common = frozenset(number for number, count in frequencies.items() if count > MAX_DOCUMENT_FREQUENCY)
    shared = Counter(compress(clusters, [number not in common for number in numbers]) if common else clusters)
    near = sorted(
        (cluster for cluster, count in shared.items() if count >= MIN_SHARED),
        key=lambda cluster: (-shared[cluster], cluster),
    )
    return Neighbours(
        {
            cluster: find_longest_alike(fingerprint, common, shared[cluster])
            for cluster in near[:MAX_CLUSTERS]
        },
        common,
        cast(int | None, seen) or 0,
    )


def find_candidates(connection: Connection, names: Collection[str], fingerprint: Fingerprint) -> Candidates:
    """Return the articles with one of the `names`, the first with the same content, and the nearest ones.

    In the order in which they were kept.
    """
    near = find_neighbours(connection, fingerprint)
    rows = _CANDIDATES.run(connection, _wanted(connection, names, fingerprint, near))
    return Candidates(
        articles=tuple(starmap(_candidate_from, rows)),
        common=frozenset(map(unsigned, near.common)),
        seen=near.seen,
    )


def _candidate_from(*row: object) -> Candidate:
    (name, url, story_id, source, original), (algorithm, content, sketch, places, facts) = row[:5], row[5:]
    return Candidate(
        article_id=cast(str, name),
        url=cast(str, url),
        source=cast(str, source),
        story_id=cast(str, story_id),
        original=cast(str, original),
        fingerprint=Fingerprint(
            algorithm=cast(int, algorithm),
            content=cast(int, content),
            sketch=cast(tuple[int, ...], sketch),
            places=cast(bytes, places),
            facts=frozenset(cast(tuple[str, ...], facts)),
        ),
    )


def check_candidates(
    connection: Connection, article: Article, fingerprint: Fingerprint, known: Candidates, row: int | None
) -> frozenset[int] | None:
    """Return the shingles (signed) that are not rare; None when `find_candidates` would find others by now.

    `row` is that of the same page, None when it is not stored. Mostly nothing has been kept since the
    candidates were found, or nothing that resembles the article: to see that costs a fifth of finding them
    again.
    """
    if known.seen and (row or 0) <= known.seen and not _has_resembling(connection, fingerprint, known):
        return frozenset(map(signed, known.common))
    near = find_neighbours(connection, fingerprint)
    names = _NAMES.run(connection, _wanted(connection, (article.id,), fingerprint, near))
    strangers = {name for (name,) in names}.difference(known.article_id for known in known.articles)
    return None if strangers else near.common


def _has_resembling(connection: Connection, fingerprint: Fingerprint, known: Candidates) -> bool:
    """Return whether an article kept since may be a candidate; yes when there are many."""
    newer = _NEWER.run(connection, {"seen": known.seen, "content": fingerprint.content})
    if not newer:
        return False
    contents, sketches = zip(*cast(list[tuple[int, tuple[int, ...]]], newer), strict=True)
    shared = frozenset(fingerprint.sketch).difference(known.common).intersection
    return (
        len(newer) == MAX_NEWER
        or fingerprint.content in contents
        or (
            len(shared(chain.from_iterable(sketches))) >= MIN_SHARED
            and any(_resembles(fingerprint, known, sketch, len(shared(sketch))) for sketch in sketches)
        )
    )


def _resembles(fingerprint: Fingerprint, known: Candidates, sketch: Sequence[int], shared: int) -> bool:
    """Return whether an article with this sketch, so much of it shared, is one to compare with."""
    return shared >= MIN_SHARED and (
        min(len(sketch), MAX_SKETCH) <= find_longest_alike(fingerprint, known.common, shared)
    )


LENGTH_BITS = MAX_SKETCH.bit_length()
"""A cluster and a length of a sketch go to the database as one number; the length takes so many bits."""


def _wanted(
    connection: Connection, names: Collection[str], fingerprint: Fingerprint, near: Neighbours
) -> dict[str, object]:
    """Return the parameters that choose the articles to compare with."""
    first, *others = names
    clusters = (cluster << LENGTH_BITS | longest for cluster, longest in near.clusters.items())
    return {
        "name": first,
        "other_name": others[0] if others else first,
        "content": fingerprint.content,
        "algorithm": fingerprint.algorithm,
        "clusters": packed(connection, clusters),
    }


def _select_postings(shingles: TableValuedAlias, gather: str) -> Executable:
    """Return the statement for the postings of shingles, in one row: a shingle each, a cluster each.

    And the last article that has a fingerprint.
    """
    gathered = (Function[object](gather, column) for column in (POSTINGS.c.hash, POSTINGS.c.cluster_id))
    newest = select(func.max(FINGERPRINTS.c.article_id)).scalar_subquery()
    found = shingles.join(POSTINGS, POSTINGS.c.hash == shingles.c.value)
    return select(*gathered, newest).select_from(found)


def _select_rows(list_of: Callable[[str], TableValuedAlias]) -> Subquery:
    """Return the rows of the articles to compare with."""
    clusters, known, kept = list_of("clusters"), FINGERPRINTS.alias("known"), FINGERPRINTS.alias("kept")
    cluster = clusters.c.value.bitwise_rshift(literal_column(str(LENGTH_BITS)))
    longest = clusters.c.value.bitwise_and(literal_column(str((1 << LENGTH_BITS) - 1)))
    shortest = (
        select(func.min(func.length(kept.c.sketch)))
        .where(IS_REPRESENTATIVE, kept.c.cluster_id == cluster)
        .scalar_subquery()
    )
    return union(
        select(ARTICLES.c.id).where(ARTICLES.c.name.in_([bindparam("name"), bindparam("other_name")])),
        select(func.min(known.c.article_id)).where(
            known.c.content == bindparam("content"), known.c.algorithm == bindparam("algorithm")
        ),
        select(FINGERPRINTS.c.article_id)
        .select_from(FINGERPRINTS.join(clusters, cluster == FINGERPRINTS.c.cluster_id))
        .where(
            IS_REPRESENTATIVE,
            FINGERPRINTS.c.algorithm == bindparam("algorithm"),
            or_(longest == MAX_SKETCH, shortest <= longest * HASH_BYTES),
        ),
    ).subquery("rows")


def _select_names(list_of: Callable[[str], TableValuedAlias]) -> Executable:
    rows = _select_rows(list_of)
    return select(ARTICLES.c.name).join(rows, ARTICLES.c.id == rows.c[0])


def _select_candidates(list_of: Callable[[str], TableValuedAlias]) -> Executable:
    rows, first, kept = _select_rows(list_of), ARTICLES.alias("first"), FINGERPRINTS.alias("kept")
    return (
        select(
            ARTICLES.c.name,
            ARTICLES.c.url,
            ARTICLES.c.story_id,
            SOURCES.c.name.label("source"),
            first.c.name.label("original"),
            *(kept.c[name] for name in ("algorithm", "content", "sketch", "places", "facts")),
        )
        .select_from(rows)
        .join(ARTICLES, ARTICLES.c.id == rows.c[0])
        .join(kept, kept.c.article_id == rows.c[0])
        .join(first, first.c.id == kept.c.cluster_id)
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .order_by(rows.c[0])
    )


_NEWER = Statement(
    select(FINGERPRINTS.c.content, FINGERPRINTS.c.sketch)
    .where(
        FINGERPRINTS.c.article_id > bindparam("seen"),
        or_(IS_REPRESENTATIVE, FINGERPRINTS.c.content == bindparam("content")),
    )
    .limit(MAX_NEWER)
)
_POSTINGS = Statement(
    _select_postings(parameter_of("shingles"), "json_group_array"),
    _select_postings(array_of("shingles"), "array_agg"),
)
_NAMES = Statement(_select_names(parameter_of), _select_names(array_of))
_CANDIDATES = Statement(_select_candidates(parameter_of), _select_candidates(array_of))


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
    new = [number for number in signed_each(fingerprint.sketch) if number not in common]
    indexed = representative and bool(new)
    _INSERT_FINGERPRINT.run(
        connection,
        {
            "article_id": article_row,
            "cluster_id": cluster,
            "algorithm": fingerprint.algorithm,
            "content": fingerprint.content,
            "indexed": indexed,
            "representative": representative,
            "sketch": fingerprint.sketch,
            "places": fingerprint.places,
            "facts": sorted(fingerprint.facts),
        },
    )
    if indexed:
        _INSERT_POSTINGS.run(connection, {"shingles": packed(connection, new), "cluster": cluster})


def _insert_postings(
    kind: Callable[[Table], sqlite.Insert | postgresql.Insert], shingles: TableValuedAlias
) -> Insert:
    """Return the statement that posts shingles; those that the cluster has already stay as they are."""
    rows = select(shingles.c.value, bindparam("cluster", type_=BigInteger)).where(true())
    return kind(POSTINGS).from_select(["hash", "cluster_id"], rows).on_conflict_do_nothing()


_INSERT_FINGERPRINT = Statement(insert(FINGERPRINTS))
_INSERT_POSTINGS = Statement(
    _insert_postings(sqlite.insert, parameter_of("shingles")),
    _insert_postings(postgresql.insert, array_of("shingles")),
)


def _find_cluster(connection: Connection, verdict: Verdict) -> int | None:
    """Return the cluster of the article that another repeats; None when it begins one."""
    if verdict.relation not in (Relation.COPY, Relation.EXACT):
        return None
    return _CLUSTER.find_number(connection, {"article": verdict.of})


def _count_representatives(connection: Connection, cluster: int) -> int:
    return _REPRESENTATIVES.find_number(connection, {"cluster": cluster}) or 0


_CLUSTER = Statement(
    select(FINGERPRINTS.c.cluster_id)
    .join(ARTICLES, ARTICLES.c.id == FINGERPRINTS.c.article_id)
    .where(ARTICLES.c.name == bindparam("article"))
)
_REPRESENTATIVES = Statement(
    select(func.count()).where(IS_REPRESENTATIVE, FINGERPRINTS.c.cluster_id == bindparam("cluster"))
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
