"""Query x article -> why: the tree with what was true, what was not, and where.

Position: beside `ruleset`, for people who write rules. Pure; it asks the nodes that matching asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.match.document import Document, Field
from monitor.match.excerpts import Excerpts
from monitor.match.nodes import And, AtLeast, Near, Node, Not, Or, Pattern
from monitor.match.parser import Query
from monitor.match.words import Cased, Phrase, Prefix, Stem, Together, Word
from monitor.model import Article, Excerpt


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query: as it is written, whether it holds, where it shows, and what it is made of."""

    written: str
    holds: bool
    excerpts: tuple[Excerpt, ...]
    children: tuple[Clause, ...]


def explain_query(query: Query, article: Article) -> Clause:
    """Return the query's tree with what holds of `article`, and the sentences that show it."""
    return _explain(query.root, Document(article, query.reading), Excerpts(article))


def missing_clause(query: Query, article: Article) -> str | None:
    """Return the one clause that `article` fails by, as it is written; None when it matches or fails by more.

    The clauses of a query are what AND joins at its top.
    """
    document = Document(article, query.reading)
    failed = [clause for clause in clauses_of(query) if not clause.root.holds(document)]
    return failed[0].text if len(failed) == 1 else None


def clauses_of(query: Query) -> tuple[Query, ...]:
    """Return what AND joins at the top of a query, each a query of its own; the query when nothing does."""
    root = query.root
    children = root.children if isinstance(root, And) else (root,)
    return tuple(_query_of(child, query) for child in children)


def leave_out(query: Query, clause: Query) -> Query | None:
    """Return the query without one of its clauses; None when no clause that can be looked for is left."""
    left = tuple(other.root for other in clauses_of(query) if other != clause)
    if all(isinstance(node, Not) for node in left):
        return None
    return _query_of(left[0] if len(left) == 1 else And(left), query)


def terms_of(query: Query) -> tuple[Query, ...]:
    """Return the words, phrases and patterns that a query looks for, each once; those of NOT left out."""
    return tuple(_query_of(leaf, query) for leaf in dict.fromkeys(_leaves(query.root)))


def _query_of(node: Node, query: Query) -> Query:
    """Return a part of a query as a query of its own, which reads articles in the same way."""
    return Query(write_node(node), node, (), query.reading)


def write_node(node: Node) -> str:  # noqa: C901 - one case a node
    """Return a tree in the query language. Words come folded, as they are looked for."""
    match node:
        case Word():
            return _in_field(node.field, node.term)
        case Prefix():
            return _in_field(node.field, f"{node.prefix}*")
        case Phrase():
            return _in_field(node.field, f'"{" ".join(node.terms)}{"*" if node.open_end else ""}"')
        case Together():
            return _in_field(node.field, f'"{" ".join(node.terms)}"~{node.distance}')
        case Stem():
            return _in_field(node.field, f"stem({node.term})")
        case Cased():
            return _in_field(node.words.field, f"case({' '.join(node.spelled)})")
        case Pattern():
            return _in_field(node.field, f"re(/{node.pattern}/{'i' if node.ignore_case else ''})")
        case AtLeast():
            return f"atleast{node.count}({write_node(node.child)})"
        case Near():
            operator = "ONEAR" if node.ordered else "NEAR"
            return f"{write_node(node.left)} {operator}/{node.distance} {write_node(node.right)}"
        case Not():
            return f"NOT {write_node(node.child)}"
        case And():
            return f"({' AND '.join(map(write_node, node.children))})"
        case Or():
            return f"({' OR '.join(map(write_node, node.children))})"


def _in_field(field: Field, written: str) -> str:
    return written if field is Field.ANY else f"{field.value}:{written}"


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, And | Or):
        return node.children
    if isinstance(node, Not | AtLeast):
        return (node.child,)
    return (node.left, node.right) if isinstance(node, Near) else ()


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, Not):
        return
    children = _children(node)
    if not children:
        yield node
    for child in children:
        yield from _leaves(child)


def _explain(node: Node, document: Document, excerpts: Excerpts) -> Clause:
    holds = node.holds(document)
    children = tuple(_explain(child, document, excerpts) for child in _children(node))
    marks = frozenset() if children or not holds else frozenset(node.marks(document))
    return Clause(write_node(node), holds, excerpts.choose(marks) if marks else (), children)
