"""The leaves of a tree that are words: alone, in a row, letter by letter, together in a stretch.

Position: made by `leaves`, joined by `nodes`. Pure.

They have hits: (start, end) positions in their field, end exclusive, ascending. Like all nodes they never
change, which their fields say by `Final`: a frozen dataclass takes twice the time to make, and 100,000
rules are 700,000 nodes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice, repeat
from typing import Final

from monitor.match.document import (
    BODY_FIELDS,
    MAX_MARKS,
    PREFIX_KEY,
    TITLE_MARK,
    WHOLE_FIELDS,
    Document,
    Field,
    Key,
    Mark,
    Segment,
    field_mark,
)
from monitor.match.hits import Hit, around, between, followed, locate, within
from monitor.text.stems import stem

ANY = Field.ANY
"""The default, by a name that Python 3.11 finds sixteen times as fast as a member of an enum."""

PAIR = 2
"""Words in a row that documents have keys for."""


class Single:
    """One word of a field, in one form or in several."""

    __slots__ = ()

    @property
    def field(self) -> Field:
        """Where the word is looked for."""
        raise NotImplementedError

    def forms(self, document: Document) -> Iterable[str]:
        """Return the terms that are this word."""
        raise NotImplementedError

    def hits(self, document: Document) -> Sequence[Hit]:
        """Return where it stands."""
        return hits_of(self.forms(document), self.field, document)

    def find(self, document: Document) -> Iterator[Hit]:
        """Yield where it stands."""
        return iter(self.hits(document))

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.field, self.hits(document))


def hits_of(terms: Iterable[str], field: Field, document: Document) -> Sequence[Hit]:
    """Return where one of several terms stands in a field."""
    return between(document, field, document.segment(field).positions_of_any(terms))


@dataclass(slots=True, unsafe_hash=True)
class Word(Single):
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

    def forms(self, document: Document) -> Iterable[str]:  # noqa: ARG002  others ask what there is
        """Return the word."""
        return (self.term,)


@dataclass(slots=True, unsafe_hash=True)
class Prefix(Single):
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

    def forms(self, document: Document) -> Iterable[str]:
        """Return the words of the field's segment that begin like this."""
        return document.segment(self.field).expand(self.prefix)


@dataclass(slots=True, unsafe_hash=True)
class Stem(Single):
    """All forms of a word, by the stemmer of the article's language; the bare word without one."""

    term: Final[str]
    field: Final[Field] = ANY

    def holds(self, document: Document) -> bool:
        """Return whether a form occurs."""
        return bool(self.forms(document)) and (self.field is ANY or bool(self.hits(document)))

    def forms(self, document: Document) -> Sequence[str]:
        """Return the words of the field's segment that are forms of this one."""
        language = document.article.language
        wanted = stem(self.term, language)
        if self.field in BODY_FIELDS:
            return document.stems.get(wanted, ())
        return [term for term in document.segment(self.field).unique if stem(term, language) == wanted]


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
        starts: Iterable[int] = (at - rarest for at in segment.positions(whole[rarest]) if at >= rarest)
        for offset, wanted in enumerate(self._wanted(segment)):
            if offset != rarest:
                starts = followed(starts, segment.terms, offset, wanted)
        return within(document, self.field, ((start, start + length) for start in starts))

    def _wanted(self, segment: Segment) -> list[Container[str]]:
        """Return the terms that may stand at each place of the row."""
        wanted: list[Container[str]] = [(term,) for term in self.terms]
        if self.open_end:
            wanted[-1] = frozenset(segment.expand(self.terms[-1]))
        return wanted

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
        words, length = self.words, len(self.spelled)
        terms = words.terms if isinstance(words, Phrase) else (words.term,)
        found = (
            (at, at + length)
            for at in document.find_written(self.spelled[0])
            if tuple(document.body.terms[at : at + length]) == terms
            and tuple(map(document.raw, range(at + 1, at + length))) == self.spelled[1:]
        )
        return within(document, words.field, found)

    def marks(self, document: Document) -> Iterator[Mark]:
        """Yield the places to show."""
        return locate(document, self.words.field, self.find(document))


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


def _key(field: Field, terms: tuple[str, ...]) -> Key | None:
    """Return the key of one word in a field, or of two in a row, if there is one."""
    if field is ANY:
        return terms
    if field is Field.TITLE:
        return TITLE_MARK, *terms
    if field in WHOLE_FIELDS:
        return field_mark(field), " ".join(terms)
    return (field_mark(field), *terms) if len(terms) == 1 and field not in BODY_FIELDS else None
