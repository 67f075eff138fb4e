"""Tree -> anchors: what an article must hold for a rule to be worth asking.

Position: after `parser`, before `ruleset`; also gives the search index its terms. Pure.

An anchor is necessary: an article that holds none of a rule's anchors cannot match it. Of an AND, any
child's anchors will do, so the cheapest are taken; of an OR, all children's are needed; a NOT has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from typing import NamedTuple

from monitor.match.document import (
    BODY_FIELDS,
    PREFIX_KEY,
    STEM_KEY,
    TITLE_MARK,
    WHOLE_FIELDS,
    Field,
    Key,
    field_mark,
)
from monitor.match.nodes import And, AtLeast, Cased, Near, Node, Or, Phrase, Prefix, Stem, Together, Word
from monitor.match.parser import Query
from monitor.text.stems import stems_anywhere


class Anchoring(NamedTuple):
    """The anchors of a tree, and how often an article holds one of them (a share, summed)."""

    cost: float
    keys: tuple[Key, ...]


COST_BY_LENGTH = (0.5, 0.5, 0.5, 0.3, 0.15, 0.08, 0.05)
"""The share of articles that hold a word of so many letters, when the archive has not told: the last
for all longer ones. Measured on the words of the 10,000 development rules in their 720 articles."""

PAIR_SHARE = 0.1
"""How many of the articles that hold the rarer of two words hold them side by side."""

TITLE_SHARE = 0.1
"""How many of the articles that hold a word hold it in the title."""

PREFIX_COST = (1.0, 1.0, 1.0, 0.5, 0.3, 0.15, 0.1)
"""As `COST_BY_LENGTH`, for all words that begin alike."""

FIELD_COST = 0.02
WHOLE_FIELD_COST = 0.4
"""The same for a word of a field, and for a source or a language, which many articles share."""

FORMS = 2.0
"""How many times as often as the word itself one of its forms occurs."""

MAX_CONJUNCTIONS = 64
MAX_CONJUNCTION_TERMS = 12
"""Bounds of what the search index is asked: with more, it is slower than the matcher."""


def find_anchors(root: Node, shares: Mapping[str, float]) -> Anchoring | None:
    """Return the cheapest anchors of a tree; None when it has none (a bare regular expression).

    `shares` says which share of the archive's articles holds a term; terms it lacks are guessed.
    """
    if isinstance(root, Word):
        return _anchor_words(root.field, (root.term,), shares)
    if isinstance(root, Phrase):
        return _anchor_words(root.field, root.terms[:-1] if root.open_end else root.terms, shares)
    if isinstance(root, And | Near):
        children = root.children if isinstance(root, And) else (root.left, root.right)
        found = [anchoring for child in children if (anchoring := find_anchors(child, shares))]
        return min(found, key=_cost) if found else None
    if isinstance(root, Or):
        return _unite(find_anchors(child, shares) for child in root.children)
    if isinstance(root, AtLeast):
        return find_anchors(root.child, shares)
    if isinstance(root, Cased):
        return find_anchors(root.words, shares)
    if isinstance(root, Together):
        return min((_anchor_words(root.field, (term,), shares) for term in root.terms), key=_cost)
    return _anchor_forms(root, shares)


def _cost(anchoring: Anchoring) -> float:
    return anchoring.cost


def _unite(parts: Iterable[Anchoring | None]) -> Anchoring | None:
    cost = 0.0
    keys: dict[Key, None] = {}
    for part in parts:
        if part is None:
            return None
        cost += part.cost
        keys.update(dict.fromkeys(part.keys))
    return Anchoring(cost, tuple(keys))


def _anchor_words(field: Field, terms: tuple[str, ...], shares: Mapping[str, float]) -> Anchoring:
    """Return the anchor of words in a row: the rarest two of them, where two in a row are a key."""
    if field not in BODY_FIELDS:
        cost = WHOLE_FIELD_COST if field in WHOLE_FIELDS else FIELD_COST
        return Anchoring(cost, ((field_mark(field), max(terms, key=len)),))
    costs = [_share(term, shares) for term in terms]
    key: Key
    if len(terms) == 1:
        cost, key = costs[0], terms[0]
    else:
        cost, key = min(
            (min(a, b), pair) for (a, b), pair in zip(pairwise(costs), pairwise(terms), strict=True)
        )
        cost *= PAIR_SHARE
    if field is Field.TITLE:
        return Anchoring(
            cost * TITLE_SHARE, ((TITLE_MARK, key) if isinstance(key, str) else (TITLE_MARK, *key),)
        )
    return Anchoring(cost, (key,))


def _anchor_forms(node: Node, shares: Mapping[str, float]) -> Anchoring | None:
    if isinstance(node, Prefix) and node.field in BODY_FIELDS:
        cost = PREFIX_COST[min(len(node.prefix), len(PREFIX_COST) - 1)]
        return Anchoring(cost, ((PREFIX_KEY, node.prefix),))
    if isinstance(node, Stem) and node.field in BODY_FIELDS:
        keys = tuple((STEM_KEY, form) for form in sorted(stems_anywhere(node.term)))
        return Anchoring(_share(node.term, shares) * FORMS, keys)
    return None


def _share(term: str, shares: Mapping[str, float]) -> float:
    known = shares.get(term)
    return COST_BY_LENGTH[min(len(term), len(COST_BY_LENGTH) - 1)] if known is None else known


# --- what the search index is asked ---------------------------------------------------------------

Conjunction = tuple[str, ...]


def required_terms(query: Query) -> tuple[Conjunction, ...]:
    """Return index terms, all of at least one tuple of which are in title or text of any matching article.

    A trailing `*` asks for a prefix. () when nothing can be said, so that every article must be looked at.
    """
    return _require(query.root) or ()


def _require(node: Node) -> tuple[Conjunction, ...] | None:
    if isinstance(node, Cased):
        return _require(node.words)
    if isinstance(node, AtLeast):
        return _require(node.child)
    if isinstance(node, And | Near):
        return _combine(node.children if isinstance(node, And) else (node.left, node.right))
    if isinstance(node, Or):
        return _alternate(node)
    if not isinstance(node, Word | Prefix | Phrase | Together) or node.field not in BODY_FIELDS:
        return None
    if isinstance(node, Word):
        return ((node.term,),)
    if isinstance(node, Prefix):
        return ((f"{node.prefix}*",),)
    terms = node.terms
    if isinstance(node, Phrase) and node.open_end:
        terms = (*terms[:-1], f"{terms[-1]}*")
    return (tuple(dict.fromkeys(terms))[:MAX_CONJUNCTION_TERMS],)


def _alternate(node: Or) -> tuple[Conjunction, ...] | None:
    found: dict[Conjunction, None] = {}
    for child in node.children:
        required = _require(child)
        if required is None:
            return None
        found.update(dict.fromkeys(required))
    return tuple(found) if len(found) <= MAX_CONJUNCTIONS else None


def _combine(children: Iterable[Node]) -> tuple[Conjunction, ...] | None:
    """Return what all children ask for together; the narrowest first, as long as it stays small."""
    asked = sorted((required for child in children if (required := _require(child))), key=len)
    combined: tuple[Conjunction, ...] = ((),)
    for required in asked:
        if len(combined) * len(required) > MAX_CONJUNCTIONS:
            break
        both = (dict.fromkeys((*one, *other)) for one, other in product(combined, required))
        combined = tuple(dict.fromkeys(tuple(terms)[:MAX_CONJUNCTION_TERMS] for terms in both))
    return combined if asked else None
