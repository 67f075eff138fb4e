"""Article x RuleSet -> Matches: which of many rules an article matches, without asking each.

Position: last decision of `match`, before `compose`. Pure.

How: every rule is filed under its anchors (`anchors`). An article is cut into words once; the keys it
holds name the few rules that may match, and only their trees are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from monitor.match.anchors import AnchorKind, find_anchors
from monitor.match.document import Document, Field
from monitor.match.excerpts import choose_excerpts
from monitor.match.nodes import Node
from monitor.match.parser import Query, parse_query
from monitor.model import Article, Match, Rule

Postings = dict[object, list[int] | int]
"""Key -> numbers of rules; a lone number is itself, since most keys have one."""


class RuleSet:
    """Rules, compiled. Matches come in the order in which the rules were added.

    `shares` says which share of the archive's articles holds a term, so that rules are filed under
    what is rare; without it, long words count as rare.
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._shares = shares or {}
        self._rules: dict[int, tuple[Rule, Node]] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        self._postings: dict[AnchorKind, Postings] = {kind: {} for kind in AnchorKind}
        self._prefixes_by_length: dict[int, int] = {}
        self._fields: dict[Field, int] = {}
        self._unanchored: dict[int, None] = {}

    @classmethod
    def compile(cls, rules: Iterable[Rule], shares: Mapping[str, float] | None = None) -> RuleSet:
        """Return the set of `rules`.

        Raises:
            RuleError: a query cannot be read.
        """
        compiled = cls(shares)
        for rule in rules:
            compiled.add(rule)
        return compiled

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def unanchored(self) -> tuple[Rule, ...]:
        """The rules that every article is asked about: bare regular expressions."""
        return tuple(self._rules[number][0] for number in self._unanchored)

    def add(self, rule: Rule) -> None:
        """Add a rule, behind all others; one of the same name is replaced.

        Raises:
            RuleError: its query cannot be read; the set is as before.
        """
        root = parse_query(rule.query).root
        self.remove(rule.name)
        number, self._next = self._next, self._next + 1
        self._rules[number] = rule, root
        self._numbers[rule.name] = number
        anchoring = find_anchors(root, self._shares)
        if anchoring is None:
            self._unanchored[number] = None
            return
        for kind, key in anchoring.anchors:
            _post(self._postings[kind], key, number)
            self._count(kind, key, 1)

    def remove(self, name: str) -> None:
        """Take the rule of this name out; nothing happens when there is none."""
        number = self._numbers.pop(name, None)
        if number is None:
            return
        _, root = self._rules.pop(number)
        self._unanchored.pop(number, None)
        anchoring = find_anchors(root, self._shares)
        for kind, key in anchoring.anchors if anchoring else ():
            _withdraw(self._postings[kind], key, number)
            self._count(kind, key, -1)

    def _count(self, kind: AnchorKind, key: object, change: int) -> None:
        """Keep account of which prefix lengths and fields are looked up at all."""
        if kind is AnchorKind.PREFIX and isinstance(key, str):
            self._prefixes_by_length[len(key)] = self._prefixes_by_length.get(len(key), 0) + change
        elif kind is AnchorKind.FIELD and isinstance(key, tuple) and isinstance(key[0], Field):
            self._fields[key[0]] = self._fields.get(key[0], 0) + change

    def match(self, article: Article) -> tuple[Match, ...]:
        """Return what the rules find in an article, with the sentences to show."""
        document = Document(article)
        return tuple(
            Match(rule=rule, excerpts=choose_excerpts(document, root.marks(document)))
            for rule, root in self._matching(document)
        )

    def find(self, article: Article) -> tuple[Rule, ...]:
        """Return the rules that match an article."""
        return tuple(rule for rule, _ in self._matching(Document(article)))

    def _matching(self, document: Document) -> Iterator[tuple[Rule, Node]]:
        for number in sorted(self._candidates(document)):
            rule, root = self._rules[number]
            if root.holds(document):
                yield rule, root

    def _candidates(self, document: Document) -> set[int]:
        """Return the numbers of the rules that may match."""
        numbers = set(self._unanchored)
        for kind, keys in self._keys(document):
            postings = self._postings[kind]
            for key in postings.keys() & keys:
                posted = postings[key]
                if isinstance(posted, int):
                    numbers.add(posted)
                else:
                    numbers.update(posted)
        return numbers

    def _keys(self, document: Document) -> Iterator[tuple[AnchorKind, Iterable[object]]]:
        """Yield, for each kind of anchor in use, the keys that the document holds."""
        body = document.body
        yield AnchorKind.WORD, body.unique
        if self._postings[AnchorKind.PAIR]:
            yield AnchorKind.PAIR, body.pairs
        for length, rules in self._prefixes_by_length.items():
            if rules:
                yield AnchorKind.PREFIX, {term[:length] for term in body.unique}
        if self._postings[AnchorKind.STEM]:
            yield AnchorKind.STEM, document.stems.keys()
        for field, rules in self._fields.items():
            if rules:
                yield AnchorKind.FIELD, {(field, term) for term in document.segment(field).unique}


def matches_query(query: Query, article: Article) -> bool:
    """Return whether an article matches a query that was read."""
    return query.root.holds(Document(article))


def _post(postings: Postings, key: object, number: int) -> None:
    held = postings.get(key)
    if held is None:
        postings[key] = number
    elif isinstance(held, int):
        postings[key] = [held, number]
    else:
        held.append(number)


def _withdraw(postings: Postings, key: object, number: int) -> None:
    held = postings.get(key)
    if isinstance(held, list):
        held.remove(number)
        if not held:
            del postings[key]
    else:
        postings.pop(key, None)
