"""Trees -> Index: which of many rules of one reading hold of a document, without asking each.

Position: under `ruleset`, over `plan`. Pure.

How: every rule is filed under its anchors. The keys that a document has name the few rules that may
match; of these, those whose guard it has too are asked what is left of their plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from monitor.match.document import (
    BODY_FIELDS,
    MIN_PREFIX,
    PREFIX_KEY,
    STEM_KEY,
    TITLE_MARK,
    Document,
    Field,
    Key,
    Mark,
    field_mark,
)
from monitor.match.nodes import Node
from monitor.match.plan import Check, make_plan

_FIELDS = {field_mark(field): field for field in Field if field not in BODY_FIELDS}
_MARKS = _FIELDS.keys() | {PREFIX_KEY, STEM_KEY, TITLE_MARK}
"""Begin the keys that a document has none of before it is asked for them."""


class Entry(NamedTuple):
    """A rule where it is filed: it matches a document that has `guard` and of which `check` holds.

    Postings hold the entries themselves: a number to look them up by is a cache miss more for each.
    """

    guard: Key | None
    check: Check | None
    number: int
    shows_anchors: bool
    shows_guard: bool

    def shown_keys(self, keys: set[Key]) -> Iterator[Key]:
        """Yield the keys besides the anchors that are to be shown of a document that has these."""
        if self.guard is not None and self.shows_guard:
            yield self.guard
        if self.check is not None:
            yield from self.check.shown_keys(keys)

    def shown_nodes(self, document: Document, keys: set[Key]) -> Iterator[Node]:
        """Yield the nodes that are to be shown of a document that has these keys."""
        return iter(()) if self.check is None else self.check.shown_nodes(document, keys)


class Findings(NamedTuple):
    """The numbers of the rules that hold of a document, and those of its keys that rules look up."""

    numbers: set[int]
    keys: set[Key]


Posted = tuple[Entry, ...] | list[Entry]
"""The rules filed under a key. A tuple, of one, is smaller."""


class Index:
    """Rules by number, each filed under its anchors. `shares` as in `anchors.find_anchors`."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self._shares = shares
        self._rules = 0
        self._words: dict[Key, Posted] = {}
        self._rows: dict[Key, Posted] = {}  # apart, since every two words of an article are looked up
        self._unanchored: list[Entry] = []
        self._more_uses: dict[Key, int] = {}  # beyond the first: most keys are asked for once
        self._marked: Counter[tuple[str, int]] = Counter()
        self._starts: Counter[str] = Counter()  # of prefixes

    def __len__(self) -> int:
        return self._rules

    @property
    def unanchored(self) -> Iterator[int]:
        """The numbers of the rules that every document is asked about."""
        return (entry.number for entry in self._unanchored)

    def add(self, number: int, root: Node) -> None:
        """File a rule."""
        plan = make_plan(root, self._shares)
        entry = Entry(plan.guard, plan.check, number, plan.shows_anchors, plan.shows_guard)
        self._rules += 1
        self._use(plan.needed())
        for key in plan.anchors:
            table = self._words if isinstance(key, str) else self._rows
            held = table[key]
            if not held:
                table[key] = (entry,)
            elif isinstance(held, list):
                held.append(entry)
            else:
                table[key] = [*held, entry]
        if not plan.anchors:
            self._unanchored.append(entry)

    def remove(self, number: int, root: Node) -> None:
        """Take a rule out that was added with this tree."""
        plan = make_plan(root, self._shares)
        self._rules -= 1
        for key in plan.anchors:
            table = self._words if isinstance(key, str) else self._rows
            table[key] = [entry for entry in table[key] if entry.number != number]
        if not plan.anchors:
            self._unanchored = [entry for entry in self._unanchored if entry.number != number]
        for key in plan.needed():
            self._drop(key)

    def _use(self, keys: Iterable[Key]) -> None:
        """Look keys up in documents, for one rule more."""
        words, rows, more_uses = self._words, self._rows, self._more_uses
        for key in keys:
            if isinstance(key, str):
                if key in words:
                    more_uses[key] = more_uses.get(key, 0) + 1
                else:
                    words[key] = ()
            elif key in rows:
                more_uses[key] = more_uses.get(key, 0) + 1
            else:
                rows[key] = ()
                self._count(key, 1)

    def _drop(self, key: Key) -> None:
        more = self._more_uses.pop(key, 0)
        if more > 1:
            self._more_uses[key] = more - 1
        if more:
            return
        if isinstance(key, str):
            del self._words[key]
        else:
            del self._rows[key]
            self._count(key, -1)

    def _count(self, key: tuple[str, ...], change: int) -> None:
        """Keep count of the kinds of keys that documents make only when they are asked for."""
        if key[0] not in _MARKS:
            return
        kind = key[0], len(key[1])
        self._marked[kind] += change
        if not self._marked[kind]:
            del self._marked[kind]
        if key[0] == PREFIX_KEY:
            start = key[1][:MIN_PREFIX]
            self._starts[start] += change
            if not self._starts[start]:
                del self._starts[start]

    def find(self, document: Document) -> Findings:
        """Return which rules hold of a document."""
        words = self._words.keys() & document.body.unique
        rows = set(filter(self._rows.__contains__, chain(document.rows(), *self._marked_keys(document))))
        keys = words | rows
        posted = chain(map(self._words.__getitem__, words), map(self._rows.__getitem__, rows))
        found: set[int] = set()
        asked: list[tuple[Check, int]] = []
        for guard, check, number, _, _ in chain(self._unanchored, *posted):
            if guard is None or guard in keys:
                if check is None:
                    found.add(number)
                elif check.may_hold(keys):
                    asked.append((check, number))
        document.body.locate({word for check, _ in asked for word in check.words()})
        found.update(number for check, number in asked if check.holds(document, keys))
        return Findings(found, keys)

    def show(self, document: Document) -> dict[int, set[Mark]]:
        """Return the numbers of the rules that hold of a document, each with what its tree would mark."""
        numbers, keys = self.find(document)
        found = {entry.number: entry for entry in self._unanchored if entry.number in numbers}
        shown: dict[int, list[Key]] = {number: [] for number in numbers}
        for key in keys:
            for entry in (self._words if isinstance(key, str) else self._rows)[key]:
                if entry.number in numbers:
                    found[entry.number] = entry
                    if entry.shows_anchors:
                        shown[entry.number].append(key)
        for number, entry in found.items():
            shown[number] += entry.shown_keys(keys)
        marks_of = document.locate_keys(chain.from_iterable(shown.values()))
        return {
            number: set().union(
                *map(marks_of.__getitem__, shown[number]),
                *(node.marks(document) for node in entry.shown_nodes(document, keys)),
            )
            for number, entry in found.items()
        }

    def _marked_keys(self, document: Document) -> Iterator[Iterator[Key]]:
        """Yield the keys that only some sets of rules look up."""
        if self._starts:
            lengths = [length for mark, length in self._marked if mark == PREFIX_KEY]
            yield document.prefix_keys(self._starts.keys(), lengths)
        marks = {mark for mark, _ in self._marked}
        if TITLE_MARK in marks:
            yield document.title_keys()
        if STEM_KEY in marks:
            yield document.stem_keys()
        for mark in marks & _FIELDS.keys():
            yield document.field_keys(_FIELDS[mark])
