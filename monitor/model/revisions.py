"""What became of an article later: its edits.

Position: after `articles`, before `alerts`, which tell of edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChangeKind(StrEnum):
    """What an edit changed. `WORDING` is said when it is none of the others."""

    HEADLINE = "headline"
    NUMBER = "number"
    QUOTATION = "quotation"
    NAME = "name"
    ADDED = "paragraph added"
    REMOVED = "paragraph removed"
    WORDING = "wording"


class DiffSide(StrEnum):
    """Which version of a line holds a piece of it: both, the later, or the earlier."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch of a line. Kept and removed ones make the earlier line, but for spaces; others the later."""

    text: str
    side: DiffSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an edit changed: in kinds, and line by line; a changed headline is the first line."""

    kinds: tuple[ChangeKind, ...]
    lines: tuple[tuple[DiffPiece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A later version of an article, as it was found at `found_at`; `changes` against the one before."""

    found_at: datetime
    title: str
    text: str
    changes: Changes
