"""Query -> lexemes: where words, quotes, operators and parentheses begin and end.

Position: before `parser`. Pure. One pattern, one pass; every character belongs to a lexeme.
"""

from __future__ import annotations

import re
from enum import IntEnum, auto
from typing import NamedTuple


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


class Lexeme(NamedTuple):
    """A piece of a query. `column` counts from 1; `text` is what lies within its quotes or slashes.

    `extra` is what follows: `~5` of a phrase, the flags of a pattern.
    """

    kind: Kind
    text: str
    column: int
    extra: str = ""


DOUBLE_QUOTES = (
    '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f\u301d\u301e\u301f\uff02'
)
SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
PARENTHESES = str.maketrans("\uff08\uff09", "()")

_BOUNDARY = rf"(?=[\s(){DOUBLE_QUOTES}]|\Z)"
_FORMS = (
    ("LETTERS", r"[a-z0-9]++(?=[ )]|\Z)"),  # most words: no other form could be meant
    ("PATTERN", r"re\(\s*/(?P<pattern>(?:[^/\\]|\\.)*+)/(?P<flags>\w*)\s*\)"),
    ("FUNCTION", r"(?:stem|case|atleast\d*|re)\("),
    ("OPEN", r"\("),
    ("CLOSE", r"\)"),
    ("PHRASE", rf"[{DOUBLE_QUOTES}](?P<phrase>[^{DOUBLE_QUOTES}]*+)[{DOUBLE_QUOTES}](?P<slop>~\d*)?"),
    (
        "QUOTED",
        rf"[{SINGLE_QUOTES}](?P<single>[^{SINGLE_QUOTES}]*+)[{SINGLE_QUOTES}](?P<loose>~\d*)?{_BOUNDARY}",
    ),
    ("BROKEN", rf"[{DOUBLE_QUOTES}{SINGLE_QUOTES}]"),
    ("AND", f"AND{_BOUNDARY}"),
    ("OR", f"OR{_BOUNDARY}"),
    ("NOT", f"NOT{_BOUNDARY}"),
    ("NEAR", rf"O?NEAR(?:/[^\s()]*)?{_BOUNDARY}"),
    ("MINUS", r"[-\u2212\u2013]++(?=[^\s)])"),
    ("FIELD", r"[A-Za-z_]+:"),
    ("WORD", rf'(?:[^\s(){DOUBLE_QUOTES}]|(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea]))++'),
)
_PATTERN = re.compile(rf"\s*+(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _FORMS)})", re.DOTALL)
_NAMED = {"LETTERS": Kind.WORD} | {
    name: Kind[name] for name, _ in _FORMS if name in Kind.__members__.keys() - {"PHRASE", "PATTERN"}
}


def split_query(query: str) -> list[Lexeme]:
    """Return the lexemes of `query` without its spaces, END last. A quote without its pair is BROKEN."""
    lexemes: list[Lexeme] = []
    written = query.rstrip()  # spaces at the end belong to no lexeme, and each would be tried as a start
    add = lexemes.append
    for match in _PATTERN.finditer(written if written.isascii() else written.translate(PARENTHESES)):
        name = match.lastgroup or ""
        column = match.start(name) + 1
        if name in _NAMED:
            add(Lexeme(_NAMED[name], match[name], column))
        elif name == "PHRASE":
            add(Lexeme(Kind.PHRASE, match["phrase"], column, match["slop"] or ""))
        elif name == "QUOTED":
            add(Lexeme(Kind.PHRASE, match["single"], column, match["loose"] or ""))
        elif name == "PATTERN":
            add(Lexeme(Kind.PATTERN, match["pattern"], column, match["flags"]))
        else:
            lexemes += [Lexeme(Kind.NOT, "-", column)] * (len(match[name]) % 2)  # two are none
    lexemes.append(Lexeme(Kind.END, "", len(query) + 1))
    return lexemes
