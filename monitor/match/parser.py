"""Query -> tree: what a rule's words mean. docs/rules.md is the reference of the language.

Position: after `lexer`, before `ruleset`. Pure.

Binding, strongest first: field, proximity, NOT, AND, OR. Plain recursive descent, whose depth is that
of the parentheses, at most `MAX_DEPTH`. A field and the manner of stem( ) and case( ) are handed down
to the leaves, so that the tree knows neither.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

import re2

from monitor.errors import RuleError
from monitor.match.document import BODY_FIELDS, MAX_DISTANCE, NAME_FIELDS, Field, reading_of
from monitor.match.lexer import Kind, Lexeme, split_query
from monitor.match.nodes import (
    And,
    AtLeast,
    Cased,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Spanned,
    Stem,
    Together,
    Word,
    compile_pattern,
)
from monitor.model import Rule
from monitor.text.readings import TURKISH_LANGUAGES, Reading, split
from monitor.text.tokens import MAX_RUN, is_unspaced, tokenize

MAX_DEPTH = 50
"""Parentheses within parentheses: no rule that a person wrote comes near."""

MAX_LENGTH = 30_000
"""Characters of a rule: some 3,000 words, which are read in under 0.1 s."""

MAX_STEMS = 200
"""Words of a rule that are looked for in all forms: each is stemmed by some 30 stemmers, in 1.4 ms."""

MAX_TOGETHER = 50
"""Words of `"..."~n`."""

MIN_PREFIX = 3
"""Letters before a `*`: shorter ones match half the dictionary."""

DEFAULT_DISTANCE = 4
"""Words between the sides of a NEAR without a number."""

LANGUAGE_CODE = 2
"""Letters of an ISO 639-1 code."""


class Manner(Enum):
    """How words are looked for.

    As they are; letter by letter, within case( ); by their forms, within stem( ); or by their forms
    wherever they stand alone, since the rule says so.
    """

    PLAIN = auto()
    CASED = auto()
    STEMMED = auto()
    ALL_FORMS = auto()


_FIELDS = {field.value: field for field in Field if field is not Field.ANY}
_NAMES = NAME_FIELDS | {Field.AUTHOR}
"""The fields whose words have no forms."""

_WITHIN = frozenset({Manner.CASED, Manner.STEMMED})
_LOWER_CASE = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR"}
# Python 3.11 needs a tenth of a microsecond to find a member of an enum by its name.
_AND, _OR, _NOT, _NEAR, _WORD, _CLOSE = Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR, Kind.WORD, Kind.CLOSE
_PLAIN, _TURKISH, _FOLDED, _ANY = Manner.PLAIN, Reading.TURKISH, Reading.FOLDED, Field.ANY
_PHRASE, _FIELD, _OPEN, _END = Kind.PHRASE, Kind.FIELD, Kind.OPEN, Kind.END
_LEAVES = frozenset({Kind.WORD, Kind.PHRASE})
_ENDS = frozenset({Kind.END, Kind.CLOSE})
_INFIX = frozenset({Kind.AND, Kind.OR, Kind.NEAR})
_NO_OPERAND = _ENDS | _INFIX
_NO_VALUE = _NO_OPERAND | {Kind.NOT, Kind.FIELD}
_STRAY = re.compile(r"[\[\]{}^~\\]|\|\|?|&&|^[+!]")
_CURES = {
    "|": "write OR",
    "||": "write OR",
    "&&": "write AND",
    "!": "write NOT",
    "+": "take it away: every word must be there anyway",
}
_ASCII_WORDS = re.compile("[A-Za-z0-9 ]++")
_PLAIN_WORDS = re.compile("[A-Za-z0-9 à-öø-ÿÀ-ÖØ-Ýа-яёА-ЯЁ]++")
"""Words that folding only puts into small letters: most of those that are written."""

_SMALL_NEAR = re.compile(r"o?near/\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """What may not have been meant, though the query can be read. `column` counts from 1."""

    message: str
    column: int


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: as written, as a tree, what is doubtful about it, and how to read articles."""

    text: str
    root: Node
    remarks: tuple[Remark, ...] = ()
    reading: Reading = Reading.FOLDED


class Scope(NamedTuple):
    """What holds within the parentheses at hand."""

    field: Field = Field.ANY
    manner: Manner = Manner.PLAIN
    depth: int = 0
    reading: Reading = Reading.FOLDED

    def reads_plainly(self, text: str) -> bool:
        """Return whether the terms of a word or a phrase are its words in small letters."""
        if self.reading is _FOLDED:
            return _PLAIN_WORDS.fullmatch(text) is not None
        return self.reading is not _TURKISH and _ASCII_WORDS.fullmatch(text) is not None

    def split(self, text: str) -> Sequence[str]:
        """Return the terms of a word or a phrase, as documents are read."""
        if len(text) <= MAX_RUN and self.reads_plainly(text):
            return text.lower().split()
        return split(text, reading_of(self.field, self.reading))


def parse_query(query: str, *, stem: bool = False, fold_diacritics: bool = False) -> Query:
    """Read a query of the rule language.

    `stem`: words that stand alone are looked for by all their forms. `fold_diacritics`: articles are read
    without theirs. A query for Turkish or Azerbaijani articles alone is read letter by letter.

    Raises:
        RuleError: it cannot be read; the error says at which column, why, and what to write instead.
    """
    if len(query) > MAX_LENGTH:
        message = f"the rule goes on past {MAX_LENGTH:,} characters; split it into several"
        raise RuleError(message, MAX_LENGTH + 1)
    manner = Manner.ALL_FORMS if stem else _PLAIN
    reading = Reading.PLAIN if fold_diacritics else _FOLDED
    read = _parse(query, Scope(_ANY, manner, 0, reading))
    if reading is _FOLDED and "lang" in query.lower() and _is_turkish(read.root):
        return _parse(query, Scope(_ANY, manner, 0, _TURKISH))
    return read


def _parse(query: str, scope: Scope) -> Query:
    parser = _Parser(query)
    return Query(query, parser.parse(scope), tuple(parser.remarks), scope.reading)


def read_rule(rule: Rule) -> Query:
    """Read the query of a rule, by what the rule says of its words.

    Raises:
        RuleError: as `parse_query`.
    """
    return parse_query(rule.query, stem=rule.stem, fold_diacritics=rule.fold_diacritics)


class _Parser:
    def __init__(self, query: str) -> None:
        self.lexemes = split_query(query)
        self.at = 0
        self.remarks: list[Remark] = []
        self.first_not = 0
        self.stems: set[str] = set()

    def parse(self, scope: Scope) -> Node:
        if len(self.lexemes) == 1:
            raise RuleError("the query is empty; write a word to look for", 1)
        root = self.parse_or(scope)
        if self.lexemes[self.at].kind is _CLOSE:
            raise RuleError('this ")" closes nothing; take it away or open one before', self.peek().column)
        if self.first_not and _holds_of_nothing(root):
            message = "this matches whatever does not hold the word; name a word that must be there too"
            raise RuleError(message, self.first_not)
        return root

    def peek(self) -> Lexeme:
        return self.lexemes[self.at]

    def take(self) -> Lexeme:
        lexeme = self.lexemes[self.at]
        self.at += 1
        return lexeme

    # --- operators, weakest first

    def parse_or(self, scope: Scope) -> Node:
        first = self.parse_and(scope)
        if self.lexemes[self.at].kind is not _OR:
            return first
        children = [first]
        while self.lexemes[self.at].kind is _OR:
            self.take_operator()
            children.append(self.parse_and(scope))
        return _join(Or, children)

    def parse_and(self, scope: Scope) -> Node:
        children = [self.parse_not(scope)]
        while (kind := self.lexemes[self.at].kind) is not _OR and kind not in _ENDS:
            if kind is _AND:
                self.take_operator()
            children.append(self.parse_not(scope))
        return children[0] if len(children) == 1 else _join(And, children)

    def parse_not(self, scope: Scope) -> Node:
        lexeme, negated = self.lexemes[self.at], False
        if lexeme.kind in _LEAVES and self.lexemes[self.at + 1].kind is not _NEAR:  # most operands
            self.at += 1
            return self.read_leaf(lexeme, scope)
        while self.lexemes[self.at].kind is _NOT:
            operator = self.take_operator()
            self.first_not = operator.column if not self.first_not else self.first_not
            negated = not negated
        node = self.parse_near(scope)
        return Not(node) if negated else node

    def parse_near(self, scope: Scope) -> Node:
        start = self.peek()
        left = self.parse_operand(scope)
        if self.lexemes[self.at].kind is not _NEAR:
            return left
        operator = self.take_operator()
        distance = _read_distance(operator)
        behind = self.peek()
        right = self.parse_operand(scope)
        if self.peek().kind is _NEAR:
            message = "NEAR takes two sides; write (a NEAR/4 b) AND (b NEAR/4 c)"
            raise RuleError(message, self.peek().column)
        sides = _need_spans(left, start, operator.text), _need_spans(right, behind, operator.text)
        spaces = {None if field in BODY_FIELDS else field for side in sides for field in _fields(side)}
        if len(spaces) > 1:
            raise RuleError("both sides of NEAR must be looked for in one field", operator.column)
        return Near(*sides, distance, ordered=operator.text.startswith("O"), shown=None in spaces)

    def take_operator(self) -> Lexeme:
        operator = self.take()
        if self.lexemes[self.at].kind in _NO_OPERAND:
            name = operator.text.partition("/")[0]
            raise RuleError(f'"{name}" has nothing behind it; write a word there', operator.column)
        return operator

    # --- operands

    def parse_operand(self, scope: Scope) -> Node:
        lexeme = self.take()
        if lexeme.kind in _LEAVES:
            return self.read_leaf(lexeme, scope)
        if lexeme.kind is _FIELD:
            return self.parse_field(lexeme, scope)
        if lexeme.kind is _OPEN:
            return self.parse_group(lexeme, scope)
        if lexeme.kind is Kind.FUNCTION:
            return self.parse_function(lexeme, scope)
        if lexeme.kind is Kind.PATTERN:
            return _read_pattern(lexeme, scope)
        if lexeme.kind is Kind.BROKEN:
            raise RuleError("this quotation mark has no second one; close it or take it away", lexeme.column)
        if lexeme.kind is _NOT:
            message = "NEAR cannot have NOT beside it; write: a AND NOT (a NEAR b)"
            raise RuleError(message, lexeme.column)
        if lexeme.kind in _INFIX:
            raise RuleError(f'"{lexeme.text}" has nothing before it; write a word there', lexeme.column)
        raise RuleError("a word is missing here", lexeme.column)

    def parse_group(self, opening: Lexeme, scope: Scope) -> Node:
        if scope.depth == MAX_DEPTH:
            message = f"parentheses lie more than {MAX_DEPTH} deep here; split the rule into several"
            raise RuleError(message, opening.column)
        if self.peek().kind is _CLOSE:
            raise RuleError("there is nothing within these parentheses", opening.column)
        if self.peek().kind is _END:
            raise RuleError('this "(" is never closed; add ")"', opening.column)
        node = self.parse_or(Scope(scope.field, scope.manner, scope.depth + 1, scope.reading))
        if self.peek().kind is not _CLOSE:
            raise RuleError('this "(" is never closed; add ")"', opening.column)
        self.take()
        return node

    def parse_field(self, lexeme: Lexeme, scope: Scope) -> Node:
        name = lexeme.text[:-1]
        field = _FIELDS.get(name.lower())
        if field is None:
            near = difflib.get_close_matches(name.lower(), _FIELDS, n=1)
            cure = f'did you mean "{near[0]}:"?' if near else f"the fields are {', '.join(_FIELDS)}"
            raise RuleError(
                f'"{name}:" is no field; {cure} (to look for it as text, quote it)', lexeme.column
            )
        if scope.field is not _ANY:
            raise RuleError(f'"{name}:" lies within "{scope.field}:"; keep one of them', lexeme.column)
        if self.peek().kind in _NO_VALUE:
            raise RuleError(f'"{lexeme.text}" has nothing behind it; write a word there', lexeme.column)
        value = self.peek()
        node = self.parse_operand(Scope(field, scope.manner, scope.depth, scope.reading))
        if field is Field.LANG and not _are_languages(node):
            raise RuleError('"lang:" takes codes of two letters, as in lang:hy', value.column)
        return node

    def parse_function(self, lexeme: Lexeme, scope: Scope) -> Node:
        name = lexeme.text[:-1]
        if name == "re":
            raise RuleError("a regular expression stands between slashes: re(/.../)", lexeme.column)
        if name in {"stem", "case"}:
            manner = Manner.STEMMED if name == "stem" else Manner.CASED
            if manner is Manner.CASED and scope.field not in BODY_FIELDS:
                raise RuleError("case( ) looks at title and text alone", lexeme.column)
            return self.parse_group(lexeme, Scope(scope.field, manner, scope.depth, scope.reading))
        digits = name.removeprefix("atleast")
        if not digits or not 1 <= int(digits[:6]) <= MAX_DISTANCE:
            raise RuleError(f"write how often, 1 to {MAX_DISTANCE}: atleast3(drone)", lexeme.column)
        node = self.parse_group(lexeme, scope)
        return AtLeast(int(digits), _need_spans(node, lexeme, "atleast"))

    def read_leaf(self, lexeme: Lexeme, scope: Scope) -> Node:
        leaf = self.read_word(lexeme, scope) if lexeme.kind is _WORD else _read_phrase(lexeme, scope)
        if scope.manner is not _PLAIN and isinstance(leaf, Stem):
            self.stems.add(leaf.term)
            if len(self.stems) > MAX_STEMS:
                message = (
                    f"the forms of more than {MAX_STEMS} words are too many; split the rule into several"
                )
                raise RuleError(message, lexeme.column)
        return leaf

    def read_word(self, lexeme: Lexeme, scope: Scope) -> Node:
        text, column = lexeme.text, lexeme.column
        if text in _LOWER_CASE and column > 1 and self.peek().kind not in _ENDS:
            message = f'"{text}" is looked for as a word; as an operator, write {_LOWER_CASE[text]}'
            self.remarks.append(Remark(message, column))
        if scope.manner is _PLAIN and len(text) <= MAX_RUN and scope.reads_plainly(text):
            return Word(text.lower(), scope.field)
        if _SMALL_NEAR.fullmatch(text):
            raise RuleError(f"write {text.upper()} in capitals", column)
        stray = _STRAY.search(text)
        if stray:
            cure = _CURES.get(stray[0], "take it away, or quote the words")
            raise RuleError(f'"{stray[0]}" means nothing here; {cure}', column + stray.start())
        return _read_terms(lexeme, scope)


def _join(operator: type[And | Or], children: Sequence[Node]) -> Node:
    """Join operands; one that was named before says nothing new."""
    different = tuple(dict.fromkeys(children))
    return different[0] if len(different) == 1 else operator(different)


# --- leaves --------------------------------------------------------------------------------------


def _read_phrase(lexeme: Lexeme, scope: Scope) -> Node:
    if not lexeme.extra:
        if scope.manner is _PLAIN and "*" not in lexeme.text and len(terms := scope.split(lexeme.text)) > 1:
            return Phrase(tuple(terms), scope.field)  # most phrases
        return _read_terms(lexeme, scope)
    if scope.manner in _WITHIN:
        raise RuleError('"..."~n cannot stand within stem( ) or case( )', lexeme.column)
    distance = _read_number(lexeme.extra[1:], lexeme.column, '"a b"~5')
    terms = scope.split(lexeme.text)
    if not 2 <= len(terms) <= MAX_TOGETHER:  # noqa: PLR2004  a pair
        raise RuleError(f'"..."~n takes two words or more, at most {MAX_TOGETHER}', lexeme.column)
    return Together(tuple(terms), distance, scope.field)


def _read_terms(lexeme: Lexeme, scope: Scope) -> Node:
    """Make a leaf of a word or a phrase: as many words as the tokeniser sees in it."""
    text, column = lexeme.text, lexeme.column
    star = text.find("*")
    if 0 <= star < len(text.rstrip()) - 1 and not (lexeme.kind is _PHRASE and _is_inner(text, star)):
        raise RuleError("a * stands at the end of a word only, the last one of a phrase", column + star)
    terms = tuple(scope.split(text))
    if not terms:
        raise RuleError("there is no letter or digit in this; name a word to look for", column)
    open_end = text.rstrip().endswith("*") and not is_unspaced(terms[-1])
    if open_end and len(terms[-1]) < MIN_PREFIX:
        raise RuleError(f"a prefix has {MIN_PREFIX} letters at least before its *", column)
    if scope.manner in _WITHIN:
        if open_end:
            raise RuleError("a * cannot stand within stem( ) or case( )", column)
        return _read_manner(text, terms, column, scope)
    if len(terms) > 1:
        return Phrase(terms, scope.field, open_end)
    if open_end:
        return Prefix(terms[0], scope.field)
    has_forms = scope.manner is Manner.ALL_FORMS and lexeme.kind is _WORD
    if has_forms and scope.field not in _NAMES and terms[0].isalpha():
        return Stem(terms[0], scope.field)
    return Word(terms[0], scope.field)


def _read_manner(text: str, terms: tuple[str, ...], column: int, scope: Scope) -> Node:
    if scope.manner is Manner.CASED:
        words = Phrase(terms, scope.field) if len(terms) > 1 else Word(terms[0], scope.field)
        return Cased(words, tuple(text[token.start : token.end] for token in tokenize(text)))
    if len(terms) > 1:
        raise RuleError("stem( ) takes single words; write stem(one) ONEAR/0 stem(two)", column)
    return Stem(terms[0], scope.field)


def _read_pattern(lexeme: Lexeme, scope: Scope) -> Node:
    if scope.field not in {_ANY, Field.TITLE, Field.TEXT}:
        raise RuleError("re( ) looks at title and text alone", lexeme.column)
    if lexeme.extra not in {"", "i"}:
        raise RuleError(f'"{lexeme.extra}" is no flag of re(/.../); the only one is i', lexeme.column)
    pattern = lexeme.text.replace("\\/", "/")
    try:
        compiled = compile_pattern(pattern, ignore_case=lexeme.extra == "i")
    except UnicodeEncodeError as exc:
        raise RuleError("half a character (a lone surrogate) stands in this", lexeme.column) from exc
    except re2.error as exc:
        reason = exc.args[0].decode() if isinstance(exc.args[0], bytes) else str(exc)
        raise RuleError(f"this is no regular expression of RE2: {reason}", lexeme.column) from exc
    if compiled.search("") is not None:
        raise RuleError(
            "this regular expression matches nothing at all, so it matches everywhere", lexeme.column
        )
    return Pattern(pattern, lexeme.extra == "i", scope.field)


def _read_distance(operator: Lexeme) -> int:
    name, slash, digits = operator.text.partition("/")
    return _read_number(digits, operator.column, f"{name}/8") if slash else DEFAULT_DISTANCE


def _read_number(digits: str, column: int, example: str) -> int:
    if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) <= MAX_DISTANCE:  # noqa: PLR2004
        return int(digits)
    raise RuleError(f"write how many words may lie between, 0 to {MAX_DISTANCE}: {example}", column)


# --- questions about trees -----------------------------------------------------------------------


def _is_inner(text: str, star: int) -> bool:
    """Return whether a * lies between two letters, as in M*A*S*H."""
    return text[star - 1 : star].isalnum() and text[star + 1 : star + 2].isalnum()


def _holds_of_nothing(node: Node) -> bool:
    """Return whether an article that holds nothing of what is named would match."""
    if isinstance(node, And):
        return all(map(_holds_of_nothing, node.children))
    if isinstance(node, Or):
        return any(map(_holds_of_nothing, node.children))
    return isinstance(node, Not) and not _holds_of_nothing(node.child)


def _need_spans(node: Node, lexeme: Lexeme, what: str) -> Spanned:
    """Return the node when it has places in the text; NEAR and atleastN( ) need them."""
    if isinstance(node, Or):
        for child in node.children:
            _need_spans(child, lexeme, what)
        return node
    if isinstance(node, Word | Prefix | Phrase | Cased | Stem | Together):
        return node
    name = what.partition("/")[0]
    raise RuleError(f"{name} takes words, phrases, and groups of these with OR", lexeme.column)


def _fields(node: Node) -> set[Field]:
    """Return the fields that the leaves of an operand of NEAR look at."""
    if isinstance(node, Or):
        return {field for child in node.children for field in _fields(child)}
    if isinstance(node, Cased):
        return {node.words.field}
    return {node.field} if isinstance(node, Word | Prefix | Phrase | Stem | Together) else set()


def _is_turkish(node: Node) -> bool:
    """Return whether only Turkish or Azerbaijani articles can match."""
    if isinstance(node, Word):
        return node.field is Field.LANG and node.term in TURKISH_LANGUAGES
    if isinstance(node, Or):
        return all(map(_is_turkish, node.children))
    return isinstance(node, And) and any(map(_is_turkish, node.children))


def _are_languages(node: Node) -> bool:
    if isinstance(node, Or):
        return all(map(_are_languages, node.children))
    return isinstance(node, Word) and len(node.term) == LANGUAGE_CODE and node.term.isalpha()
