"""The tree that a query is: each node knows whether it holds of a document, and what to show for it.

Position: made by `parser`, asked by `ruleset` and `excerpts`, filed by `anchors`. Pure.

Leaves and proximity have hits: (start, end) positions in their field, end exclusive, ascending. Trees
are shallow (`parser.MAX_DEPTH`), so plain recursion is safe.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import overload

import re2

from monitor.match.document import (
    BODY_FIELDS,
    PREFIX_KEY,
    TITLE_MARK,
    WHOLE_FIELDS,
    Document,
    Field,
    Key,
    Mark,
    field_mark,
)
from monitor.text.stems import stem

Hit = tuple[int, int]


class Singles(Sequence[Hit]):
    """The hits of single words, made of their positions as they are asked for: a long text has many."""

    def __init__(self, positions: Sequence[int]) -> None:
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...

    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        if isinstance(index, slice):
            return Singles(self._positions[index])
        return self._positions[index], self._positions[index] + 1


ANY = Field.ANY
"""The default, by a name that Python 3.11 finds sixteen times as fast as a member of an enum."""

PAIR = 2
"""Words in a row that documents have keys for."""

MAX_MARKS = 200
"""How many places one leaf shows at most: more than any excerpt holds."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a field, whole."""

    term: str
    field: Field = ANY

    @property
    def key(self) -> Key | None:
        """The key of a document that says whether the word occurs; None in fields that have none."""
        return _key(self.field, self.term)

    def holds(self, document: Document) -> bool:
        """Return whether the word occurs."""
        if self.field is ANY:
            return self.term in document.body.unique
        return bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where it stands."""
        positions = document.segment(self.field).positions(self.term)
        return _within(document, self.field, Singles(positions)) if positions else ()

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return _locate(document, self.field, self.hits(document))


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words of a field that begin alike."""

    prefix: str
    field: Field = ANY

    @property
    def key(self) -> Key | None:
        """The key of a document that says whether such a word occurs; None in fields that have none."""
        return (PREFIX_KEY, self.prefix) if self.field is ANY else None

    def holds(self, document: Document) -> bool:
        """Return whether such a word occurs."""
        if self.field is ANY:
            return document.body.has_prefix(self.prefix)
        return bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where they stand."""
        segment = document.segment(self.field)
        found = sorted(at for term in segment.expand(self.prefix) for at in segment.positions(term))
        return _within(document, self.field, Singles(found))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return _locate(document, self.field, self.hits(document))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a field in a row, at least two. `open_end`: the last one is a prefix."""

    terms: tuple[str, ...]
    field: Field = ANY
    open_end: bool = False

    @property
    def key(self) -> Key | None:
        """The key of a document that says whether the words occur; None when there is none."""
        if self.open_end or not (len(self.terms) == PAIR or self.field in WHOLE_FIELDS):
            return None
        return _key(self.field, *self.terms)

    def holds(self, document: Document) -> bool:
        """Return whether the words stand in a row somewhere."""
        return bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where they stand. Looks around the occurrences of the rarest of the words."""
        segment = document.segment(self.field)
        whole = self.terms[:-1] if self.open_end else self.terms
        if not segment.unique.issuperset(whole):
            return ()
        rarest = min(range(len(whole)), key=lambda index: len(segment.positions(whole[index])))
        starts = (at - rarest for at in segment.positions(whole[rarest]) if at >= rarest)
        found = [start for start in starts if self._stands_at(segment.terms, start)]
        return _within(document, self.field, [(start, start + len(self.terms)) for start in found])

    def _stands_at(self, terms: list[str], start: int) -> bool:
        here = islice(terms, start, start + len(self.terms))
        if not self.open_end:
            return tuple(here) == self.terms
        *row, last = here
        return row == list(self.terms[:-1]) and last.startswith(self.terms[-1])

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return _locate(document, self.field, self.hits(document))


@dataclass(frozen=True, slots=True)
class Cased:
    """Words of the body in a row, letter by letter as they are `spelled`."""

    words: Word | Phrase
    spelled: tuple[str, ...]

    def holds(self, document: Document) -> bool:
        """Return whether the spelling occurs."""
        return self.words.holds(document) and bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where it stands."""
        hits = self.words.hits(document)
        return [hit for hit in hits if tuple(map(document.raw, range(*hit))) == self.spelled]

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return _locate(document, self.words.field, self.hits(document))


@dataclass(frozen=True, slots=True)
class Stem:
    """All forms of a word, by the stemmer of the article's language; the bare word without one."""

    term: str
    field: Field = ANY

    def holds(self, document: Document) -> bool:
        """Return whether a form occurs."""
        return bool(self._forms(document)) and (self.field is ANY or bool(self.hits(document)))

    def _forms(self, document: Document) -> Sequence[str]:
        """Return the words of the document that are forms of this one."""
        language = document.article.language
        wanted = stem(self.term, language)
        if self.field in BODY_FIELDS:
            return document.stems.get(wanted, ())
        return [term for term in document.segment(self.field).unique if stem(term, language) == wanted]

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where they stand."""
        segment = document.segment(self.field)
        found = sorted(at for term in self._forms(document) for at in segment.positions(term))
        return _within(document, self.field, Singles(found))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return _locate(document, self.field, self.hits(document))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of google-re2, whose time is linear in the text, on title and text as written."""

    pattern: str
    ignore_case: bool = False
    field: Field = ANY

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


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of several."""

    children: tuple[Node, ...]

    def holds(self, document: Document) -> bool:
        """Return whether one of them holds."""
        return any(child.holds(document) for child in self.children)

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return the hits of all, for proximity: the parser sees to it that all of them have hits."""
        found = {
            hit for child in self.children if not isinstance(child, Spanless) for hit in child.hits(document)
        }
        return sorted(found)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show of those that hold."""
        return (mark for child in self.children if child.holds(document) for mark in child.marks(document))


@dataclass(frozen=True, slots=True)
class And:
    """All of several."""

    children: tuple[Node, ...]

    def holds(self, document: Document) -> bool:
        """Return whether all of them hold."""
        return all(child.holds(document) for child in self.children)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show of all of them."""
        return (mark for child in self.children for mark in child.marks(document))


@dataclass(frozen=True, slots=True)
class Not:
    """None of it."""

    child: Node

    def holds(self, document: Document) -> bool:
        """Return whether it does not hold."""
        return not self.child.holds(document)

    def marks(self, document: Document) -> Iterator[Mark]:  # noqa: ARG002  what is absent cannot be shown
        """Yield nothing."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Near:
    """Two things with at most `distance` words between them; `ordered`: the left one first.

    `shown` is False when they are looked for in a field that is not shown.
    """

    left: Spanned
    right: Spanned
    distance: int
    ordered: bool = False
    shown: bool = True

    def holds(self, document: Document) -> bool:
        """Return whether they stand near each other somewhere."""
        left, right = self.left, self.right
        if isinstance(left, Word) and isinstance(right, Word) and left.field is right.field is ANY:
            body, reach = document.body, self.distance + 1
            back = 0 if self.ordered else reach
            return _reach(body.positions(left.term), body.positions(right.term), back, reach)
        if not (left.holds(document) and right.holds(document)):
            return False
        return next(self._meetings(document), None) is not None

    def _meetings(self, document: Document) -> Iterator[tuple[Hit, Hit]]:
        left, right = self.left.hits(document), self.right.hits(document)
        yield from _followers(left, right, self.distance)
        if not self.ordered:
            yield from _followers(right, left, self.distance)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show: both sides of each meeting."""
        found = sorted({hit for meeting in islice(self._meetings(document), MAX_MARKS) for hit in meeting})
        return _locate(document, ANY, found if self.shown else ())


@dataclass(frozen=True, slots=True)
class Together:
    """Single words of the body that stand within a stretch with at most `distance` other words, in any order.

    A word given twice must be there twice.
    """

    terms: tuple[str, ...]
    distance: int
    field: Field = ANY

    def holds(self, document: Document) -> bool:
        """Return whether such a stretch exists."""
        return bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return the shortest such stretches, one for each place where one can end."""
        segment = document.segment(self.field)
        if not segment.unique.issuperset(self.terms):
            return ()
        places = sorted((at, term) for term in set(self.terms) for at in segment.positions(term))
        return _within(document, self.field, list(self._stretches(places)))

    def _stretches(self, places: Iterable[tuple[int, str]]) -> Iterator[Hit]:
        recent: dict[str, list[int]] = {term: [-1] * self.terms.count(term) for term in self.terms}
        for at, term in places:
            recent[term] = [*recent[term][1:], at]
            start = min(positions[0] for positions in recent.values())
            if start >= 0 and at + 1 - start - len(self.terms) <= self.distance:
                yield start, at + 1

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show: the words, not what is between them."""
        wanted = frozenset(self.terms)
        terms = document.segment(self.field).terms
        stretches = islice(self.hits(document), MAX_MARKS)
        found = {at for hit in stretches for at in range(*hit) if terms[at] in wanted}
        return _locate(document, self.field, [(at, at + 1) for at in sorted(found)])


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Something that occurs `count` times or more."""

    count: int
    child: Spanned

    def holds(self, document: Document) -> bool:
        """Return whether it occurs often enough."""
        return len(self.child.hits(document)) >= self.count

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
    return re2.compile(pattern, options)


def _key(field: Field, *terms: str) -> Key | None:
    """Return the key of one or two words in a row in a field, if there is one."""
    if field is ANY:
        return terms[0] if len(terms) == 1 else terms
    if field is Field.TITLE:
        return TITLE_MARK, *terms
    if field in WHOLE_FIELDS:
        return field_mark(field), " ".join(terms)
    return (field_mark(field), *terms) if len(terms) == 1 and field not in BODY_FIELDS else None


def _within(document: Document, field: Field, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Return the hits that lie in `field`; the whole of one of its values where the field asks for that."""
    if field is ANY:
        return hits
    low, high = document.bounds(field)
    inside = [hit for hit in hits if low <= hit[0] and hit[1] <= high]
    if field not in WHOLE_FIELDS:
        return inside
    terms = document.segment(field).terms
    return [(start, end) for start, end in inside if not terms[end] and (not start or not terms[start - 1])]


def _reach(first: Sequence[int], second: Sequence[int], back: int, ahead: int) -> bool:
    """Return whether one of `second` lies at most `back` before or `ahead` behind one of `first`."""
    if len(first) > len(second):
        first, second, back, ahead = second, first, ahead, back
    for at in first:
        index = bisect_left(second, at - back)
        if index < len(second) and second[index] == at:
            index += 1
        if index < len(second) and second[index] <= at + ahead:
            return True
    return False


def _followers(first: Sequence[Hit], second: Sequence[Hit], distance: int) -> Iterator[tuple[Hit, Hit]]:
    """Yield hits of `first` with one of `second` close behind; asks once for each hit of the fewer."""
    if len(first) <= len(second):
        for hit in first:
            index = bisect_left(second, (hit[1], 0))
            if index < len(second) and second[index][0] - hit[1] <= distance:
                yield hit, second[index]
        return
    longest = 1 if isinstance(first, Singles) else max(end - start for start, end in first)
    for hit in second:
        low = bisect_left(first, (hit[0] - distance - longest, 0))
        high = bisect_left(first, (hit[0], 0), low)
        before = (first[index] for index in range(high - 1, low - 1, -1))
        leader = next((other for other in before if 0 <= hit[0] - other[1] <= distance), None)
        if leader is not None:
            yield leader, hit


def _locate(document: Document, field: Field, hits: Iterable[Hit]) -> Iterator[Mark]:
    """Yield where hits of the body are written; nothing for other fields, which are not shown."""
    if field in BODY_FIELDS:
        yield from (document.locate(*hit) for hit in islice(hits, MAX_MARKS))
