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

_BOUNDARY = rf"(?=[\s(){DOUBLE_QUOTES}]|\Z)"
# What is written most often is tried first; the forms that begin with a letter keep their order.
_FORMS = (
    ("LETTERS", r"[a-z0-9]++(?=[ )]|\Z)"),  # most words: no other form could be meant
    ("PHRASE", rf"[{DOUBLE_QUOTES}](?P<phrase>[^{DOUBLE_QUOTES}]*+)[{DOUBLE_QUOTES}](?P<slop>~\d*)?"),
    ("OPEN", r"\("),
    ("CLOSE", r"\)"),
    ("OR", f"OR{_BOUNDARY}"),
    ("AND", f"AND{_BOUNDARY}"),
    ("NOT", f"NOT{_BOUNDARY}"),
    ("NEAR", rf"O?NEAR(?:/[^\s()]*)?{_BOUNDARY}"),
    ("PATTERN", r"re\(\s*/(?P<pattern>(?:[^/\\]|\\.)*+)/(?P<flags>\w*)\s*\)"),
    ("FUNCTION", r"(?:stem|case|atleast\d*|re)\("),
    (
        "QUOTED",
        rf"[{SINGLE_QUOTES}](?P<single>[^{SINGLE_QUOTES}]*+)[{SINGLE_QUOTES}](?P<loose>~\d*)?{_BOUNDARY}",
    ),
    ("BROKEN", rf"[{DOUBLE_QUOTES}{SINGLE_QUOTES}]"),
    ("MINUS", r"[-\u2212\u2013]++(?=[^\s)])"),
    ("FIELD", r"[A-Za-z_]+:"),
    ("WORD", rf'(?:[^\s(){DOUBLE_QUOTES}]|(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea]))++'),
)
_PATTERN = re.compile(rf"\s*+(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _FORMS)})", re.DOTALL)
_KINDS = {"LETTERS": Kind.WORD} | {
    name: Kind[name] for name, _ in _FORMS if name in Kind.__members__.keys() - {"PHRASE", "PATTERN"}
}
_WHOLE = {_PATTERN.groupindex[name]: kind for name, kind in _KINDS.items()}
"""The kinds whose text is all of the lexeme, by the number of their group."""

_PHRASE_KIND = Kind.PHRASE
_PHRASE = _PATTERN.groupindex["PHRASE"]
_new = tuple.__new__  # three times as fast as the constructor of a NamedTuple


def split_query(query: str) -> list[Lexeme]:
    """Return the lexemes of `query` without its spaces, END last. A quote without its pair is BROKEN."""
    lexemes: list[Lexeme] = []
    written = (
        query.replace("\uff08", "(").replace("\uff09", ")").rstrip()
    )  # spaces at the end belong to no lexeme, and each would be tried as a start
    add = lexemes.append
    for match in _PATTERN.finditer(written):
        form = match.lastindex or 0
        kind = _WHOLE.get(form)
        column = match.start(form) + 1
        if kind is not None:
            add(_new(Lexeme, (kind, match[form], column, "")))
        elif form == _PHRASE:
            add(_new(Lexeme, (_PHRASE_KIND, match["phrase"], column, match["slop"] or "")))
        else:
            lexemes += _read_rare(match, column)
    lexemes.append(Lexeme(Kind.END, "", len(query) + 1))
    return lexemes


def _read_rare(match: re.Match[str], column: int) -> list[Lexeme]:
    """Return the lexemes of a phrase in single quotes, a pattern or a row of minuses."""
    if match.lastgroup == "QUOTED":
        return [Lexeme(Kind.PHRASE, match["single"], column, match["loose"] or "")]
    if match.lastgroup == "PATTERN":
        return [Lexeme(Kind.PATTERN, match["pattern"], column, match["flags"])]
    return [Lexeme(Kind.NOT, "-", column)] * (len(match[0].strip()) % 2)  # two are none
