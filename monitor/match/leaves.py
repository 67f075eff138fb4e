"""Words, phrases and patterns as they are written -> leaves of the tree.

Position: between `lexer` and `parser`. Pure. An error's column counts from the start of what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

import re2

from monitor.errors import RuleError
from monitor.match.document import MAX_DISTANCE, MIN_PREFIX, NAME_FIELDS, Field, reading_of
from monitor.match.lexer import DOUBLE_QUOTES, SINGLE_QUOTES
from monitor.match.nodes import Node, Pattern, compile_pattern
from monitor.match.words import Cased, Phrase, Prefix, Stem, Together, Word
from monitor.text.readings import Reading, split
from monitor.text.tokens import MAX_RUN, is_plain, is_unspaced, tokenize

MAX_TOGETHER = 50
"""Words of `"..."~n`."""


MAX_STEPS = 3_000
"""What RE2 makes of a regular expression at most. At worst it takes its steps times the letters of the text:
some 0.1 s for 30,000. `\\pL`, a letter of any script, is 1,200 steps, `.{100}` 800, `\\bKv-\\d{3}\\b` 12."""


class Manner(Enum):
    """How words are looked for.

    As they are; letter by letter, within case( ); by their forms, within stem( ); or by their forms
    wherever they stand alone, since the rule says so.
    """

    PLAIN = auto()
    CASED = auto()
    STEMMED = auto()
    ALL_FORMS = auto()


# Python 3.11 needs a tenth of a microsecond to find a member of an enum by its name.
_PLAIN, _FOLDED, _TURKISH, _ANY = Manner.PLAIN, Reading.FOLDED, Reading.TURKISH, Field.ANY
_WITHIN = frozenset({Manner.CASED, Manner.STEMMED})
_NAMES = NAME_FIELDS | {Field.AUTHOR}
"""The fields whose words have no forms."""

_QUOTES = frozenset(DOUBLE_QUOTES + SINGLE_QUOTES)
_STRAY = re.compile(r"[\[\]{}^~\\]|\|\|?|&&|^[+!]")
_CURES = {
    "|": "write OR",
    "||": "write OR",
    "&&": "write AND",
    "!": "write NOT",
    "+": "take it away: every word must be there anyway",
}
_ASCII_WORDS = re.compile("[A-Za-z0-9 ]++")
_SMALL_NEAR = re.compile(r"o?near/\d*", re.IGNORECASE)


class Scope(NamedTuple):
    """What holds within the parentheses at hand."""

    field: Field = Field.ANY
    manner: Manner = Manner.PLAIN
    reading: Reading = Reading.FOLDED

    def reads_plainly(self, text: str) -> bool:
        """Return whether the terms of a word or a phrase are its words in small letters."""
        if len(text) > MAX_RUN:
            return False
        if self.reading is _FOLDED:
            return is_plain(text) is not None
        return self.reading is not _TURKISH and _ASCII_WORDS.fullmatch(text) is not None

    def split(self, text: str) -> Sequence[str]:
        """Return the terms of a word or a phrase, as documents are read."""
        if self.reads_plainly(text):
            return text.lower().split()
        return split(text, reading_of(self.field, self.reading))


def read_word(text: str, scope: Scope) -> Node:
    """Return the leaf of a word: a phrase when the tokeniser sees several in it."""
    if scope.manner is _PLAIN and scope.reads_plainly(text):
        return Word(text.lower(), scope.field)  # most words
    if _SMALL_NEAR.fullmatch(text):
        raise RuleError(f"write {text.upper()} in capitals", 1)
    stray = _STRAY.search(text)
    if stray:
        cure = _CURES.get(stray[0], "take it away, or quote the words")
        raise RuleError(f'"{stray[0]}" means nothing here; {cure}', stray.start() + 1)
    return _read_terms(text, scope, 0)


def read_phrase(written: str, scope: Scope) -> Node:
    """Return the leaf of what stands in quotes, with them and what is behind them."""
    if written[-1] not in _QUOTES:
        return _read_together(written, scope)
    text = written[1:-1]
    if scope.manner is _PLAIN and "*" not in text and len(terms := scope.split(text)) > 1:
        return Phrase(tuple(terms), scope.field)  # most phrases
    return _read_terms(text, scope, 1)


def _read_together(written: str, scope: Scope) -> Node:
    phrase, _, digits = written.rpartition("~")
    if scope.manner in _WITHIN:
        raise RuleError('"..."~n cannot stand within stem( ) or case( )', 1)
    distance = read_number(digits, '"a b"~5')
    terms = scope.split(phrase[1:-1])
    if not 2 <= len(terms) <= MAX_TOGETHER:  # noqa: PLR2004  a pair
        raise RuleError(f'"..."~n takes two words or more, at most {MAX_TOGETHER}', 1)
    return Together(tuple(terms), distance, scope.field)


def _read_terms(text: str, scope: Scope, quotes: int) -> Node:
    """Make a leaf of a word or a phrase, which `quotes` stand before: as many words as the tokeniser sees."""
    star = text.find("*")
    if 0 <= star < len(text.rstrip()) - 1 and not (quotes and _is_inner(text, star)):
        raise RuleError("a * stands at the end of a word only, the last one of a phrase", star + quotes + 1)
    terms = tuple(scope.split(text))
    if not terms:
        raise RuleError("there is no letter or digit in this; name a word to look for", 1)
    open_end = text.rstrip().endswith("*") and not is_unspaced(terms[-1])
    if open_end and len(terms[-1]) < MIN_PREFIX:
        raise RuleError(f"a prefix has {MIN_PREFIX} letters at least before its *", 1)
    if scope.manner in _WITHIN:
        if open_end:
            raise RuleError("a * cannot stand within stem( ) or case( )", 1)
        return _read_manner(text, terms, scope)
    if len(terms) > 1:
        return Phrase(terms, scope.field, open_end)
    if open_end:
        return Prefix(terms[0], scope.field)
    has_forms = scope.manner is Manner.ALL_FORMS and not quotes
    if has_forms and scope.field not in _NAMES and terms[0].isalpha():
        return Stem(terms[0], scope.field)
    return Word(terms[0], scope.field)


def _is_inner(text: str, star: int) -> bool:
    """Return whether a * lies between two letters, as in M*A*S*H."""
    return text[star - 1 : star].isalnum() and text[star + 1 : star + 2].isalnum()


def _read_manner(text: str, terms: tuple[str, ...], scope: Scope) -> Node:
    if scope.manner is Manner.CASED:
        words = Phrase(terms, scope.field) if len(terms) > 1 else Word(terms[0], scope.field)
        return Cased(words, tuple(text[token.start : token.end] for token in tokenize(text)))
    if len(terms) > 1:
        raise RuleError("stem( ) takes single words; write stem(one) ONEAR/0 stem(two)", 1)
    return Stem(terms[0], scope.field)


def read_pattern(written: str, scope: Scope) -> Node:
    """Return the leaf of `re(/.../)`."""
    if scope.field not in {_ANY, Field.TITLE, Field.TEXT}:
        raise RuleError("re( ) looks at title and text alone", 1)
    pattern, _, flags = written.partition("/")[2].removesuffix(")").rstrip().rpartition("/")
    if flags not in {"", "i"}:
        raise RuleError(f'"{flags}" is no flag of re(/.../); the only one is i', 1)
    pattern = pattern.replace("\\/", "/")
    try:
        compiled = compile_pattern(pattern, ignore_case=flags == "i")
    except UnicodeEncodeError as exc:
        raise RuleError("half a character (a lone surrogate) stands in this", 1) from exc
    except re2.error as exc:
        reason = exc.args[0].decode() if isinstance(exc.args[0], bytes) else str(exc)
        raise RuleError(f"this is no regular expression of RE2: {reason}", 1) from exc
    if compiled.programsize > MAX_STEPS:
        message = "this regular expression is too large: its repetitions multiply; make it smaller"
        raise RuleError(message, 1)
    if compiled.search("") is not None:
        raise RuleError("this regular expression finds even an empty text, so it finds everything", 1)
    return Pattern(pattern, flags == "i", scope.field)


def read_number(digits: str, example: str) -> int:
    """Return how many words may lie between."""
    if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) <= MAX_DISTANCE:  # noqa: PLR2004
        return int(digits)
    raise RuleError(f"write how many words may lie between, 0 to {MAX_DISTANCE}: {example}", 1)
