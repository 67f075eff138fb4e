"""Article x RuleSet -> Matches: which of many rules an article matches, without asking each.

Position: last decision of `match`, before `compose`. Pure.

How: every rule is filed under its anchors (`anchors`). An article is cut into words once; the keys it
holds name the few rules that may match, and only their trees are asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from monitor.match.anchors import find_anchors
from monitor.match.document import BODY_FIELDS, PREFIX_KEY, STEM_KEY, Document, Field, Key, field_mark
from monitor.match.excerpts import choose_excerpts
from monitor.match.parser import Query, parse_query
from monitor.match.plan import Plan, make_plan
from monitor.model import Article, Match, Rule

_OTHER_FIELDS = {field_mark(field): field for field in Field if field not in BODY_FIELDS}

_MARKS = frozenset({PREFIX_KEY, STEM_KEY, *_OTHER_FIELDS})


class RuleSet:
    """Rules, compiled. Matches come in the order in which the rules were added.

    `shares` says which share of the archive's articles holds a term, so that rules are filed under
    what is rare; without it, long words count as rare.
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._shares = shares or {}
        self._rules: dict[int, Rule] = {}
        self._plans: dict[int, Plan] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        self._postings: dict[Key, list[int] | int] = {}  # a lone number is itself: most keys have one
        self._marked: Counter[tuple[str, int]] = Counter()  # what else than the body is looked up
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
        return tuple(self._rules[number] for number in self._unanchored)

    def add(self, rule: Rule) -> None:
        """Add a rule, behind all others; one of the same name is replaced.

        Raises:
            RuleError: its query cannot be read; the set is as before.
        """
        root = parse_query(rule.query).root
        self.remove(rule.name)
        number, self._next = self._next, self._next + 1
        self._rules[number], self._plans[number] = rule, make_plan(root)
        self._numbers[rule.name] = number
        anchoring = find_anchors(root, self._shares)
        if anchoring is None:
            self._unanchored[number] = None
            return
        for key in anchoring.keys:
            self._post(key, number)

    def remove(self, name: str) -> None:
        """Take the rule of this name out; nothing happens when there is none."""
        number = self._numbers.pop(name, None)
        if number is None:
            return
        rule = self._rules.pop(number)
        del self._plans[number]
        self._unanchored.pop(number, None)
        anchoring = find_anchors(parse_query(rule.query).root, self._shares)
        for key in anchoring.keys if anchoring else ():
            self._withdraw(key, number)

    def _post(self, key: Key, number: int) -> None:
        held = self._postings.get(key)
        if held is None:
            self._postings[key] = number
            if key[0] in _MARKS and isinstance(key, tuple):
                self._marked[key[0], len(key[1])] += 1
        elif isinstance(held, int):
            self._postings[key] = [held, number]
        else:
            held.append(number)

    def _withdraw(self, key: Key, number: int) -> None:
        held = self._postings[key]
        if isinstance(held, list):
            held.remove(number)
        if held in (number, []):
            del self._postings[key]
            if key[0] in _MARKS and isinstance(key, tuple):
                self._marked[key[0], len(key[1])] -= 1

    def match(self, article: Article) -> tuple[Match, ...]:
        """Return what the rules find in an article, with the sentences to show."""
        document = Document(article)
        return tuple(
            Match(rule=rule, excerpts=choose_excerpts(document, parse_query(rule.query).root.marks(document)))
            for rule in self._matching(document)
        )

    def find(self, article: Article) -> tuple[Rule, ...]:
        """Return the rules that match an article."""
        return tuple(self._matching(Document(article)))

    def _matching(self, document: Document) -> list[Rule]:
        numbers = [number for number in self._candidates(document) if self._plans[number].holds(document)]
        return [self._rules[number] for number in sorted(numbers)]

    def _candidates(self, document: Document) -> set[int]:
        """Return the numbers of the rules that may match."""
        numbers = set(self._unanchored)
        several: list[list[int]] = []
        for keys in (document.keys, *self._more_keys(document)):
            for key in self._postings.keys() & keys:
                posted = self._postings[key]
                if isinstance(posted, int):
                    numbers.add(posted)
                else:
                    several.append(posted)
        return numbers.union(*several)

    def _more_keys(self, document: Document) -> Iterator[set[Key]]:
        """Yield the keys that only some sets of rules ask for."""
        fields: set[Field] = set()
        for (mark, length), rules in self._marked.items():
            if mark == PREFIX_KEY and rules:
                yield {(PREFIX_KEY, term[:length]) for term in document.body.unique}
            elif mark in _OTHER_FIELDS and rules:
                fields.add(_OTHER_FIELDS[mark])
        if any(mark == STEM_KEY for (mark, _), rules in self._marked.items() if rules):
            yield {(STEM_KEY, form) for form in document.stems}
        for field in fields:
            yield {(field_mark(field), term) for term in document.segment(field).unique}


def matches_query(query: Query, article: Article) -> bool:
    """Return whether an article matches a query that was read."""
    return query.root.holds(Document(article))
