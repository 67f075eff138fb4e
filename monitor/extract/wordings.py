"""Hundreds of wordings at once, tried by their first characters.

Position: under `phrases` and `tail`, which own the wordings. Pure.

A regular expression tries its alternatives one after another: 300 of them take 15 microseconds to say no
to a line. Nearly all of them open with a letter that the line does not, so they are sorted by it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import compress

from monitor.extract.page import Reason

_ATOM = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|.", re.DOTALL)
_QUANTIFIER = re.compile(r"[?*+]|\{(\d*),?\d*\}")


OPENING_CHARS = 3
"""Characters by which a line is told from a wording before any expression is tried. Of the short lines of the
development set, 65 in 100 open with a letter of a heading over related links, 13 with three."""

_ANY = "\0"
"""Stands behind an opening that anything may follow."""

_DIGIT = "0"
"""Stands for any digit that a line opens with."""

_Combined = tuple[re.Pattern[str], list[Reason]]


class Wordings:
    """Patterns, each a list of alternatives parted by `|`, with the reason that a line is stripped for.

    They are written in lower case, for lines that `fold_line` has folded, and hold no groups that capture.
    """

    def __init__(self, patterns: Iterable[tuple[Reason, str]]) -> None:
        """Take the patterns in the order of their reasons; the first line that comes has them sorted."""
        self._patterns = tuple(patterns)
        self._by_letter: dict[str, _Combined] = {}

    @cached_property
    def _named(self) -> list[tuple[Reason, str]]:
        """The alternatives, each with its reason."""
        return [
            (reason, one)
            for reason, pattern in self._patterns
            for one in split_alternatives(_fold_letters(pattern))
        ]

    @cached_property
    def _opened_by(self) -> list[frozenset[str]]:
        """What each alternative opens with."""
        return [find_openings(one) for _, one in self._named]

    @cached_property
    def _openings(self) -> frozenset[str]:
        """What any of them opens with. Those that may open with anything, or any digit, are made ready."""
        openings = frozenset[str]().union(*self._opened_by)
        for any_letter in {"", _DIGIT} & {opening[:1] for opening in openings}:
            self._compile(any_letter)
        return openings

    def fullmatch(self, line: str) -> Reason | None:
        """Return what a whole folded line is, None when it is none of the wordings; "" is none."""
        combined = self._choose(line)
        if combined is None:
            return None
        found = combined[0].fullmatch(line)
        return combined[1][found.lastindex - 1] if found and found.lastindex else None

    def match(self, line: str) -> Reason | None:
        """Return what a folded line opens like, None when it opens like none of the wordings."""
        combined = self._choose(line)
        if combined is None:
            return None
        found = combined[0].match(line)
        return combined[1][found.lastindex - 1] if found and found.lastindex else None

    def _choose(self, line: str) -> _Combined | None:
        """Return the wordings that a line may be, None when it opens like none."""
        known = self._openings
        if line[:OPENING_CHARS] in known or line[:2] in known or line[:1] in known:
            return self._by_letter.get(line[:1]) or self._compile(line[:1])
        return (line[:1].isdigit() and self._by_letter.get(_DIGIT)) or self._by_letter.get("")

    def _compile(self, letter: str) -> _Combined:
        """Make the pattern of a letter ready, when the first line that opens with it has come."""
        may_open = [any(o[:1] in ("", letter) for o in found) for found in self._opened_by]
        combined = self._by_letter[letter] = _combine(list(compress(self._named, may_open)))
        return combined


def fold_line(text: str) -> str:
    """Return a line as it is compared with wordings: without case, and all kinds of i as one.

    Turkish writes i and ı as İ and I, which `str.casefold` makes an i with a dot of its own and a plain one.
    """
    folded = text.casefold()
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def _fold_letters(pattern: str) -> str:
    r"""Return a pattern as the lines are: և, ς, ß and ı are others once folded; the case of \W stays."""
    return "".join(char if char.isascii() else fold_line(char) for char in pattern)


def _combine(named: list[tuple[Reason, str]]) -> _Combined:
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


def find_openings(alternative: str) -> frozenset[str]:
    """Return what a match can open with: up to `OPENING_CHARS` characters, fewer where anything may follow.

    "" among them says that it can open with anything.
    """
    return frozenset(opening.rstrip(_ANY) for opening in _open(alternative))


def _open(pattern: str) -> set[str]:
    """Return the openings of one alternative, with `_ANY` behind those that anything may follow."""
    found = {""}
    place = 0
    while atom := _ATOM.match(pattern, place):
        if atom[0] == "(?:":
            place = _find_close(pattern, atom.end())
            inner = split_alternatives(pattern[atom.end() : place - 1])
            following = set[str]().union(*map(_open, inner))
        else:
            place = atom.end()
            following = _open_atom(atom[0])
        if quantifier := _QUANTIFIER.match(pattern, place):
            place = quantifier.end()
            passable = quantifier[0][0] in "?*" or quantifier[1] == "0"
            repeated = quantifier[0] != "?"
            following = {one + _ANY * repeated for one in following} | ({""} if passable else set())
        found = {_lengthen(opening, more) for opening in found for more in following}
    return found


def _lengthen(opening: str, more: str) -> str:
    """Return an opening with what follows it, as far as that is known and asked for."""
    if opening[-1:] == _ANY:
        return opening
    return (opening + (_ANY if opening and more[:1] == _DIGIT else more))[:OPENING_CHARS]


def _open_atom(atom: str) -> set[str]:
    """Return what an atom that is no group can open with."""
    if atom == r"\b":
        return {""}
    if atom == r"\d":
        return {_DIGIT + _ANY}
    if atom[0] == "\\":
        return {_ANY} if atom[1].isalnum() else {atom[1]}
    if atom[0] == "[":
        return {_ANY} if re.search(r"^\[\^|\\|.-.", atom) else set(map(_open_char, atom[1:-1]))
    return {_ANY} if atom in ".^$()" else {_open_char(atom)}


def _open_char(char: str) -> str:
    return _DIGIT + _ANY if char.isdigit() else char


def _find_close(pattern: str, place: int) -> int:
    """Return the place after the parenthesis that closes the group opened before `place`."""
    depth = 1
    while depth and (atom := _ATOM.match(pattern, place)):
        depth += (atom[0][0] == "(") - (atom[0] == ")")
        place = atom.end()
    return place
