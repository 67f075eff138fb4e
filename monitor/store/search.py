"""The full-text index: our tokeniser's terms, and nothing of the database's own.

Position: under `archive`. `text.tokens` decides what a word is, so that the search, the rules and every
script agree. The databases get finished terms and may not touch them:

* SQLite: FTS5 with the `ascii` tokenizer and all punctuation declared a letter, so that it parts at
  spaces only (`unicode61` would cut `at&t` and `u.s`); contentless and without positions (`detail=none`),
  since nobody asks for phrases here: the matcher decides about those. That makes a quarter of the size.
* PostgreSQL: a tsvector made of the terms as they are (`array_to_tsvector`) under a GIN index, and
  tsqueries with every term quoted.

The terms are plain, without diacritics, whichever way a rule reads them (`text.readings`): what the index
proposes is then never too little. One more term in each document names its source, so that the index
answers "newest of this source" itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, chain

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from monitor.ports import ArticleQuery
from monitor.store.columns import storable
from monitor.store.dialects import is_postgresql
from monitor.store.statement import Statement
from monitor.store.tables import ARTICLES
from monitor.text.readings import strip_diacritics
from monitor.text.tokens import split_terms

MAX_TERM_CHARS = 200
"""A longer term is cut, here and in queries alike. PostgreSQL takes 2,046 bytes at most."""

MAX_DOCUMENT_BYTES = 1_000_000
"""Of distinct terms; PostgreSQL takes 1,048,575. A novel has a tenth of it: only nonsense is cut."""

MAX_CHAR_BYTES = 4
"""In UTF-8."""

_SEPARATORS = re.compile(r"[\x00-\x20\x7f:]")
"""No term holds one; the colon is kept for the name of the source."""


def terms_of(*texts: str) -> list[str]:
    """Return the distinct terms of some texts, as the index takes them, in the order of their first use."""
    found = dict.fromkeys(chain.from_iterable(map(split_terms, texts)))
    terms = list(dict.fromkeys([term if term.isascii() else strip_diacritics(term) for term in found]))
    if max(map(len, terms), default=0) > MAX_TERM_CHARS:
        terms = list(dict.fromkeys(term[:MAX_TERM_CHARS] for term in terms))
    if sum(map(len, terms)) * MAX_CHAR_BYTES <= MAX_DOCUMENT_BYTES:
        return terms
    sizes = accumulate(len(term.encode()) for term in terms)
    return [term for term, size in zip(terms, sizes, strict=True) if size <= MAX_DOCUMENT_BYTES]


def _clean(term: str) -> str:
    """Return a term of a query as the index has it; no database can take it apart."""
    return _SEPARATORS.sub("\ufffd", storable(term))[:MAX_TERM_CHARS]


def _source_term(source_row: int) -> str:
    return f"source:{source_row}"


def add_document(connection: Connection, article_row: int, source_row: int, terms: Sequence[str]) -> None:
    """Index an article by its terms."""
    document: list[str] | str = [_source_term(source_row), *terms]
    if not is_postgresql(connection):
        document = " ".join(document)
    _ADD.run(connection, {"row": article_row, "terms": document})


_ADD = Statement(
    insert(table("search", column("rowid"), column("terms", Text))).values(
        rowid=bindparam("row"), terms=bindparam("terms")
    ),
    insert(table("search", column("article_id"), column("terms"))).values(
        article_id=bindparam("row"), terms=func.array_to_tsvector(bindparam("terms", type_=ARRAY(Text)))
    ),
)


def replace_document(
    connection: Connection, article_row: int, source_row: int, before: Sequence[str], terms: Sequence[str]
) -> None:
    """Index an article by other terms than those `before`, by which it is indexed now.

    A contentless FTS5 table has to be told what it forgets (sqlite.org/fts5.html, 6.2).
    """
    _REMOVE.run(connection, {"row": article_row, "terms": " ".join([_source_term(source_row), *before])})
    add_document(connection, article_row, source_row, terms)


_REMOVE = Statement(
    insert(table("search", column("search", Text), column("rowid"), column("terms", Text))).values(
        search="delete", rowid=bindparam("row"), terms=bindparam("terms")
    ),
    delete(_documents := table("search", column("article_id"))).where(
        _documents.c.article_id == bindparam("row")
    ),
)


Way = list[tuple[str, bool]]
"""Terms that must all occur; True marks a prefix."""


def _ways(query: ArticleQuery) -> list[Way]:
    return [
        [
            (word, term.endswith("*"))
            for term in way
            if (word := _clean(strip_diacritics(term.removesuffix("*"))))
        ]
        for way in query.terms
    ]


def is_unrestricted(query: ArticleQuery) -> bool:
    """Return whether any words will do: none are asked for, or one of the ways asks for none."""
    return not all(_ways(query)) or not query.terms


def find_rows(connection: Connection, query: ArticleQuery, source_row: int | None) -> Select[tuple[int]]:
    """Return the statement for the articles that have the terms of `query`: one page of them, newest first.

    Newest by their row number, the order in which articles came: the index is in that order, so that a
    page of a million matches costs no more than one of ten.
    """
    ways = _ways(query)
    wanted: ColumnElement[bool]
    if is_postgresql(connection):
        documents = table("search", column("article_id"), column("terms"))
        row = documents.c.article_id
        wanted = documents.c.terms.op("@@")(cast(literal(_to_tsquery(ways, source_row), Text), TSQUERY))
    else:
        documents = table("search", column("rowid"))
        row = documents.c.rowid
        wanted = literal_column("search").op("MATCH")(_to_fts5(ways, source_row))
    rows = select(row).where(wanted)
    if query.since is not None:
        # Plus 0: else both databases walk the rows in their order, from the oldest on, to find the first.
        lowest = func.min(ARTICLES.c.id + 0)
        first = select(lowest).where(ARTICLES.c.fetched_at >= query.since).scalar_subquery()
        rows = rows.join(ARTICLES, ARTICLES.c.id == row).where(
            row >= first, ARTICLES.c.fetched_at >= query.since
        )
    return rows.order_by(row.desc()).limit(query.limit).offset(query.offset)


def _to_fts5(ways: list[Way], source_row: int | None) -> str:
    """Return an FTS5 query (sqlite.org/fts5.html, 3): strings in double quotes, a prefix followed by *."""
    clauses = [
        " AND ".join('"{}"{}'.format(word.replace('"', '""'), " *" if prefix else "") for word, prefix in way)
        for way in ways
    ]
    words = " OR ".join(f"({clause})" for clause in clauses)
    return words if source_row is None else f'({words}) AND "{_source_term(source_row)}"'


def _to_tsquery(ways: list[Way], source_row: int | None) -> str:
    """Return a tsquery literal (PostgreSQL manual, 8.11.2): lexemes in single quotes, a prefix marked :*."""
    clauses = [
        " & ".join(
            "'{}'{}".format(word.replace("\\", "\\\\").replace("'", "''"), ":*" if prefix else "")
            for word, prefix in way
        )
        for way in ways
    ]
    words = " | ".join(f"({clause})" for clause in clauses)
    return words if source_row is None else f"({words}) & '{_source_term(source_row)}'"
