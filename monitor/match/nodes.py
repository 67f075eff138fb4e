"""The tree that a query is: each node knows whether it holds of a document, and what to show for it.

Position: made by `parser` of `words`, asked by `ruleset` and `excerpts`, filed by `anchors`. Pure.

Trees are shallow (`parser.MAX_DEPTH`), so plain recursion is safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Final

import re2

from monitor.match.document import MAX_MARKS, Document, Field, Mark
from monitor.match.hits import Hit, locate, meet, meetings, reach
from monitor.match.words import ANY, Cased, Phrase, Prefix, Single, Stem, Together, Word, hits_of


@dataclass(slots=True, unsafe_hash=True)
class Pattern:
    """A regular expression of google-re2, whose time is linear in the text, on title and text as written."""

    pattern: Final[str]
    ignore_case: Final[bool] = False
    field: Final[Field] = ANY

    def holds(self, document: Document) -> bool:
        """Return whether it matches somewhere."""
        return next(self.marks(document), None) is not None

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show; empty matches are none."""
        compiled = compile_pattern(self.pattern, ignore_case=self.ignore_case)
        for in_title in (True, False):
            if self.field is ANY or (self.field is Field.TITLE) == in_title:
                text = document.plain(in_title=in_title)
                spans = (match.span() for match in compiled.finditer(text))
                yield from (Mark(in_title, *span) for span in islice(spans, MAX_MARKS) if span[0] < span[1])


@dataclass(slots=True, unsafe_hash=True)
class Or:
    """At least one of several."""

    children: Final[tuple[Node, ...]]

    def holds(self, document: Document) -> bool:
        """Return whether one of them holds."""
        return any(child.holds(document) for child in self.children)

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return the hits of all, for proximity: the parser sees to it that all of them have hits."""
        alone = [child for child in self.children if isinstance(child, Single)]
        if len(alone) == len(self.children) and len({child.field for child in alone}) == 1:
            forms = chain.from_iterable(child.forms(document) for child in alone)
            return hits_of(forms, alone[0].field, document)
        found = (child.hits(document) for child in self.children if not isinstance(child, Spanless))
        return list(dict.fromkeys(sorted(chain.from_iterable(found))))

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield them."""
        return iter(self.hits(document))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show of those that hold."""
        return (mark for child in self.children if child.holds(document) for mark in child.marks(document))


@dataclass(slots=True, unsafe_hash=True)
class And:
    """All of several."""

    children: Final[tuple[Node, ...]]

    def holds(self, document: Document) -> bool:
        """Return whether all of them hold."""
        return all(child.holds(document) for child in self.children)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show of all of them."""
        return (mark for child in self.children for mark in child.marks(document))


@dataclass(slots=True, unsafe_hash=True)
class Not:
    """None of it."""

    child: Final[Node]

    def holds(self, document: Document) -> bool:
        """Return whether it does not hold."""
        return not self.child.holds(document)

    def marks(self, document: Document) -> Iterator[Mark]:  # noqa: ARG002  what is absent cannot be shown
        """Yield nothing."""
        return iter(())


@dataclass(slots=True, unsafe_hash=True)
class Near:
    """Two things with at most `distance` words between them; `ordered`: the left one first.

    `shown` is False when they are looked for in a field that is not shown.
    """

    left: Final[Spanned]
    right: Final[Spanned]
    distance: Final[int]
    ordered: Final[bool] = False
    shown: Final[bool] = True

    def holds(self, document: Document) -> bool:
        """Return whether they stand near each other somewhere."""
        left, right = self.left, self.right
        if isinstance(left, Word) and isinstance(right, Word) and left.field is right.field is ANY:
            here, there = document.body.positions(left.term), document.body.positions(right.term)
            return reach(here, there, self.distance, ordered=self.ordered)
        return meet(left.hits(document), right.hits(document), self.distance, ordered=self.ordered)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show: both sides of each meeting."""
        left, right = self.left.hits(document), self.right.hits(document)
        found = islice(meetings(left, right, self.distance, ordered=self.ordered), MAX_MARKS)
        places = sorted({hit for meeting in found for hit in meeting})
        return locate(document, ANY, places if self.shown else ())


@dataclass(slots=True, unsafe_hash=True)
class AtLeast:
    """Something that occurs `count` times or more."""

    count: Final[int]
    child: Final[Spanned]

    def holds(self, document: Document) -> bool:
        """Return whether it occurs often enough."""
        return len(list(islice(self.child.find(document), self.count))) == self.count

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return self.child.marks(document)


Spanned = Word | Prefix | Phrase | Cased | Stem | Together | Or
"""What can stand beside NEAR and in atleastN( )."""

Spanless = Pattern | And | Not | Near | AtLeast
"""What has no positions."""

Node = Word | Prefix | Phrase | Cased | Stem | Together | Or | Pattern | And | Not | Near | AtLeast


@cache
def compile_pattern(pattern: str, *, ignore_case: bool) -> re2._Regexp[str]:
    """Compile a pattern. Raises `re2.error` when it is none, or one that is too large."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    options.never_capture = True  # a thousand groups would each be told where they matched
    return re2.compile(pattern, options)
