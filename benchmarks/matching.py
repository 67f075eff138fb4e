"""How many articles a second the rule index matches, and whether it finds what brute force finds.

    python -m benchmarks.matching --data DIR [--json FILE]

DIR holds `rules.jsonl.gz` (rules as the nested lists of `matchers.naive`) and `articles.jsonl.gz`
(`title`, `text`). Everything runs on one core, and time is CPU time. Frequencies for the index come from
the articles themselves, as the daemon would take them from its archive. "brute force" asks every rule
of every article; "SQLite FTS5" is asked every rule that it can say; where one of them finds something else,
it counts as wrong and the run ends with exit code 1. pyahocorasick and ahocorasick_rs find the words, and
the rules that wait for one of them are evaluated by our own trees.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.matchers import naive
from benchmarks.matchers.fts5 import match_by_fts5
from benchmarks.peers.automata import AutomatonMatcher, Find, build_ahocorasick_rs, build_pyahocorasick
from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments
from monitor.match import RuleSet, parse_query
from monitor.model import Article, Rule
from monitor.text.tokens import split_terms

FEW, MANY = 10_000, 100_000
"""Rules in the two runs."""

CHANGES = 100
"""Rules that are taken out and put back one by one."""


def main() -> None:
    """Measure, compare with brute force and publish the table."""
    arguments = read_arguments(__doc__)
    if arguments.data is None:
        print("not run: name the data with --data DIR")
        return
    articles = list(read_articles(arguments.data / "articles.jsonl.gz"))
    shapes = list(read_shapes(arguments.data / "rules.jsonl.gz"))
    rules = [Rule(name=str(n), query=naive.write_query(shape), notify=()) for n, shape in enumerate(shapes)]
    shares = count_shares(articles)

    ours: dict[str, Figure] = {"parsed_per_s": measure_parser(rules[:FEW])}
    few, _ = build(rules[:FEW], shares)
    found, ours["articles_per_s_10k"] = measure_matching(few, articles)
    expected, brute_per_s = match_by_force(shapes[:FEW], articles)
    wrong = sum(len(set(a) ^ set(b)) for a, b in zip(found, expected, strict=True))
    ours["hits_10k"], ours["wrong_10k"] = sum(map(len, found)), wrong
    many, figures = build(rules, shares)
    _, ours["articles_per_s_100k"] = measure_matching(many, articles)
    ours["with_excerpts_per_s_100k"], ours["excerpts_100k"] = measure_excerpts(many, articles)
    ours |= figures
    ours["change_ms_100k"] = measure_changes(many, rules)
    brute = {"articles_per_s_10k": brute_per_s, "hits_10k": sum(map(len, expected))}
    by_fts5, said = match_by_fts5(shapes[:FEW], articles)
    missed = sum(len({*a} & said ^ {*b}) for a, b in zip(found, by_fts5, strict=True))
    ours["wrong_by_fts5_10k"] = missed
    fts5 = {"rules_10k": len(said), "hits_10k": sum(map(len, by_fts5))}
    question = f"How fast are {len(articles)} articles matched against 10,000 and 100,000 rules?"
    rows = [
        Row(OURS, ours),
        Row("brute force", brute),
        Row("SQLite FTS5", fts5),
        Row("pyahocorasick", measure_peer(build_pyahocorasick, shapes, articles, shares)),
        Row("ahocorasick_rs", measure_peer(build_ahocorasick_rs, shapes, articles, shares)),
    ]
    peers = ("pyahocorasick", "ahocorasick-rs")
    publish(Report(name="matching", question=question, rows=rows, distributions=peers), arguments)
    sys.exit(1 if wrong or missed else 0)


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the articles of the data."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            fields = json.loads(line)
            yield Article(
                url=f"https://benchmark.example/{number}",
                source="benchmark",
                title=fields["title"] or "",
                text=fields["text"],
                fetched_at=datetime.now(UTC),
                extractor_version=1,
            )


def read_shapes(path: Path) -> Iterator[naive.Shape]:
    """Yield the rules of the data, their words folded as the tokeniser folds them."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for _, line in zip(range(MANY), lines, strict=False):
            yield naive.fold(json.loads(line))


def count_shares(articles: Sequence[Article]) -> dict[str, float]:
    """Return the share of the articles that hold each term."""
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update({*split_terms(article.title), *split_terms(article.text)})
    return {term: count / len(articles) for term, count in counts.items()}


def measure_parser(rules: Sequence[Rule]) -> float:
    """Return how many queries are read in a second."""
    before = time.process_time()
    for rule in rules:
        parse_query(rule.query)
    return len(rules) / (time.process_time() - before)


def build(rules: Sequence[Rule], shares: dict[str, float]) -> tuple[RuleSet, dict[str, Figure]]:
    """Return the compiled rules, and what that took."""
    peak, before = peak_mb(), time.process_time()
    compiled = RuleSet.compile(rules, shares)
    return compiled, {"build_s_100k": time.process_time() - before, "build_mb_100k": peak_mb() - peak}


def measure_matching(rules: RuleSet, articles: Sequence[Article]) -> tuple[list[list[str]], float]:
    """Return the names of the rules that match each article, and how many articles that is in a second."""
    before = time.process_time()
    found = [[rule.name for rule in rules.find(article)] for article in articles]
    return found, len(articles) / (time.process_time() - before)


def measure_excerpts(rules: RuleSet, articles: Sequence[Article]) -> tuple[float, int]:
    """Return how many articles a second are matched and all hits shown, and how many sentences those are."""
    before = time.process_time()
    shown = sum(len(match.excerpts) for article in articles for match in rules.match(article))
    return len(articles) / (time.process_time() - before), shown


def match_by_force(
    shapes: Sequence[naive.Shape], articles: Sequence[Article]
) -> tuple[list[list[str]], float]:
    """Return the same by asking every rule of every article."""
    before = time.process_time()
    found = []
    for article in articles:
        parts = naive.split_parts(article.title, article.text)
        found.append([str(number) for number, shape in enumerate(shapes) if naive.holds(shape, parts)])
    return found, len(articles) / (time.process_time() - before)


def measure_peer(
    build_finder: Callable[[Sequence[str]], Find],
    shapes: Sequence[naive.Shape],
    articles: Sequence[Article],
    shares: dict[str, float],
) -> dict[str, Figure]:
    """Return how fast an automaton and evaluation are, and what they find."""
    figures: dict[str, Figure] = {}
    for rules, name in ((FEW, "10k"), (MANY, "100k")):
        before = time.process_time()
        matcher = AutomatonMatcher(shapes[:rules], shares, build_finder)
        built = time.process_time()
        hits = sum(len(matcher.find(article)) for article in articles)
        figures[f"articles_per_s_{name}"] = len(articles) / (time.process_time() - built)
        figures |= {f"build_s_{name}": built - before, f"hits_{name}": hits}
    return figures


def measure_changes(rules: RuleSet, known: Sequence[Rule]) -> float:
    """Return how many milliseconds it takes to take one rule out, or to put one in."""
    before = time.process_time()
    for rule in known[:: len(known) // CHANGES]:
        rules.remove(rule.name)
        rules.add(rule)
    return (time.process_time() - before) * 1000 / (2 * CHANGES)


def peak_mb() -> float:
    """Return the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
