"""Query -> lexemes: where words, quotes, operators and parentheses begin and end.

Position: before `parser`. Pure. One pattern, one pass; every character belongs to a lexeme.
"""

from __future__ import annotations

import re
from enum import IntEnum, auto
from functools import cached_property


class Kind(IntEnum):
    """What a lexeme is."""

    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    FUNCTION = auto()
    PATTERN = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    BROKEN = auto()
    END = auto()


DOUBLE_QUOTES = (
    '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u275d\u275e\u2e42\uff02'
    "\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f\u301d\u301e\u301f\ufe41\ufe42\ufe43\ufe44\uff62\uff63"
)
"""What Unicode calls a quotation mark (PropList.txt), and the brackets around titles in Chinese."""

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b\u275b\u275c\uff07`\u00b4"
DASHES = "-\u2212\u2013"

_BOUNDARY = rf"(?=[\s(){DOUBLE_QUOTES}]|\Z)"
# What is written most often is tried first; the forms that begin with a letter keep their order.
_FORMS = (
    r"[a-z0-9]++(?=[ )]|\Z)",  # most words: no other form could be meant
    rf"[{DOUBLE_QUOTES}][^{DOUBLE_QUOTES}]*+[{DOUBLE_QUOTES}](?:~\d*)?",
    r"[()]",
    f"(?:OR|AND|NOT){_BOUNDARY}",
    rf"O?NEAR(?:/[^\s()]*)?{_BOUNDARY}",
    r"re\(\s*/(?:[^/\\]|\\.)*+/\w*\s*\)",
    r"(?:stem|case|atleast\d*|re)\(",
    rf"[{SINGLE_QUOTES}][^{SINGLE_QUOTES}]*+[{SINGLE_QUOTES}](?:~\d*)?{_BOUNDARY}",
    rf"[{DOUBLE_QUOTES}{SINGLE_QUOTES}]",
    rf"[{DASHES}](?=[^\s)])",
    r"[A-Za-z_]+:",
    rf'(?:[^\s(){DOUBLE_QUOTES}]|(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea]))++',
)
_TWO_MINUSES = rf"(?:[{DASHES}]{{2}}(?=[^\s)]))*+"  # are none
_PATTERN = re.compile(rf"\s*+{_TWO_MINUSES}({'|'.join(_FORMS)})", re.DOTALL)
_FIXED = {
    "(": Kind.OPEN,
    ")": Kind.CLOSE,
    "AND": Kind.AND,
    "OR": Kind.OR,
    "NOT": Kind.NOT,
    "NEAR": Kind.NEAR,
    "ONEAR": Kind.NEAR,
}
_find_fixed = _FIXED.get
_FIELD = re.compile("[A-Za-z_]+:")
_QUOTES = frozenset(DOUBLE_QUOTES + SINGLE_QUOTES)
_WORD, _PHRASE = Kind.WORD, Kind.PHRASE


class Lexemes:
    """The pieces of a query without its spaces, in order: what each is, and as it is written. END is last.

    A quote without its pair is BROKEN; a minus is NOT, wherever it stands.
    """

    def __init__(self, query: str) -> None:
        # Spaces at the end belong to no lexeme, and each would be tried as a start.
        self._query = query.replace("\uff08", "(").replace("\uff09", ")").rstrip()
        self._end = len(query) + 1
        self.texts: list[str] = _PATTERN.findall(self._query)
        self.kinds = [_find_fixed(text) or kind_of(text) for text in self.texts]
        self.texts.append("")
        self.kinds.append(Kind.END)

    def column(self, at: int) -> int:
        """Return where a lexeme begins, counted from 1. Few queries are ever asked."""
        return self._columns[at]

    def touches_next(self, at: int) -> bool:
        """Return whether no space parts a lexeme from the one behind it."""
        return self._columns[at] + len(self.texts[at]) == self._columns[at + 1]

    @cached_property
    def _columns(self) -> list[int]:
        return [*(match.start(1) + 1 for match in _PATTERN.finditer(self._query)), self._end]


def kind_of(text: str) -> Kind:
    """Return what a lexeme is, of which its text tells: no two forms are written alike."""
    if text.isalnum():
        return _WORD
    first = text[0]
    if first in _QUOTES:
        return _PHRASE if len(text) > 1 else Kind.BROKEN
    if text in DASHES:
        return Kind.NOT
    if first in "NO" and text.removeprefix("O").startswith("NEAR/"):
        return Kind.NEAR
    if "(" in text:
        return Kind.FUNCTION if text[-1] == "(" else Kind.PATTERN
    return Kind.FIELD if text[-1] == ":" and _FIELD.fullmatch(text) else _WORD
