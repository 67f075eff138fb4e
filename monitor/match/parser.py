"""Query -> tree: what a rule's words mean. docs/rules.md is the reference of the language.

Position: after `lexer` and `leaves`, before `ruleset`. Pure.

Binding, strongest first: field, proximity, NOT, AND, OR. Plain recursive descent, whose depth is that
of the parentheses, at most `MAX_DEPTH`. A field and the manner of stem( ) and case( ) are handed down
to the leaves, so that the tree knows neither.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.errors import RuleError
from monitor.match.document import BODY_FIELDS, MAX_DISTANCE, Field
from monitor.match.leaves import Manner, Scope, read_number, read_pattern, read_phrase, read_word
from monitor.match.lexer import Kind, Lexemes
from monitor.match.nodes import And, AtLeast, Near, Node, Not, Or, Spanned
from monitor.match.words import Cased, Phrase, Prefix, Stem, Together, Word
from monitor.model import Rule
from monitor.text.readings import TURKISH_LANGUAGES, Reading

MAX_DEPTH = 50
"""Parentheses within parentheses: no rule that a person wrote comes near."""

MAX_LENGTH = 30_000
"""Characters of a rule: some 3,000 words, which are read in under 0.1 s."""

MAX_STEMS = 50
"""Words of a rule that are looked for in all forms: each is stemmed by some 30 stemmers, in 1.4 ms."""

DEFAULT_DISTANCE = 4
"""Words between the sides of a NEAR without a number."""

LANGUAGE_CODE = 2
"""Letters of an ISO 639-1 code."""

_FIELDS = {field.value: field for field in Field if field is not Field.ANY}
_LOOKALIKES = {
    "and": "AND",
    "or": "OR",
    "not": "NOT",
    "near": "NEAR",
    "onear": "ONEAR",
    "andnot": "AND NOT",
    "adj": "ONEAR/0",
}
"""Words that may have been meant as operators, ours or those of others."""

_OTHER_NEAR = re.compile(
    r"(?:(?P<ordered>pre|onear)|w|near|adj|)/?(?P<distance>(?<=/|r)\d{1,3})", re.IGNORECASE
)
_FUNCTION = re.compile(r"stem|case|re|atleast\d+", re.IGNORECASE)
_INNER_WILDCARD = re.compile(r"(?<=[^\W_])\?+(?=[^\W_])")
# Python 3.11 needs a tenth of a microsecond to find a member of an enum by its name.
_AND, _OR, _NOT, _NEAR, _WORD, _PHRASE = Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR, Kind.WORD, Kind.PHRASE
_FIELD, _OPEN, _CLOSE, _END, _PLAIN, _ANY = (
    *(Kind.FIELD, Kind.OPEN, Kind.CLOSE, Kind.END),
    *(Manner.PLAIN, Field.ANY),
)
_FOLDED, _TURKISH = Reading.FOLDED, Reading.TURKISH
_ENDS = frozenset({Kind.END, Kind.CLOSE})
_INFIX = frozenset({Kind.AND, Kind.OR, Kind.NEAR})
_NO_OPERAND = _ENDS | _INFIX


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


_SCOPES = {
    (stem, reading): Scope(Field.ANY, Manner.ALL_FORMS if stem else Manner.PLAIN, reading)
    for stem in (False, True)
    for reading in Reading
}
"""What holds at the top of a query."""


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
    reading = Reading.PLAIN if fold_diacritics else _FOLDED
    read = _Parser(query).parse(_SCOPES[stem, reading])
    if reading is _FOLDED and "lang" in query.lower() and _is_turkish(read.root):
        return _Parser(query).parse(_SCOPES[stem, _TURKISH])
    return read


def read_rule(rule: Rule) -> Query:
    """Read the query of a rule, by what the rule says of its words.

    Raises:
        RuleError: as `parse_query`.
    """
    return parse_query(rule.query, stem=rule.stem, fold_diacritics=rule.fold_diacritics)


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.lexemes = Lexemes(query)
        self.kinds, self.texts = self.lexemes.kinds, self.lexemes.texts
        self.at = 0
        self.depth = 0
        self.remarks: list[Remark] = []
        self.first_not: int | None = None
        self.stems: set[str] = set()

    def parse(self, scope: Scope) -> Query:
        if len(self.kinds) == 1:
            raise RuleError("the query is empty; write a word to look for", 1)
        root = self.parse_or(scope)
        if self.kinds[self.at] is _CLOSE:
            raise self.error('this ")" closes nothing; take it away or open one before', self.at)
        if self.first_not is not None and _holds_of_nothing(root):
            message = "this matches whatever does not hold the word; name a word that must be there too"
            raise self.error(message, self.first_not)
        return Query(self.query, root, tuple(self.remarks), scope.reading)

    def error(self, message: str, at: int) -> RuleError:
        return RuleError(message, self.lexemes.column(at))

    # --- operators, weakest first

    def parse_or(self, scope: Scope) -> Node:
        """Read up to the end, or to the parenthesis that closes; AND gathers what lies between two ORs."""
        kinds = self.kinds
        sides: list[Node] = []
        operands = [self.parse_not(scope)]
        while (kind := kinds[self.at]) not in _ENDS:
            if kind is _OR:
                sides.append(_join(And, operands))
                operands = []
            if kind is _OR or kind is _AND:
                self.take_operator()
            operands.append(self.parse_not(scope))
        last = _join(And, operands)
        return _join(Or, [*sides, last]) if sides else last

    def parse_not(self, scope: Scope) -> Node:
        at = self.at
        kind = self.kinds[at]
        if (kind is _WORD or kind is _PHRASE) and self.kinds[at + 1] is not _NEAR:  # most operands
            self.at += 1
            return self.read_leaf(at, scope)
        negated = False
        while self.kinds[self.at] is _NOT:
            self.first_not = self.at if self.first_not is None else self.first_not
            self.take_not()
            negated = not negated
        node = self.parse_near(scope)
        return Not(node) if negated else node

    def parse_near(self, scope: Scope) -> Node:
        start = self.at
        left = self.parse_operand(scope)
        operator = self.at
        if self.kinds[operator] is not _NEAR:
            return left
        written = self.take_operator()
        distance = self.read_distance(operator)
        right = self.parse_operand(scope)
        if self.kinds[self.at] is _NEAR:
            raise self.error("NEAR takes two sides; write (a NEAR/4 b) AND (b NEAR/4 c)", self.at)
        sides = self.need_spans(left, start, written), self.need_spans(right, operator + 1, written)
        spaces = {None if field in BODY_FIELDS else field for side in sides for field in _fields(side)}
        if len(spaces) > 1:
            raise self.error("both sides of NEAR must be looked for in one field", operator)
        return Near(*sides, distance, ordered=written.startswith("O"), shown=None in spaces)

    def read_distance(self, operator: int) -> int:
        name, slash, digits = self.texts[operator].partition("/")
        if not slash:
            return DEFAULT_DISTANCE
        try:
            return read_number(digits, f"{name}/8")
        except RuleError as exc:
            raise self.error(exc.message, operator) from None

    def take_not(self) -> None:
        written = self.texts[self.at]
        if written != "NOT" and not self.lexemes.touches_next(self.at):
            raise self.error(f'"{written}" stands alone; write it before a word, without a space', self.at)
        self.take_operator()

    def take_operator(self) -> str:
        """Step over an operator and return it as it is written."""
        written = self.texts[self.at]
        self.at += 1
        if self.kinds[self.at] in _NO_OPERAND:
            name = written.partition("/")[0]
            raise self.error(f'"{name}" has nothing behind it; write a word there', self.at - 1)
        return written

    # --- operands

    def parse_operand(self, scope: Scope) -> Node:
        at = self.at
        kind = self.kinds[at]
        self.at += 1
        if kind is _OPEN:
            return self.parse_group(at, scope)
        if kind is _WORD or kind is _PHRASE or kind is Kind.PATTERN:
            return self.read_leaf(at, scope)
        if kind is _FIELD:
            return self.parse_field(at, scope)
        if kind is Kind.FUNCTION:
            return self.parse_function(at, scope)
        if kind is Kind.BROKEN:
            raise self.error("this quotation mark has no second one; close it or take it away", at)
        if kind is _NOT:
            raise self.error("NEAR cannot have NOT beside it; write: a AND NOT (a NEAR b)", at)
        if kind in _INFIX:
            raise self.error(f'"{self.texts[at]}" has nothing before it; write a word there', at)
        raise self.error("a word is missing here", at)

    def parse_group(self, opening: int, scope: Scope) -> Node:
        """Read what stands between a parenthesis, which was taken, and the one that closes it."""
        if self.depth == MAX_DEPTH:
            message = f"parentheses lie more than {MAX_DEPTH} deep here; split the rule into several"
            raise self.error(message, opening)
        if self.kinds[self.at] is _CLOSE:
            raise self.error("there is nothing within these parentheses", opening)
        if self.kinds[self.at] is _END:
            raise self.error('this "(" is never closed; add ")"', opening)
        self.depth += 1
        node = self.parse_or(scope)
        self.depth -= 1
        if self.kinds[self.at] is not _CLOSE:
            raise self.error('this "(" is never closed; add ")"', opening)
        self.at += 1
        return node

    def parse_field(self, at: int, scope: Scope) -> Node:
        name = self.texts[at][:-1]
        field = _FIELDS.get(name.lower())
        if field is None:
            near = difflib.get_close_matches(name.lower(), _FIELDS, n=1)
            cure = f'did you mean "{near[0]}:"?' if near else f"the fields are {', '.join(_FIELDS)}"
            raise self.error(f'"{name}:" is no field; {cure} (to look for it as text, quote it)', at)
        if scope.field is not _ANY:
            raise self.error(f'"{name}:" lies within "{scope.field}:"; keep one of them', at)
        if self.kinds[self.at] is _NOT:
            raise self.error(f"NOT or a minus stands before a field; write -{name}:word", self.at)
        if self.kinds[self.at] is _FIELD:
            raise self.error(
                f'"{name}:" and "{self.texts[self.at]}" do not go together; keep one of them', at
            )
        if self.kinds[self.at] in _NO_OPERAND:
            raise self.error(f'"{name}:" has nothing behind it; write a word there', at)
        node = self.parse_operand(scope._replace(field=field))
        if field is Field.LANG and not _are_languages(node):
            raise self.error('"lang:" takes codes of two letters, as in lang:hy', at + 1)
        return node

    def parse_function(self, at: int, scope: Scope) -> Node:
        name = self.texts[at][:-1]
        if name == "re":
            raise self.error("a regular expression stands between slashes: re(/.../)", at)
        if name in {"stem", "case"}:
            manner = Manner.STEMMED if name == "stem" else Manner.CASED
            if manner is Manner.CASED and scope.field not in BODY_FIELDS:
                raise self.error("case( ) looks at title and text alone", at)
            return self.parse_group(at, scope._replace(manner=manner))
        digits = name.removeprefix("atleast")
        if not digits or not 1 <= int(digits[:6]) <= MAX_DISTANCE:
            raise self.error(f"write how often, 1 to {MAX_DISTANCE}: atleast3(drone)", at)
        node = self.parse_group(at, scope)
        return AtLeast(int(digits), self.need_spans(node, at, "atleast"))

    def read_leaf(self, at: int, scope: Scope) -> Node:
        text, kind = self.texts[at], self.kinds[at]
        try:
            if kind is _PHRASE:
                leaf = read_phrase(text, scope)
            elif kind is _WORD:
                if not (text.isalpha() and text.lower() not in _LOOKALIKES) or self.kinds[self.at] is _OPEN:
                    self.remark_on(at, scope)
                leaf = read_word(text, scope)
            else:
                leaf = read_pattern(text, scope)
        except RuleError as exc:
            raise RuleError(exc.message, self.lexemes.column(at) + exc.column - 1) from exc.__cause__
        if scope.manner is not _PLAIN and isinstance(leaf, Stem):
            self.count_stem(leaf, at)
        return leaf

    def remark_on(self, at: int, scope: Scope) -> None:
        """Say that a word may have been meant as an operator, a function or a pattern."""
        word, following = self.texts[at], self.kinds[at + 1]
        operator = _LOOKALIKES.get(word.lower())
        if following is _OPEN and _FUNCTION.fullmatch(word):
            meant = f"as a function, write {word.lower()}(...) in small letters, without a space"
        elif following in _ENDS or not (at or operator == "NOT"):
            meant = ""
        elif operator is not None:
            meant = f"as an operator, write {operator}"
        elif near := _OTHER_NEAR.fullmatch(word):
            meant = f"as an operator, write {'ONEAR' if near['ordered'] else 'NEAR'}/{near['distance']}"
        else:
            meant = ""
        if meant:
            self.remarks.append(Remark(f'"{word}" is looked for as a word; {meant}', self.lexemes.column(at)))
        wildcard = _INNER_WILDCARD.search(word)
        if wildcard and scope.field is not Field.URL:
            message = 'the "?" stands for no letter, it parts two words; write OR between the spellings'
            self.remarks.append(Remark(message, self.lexemes.column(at) + wildcard.start()))

    def count_stem(self, leaf: Stem, at: int) -> None:
        self.stems.add(leaf.term)
        if len(self.stems) > MAX_STEMS:
            message = f"the forms of more than {MAX_STEMS} words are too many; split the rule into several"
            raise self.error(message, at)

    def need_spans(self, node: Node, at: int, what: str) -> Spanned:
        """Return the node when it has places in the text; NEAR and atleastN( ) need them."""
        if isinstance(node, Or):
            for child in node.children:
                self.need_spans(child, at, what)
            return node
        if isinstance(node, Word | Prefix | Phrase | Cased | Stem | Together):
            return node
        name = what.partition("/")[0]
        raise self.error(f"{name} takes words, phrases, and groups of these with OR", at)


def _join(operator: type[And | Or], operands: Sequence[Node]) -> Node:
    """Join operands; one that was named before says nothing new."""
    if len(operands) == 1:
        return operands[0]
    different = tuple(dict.fromkeys(operands))
    return different[0] if len(different) == 1 else operator(different)


# --- questions about trees -----------------------------------------------------------------------


def _holds_of_nothing(node: Node) -> bool:
    """Return whether an article that holds nothing of what is named would match."""
    if isinstance(node, And):
        return all(map(_holds_of_nothing, node.children))
    if isinstance(node, Or):
        return any(map(_holds_of_nothing, node.children))
    return isinstance(node, Not) and not _holds_of_nothing(node.child)


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
