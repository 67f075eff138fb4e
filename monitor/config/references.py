"""`${NAME}` and `${file:/run/secrets/x}` -> the text they stand for.

Position: after `tree`, before `values`. References are resolved in the finished tree, so a secret can
hold any character and never becomes YAML. What a reference stands for is used and never shown: a
`Text` keeps what was written beside what it means, and messages quote the former.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from monitor.config.tree import ALIAS, PLAIN, Leaf, Node, Series, Table
from monitor.errors import FileStamp

MAX_SECRET_BYTES = 64 * 1024

_REFERENCE = re.compile(r"\$(?P<escape>\$\{)|\$\{(?P<body>[^}]*)(?P<end>\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILE = "file:"


class Text(str):
    """A value as the program uses it, which remembers how it was written.

    `raw` is the text before its references were resolved: what may be shown. `is_bare` says that it
    stood without quotes, or came from a reference, so that it may be read as a number or a boolean.
    `pieces` are its parts in order, each with whether a reference gave it.
    """

    __slots__ = ("is_bare", "pieces", "raw")

    raw: str
    is_bare: bool
    pieces: tuple[tuple[str, bool], ...]

    def __new__(
        cls, value: str, *, raw: str, is_bare: bool, pieces: tuple[tuple[str, bool], ...] = ()
    ) -> Self:
        """Make a text; without `pieces` it holds no reference."""
        text = super().__new__(cls, value)
        text.raw = raw
        text.is_bare = is_bare
        text.pieces = pieces
        return text

    @property
    def has_references(self) -> bool:
        """Whether a part of it came from a reference."""
        return any(from_reference for _, from_reference in self.pieces)

    def with_encoded_credentials(self) -> str:
        """Return a URL whose references between `://` and the last `@` are percent-encoded.

        So a password may hold `@`, `/` and `#`. References elsewhere, and one that is the whole URL,
        stand for themselves.
        """
        literals = [i for i, (piece, from_reference) in enumerate(self.pieces) if not from_reference]
        starts = [i for i in literals if "://" in self.pieces[i][0]]
        ends = [i for i in literals if "@" in self.pieces[i][0]]
        if not starts or not ends:
            return str(self)
        return "".join(
            quote(piece, safe="") if from_reference and starts[0] < i < ends[-1] else piece
            for i, (piece, from_reference) in enumerate(self.pieces)
        )


class Nothing:
    """A value that is empty: nothing is written, or `null`."""


class Unread:
    """A value that could not be had. Its mistake is told already, so it causes no other."""


NOTHING, UNREAD = Nothing(), Unread()

Value = Text | Nothing | Unread | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class BadReference:
    """A reference that cannot be resolved; `offset` counts from 0 in the leaf's text."""

    leaf: Leaf
    offset: int
    width: int
    message: str


class Resolver:
    """Resolves the references of one file, and remembers what it used.

    `used` says what each reference stood for, so that a file that did not change is read again when a
    secret did. `files` are the secret files that were read.
    """

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = environ
        self._folder = folder
        self.used: dict[str, str] = {}
        self.files: dict[Path, FileStamp] = {}
        self.bad: list[BadReference] = []

    def read(self, table: Table) -> dict[str, Value]:
        """Return what a file says, references resolved; those that fail go to `bad` and leave `UNREAD`."""
        self.used.clear()
        self.bad.clear()
        return {key: self._read_node(value) for key, (_, value) in table.rows.items()}

    def _read_node(self, node: Node) -> Value:
        if isinstance(node, Leaf):
            return self._read_leaf(node)
        if isinstance(node, Series):
            return [self._read_node(entry) for entry in node.entries]
        return {key: self._read_node(value) for key, (_, value) in node.rows.items()}

    def resolve(self, reference: str) -> str:
        """Return what a reference, without its braces, stands for.

        Raises:
            ValueError: nothing, and why.
        """
        if reference.startswith(_FILE):
            value = self._read_file(reference.removeprefix(_FILE).strip())
        elif _NAME.fullmatch(reference):
            value = self._read_environment(reference)
        else:
            raise ValueError('a reference is ${NAME} or ${file:/path}; for a plain "${" write "$${"')
        self.used[reference] = value
        return value

    def _read_leaf(self, leaf: Leaf) -> Value:
        if leaf.style == ALIAS:
            return UNREAD
        if leaf.is_null:
            return NOTHING
        is_bare = leaf.style == PLAIN
        if "${" not in leaf.text:
            return Text(leaf.text, raw=leaf.text, is_bare=is_bare)
        pieces: list[tuple[str, bool]] = []
        failures, position = len(self.bad), 0
        for match in _REFERENCE.finditer(leaf.text):
            pieces.append((leaf.text[position : match.start()], False))
            position = match.end()
            pieces.append(("${", False) if match["escape"] else (self._resolve_in(leaf, match), True))
        if len(self.bad) > failures:
            return UNREAD
        pieces.append((leaf.text[position:], False))
        value = "".join(piece for piece, _ in pieces)
        is_bare = is_bare or any(from_reference for _, from_reference in pieces)
        return Text(value, raw=leaf.text, is_bare=is_bare, pieces=tuple(pieces))

    def _resolve_in(self, leaf: Leaf, match: re.Match[str]) -> str:
        problem = 'this "${" is never closed; for a plain "${" write "$${"'
        if match["end"]:
            try:
                return self.resolve(match["body"])
            except ValueError as exc:
                problem = str(exc)
        self.bad.append(BadReference(leaf, match.start(), len(match[0]), problem))
        return ""

    def _read_environment(self, name: str) -> str:
        value = self._environ.get(name)
        if value is None:
            near = difflib.get_close_matches(name, self._environ, n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}?" if near else "; set it, or use ${file:/path}"
            raise ValueError(f"the environment has no {name}{hint}")
        if not value:
            raise ValueError(f"{name} is empty in the environment")
        return value

    def _read_file(self, name: str) -> str:
        if not name or "\0" in name:
            raise ValueError("${file:/path} needs the path of a file")
        path = self._folder / name
        self.files[path] = stamp_file(path)
        try:
            content = read_regular_file(path, MAX_SECRET_BYTES)[0]
            value = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as exc:
            raise ValueError(f"{path} does not hold text in UTF-8") from exc
        except OSError as exc:
            raise ValueError(f"{path} cannot be read: {say_os_error(exc)}") from exc
        if not value:
            raise ValueError(f"{path} is empty")
        return value


# --- files ---------------------------------------------------------------------------------------


def stamp_file(path: Path) -> FileStamp:
    """Return what a file looks like now; zeros when there is none, or it cannot be looked at."""
    try:
        return _stamp(path, path.stat())
    except (OSError, ValueError):
        return FileStamp(path=str(path), mtime_ns=0, size=0, inode=0)


def read_regular_file(path: Path, max_bytes: int) -> tuple[bytes, FileStamp]:
    """Return the content of a file and what it looked like before it was read.

    Raises:
        OSError: it cannot be read, is a device, a pipe or a folder, or holds more than `max_bytes`.
    """
    # Opening a pipe would wait for somebody to write into it.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is no file")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(f"it is larger than {max_bytes:,} bytes")
    return content, _stamp(path, status)


def say_os_error(error: OSError) -> str:
    """Return the reason in words, without the number and the path."""
    return (error.strerror or str(error)).lower()


def _stamp(path: Path, status: os.stat_result) -> FileStamp:
    return FileStamp(path=str(path), mtime_ns=status.st_mtime_ns, size=status.st_size, inode=status.st_ino)
