"""YAML text -> a tree of what is written, every piece with its place.

Position: first in this room; `document` keeps the tree together with its file.

The tree grows from libyaml's events and not from PyYAML's objects: only so has every piece a place,
are aliases, tags and repeated keys seen at all, and is no scalar guessed at. A leaf keeps its text, and
the setting it belongs to says later how to read it. So `no`, `1:30` and `1.10` stay what was typed,
where YAML 1.1 makes a boolean, 90 and a fraction of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from monitor.config.syntax import say_what_broke

MAX_DEPTH = 16
"""Levels of nesting. The deepest setting, a header of a source, lies on the fifth."""

PLAIN = ""
"""The style of a leaf without quotes; the others are `'`, `"`, `|` and `>`, and `*` for an alias."""

ALIAS = "*"

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What means "nothing" when it is written without quotes (YAML 1.2.2, 10.3.2, core schema)."""

LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What libyaml counts as the end of a line."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Span(NamedTuple):
    """A stretch of the file. All four count from 0; the end lies just behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(slots=True)
class Leaf:
    """A single value, unescaped and unfolded, but not interpreted."""

    span: Span
    text: str
    style: str

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here, or a word for it."""
        return self.style == PLAIN and self.text in NULLS


@dataclass(slots=True)
class Series:
    """A list."""

    span: Span
    entries: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A mapping: key -> (the key as written, its value), in the order of the file.

    `is_open` stays True when the text breaks before the mapping ends, so that nothing can be missing.
    """

    span: Span
    rows: dict[str, tuple[Leaf, Node]] = field(default_factory=dict)
    is_open: bool = True


Node = Leaf | Series | Table


class Flaw(NamedTuple):
    """Something that no configuration may hold, whatever it means."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Tree:
    """What grew: None as `root` when nothing is written. A broken one lacks a whole part of the text."""

    root: Node | None
    flaws: tuple[Flaw, ...]
    is_broken: bool = False


class _Broken(Exception):
    """The rest of the text cannot be understood."""


def grow_tree(text: str) -> Tree:
    """Return the tree of a YAML text, and all that no configuration may hold in it. Never raises."""
    unprintable = tuple(
        Flaw(span_at(text, match.start()), f"the control character U+{ord(match[0]):04X} cannot stand here")
        for match in _UNPRINTABLE.finditer(text)
    )
    if unprintable:
        return Tree(None, unprintable, is_broken=True)
    grower = _Grower()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            grower.take(event)
    except _Broken:
        grower.give_up()
    except yaml.MarkedYAMLError as exc:
        grower.give_up()
        line, column, message = say_what_broke(exc, LINE_BREAK.split(text))
        grower.flaws.append(Flaw(Span(line, column, line, column + 1), message))
    return Tree(grower.root, tuple(grower.flaws), grower.is_broken)


def span_at(text: str, index: int) -> Span:
    """Return the place of one character of a text."""
    lines = LINE_BREAK.split(text[:index])
    line, column = len(lines) - 1, len(lines[-1])
    return Span(line, column, line, column + 1)


class _Grower:
    """Takes the parser's events one by one. It keeps no recursion, so nesting cannot exhaust the stack."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.flaws: list[Flaw] = []
        self.is_broken = False
        self._open: list[Series | Table] = []
        self._keys: list[Leaf | None] = []  # for each open Table the key that waits for its value
        self._documents = 0
        self._last = Leaf(Span(0, 0, 0, 1), "", ALIAS)
        self._just_closed: list[Table] = []

    def take(self, event: yaml.Event) -> None:
        """Take the next event; raises `_Broken` when the rest is not worth reading."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event)
            self._last = Leaf(_span(event), event.value, event.style or PLAIN)
            self._just_closed.clear()
            self._place(self._last)
        elif isinstance(event, yaml.MappingStartEvent):
            self._refuse_marks(event)
            self._enter(Table(_span(event)))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_marks(event)
            self._enter(Series(_span(event)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._leave()
        elif isinstance(event, yaml.AliasEvent):
            self._flaw(event, f'"*{event.anchor}" is an alias, which is not read here; {_QUOTE.format("*")}')
            self._place(Leaf(_span(event), "", ALIAS))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._flaw(event, 'a second document begins here; take the "---" out')
                raise _Broken

    def give_up(self) -> None:
        """Take note that the text breaks here: the last value, and what ended with it, may go on behind."""
        self.is_broken = True
        self._last.style = ALIAS
        for table in self._just_closed:
            table.is_open = True

    def _flaw(self, event: yaml.Event, message: str) -> None:
        self.flaws.append(Flaw(_span(event), message))

    def _refuse_marks(self, event: yaml.NodeEvent) -> None:
        line, column, *_ = _span(event)
        if event.anchor is not None:
            span = Span(line, column, line, column + len(event.anchor) + 1)
            message = f'"&{event.anchor}" is an anchor, which is not read here; {_QUOTE.format("&")}'
            self.flaws.append(Flaw(span, message))
        if getattr(event, "tag", None) is not None:
            span = Span(line, column, line, column + 1)
            message = f'"!" begins a tag, which is not read here; {_QUOTE.format("!")}'
            self.flaws.append(Flaw(span, message))

    def _enter(self, node: Series | Table) -> None:
        self._place(node)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self.flaws.append(Flaw(node.span, f"this is nested more than {MAX_DEPTH} levels deep"))
            raise _Broken

    def _leave(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        if isinstance(node, Table):
            node.is_open = False
            self._just_closed.append(node)

    def _place(self, node: Node) -> None:
        """Hang a node where it belongs: it is the root, an entry, a key, or the value of the last key."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Series):
            parent.entries.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self._check_key(node, parent)
        else:
            self._keys[-1] = None
            if key.style != ALIAS:
                parent.rows[key.text] = key, node

    def _check_key(self, node: Node, parent: Table) -> Leaf:
        """Return the key to file the next value under; when it is none, an alias, under which nothing is."""
        if not isinstance(node, Leaf):
            self.flaws.append(Flaw(node.span, "a list or a mapping cannot be a key"))
        elif node.text in parent.rows:
            first = parent.rows[node.text][0].span.line + 1
            self.flaws.append(
                Flaw(node.span, f'"{node.text}" stands here twice; the first is in line {first}')
            )
        else:
            return node
        self.is_broken = self.is_broken or parent is self.root
        return Leaf(node.span, "", ALIAS)


_QUOTE = 'put quotes around a text that begins with "{}"'


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # libyaml always tells
        return Span(0, 0, 0, 1)
    return Span(start.line, start.column, end.line, end.column)
