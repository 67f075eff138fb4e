"""Article x RuleSet -> Matches: which of many rules an article matches, without asking each.

Position: last decision of `match`, before `compose`. Pure.

How: an article is cut into words once for each reading that rules ask for, and each reading's `index`
names the rules that hold.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice

from monitor.match.document import Document, Mark
from monitor.match.excerpts import Excerpts
from monitor.match.index import Index
from monitor.match.parser import Query, read_rule
from monitor.model import Article, Match, Rule
from monitor.text.readings import TURKISH_LANGUAGES, Reading

BATCH = 1_000
"""Rules that are read before they are filed: to turn from one to the other for each rule takes a sixth
longer, since a processor's caches hold the one or the other."""


class RuleSet:
    """Rules, compiled. Matches come in the order in which the rules were added.

    `shares` says which share of the archive's articles holds a term, so that rules are filed under
    what is rare; without it, long words count as rare.
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._rules: dict[int, Rule] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        self._indexes = {reading: Index(shares or {}) for reading in Reading}

    @classmethod
    def compile(cls, rules: Iterable[Rule], shares: Mapping[str, float] | None = None) -> RuleSet:
        """Return the set of `rules`.

        Raises:
            RuleError: a query cannot be read.
        """
        compiled, left = cls(shares), iter(rules)
        with _nothing_collected():
            while batch := list(islice(left, BATCH)):
                for rule, query in [(rule, read_rule(rule)) for rule in batch]:
                    compiled._file(rule, query)
        return compiled

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def unanchored(self) -> tuple[Rule, ...]:
        """The rules that every article is asked about: bare regular expressions."""
        numbers = chain.from_iterable(index.unanchored for index in self._indexes.values())
        return tuple(self._rules[number] for number in sorted(numbers))

    def add(self, rule: Rule) -> None:
        """Add a rule, behind all others; one of the same name is replaced.

        Raises:
            RuleError: its query cannot be read; the set is as before.
        """
        self._file(rule, read_rule(rule))

    def _file(self, rule: Rule, query: Query) -> None:
        if rule.name in self._numbers:
            self.remove(rule.name)
        number, self._next = self._next, self._next + 1
        self._rules[number], self._numbers[rule.name] = rule, number
        self._indexes[query.reading].add(number, query.root)

    def remove(self, name: str) -> None:
        """Take the rule of this name out; nothing happens when there is none."""
        number = self._numbers.pop(name, None)
        if number is not None:
            query = read_rule(self._rules.pop(number))
            self._indexes[query.reading].remove(number, query.root)

    def match(self, article: Article) -> tuple[Match, ...]:
        """Return what the rules find in an article, with the sentences to show."""
        excerpts = Excerpts(article)
        found: dict[int, set[Mark]] = {}
        for index, document in self._read(article):
            found |= index.show(document)
        return tuple(
            Match(rule=self._rules[number], excerpts=excerpts.choose(found[number]))
            for number in sorted(found)
        )

    def find(self, article: Article) -> tuple[Rule, ...]:
        """Return the rules that match an article."""
        found = chain.from_iterable(index.find(document).numbers for index, document in self._read(article))
        return tuple(self._rules[number] for number in sorted(found))

    def _read(self, article: Article) -> Iterator[tuple[Index, Document]]:
        """Yield the indexes whose rules may match an article, each with the article as they read it."""
        for reading, index in self._indexes.items():
            if len(index) and may_read(article, reading):
                yield index, Document(article, reading)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector from going through a growing set again and again, finding nothing.

    What was made meanwhile is then put where it looks last (frozen and thawed), since all of it is in
    use. Both together: an eighth of the time that 100,000 rules take.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if was_enabled:
            gc.enable()


def may_read(article: Article, reading: Reading) -> bool:
    """Return whether rules of a reading can match an article at all."""
    return reading is not Reading.TURKISH or article.language in TURKISH_LANGUAGES


def matches_query(query: Query, article: Article) -> bool:
    """Return whether an article matches a query that was read."""
    return query.root.holds(Document(article, query.reading))
