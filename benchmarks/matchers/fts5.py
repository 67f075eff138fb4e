"""Rules as queries of SQLite's FTS5, which knows words, phrases, prefixes, NEAR, AND, OR, NOT and the title.

Position: a witness against `monitor.match`, as `naive` is: it shares the tokeniser alone. FTS5 cannot say a
rule that holds NOT in a place other than behind what must be there, NEAR between groups, or NEAR of a word
with itself; `write` returns None for these.
"""

from __future__ import annotations

import sqlite3
import string
from collections import defaultdict
from collections.abc import Sequence

from benchmarks.matchers import naive
from monitor.model import Article
from monitor.text.tokens import index_text


def match_by_fts5(
    shapes: Sequence[naive.Shape], articles: Sequence[Article]
) -> tuple[list[list[str]], frozenset[str]]:
    """Return the names of the rules that match each article, and of those that FTS5 can say."""
    database = sqlite3.connect(":memory:")
    # `tokens` has folded the words and parted them by spaces; FTS5 takes them as they are.
    tokenizer = f"ascii tokenchars {_quote(string.punctuation)}"
    database.execute(f"CREATE VIRTUAL TABLE search USING fts5(title, text, tokenize={_quote(tokenizer)})")
    rows = [(n, index_text(a.title), index_text(a.text)) for n, a in enumerate(articles)]
    database.executemany("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", rows)
    found: defaultdict[int, list[str]] = defaultdict(list)
    said = set()
    for number, shape in enumerate(shapes):
        query = write(shape)
        if query is not None:
            said.add(str(number))
            for (row,) in database.execute("SELECT rowid FROM search WHERE search MATCH ?", (query,)):
                found[row].append(str(number))
    return [found[row] for row in range(len(articles))], frozenset(said)


def write(shape: naive.Shape) -> str | None:
    """Return the shape as a query of FTS5 (sqlite.org/fts5.html, 3); None when it has none."""
    kind, rest = shape[0], shape[1:]
    if kind in ("t", "w", "p"):
        return _phrase(shape)
    if kind == "near":
        left, right = naive.children(rest[1:])
        plain = left[0] in ("t", "p") and right[0] in ("t", "p") and left != right
        return f"NEAR({_phrase(left)} {_phrase(right)}, {rest[0]})" if plain else None
    if kind == "title":
        inner = write(naive.children(rest)[0])
        return None if inner is None else f"title : ({inner})"
    if kind == "and":
        return _write_all(naive.children(rest))
    sides = [write(child) for child in naive.children(rest)] if kind == "or" else [None]
    return None if None in sides else "(" + " OR ".join(filter(None, sides)) + ")"


def _write_all(clauses: Sequence[naive.Shape]) -> str | None:
    wanted = [write(clause) for clause in clauses if clause[0] != "not"]
    unwanted = [write(naive.children(clause[1:])[0]) for clause in clauses if clause[0] == "not"]
    if None in wanted or None in unwanted or not wanted:
        return None
    query = "(" + " AND ".join(filter(None, wanted)) + ")"
    return "(" + " NOT ".join([query, *(f"({clause})" for clause in unwanted)]) + ")"


def _quote(words: str) -> str:
    """Return a string literal of SQL."""
    return "'" + words.replace("'", "''") + "'"


def _phrase(shape: naive.Shape) -> str:
    words = naive.children(shape[1:])[0] if shape[0] == "p" else shape[1:]
    written = '"' + " ".join(str(word).replace('"', '""') for word in words) + '"'
    return f"{written} *" if shape[0] == "w" else written
