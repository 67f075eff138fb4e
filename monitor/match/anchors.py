"""Tree -> anchors: what an article must hold for a rule to be worth asking.

Position: after `parser`, before `ruleset`; also gives the search index its terms. Pure.

An anchor is necessary: an article that holds none of a rule's anchors cannot match it. Of an AND, any
child's anchors will do, so the cheapest are taken; of an OR, all children's are needed; a NOT has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from operator import itemgetter
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
from monitor.match.nodes import And, AtLeast, Near, Node, Or
from monitor.match.parser import Query
from monitor.match.words import Cased, Phrase, Prefix, Stem, Together, Word
from monitor.text.readings import strip_diacritics
from monitor.text.stems import stems_anywhere


class Anchoring(NamedTuple):
    """The anchors of a tree, and how often an article holds one of them (a share, summed)."""

    cost: float
    keys: tuple[Key, ...]


COST_BY_LENGTH = (0.5, 0.5, 0.5, 0.3, 0.15, 0.08, 0.05)
"""The share of articles that hold a word of so many letters, when the archive has not told: the last
for all longer ones. Measured on the words of the 10,000 development rules in their 720 articles."""

UNSEEN = 0.01
"""How much rarer than by its length a word is that the archive's sample lacks."""

PAIR_SHARE = 0.1
"""How many of the articles that hold the rarer of two words hold them side by side."""

TITLE_SHARE = 0.1
"""How many of the articles that hold a word hold it in the title."""

PREFIX_COST = (2.0, 2.0, 2.0, 1.5, 1.3, 1.15, 1.1)
"""As `COST_BY_LENGTH`, for all words that begin alike; plus 1, since the beginnings of all words must be
made for it: a prefix is an anchor where there is no other."""

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

    `shares` says which share of the archive's articles holds a term; terms it lacks are rarer than those
    it has. Without any, long words count as rare.
    """
    if isinstance(root, Or):
        return unite(find_anchors(child, shares) for child in root.children)
    if isinstance(root, Stem) and root.field in BODY_FIELDS:
        keys = tuple((STEM_KEY, form) for form in sorted(stems_anywhere(root.term)))
        return Anchoring(_share(root.term, shares) * FORMS, keys)
    if isinstance(root, And):
        return cheapest(find_anchors(child, shares) for child in root.children)
    if isinstance(root, Near):
        return cheapest(find_anchors(side, shares) for side in (root.left, root.right))
    if isinstance(root, AtLeast):
        return find_anchors(root.child, shares)
    return cheapest(Anchoring(cost_of(key, shares), (key,)) for key in necessary_keys(root))


def cheapest(anchorings: Iterable[Anchoring | None]) -> Anchoring | None:
    """Return the anchors that the fewest articles hold; None when there are none."""
    return min(filter(None, anchorings), key=itemgetter(0), default=None)


def unite(parts: Iterable[Anchoring | None]) -> Anchoring | None:
    """Return the anchors of all parts together; None when one of them has none."""
    cost = 0.0
    keys: dict[Key, None] = {}
    for part in parts:
        if part is None:
            return None
        cost += part.cost
        keys.update(dict.fromkeys(part.keys))
    return Anchoring(cost, tuple(keys))


def necessary_keys(node: Node) -> Sequence[Key]:
    """Return keys, all of which any document has of which `node` holds."""
    if isinstance(node, Word | Prefix):
        key = node.key
        return (key,) if key else _keys_in(node.field, (node.term,) if isinstance(node, Word) else ())
    if isinstance(node, Phrase):
        key = node.key
        return (key,) if key else _keys_in(node.field, node.terms[:-1] if node.open_end else node.terms)
    if isinstance(node, Cased):
        return necessary_keys(node.words)
    if isinstance(node, Together):
        return [key for term in node.terms for key in _keys_in(node.field, (term,))]
    if isinstance(node, Near):
        return [*necessary_keys(node.left), *necessary_keys(node.right)]
    return necessary_keys(node.child) if isinstance(node, AtLeast) else ()


def _keys_in(field: Field, terms: Sequence[str]) -> Sequence[Key]:
    """Return the keys of words in a row: each two of them, where two in a row are a key."""
    if field is Field.TITLE:
        return [(TITLE_MARK, *key) if isinstance(key, tuple) else (TITLE_MARK, key) for key in _rows(terms)]
    if field in BODY_FIELDS:
        return _rows(terms)
    return [] if field in WHOLE_FIELDS else [(field_mark(field), term) for term in terms]


def _rows(terms: Sequence[str]) -> Sequence[Key]:
    return list(pairwise(terms)) if len(terms) > 1 else terms


def cost_of(key: Key, shares: Mapping[str, float]) -> float:
    """Return which share of the articles is likely to have a key."""
    if isinstance(key, str):
        return _share(key, shares)
    mark = key[0]
    if mark == PREFIX_KEY:
        return PREFIX_COST[min(len(key[1]), len(PREFIX_COST) - 1)]
    if mark == TITLE_MARK:
        return min(_share(term, shares) for term in key[1:]) * TITLE_SHARE
    if mark[-1:] == ":":  # no term ends in a colon
        return WHOLE_FIELD_COST if Field(mark[:-1]) in WHOLE_FIELDS else FIELD_COST
    return min(_share(mark, shares), _share(key[1], shares)) * PAIR_SHARE


def _share(term: str, shares: Mapping[str, float]) -> float:
    known = shares.get(term if term.isascii() else strip_diacritics(term))
    if known is not None:
        return known
    guessed = COST_BY_LENGTH[min(len(term), len(COST_BY_LENGTH) - 1)]
    return guessed * UNSEEN if shares else guessed


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
