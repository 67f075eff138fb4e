"""Rules found through an automaton of their words, then evaluated: what one builds of libraries there are.

Position: a peer of `monitor.match`. Each rule waits for one of its words, phrases or prefixes that must
occur, the rarest; the automaton finds those in the text, and the nodes of our own tree decide, since brute
force would make the peers look ten times as slow as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import ahocorasick
import ahocorasick_rs

from benchmarks.matchers import naive
from monitor.match import parse_query
from monitor.match.document import Document
from monitor.model import Article

Find = Callable[[str], set[int]]
"""Text -> the numbers of the literals that occur in it."""


def build_pyahocorasick(literals: Sequence[str]) -> Find:
    """Return the finder of pyahocorasick."""
    automaton = ahocorasick.Automaton()
    for number, literal in enumerate(literals):
        automaton.add_word(literal, number)
    automaton.make_automaton()
    return lambda text: {number for _, number in automaton.iter(text)}


def build_ahocorasick_rs(literals: Sequence[str]) -> Find:
    """Return the finder of ahocorasick_rs."""
    automaton = ahocorasick_rs.AhoCorasick(literals)
    return lambda text: {number for number, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}


class AutomatonMatcher:
    """Rules by number, behind an automaton."""

    def __init__(
        self,
        shapes: Sequence[naive.Shape],
        shares: Mapping[str, float],
        build: Callable[[Sequence[str]], Find],
    ) -> None:
        self._roots = [parse_query(naive.write_query(shape)).root for shape in shapes]
        self._rules: defaultdict[str, list[int]] = defaultdict(list)
        for number, shape in enumerate(shapes):
            for literal in find_anchor(shape, shares)[1]:
                self._rules[literal].append(number)
        self._literals = list(self._rules)
        self._find = build(self._literals)

    def find(self, article: Article) -> list[str]:
        """Return the names of the rules that match, in order."""
        document = Document(article)
        text = f" {' '.join(document.body.terms)} "
        waiting = {rule for literal in self._find(text) for rule in self._rules[self._literals[literal]]}
        return [str(number) for number in sorted(waiting) if self._roots[number].holds(document)]


Anchor = tuple[float, list[str]]
"""What share of the articles hold one of the literals, about, and the literals."""


def find_anchor(shape: naive.Shape, shares: Mapping[str, float]) -> Anchor:
    """Return the rarest literals of which any article that matches holds one."""
    kind, rest = shape[0], shape[1:]
    if kind == "t":
        return shares.get(str(rest[0]), 0.0), [f" {rest[0]} "]
    if kind == "w":
        return 0.2, [f" {rest[0]}"]
    if kind == "p":
        words = [str(word) for word in naive.children(rest)[0]]
        return 0.1 * min(shares.get(word, 0.0) for word in words), [f" {' '.join(words)} "]
    if kind == "not":
        return 1.0, []
    anchors = [find_anchor(child, shares) for child in naive.children(rest)]
    if kind == "or":
        return sum(share for share, _ in anchors), list(_chain(anchors))
    return min(anchor for anchor in anchors if anchor[1])


def _chain(anchors: Iterable[Anchor]) -> Iterable[str]:
    return (literal for _, literals in anchors for literal in literals)
