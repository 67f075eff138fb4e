"""How well, and how fast, are copies told from news when articles come in one by one?

    python -m benchmarks.dedupe --data DIR [--stories DIR] [--json FILE] [--background N] [--at-once N]

DIR holds `articles.jsonl.gz`: articles in their order of arrival, each with its `id`, its `source`, its
`text`, the `group` it belongs to (articles of one group are copies of each other) and the `kind` of variant
it is. Ours go through the real store, on SQLite in a folder of its own: fingerprint, candidates, verdict,
keep; `--at-once` of them are on their way together, as in the daemon, which visits several sites at a time:
the store writes those that wait in one commit, and tells each when it is durable. The peers do what their
manuals say: MinHash with LSH (datasketch), and simhash with its index.

The score is B-cubed F1 (Bagga and Baldwin, 1998) of the clusters that come out, and the adjusted Rand index.
`recall.KIND`: how many of a kind share a cluster with another of their group; `merged.KIND`: how many share
one with an article of another group. `articles_per_s` counts the CPU time of one core, and of ours all of it,
from the text to the commit; `--background` puts so many postings into the index first.

With `--stories DIR` it is measured as well how surely one event in other words is known: see
`benchmarks.stories`. Without the data of the copies that is all that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from datasketch import MinHash, MinHashLSH
from simhash import Simhash, SimhashIndex
from sqlalchemy import create_engine, text

from benchmarks.report import OURS, Arguments, Figure, Report, Row, publish
from benchmarks.stories import measure_stories
from monitor.app import GATHER
from monitor.dedupe import find_agency, fingerprint_article, judge
from monitor.dedupe.fingerprint import KEPT_BELOW
from monitor.model import Article, Link, Relation, Source
from monitor.ports import Filing, Lookup
from monitor.store import SqlStore, open_store
from monitor.text.tokens import split_terms

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PERMUTATIONS = 128
"""datasketch's default."""

JACCARD = 0.3
"""Where MinHash-LSH has its best F1 on the development set: .843; .830 at .4, .800 at .5, .696 at .8."""

SIMHASH_BITS = 3
"""How many bits of simhash may differ (Manku, Jain and Das Sarma, 2007)."""

AT_ONCE = 16
"""Articles on their way together, as in a daemon that visits so many sites."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of the data, and what is known of it."""

    article: Article
    group: str
    kind: str


Clusters = Mapping[str, Hashable]
"""The cluster of each article, by the article's URL."""


def read_labelled(folder: Path) -> list[Labelled]:
    """Return the articles in their order of arrival."""
    path = folder / "articles.jsonl.gz"
    if not path.is_file():
        sys.exit(f"there is no {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_labelled(json.loads(line)) for line in lines]


def _labelled(fields: Mapping[str, str]) -> Labelled:
    article = Article(
        url=f"https://{fields['source']}.example/{fields['id']}",
        source=fields["source"],
        title="",
        text=fields["text"],
        fetched_at=NOW,
        extractor_version=1,
    )
    return Labelled(article, str(fields["group"]), fields["kind"])


# --- ours ----------------------------------------------------------------------------------------


class OurStream:
    """The part of the pipeline from the article to the commit, on a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "archive.db"
        self.url = f"sqlite:///{self.path}"
        self.names: dict[str, str] = {}
        self.repeats: dict[str, str | None] = {}

    @property
    def cluster_of(self) -> Clusters:
        """The first article of each article's cluster, by its URL."""
        return {url: self._find_first(name) for url, name in self.names.items()}

    def _find_first(self, name: str) -> str:
        while of := self.repeats[name]:
            name = of
        return name

    async def run(self, articles: Sequence[Labelled], background: int, at_once: int) -> dict[str, Figure]:
        """Keep the articles in order, so many at a time; return how fast."""
        store = open_store(self.url, "benchmark", GATHER)
        try:
            names = {labelled.article.source for labelled in articles}
            await store.register([Source(name=name, url=f"https://{name}.example/") for name in names], NOW)
            if background:
                fill_index(self.url, background)
            split_terms("a é")  # the patterns of words are made once in the life of a process
            before, cpu, began = self.path.stat().st_size, process_time(), perf_counter()
            await self.add_all(store, iter(articles), at_once)
            cpu, wall = process_time() - cpu, perf_counter() - began
        finally:
            await store.close()
        return {
            "articles_per_s": round(len(articles) / cpu, 1),
            "articles_per_wall_s": round(len(articles) / wall, 1),
            "archive_bytes_per_article": round((self.path.stat().st_size - before) / len(articles)),
            **measure_index(self.url),
            "ready_ms": round(await time_restart(self.url, articles[0].article) * 1000, 1),
        }

    async def add_all(self, store: SqlStore, articles: Iterator[Labelled], at_once: int) -> None:
        """Let so many sites take the next article, each when its last is kept."""

        async def visit() -> None:
            for labelled in articles:
                while not await self.add(store, labelled.article):
                    pass

        await asyncio.gather(*(visit() for _ in range(at_once)))

    async def add(self, store: SqlStore, article: Article) -> bool:
        """Judge one article and keep it, as `pipeline` does; return False when another was first."""

        def file(stored: Lookup) -> Filing:
            fingerprint = fingerprint_article(article)
            candidates = stored.candidates(article.url, fingerprint)
            return Filing(
                article=article,
                link=Link(url=article.url, source=article.source),
                page=b"",
                blocks=frozenset(),
                fingerprint=fingerprint,
                candidates=candidates,
                verdict=judge(article, fingerprint, candidates),
                agency=find_agency(article),
                matches=(),
                alerts=(),
            )

        filing, alerts = await store.keep_judged(file)
        if alerts is None:
            return False
        verdict = filing.verdict
        self.names[article.url] = article.id
        self.repeats[article.id] = verdict.of if verdict.relation in (Relation.COPY, Relation.EXACT) else None
        return True


def fill_index(url: str, postings: int) -> None:
    """Put postings of clusters that do not exist into the index, 64 to a cluster.

    The database makes them itself. It builds the index in its own order: a B-tree that is filled at random
    for months looks the same a little later. They lie where the shingles of articles do, below `KEPT_BELOW`,
    and evenly.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            FILL,
            {
                "postings": postings,
                "step": KEPT_BELOW // postings,
                "clusters": postings // 64 + 1,
                "first": FIRST_OF_BACKGROUND,
            },
        )
    engine.dispose()


FIRST_OF_BACKGROUND = 10**6
FILL = text("""
    INSERT INTO postings (hash, cluster_id)
    WITH RECURSIVE counted(number) AS (
        SELECT 0 UNION ALL SELECT number + 1 FROM counted WHERE number + 1 < :postings
    )
    SELECT number * :step + number * 40503 % :step, :first + number * 2654435761 % :clusters FROM counted
""")
"""Multiplied by Knuth's constants, numbers in a row lie far apart, and in every run alike."""


def measure_index(url: str) -> dict[str, Figure]:
    """Return how many postings there are, and how large they lie on the disk."""
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM postings")) or 0
        size = connection.scalar(text("SELECT sum(pgsize) FROM dbstat WHERE name = 'postings'")) or 0
    engine.dispose()
    return {"postings": count, "bytes_per_posting": round(size / count, 1) if count else 0.0}


async def time_restart(url: str, article: Article) -> float:
    """Return the seconds until an existing archive has answered its first question."""
    fingerprint, began = fingerprint_article(article), perf_counter()
    store = open_store(url, "benchmark")
    await store.candidates("https://elsewhere.example/", fingerprint)
    seconds = perf_counter() - began
    await store.close()
    return seconds


# --- peers ---------------------------------------------------------------------------------------


def cluster_by_minhash(articles: Sequence[Labelled]) -> Clusters:
    """Return what MinHash-LSH makes of them: an article joins the cluster of the first that LSH returns."""
    index = MinHashLSH(threshold=JACCARD, num_perm=PERMUTATIONS)
    clusters: dict[str, Hashable] = {}
    for labelled in articles:
        terms, name = split_terms(labelled.article.text), labelled.article.url
        minhash = MinHash(num_perm=PERMUTATIONS)
        shingles = {" ".join(terms[start : start + 3]) for start in range(max(1, len(terms) - 2))}
        minhash.update_batch([shingle.encode() for shingle in shingles])
        near = index.query(minhash)
        clusters[name] = min((clusters[each] for each in near), key=str, default=name)
        index.insert(name, minhash)
    return clusters


def cluster_by_simhash(articles: Sequence[Labelled]) -> Clusters:
    """Return what simhash makes of them: an article joins the cluster of one that differs in 3 bits."""
    index = SimhashIndex([], k=SIMHASH_BITS)
    clusters: dict[str, Hashable] = {}
    for labelled in articles:
        terms, name = split_terms(labelled.article.text), labelled.article.url
        value = Simhash([" ".join(terms[start : start + 3]) for start in range(max(1, len(terms) - 2))])
        near = index.get_near_dups(value)
        clusters[name] = min((clusters[each] for each in near), key=str, default=name)
        index.add(name, value)
    return clusters


def time_peer(
    cluster: Callable[[Sequence[Labelled]], Clusters], articles: Sequence[Labelled]
) -> tuple[Clusters, dict[str, Figure]]:
    """Return a peer's clusters, and how fast it was."""
    began = process_time()
    clusters = cluster(articles)
    return clusters, {"articles_per_s": round(len(articles) / (process_time() - began), 1)}


# --- the score -----------------------------------------------------------------------------------


def score(articles: Sequence[Labelled], clusters: Clusters) -> dict[str, Figure]:
    """Return B-cubed F1, the adjusted Rand index, and what became of each kind."""
    pairs = Counter((labelled.group, clusters[labelled.article.url]) for labelled in articles)
    groups = Counter(labelled.group for labelled in articles)
    found = Counter(clusters[labelled.article.url] for labelled in articles)
    precision = sum(both * both / found[cluster] for (_, cluster), both in pairs.items()) / len(articles)
    recall = sum(both * both / groups[group] for (group, _), both in pairs.items()) / len(articles)
    return {
        "b3_f1": round(2 * precision * recall / (precision + recall), 4),
        "ari": round(adjusted_rand(pairs, groups, found), 4),
        "b3_precision": round(precision, 4),
        "b3_recall": round(recall, 4),
        **score_kinds(articles, clusters, pairs, found),
    }


def adjusted_rand(
    pairs: Mapping[tuple[str, Hashable], int], groups: Mapping[str, int], found: Mapping[Hashable, int]
) -> float:
    """Return the adjusted Rand index (Hubert and Arabie, 1985)."""

    def twos(counts: Iterable[int]) -> float:
        return sum(count * (count - 1) / 2 for count in counts)

    total = sum(groups.values())
    both, one, other = twos(pairs.values()), twos(groups.values()), twos(found.values())
    expected = one * other / (total * (total - 1) / 2)
    largest = (one + other) / 2
    return (both - expected) / (largest - expected) if largest != expected else 1.0


def score_kinds(
    articles: Sequence[Labelled],
    clusters: Clusters,
    pairs: Mapping[tuple[str, Hashable], int],
    found: Mapping[Hashable, int],
) -> dict[str, Figure]:
    """Return recall by kind of variant, and the articles merged with others by kind of negative."""
    kinds = Counter(labelled.kind for labelled in articles)
    grouped: Counter[str] = Counter()
    merged: Counter[str] = Counter()
    for labelled in articles:
        cluster = clusters[labelled.article.url]
        same = pairs[labelled.group, cluster]
        grouped[labelled.kind] += same > 1
        merged[labelled.kind] += found[cluster] > same
    figures: dict[str, Figure] = {}
    for kind in sorted(kinds):
        if kind.startswith("neg"):
            figures[f"merged_{kind}"] = merged[kind]
        else:
            figures[f"recall_{kind}"] = round(grouped[kind] / kinds[kind], 4)
    return figures


# --- the run -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is asked for besides what every benchmark is told.

    The pairs of `stories` (None: not measured), how many postings come first, how many articles `at_once`.
    """

    arguments: Arguments
    stories: Path | None
    background: int
    at_once: int


def read_command_line() -> Command:
    """Return what is asked for; without any data the benchmark is not run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("data/dedupe"), metavar="DIR")
    parser.add_argument("--stories", type=Path, default=Path("data/stories"), metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    parser.add_argument("--background", type=int, default=0, metavar="N", help="postings to begin with")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help="articles at a time")
    given = parser.parse_args()
    if not given.data.is_dir() and not given.stories.is_dir():
        print(f"not run: {given.data} is not there; name the data with --data DIR")
        sys.exit(0)
    return Command(
        arguments=Arguments(data=given.data if given.data.is_dir() else None, json=given.json),
        stories=given.stories if given.stories.is_dir() else None,
        background=given.background,
        at_once=given.at_once,
    )


def measure_copies(data: Path, background: int, at_once: int) -> list[Row]:
    """Stream the articles through ours and the peers; return a row for each."""
    articles = read_labelled(data)
    with tempfile.TemporaryDirectory() as folder:
        stream = OurStream(Path(folder))
        speed = asyncio.run(stream.run(articles, background, at_once))
    rows = [Row(OURS, score(articles, stream.cluster_of) | speed | {"articles": len(articles)})]
    for name, cluster in (("minhash_lsh", cluster_by_minhash), ("simhash", cluster_by_simhash)):
        clusters, peer_speed = time_peer(cluster, articles)
        rows.append(Row(name, score(articles, clusters) | peer_speed))
    return rows


def main() -> None:
    """Measure what there are data for, and publish."""
    command = read_command_line()
    data = command.arguments.data
    rows = [] if data is None else measure_copies(data, command.background, command.at_once)
    if command.stories is not None:
        rows = merge_rows([*rows, *measure_stories(command.stories)])
    publish(
        Report(
            name="dedupe",
            question="How well, and how fast, are copies told from news when articles come in one by one?",
            rows=rows,
            distributions=("datasketch", "simhash"),
        ),
        command.arguments,
    )


def merge_rows(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each contestant, with all its figures."""
    figures: dict[str, dict[str, Figure]] = {}
    for row in rows:
        figures.setdefault(row.name, {}).update(row.figures)
    return [Row(name, values) for name, values in figures.items()]


if __name__ == "__main__":
    main()
