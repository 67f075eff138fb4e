"""One YAML file: its lines, its tree, and where things stand in it.

Position: after `tree`, before `reader`, which keeps the text and drops the tree once a file is read.
A mistake that is found later, in a file that was not read again, has the tree grow once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from monitor.config.secrecy import SECRET_KEYS, blacken, hide_passwords, hide_what_looks_secret
from monitor.config.tree import LINE_BREAK, PLAIN, Flaw, Leaf, Node, Series, Span, Table, grow_tree, span_at
from monitor.errors import Mistake


class Document:
    """A file that was read, or a text that was read before.

    `root` is None when nothing is written. `flaws` are what no configuration may hold. `is_broken`
    says that a whole part of the file is not in the tree.
    """

    def __init__(self, name: str, content: bytes | str) -> None:
        self.name = name
        undecodable: tuple[Flaw, ...] = ()
        if isinstance(content, bytes):
            content, undecodable = _decode(content)
        self.text = content
        self.lines: Sequence[str] = LINE_BREAK.split(content)
        tree = grow_tree("" if undecodable else content)
        self.root = tree.root
        self.flaws = undecodable or tree.flaws
        self.is_broken = bool(undecodable) or tree.is_broken

    def mistake(self, span: Span, message: str) -> Mistake:
        """Return a mistake at the first line of `span`, which is shown without the secrets in it."""
        line = self.lines[span.line] if span.line < len(self.lines) else ""
        end = span.end_column if span.end_line == span.line else len(line)
        return Mistake(
            file=self.name,
            line=span.line + 1,
            column=span.column + 1,
            message=message,
            line_text=self._conceal(span.line, line),
            width=max(1, min(end, len(line.rstrip())) - span.column),
        )

    def find(self, path: Sequence[str | int]) -> tuple[Leaf | None, Node]:
        """Return the node at `path`, with the key it is filed under (None in a list).

        Steps that do not exist are passed over: the nearest thing that is written stands for them.
        """
        key, node = None, self.root or Leaf(Span(0, 0, 0, 1), "", PLAIN)
        for step in path:
            if isinstance(node, Table) and step in node.rows:
                key, node = node.rows[str(step)]
            elif isinstance(node, Series) and isinstance(step, int) and step < len(node.entries):
                key, node = None, node.entries[step]
        return key, node

    def span_of(self, path: Sequence[str | int]) -> Span:
        """Return where the value at `path` stands; for a list or mapping, its first piece."""
        return _head(self.find(path)[1])

    def span_of_key(self, path: Sequence[str | int]) -> Span:
        """Return where the key at the end of `path` stands; the value, where there is no key."""
        key, node = self.find(path)
        return _head(node) if key is None else key.span

    def span_within(self, leaf: Leaf, offset: int, width: int) -> Span:
        """Return where `width` characters of a leaf's text stand, `offset` being counted from 0.

        Where folding or escapes part the text from the file, the whole leaf answers.
        """
        line, column, end_line, end_column = leaf.span
        if line != end_line:
            return leaf.span
        written = self.lines[line][column:end_column]
        if leaf.style == "'":
            start = 1 + len(leaf.text[:offset].replace("'", "''"))
            end = 1 + len(leaf.text[: offset + width].replace("'", "''"))
        elif written.strip('"') == leaf.text:
            start = (leaf.style == '"') + offset
            end = start + width
        else:
            return leaf.span
        return Span(line, column + start, line, column + max(end, start + 1))

    def _conceal(self, number: int, line: str) -> str:
        for start, end in self._secrets.get(number, ()):
            line = line[:start] + blacken(line[start:end]) + line[end:]
        if self.is_broken:
            line = hide_what_looks_secret(line)
        return hide_passwords(line)

    @cached_property
    def _secrets(self) -> dict[int, list[tuple[int, int]]]:
        """Return where in which lines secrets are written."""
        secrets: dict[int, list[tuple[int, int]]] = {}
        for leaf in _secret_leaves(self.root, is_secret=False):
            line, column, end_line, end_column = leaf.span
            for number in range(line, min(end_line + 1, len(self.lines))):
                start = column if number == line else 0
                end = end_column if number == end_line else len(self.lines[number])
                secrets.setdefault(number, []).append((start, end))
        return secrets


def _decode(content: bytes) -> tuple[str, tuple[Flaw, ...]]:
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as exc:
        good = content[: exc.start].decode("utf-8-sig")
        # Latin-1 shows the line, whatever the file is written in.
        text = good + content[exc.start :].decode("latin-1")
        message = f"the byte 0x{content[exc.start]:02X} is not UTF-8; save the file as UTF-8"
        return text, (Flaw(span_at(text, len(good)), message),)


def _head(node: Node) -> Span:
    """Return the span of the first leaf of a node: what the eye looks for."""
    while not isinstance(node, Leaf):
        if isinstance(node, Table) and node.rows:
            node = next(iter(node.rows.values()))[0]
        elif isinstance(node, Series) and node.entries:
            node = node.entries[0]
        else:
            break
    return node.span


def _secret_leaves(node: Node | None, *, is_secret: bool) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        if is_secret:
            yield node
    elif isinstance(node, Series):
        for entry in node.entries:
            yield from _secret_leaves(entry, is_secret=is_secret)
    elif isinstance(node, Table):
        for name, (_, value) in node.rows.items():
            yield from _secret_leaves(value, is_secret=is_secret or name in SECRET_KEYS)
