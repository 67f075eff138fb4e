"""The tree that a query is: each node knows whether it holds of a document, and what to show for it.

Position: made by `parser`, asked by `ruleset` and `excerpts`, filed by `anchors`. Pure.

Leaves and proximity have hits: (start, end) positions in their field, end exclusive, ascending. Trees
are shallow (`parser.MAX_DEPTH`), so plain recursion is safe. A node never changes, which its fields say
by `Final`: a frozen dataclass takes twice the time to make, and 100,000 rules are 700,000 nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import merge
from itertools import chain, islice, repeat
from typing import Final

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
from monitor.match.hits import MAX_MARKS, Hit, Singles, around, between, followers, locate, reach, within
from monitor.text.stems import stem

ANY = Field.ANY
"""The default, by a name that Python 3.11 finds sixteen times as fast as a member of an enum."""

PAIR = 2
"""Words in a row that documents have keys for."""


@dataclass(slots=True, unsafe_hash=True)
class Word:
    """A word of a field, whole."""

    term: Final[str]
    field: Final[Field] = ANY

    @property
    def key(self) -> Key | None:
        """The key of a document that says whether the word occurs; None in fields that have none."""
        return self.term if self.field is ANY else _key(self.field, (self.term,))

    def holds(self, document: Document) -> bool:
        """Return whether the word occurs."""
        if self.field is ANY:
            return self.term in document.body.unique
        return bool(self.hits(document))

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where it stands."""
        return between(document, self.field, document.segment(self.field).positions(self.term))

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield them."""
        return iter(self.hits(document))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.field, self.hits(document))


@dataclass(slots=True, unsafe_hash=True)
class Prefix:
    """All words of a field that begin alike."""

    prefix: Final[str]
    field: Final[Field] = ANY

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
        return between(document, self.field, found)

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield them."""
        return iter(self.hits(document))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.field, self.hits(document))


@dataclass(slots=True, unsafe_hash=True)
class Phrase:
    """Words of a field in a row, at least two. `open_end`: the last one is a prefix."""

    terms: Final[tuple[str, ...]]
    field: Final[Field] = ANY
    open_end: Final[bool] = False

    @property
    def key(self) -> Key | None:
        """The key of a document that says whether the words occur; None when there is none."""
        if self.open_end or not (len(self.terms) == PAIR or self.field in WHOLE_FIELDS):
            return None
        return _key(self.field, self.terms)

    def holds(self, document: Document) -> bool:
        """Return whether the words stand in a row somewhere."""
        return next(self.find(document), None) is not None

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where they stand."""
        return list(self.find(document))

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield where they stand. Looks around the occurrences of the rarest of the words."""
        segment, length = document.segment(self.field), len(self.terms)
        whole = self.terms[:-1] if self.open_end else self.terms
        if not segment.unique.issuperset(whole):
            return iter(())
        rarest = min(range(len(whole)), key=lambda index: len(segment.positions(whole[index])))
        starts = (at - rarest for at in segment.positions(whole[rarest]) if at >= rarest)
        found = ((start, start + length) for start in starts if self._stands_at(segment.terms, start))
        return within(document, self.field, found)

    def _stands_at(self, terms: list[str], start: int) -> bool:
        here = terms[start : start + len(self.terms)]
        if not self.open_end:
            return tuple(here) == self.terms
        *row, last = here
        return row == list(self.terms[:-1]) and last.startswith(self.terms[-1])

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.field, self.find(document))


@dataclass(slots=True, unsafe_hash=True)
class Cased:
    """Words of the body in a row, letter by letter as they are `spelled`."""

    words: Final[Word | Phrase]
    spelled: Final[tuple[str, ...]]

    def holds(self, document: Document) -> bool:
        """Return whether the spelling occurs."""
        return self.words.holds(document) and next(self.find(document), None) is not None

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where it stands."""
        return list(self.find(document))

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield where it stands."""
        hits = self.words.find(document)
        return (hit for hit in hits if tuple(map(document.raw, range(*hit))) == self.spelled)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.words.field, self.find(document))


@dataclass(slots=True, unsafe_hash=True)
class Stem:
    """All forms of a word, by the stemmer of the article's language; the bare word without one."""

    term: Final[str]
    field: Final[Field] = ANY

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
        return between(document, self.field, found)

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield them."""
        return iter(self.hits(document))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.field, self.hits(document))


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
        found = [child.hits(document) for child in self.children if not isinstance(child, Spanless)]
        singles = [hits.positions for hits in found if isinstance(hits, Singles)]
        if len(singles) == len(found):
            return Singles(list(dict.fromkeys(sorted(chain.from_iterable(singles)))))
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
            body, ahead = document.body, self.distance + 1
            back = 0 if self.ordered else ahead
            return reach(body.positions(left.term), body.positions(right.term), back, ahead)
        if not (left.holds(document) and right.holds(document)):
            return False
        return next(self._meetings(document), None) is not None

    def _meetings(self, document: Document) -> Iterator[tuple[Hit, Hit]]:
        left, right = self.left.hits(document), self.right.hits(document)
        yield from followers(left, right, self.distance)
        if not self.ordered:
            yield from followers(right, left, self.distance)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show: both sides of each meeting."""
        found = sorted({hit for meeting in islice(self._meetings(document), MAX_MARKS) for hit in meeting})
        return locate(document, ANY, found if self.shown else ())


@dataclass(slots=True, unsafe_hash=True)
class Together:
    """Single words of the body that stand within a stretch with at most `distance` other words, in any order.

    A word given twice must be there twice.
    """

    terms: Final[tuple[str, ...]]
    distance: Final[int]
    field: Final[Field] = ANY

    def holds(self, document: Document) -> bool:
        """Return whether such a stretch exists."""
        return next(self.find(document), None) is not None

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return the shortest such stretches, one for each place where one can end."""
        return list(self.find(document))

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield the shortest such stretches, one for each place where one can end."""
        segment = document.segment(self.field)
        if not segment.unique.issuperset(self.terms):
            return iter(())
        where = {term: segment.positions(term) for term in self.terms}
        rarest, longest = min(where.values(), key=len), len(self.terms) + self.distance
        places = merge(*(zip(around(rarest, at, longest), repeat(term)) for term, at in where.items()))
        return within(document, self.field, self._stretches(places))

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
        stretches = islice(self.find(document), MAX_MARKS)
        found = {at for hit in stretches for at in range(*hit) if terms[at] in wanted}
        return locate(document, self.field, [(at, at + 1) for at in sorted(found)])


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


def _key(field: Field, terms: tuple[str, ...]) -> Key | None:
    """Return the key of one word in a field, or of two in a row, if there is one."""
    if field is ANY:
        return terms
    if field is Field.TITLE:
        return TITLE_MARK, *terms
    if field in WHOLE_FIELDS:
        return field_mark(field), " ".join(terms)
    return (field_mark(field), *terms) if len(terms) == 1 and field not in BODY_FIELDS else None
