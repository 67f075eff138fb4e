"""Rules as nested lists, written as queries and evaluated by brute force.

It shares nothing with `monitor.match` but the tokeniser, so that where the two agree, both are right.
A shape is one of `["t", word]`, `["p", [words]]`, `["w", prefix]`, `["near", n, a, b]`, `["and", ...]`,
`["or", ...]`, `["not", a]`, `["title", a]`; the words are folded terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from monitor.text.tokens import split_terms

Shape: TypeAlias = "Sequence[str | int | Shape]"
Hit = tuple[int, int]


class Part(NamedTuple):
    """The terms of a title or a text, in order, and without repetition."""

    terms: Sequence[str]
    unique: frozenset[str]


Parts = Sequence[Part]
"""The title, and the text."""


def split_parts(title: str, text: str) -> Parts:
    """Return what `holds` looks at."""
    return [Part(terms, frozenset(terms)) for terms in (split_terms(title), split_terms(text))]


def fold(shape: Shape) -> Shape:
    """Return the shape with its words as terms; a word that is several terms becomes a phrase."""
    kind, rest = shape[0], shape[1:]
    if kind == "t":
        terms = split_terms(str(rest[0]))
        return ("t", terms[0]) if len(terms) == 1 else ("p", terms)
    if kind == "w":
        return "w", *split_terms(str(rest[0]))
    if kind == "p":
        return "p", split_terms(" ".join(map(str, _list(rest[0]))))
    return kind, *(child if isinstance(child, int) else fold(_list(child)) for child in rest)


def write_query(shape: Shape) -> str:
    """Return the shape in the language of docs/rules.md."""
    kind, rest = shape[0], shape[1:]
    if kind == "t":
        return str(rest[0])
    if kind == "w":
        return f"{rest[0]}*"
    if kind == "p":
        return '"' + " ".join(map(str, _list(rest[0]))) + '"'
    if kind == "near":
        return f"({write_query(_list(rest[1]))} NEAR/{rest[0]} {write_query(_list(rest[2]))})"
    if kind == "not":
        return f"NOT {write_query(_list(rest[0]))}"
    if kind == "title":
        return f"title:({write_query(_list(rest[0]))})"
    return "(" + f" {str(kind).upper()} ".join(write_query(_list(child)) for child in rest) + ")"


def holds(shape: Shape, parts: Parts) -> bool:
    """Return whether the shape holds of an article with these parts."""
    kind, rest = shape[0], shape[1:]
    if kind == "and":
        return all(holds(_list(child), parts) for child in rest)
    if kind == "or":
        return any(holds(_list(child), parts) for child in rest)
    if kind == "not":
        return not holds(_list(rest[0]), parts)
    if kind == "title":
        return holds(_list(rest[0]), parts[:1])
    if kind == "near":
        return any(_meet(shape, part) for part in parts)
    return any(next(find(shape, part), None) is not None for part in parts)


def find(shape: Shape, part: Part) -> Iterator[Hit]:
    """Yield where a word, prefix, phrase, or a group of these with OR stands: (start, end)."""
    kind, rest = shape[0], shape[1:]
    if kind == "or":
        for child in rest:
            yield from find(_list(child), part)
        return
    words = [str(word) for word in _list(rest[0])] if kind == "p" else [str(rest[0])]
    if kind == "w":
        wanted = frozenset(term for term in part.unique if term.startswith(words[0]))
    else:
        wanted = part.unique.intersection(words[:1])
    if not wanted:
        return
    for start, term in enumerate(part.terms):
        if term in wanted and (len(words) == 1 or list(part.terms[start : start + len(words)]) == words):
            yield start, start + len(words)


def _meet(shape: Shape, part: Part) -> bool:
    distance, left, right = shape[1:]
    if not isinstance(distance, int):
        raise TypeError(distance)
    return any(
        0 <= max(a[0], b[0]) - min(a[1], b[1]) <= distance
        for a in find(_list(left), part)
        for b in find(_list(right), part)
    )


def children(parts: Sequence[str | int | Shape]) -> list[Shape]:
    """Return the shapes among the parts of a shape."""
    return [_list(part) for part in parts if not isinstance(part, int)]


def _list(shape: str | int | Shape) -> Shape:
    if isinstance(shape, str | int):
        raise TypeError(shape)
    return shape
