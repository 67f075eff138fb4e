"""Rules as nested lists, written as queries and evaluated by brute force.

It shares nothing with `monitor.match` but the tokeniser, so that where the two agree, both are right.
A shape is one of `["t", word]`, `["p", [words]]`, `["w", prefix]`, `["near", n, a, b]`, `["and", ...]`,
`["or", ...]`, `["not", a]`, `["title", a]`; the words are folded terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from monitor.text.tokens import split_terms

Shape: TypeAlias = "Sequence[str | int | Shape]"
Hit = tuple[int, int]
Parts = Sequence[Sequence[str]]
"""The terms of the title, and of the text."""


def split_parts(title: str, text: str) -> Parts:
    """Return the terms that `holds` looks at."""
    return split_terms(title), split_terms(text)


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


def find(shape: Shape, terms: Sequence[str]) -> Iterator[Hit]:
    """Yield where a word, prefix, phrase, or a group of these with OR stands: (start, end)."""
    kind, rest = shape[0], shape[1:]
    if kind == "or":
        for child in rest:
            yield from find(_list(child), terms)
        return
    words = [str(word) for word in _list(rest[0])] if kind == "p" else [str(rest[0])]
    for start in range(len(terms) - len(words) + 1):
        here = terms[start : start + len(words)]
        if here[0].startswith(words[0]) if kind == "w" else list(here) == words:
            yield start, start + len(words)


def _meet(shape: Shape, terms: Sequence[str]) -> bool:
    distance, left, right = shape[1:]
    if not isinstance(distance, int):
        raise TypeError(distance)
    return any(
        0 <= max(a[0], b[0]) - min(a[1], b[1]) <= distance
        for a in find(_list(left), terms)
        for b in find(_list(right), terms)
    )


def _list(shape: str | int | Shape) -> Shape:
    if isinstance(shape, str | int):
        raise TypeError(shape)
    return shape
