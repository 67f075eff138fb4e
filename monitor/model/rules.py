"""Whom it concerns: what to look for, and what was found.

Position: after `articles`, before `alerts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Occasion(StrEnum):
    """What an alert tells of. An edit that makes a rule match for the first time is `NEW`."""

    NEW = "new"
    UPDATE = "update"
    """Another article, no copy, of a story that was told before: who asks for new articles gets it."""
    EDIT = "edit"
    REMOVAL = "removal"


ASKABLE = (Occasion.NEW, Occasion.EDIT, Occasion.REMOVAL)
"""What a rule may ask to be told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to look for, which channels to tell, and on which occasions.

    `query` is in the language of docs/rules.md. `stem`: its words are looked for by all their forms.
    `fold_diacritics`: letters are the same with and without their marks. One in the `shadow` is only counted
    and shown.
    """

    name: str
    query: str
    notify: tuple[str, ...]
    on: tuple[Occasion, ...] = (Occasion.NEW,)
    shadow: bool = False
    stem: bool = False
    fold_diacritics: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence of the article (or its title) that matched.

    `marks` are (start, end) character offsets into `text`, ascending, not overlapping.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    in_title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that a rule found, with the sentences to show for it (at most a few, in order)."""

    rule: Rule
    excerpts: tuple[Excerpt, ...]
