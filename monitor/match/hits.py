"""Hits: where in a document something stands, and which of them lie in a field or near each other.

Position: under `nodes`, over `document`. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import compress, islice, tee
from typing import overload

from monitor.match.document import BODY_FIELDS, MAX_MARKS, WHOLE_FIELDS, Document, Field, Mark

Hit = tuple[int, int]
"""First position and the one after the last."""


class Singles(Sequence[Hit]):
    """The hits of single words, made of their positions as they are asked for: a long text has many."""

    def __init__(self, positions: Sequence[int]) -> None:
        self.positions = positions

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[Hit]:
        return zip(self.positions, map((1).__add__, self.positions), strict=True)

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...

    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        if isinstance(index, slice):
            return Singles(self.positions[index])
        return self.positions[index], self.positions[index] + 1


def between(document: Document, field: Field, positions: Sequence[int]) -> Sequence[Hit]:
    """Return the hits of single words at `positions`, ascending, that lie in `field`."""
    if field is Field.ANY or not positions:
        return Singles(positions)
    if field in WHOLE_FIELDS:
        return list(within(document, field, Singles(positions)))
    low, high = document.bounds(field)
    return Singles(positions[bisect_left(positions, low) : bisect_left(positions, high)])


def within(document: Document, field: Field, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the hits that lie in `field`; the whole of one of its values where the field asks for that."""
    if field is Field.ANY:
        return iter(hits)
    low, high = document.bounds(field)
    inside = (hit for hit in hits if low <= hit[0] and hit[1] <= high)
    if field not in WHOLE_FIELDS:
        return inside
    terms = document.segment(field).terms
    return (hit for hit in inside if not terms[hit[1]] and (not hit[0] or not terms[hit[0] - 1]))


def around(centres: Sequence[int], positions: Sequence[int], distance: int) -> Iterator[int]:
    """Yield those of `positions` that lie at most `distance` from one of `centres`; all are ascending."""
    taken = 0
    for centre in centres:
        taken = max(taken, bisect_left(positions, centre - distance))
        end = bisect_left(positions, centre + distance + 1, taken)
        yield from positions[taken:end]
        taken = end


def followed(
    starts: Iterable[int], terms: Sequence[str], offset: int, wanted: Container[str]
) -> Iterator[int]:
    """Yield those of `starts` that have one of the `wanted` terms `offset` words on."""
    starts, again = tee(starts)
    there = map(terms.__getitem__, map(offset.__add__, again))
    return compress(starts, map(wanted.__contains__, there))


def meet(left: Sequence[Hit], right: Sequence[Hit], distance: int, *, ordered: bool) -> bool:
    """Return whether two hits have at most `distance` words between them; `ordered`: the left one first."""
    if isinstance(left, Singles) and isinstance(right, Singles):
        return reach(left.positions, right.positions, distance, ordered=ordered)
    return next(meetings(left, right, distance, ordered=ordered), None) is not None


def meetings(
    left: Sequence[Hit], right: Sequence[Hit], distance: int, *, ordered: bool
) -> Iterator[tuple[Hit, Hit]]:
    """Yield the hits that `meet`, the one that comes first before the other."""
    yield from _follow(left, right, distance)
    if not ordered:
        yield from _follow(right, left, distance)


def reach(first: Sequence[int], second: Sequence[int], distance: int, *, ordered: bool) -> bool:
    """Return whether single words `meet` that stand at these positions."""
    back, ahead = 0 if ordered else distance + 1, distance + 1
    if len(first) > len(second):
        first, second, back, ahead = second, first, ahead, back
    for at in first:
        index = bisect_left(second, at - back)
        if index < len(second) and second[index] == at:
            index += 1
        if index < len(second) and second[index] <= at + ahead:
            return True
    return False


def _follow(first: Sequence[Hit], second: Sequence[Hit], distance: int) -> Iterator[tuple[Hit, Hit]]:
    """Yield hits of `first` with one of `second` close behind; asks once for each hit of the fewer."""
    if len(first) <= len(second):
        starts = _starts(second)
        for hit in first:
            index = bisect_left(starts, hit[1])
            if index < len(starts) and starts[index] - hit[1] <= distance:
                yield hit, second[index]
        return
    starts = _starts(first)
    longest = 1 if isinstance(first, Singles) else max(end - start for start, end in first)
    for hit in second:
        low = bisect_left(starts, hit[0] - distance - longest)
        high = bisect_left(starts, hit[0], low)
        before = (first[index] for index in range(high - 1, low - 1, -1))
        leader = next((other for other in before if 0 <= hit[0] - other[1] <= distance), None)
        if leader is not None:
            yield leader, hit


def _starts(hits: Sequence[Hit]) -> Sequence[int]:
    return hits.positions if isinstance(hits, Singles) else [start for start, _ in hits]


def locate(document: Document, field: Field, hits: Iterable[Hit]) -> Iterator[Mark]:
    """Yield where hits of the body are written; nothing for other fields, which are not shown."""
    if field in BODY_FIELDS:
        yield from (document.locate(*hit) for hit in islice(hits, MAX_MARKS))
