"""Hundreds of wordings at once, tried by their first character.

Position: under `phrases` and `tail`, which own the wordings. Pure.

A regular expression tries its alternatives one after another: 300 of them take 15 microseconds to say no
to a line. Nearly all of them open with a letter that the line does not, so they are sorted by it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.extract.page import Reason

_ATOM = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|.", re.DOTALL)
_QUANTIFIER = re.compile(r"[?*+]|\{(\d*),?\d*\}")


class Wordings:
    """Patterns, each a list of alternatives parted by `|`, with the reason that a line is stripped for.

    They are written for folded text (`str.casefold`) and hold no groups that capture.
    """

    def __init__(self, patterns: Iterable[tuple[Reason, str]]) -> None:
        """Sort the alternatives by what they open with, in the order of their reasons."""
        named = [(reason, one) for reason, pattern in patterns for one in split_alternatives(pattern)]
        openings = [find_openings(one) for _, one in named]
        letters = set().union(*(chars for chars in openings if chars is not None))
        self._by_letter = {
            letter: _combine(
                [pair for pair, o in zip(named, openings, strict=True) if o is None or letter in o]
            )
            for letter in letters
        }
        self._digits = self._by_letter.get("0")
        self._others = _combine([pair for pair, o in zip(named, openings, strict=True) if o is None])

    def fullmatch(self, line: str) -> Reason | None:
        """Return what a whole folded line is, None when it is none of the wordings; "" is none."""
        pattern, reasons = self._by_letter.get(line[:1]) or self._rest(line)
        found = pattern.fullmatch(line)
        return reasons[found.lastindex - 1] if found and found.lastindex else None

    def match(self, line: str) -> Reason | None:
        """Return what a folded line opens like, None when it opens like none of the wordings."""
        pattern, reasons = self._by_letter.get(line[:1]) or self._rest(line)
        found = pattern.match(line)
        return reasons[found.lastindex - 1] if found and found.lastindex else None

    def _rest(self, line: str) -> tuple[re.Pattern[str], list[Reason]]:
        """Return the pattern for a line that opens with none of the letters; every digit counts as 0."""
        return (line[:1].isdigit() and self._digits) or self._others


def _opening(line: str) -> str:
    """Return what stands for a line's first character: itself, 0 for every digit."""
    letter = line[:1]
    return "0" if letter.isdigit() else letter


def _combine(named: list[tuple[Reason, str]]) -> tuple[re.Pattern[str], list[Reason]]:
    """Return one pattern with a group for each reason, and the groups' reasons."""
    groups: dict[Reason, list[str]] = {}
    for reason, one in named:
        groups.setdefault(reason, []).append(one)
    pattern = "|".join(f"({'|'.join(ones)})" for ones in groups.values()) or r"[^\s\S]"
    return re.compile(pattern), list(groups)


def split_alternatives(pattern: str) -> list[str]:
    """Return the outermost alternatives of a pattern."""
    return ["".join(atoms) for atoms in _split(_ATOM.findall(pattern))]


def _split(atoms: list[str]) -> Iterator[list[str]]:
    alternative: list[str] = []
    depth = 0
    for atom in atoms:
        if atom == "|" and not depth:
            yield alternative
            alternative = []
            continue
        depth += (atom[0] == "(") - (atom == ")")
        alternative.append(atom)
    yield alternative


def find_openings(alternative: str) -> frozenset[str] | None:
    """Return the characters that a match can open with, None when that may be any."""
    found, may_be_empty = _open(alternative)
    return None if found is None or may_be_empty else found


def _open(pattern: str) -> tuple[frozenset[str] | None, bool]:
    """Return what one alternative can open with, None for anything, and whether it may match nothing."""
    found: frozenset[str] = frozenset()
    place = 0
    while atom := _ATOM.match(pattern, place):
        if atom[0] == "(?:":
            place = _find_close(pattern, atom.end())
            inner = [_open(one) for one in split_alternatives(pattern[atom.end() : place - 1])]
            first = (
                None
                if any(one is None for one, _ in inner)
                else frozenset().union(*(o or () for o, _ in inner))
            )
            passable = any(empty for _, empty in inner)
        else:
            place = atom.end()
            first, passable = _open_atom(atom[0])
        if quantifier := _QUANTIFIER.match(pattern, place):
            place = quantifier.end()
            passable = passable or quantifier[0][0] in "?*" or quantifier[1] == "0"
        if first is None:
            return None, False
        found |= first
        if not passable:
            return found, False
    return found, True


def _open_atom(atom: str) -> tuple[frozenset[str] | None, bool]:
    """Return what an atom that is no group can open with, and whether it matches nothing."""
    if atom == r"\b":
        return frozenset(), True
    if atom == r"\d":
        return frozenset("0"), False
    if atom[0] == "\\":
        return (None, False) if atom[1].isalnum() else (frozenset(atom[1]), False)
    if atom[0] == "[":
        return (
            (None, False)
            if re.search(r"^\[\^|\\|.-.", atom)
            else (frozenset(map(_opening, atom[1:-1])), False)
        )
    return (None, False) if atom in ".^$()" else (frozenset(_opening(atom)), False)


def _find_close(pattern: str, place: int) -> int:
    """Return the place after the parenthesis that closes the group opened before `place`."""
    depth = 1
    while depth and (atom := _ATOM.match(pattern, place)):
        depth += (atom[0][0] == "(") - (atom[0] == ")")
        place = atom.end()
    return place
