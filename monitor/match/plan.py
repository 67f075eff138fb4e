"""Tree -> Plan: where a rule is filed, and what is left to ask of an article that it is found by.

Position: after `parser` and `anchors`; `index` keeps what is left to ask and forgets the tree. Pure.

Most rules are words and short phrases joined by AND, OR and NOT, and a document knows at once which
of these it has (its keys). The anchors prove one clause, the guard is a second key, looked up before
anything else; for two rules of three, nothing is left. What is more than keys is asked last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from monitor.match.anchors import Anchoring, cost_of, find_anchors, necessary_keys, unite
from monitor.match.document import PREFIX_KEY, Document, Key
from monitor.match.nodes import And, Node, Not, Or, Phrase, Word

Leaf = (Word, Phrase)
"""The nodes that may be a key. A tuple, since `isinstance` is slow with a union and asked of every word."""

NOTHING: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """A node that is more than keys, and the keys without which it need not be asked."""

    needs: tuple[Key, ...]
    node: Node

    def holds(self, document: Document, keys: AbstractSet[Key]) -> bool:
        """Return whether the node holds of a document that has these keys."""
        return all(key in keys for key in self.needs) and self.node.holds(document)


@dataclass(frozen=True, slots=True)
class Group:
    """Several things of which one at least must be there."""

    keys: frozenset[Key]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What must be there: all of `all_of`, none of `none_of`, one of each of `groups`, all of `questions`."""

    all_of: tuple[Key, ...]
    none_of: frozenset[Key]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]

    def holds(self, document: Document, keys: AbstractSet[Key]) -> bool:
        """Return whether all that holds of a document that has these keys."""
        for key in self.all_of:
            if key not in keys:
                return False
        if self.none_of and not self.none_of.isdisjoint(keys):
            return False
        for group in self.groups:
            if group.keys.isdisjoint(keys) and not any(q.holds(document, keys) for q in group.questions):
                return False
        return not self.questions or all(q.holds(document, keys) for q in self.questions)

    def needed(self) -> Iterator[Key]:
        """Yield the keys that it asks for."""
        yield from self.all_of
        yield from self.none_of
        for group in self.groups:
            yield from group.keys
            for question in group.questions:
                yield from question.needs
        for question in self.questions:
            yield from question.needs


class Plan(NamedTuple):
    """Where a rule is filed and what is left to ask.

    A document that has none of the `anchors` is not asked; () when there are none, so that every one is.
    One that has an anchor matches when it has the `guard` and `check` holds; None for what need not be.
    """

    anchors: tuple[Key, ...]
    guard: Key | None
    check: Check | None

    def needed(self) -> Iterator[Key]:
        """Yield the keys that it asks for, some of them more than once."""
        yield from self.anchors
        if self.guard is not None:
            yield self.guard
        if self.check is not None:
            yield from self.check.needed()


def make_plan(root: Node, shares: Mapping[str, float]) -> Plan:
    """Return the plan of a tree. `shares` as in `find_anchors`."""
    key = root.key if isinstance(root, Leaf) else None
    if key is not None:
        return Plan((key,), None, None)
    parts = _Parts(root)
    anchoring = parts.anchor(shares)
    anchors = anchoring.keys if anchoring else ()
    parts.leave_out(anchors)
    guard = parts.guard(anchors, shares)
    if guard is not None:
        parts.leave_out((guard,))
    return Plan(anchors, guard, parts.check())


class _Parts:
    """What the clauses of a tree ask for."""

    def __init__(self, root: Node) -> None:
        self.all_of: dict[Key, None] = {}
        self.none_of: list[Key] = []
        self.groups: list[Group] = []
        self.questions: list[Question] = []
        for clause in _clauses(root):
            self.add(clause)

    def add(self, clause: Node) -> None:
        keys, questions = _split(clause.child if isinstance(clause, Not) else clause)
        if isinstance(clause, Not):
            self.none_of += keys
            self.questions += (Question((), Not(question.node)) for question in questions)
        elif isinstance(clause, Or):
            self.groups.append(Group(frozenset(keys), tuple(questions)))
        else:
            self.all_of.update(dict.fromkeys(keys))
            self.questions += questions

    def anchor(self, shares: Mapping[str, float]) -> Anchoring | None:
        """Return the cheapest anchors of all clauses; the cost of an only one is not asked for."""
        if not self.questions and len(self.all_of) + len(self.groups) == 1:
            if self.all_of:
                return Anchoring(0, tuple(self.all_of))
            if not self.groups[0].questions:
                return Anchoring(0, tuple(self.groups[0].keys))
        found = [Anchoring(cost_of(key, shares), (key,)) for key in self.all_of]
        for group in self.groups:
            keys = Anchoring(sum(cost_of(key, shares) for key in group.keys), tuple(group.keys))
            rest = [find_anchors(question.node, shares) for question in group.questions]
            found += filter(None, (unite((keys, *rest)) if rest else keys,))
        for question in self.questions:
            found += filter(None, (find_anchors(question.node, shares),))
        return min(found, key=itemgetter(0), default=None)

    def guard(self, anchors: tuple[Key, ...], shares: Mapping[str, float]) -> Key | None:
        """Return the rarest other key that must be there."""
        known = anchors if len(anchors) == 1 else ()
        keys = [key for key in self.all_of if key not in known]
        for question in self.questions:
            keys += (key for key in question.needs if key not in known)
        return min(keys, key=lambda key: cost_of(key, shares)) if len(keys) > 1 else keys[0] if keys else None

    def leave_out(self, keys: tuple[Key, ...]) -> None:
        """Leave out the clause that one of these keys proves."""
        if len(keys) == 1:
            self.all_of.pop(keys[0], None)
        if self.groups:
            proven = frozenset(keys)
            self.groups = [group for group in self.groups if group.questions or group.keys != proven]

    def check(self) -> Check | None:
        """Return what is left to ask."""
        if not (self.all_of or self.none_of or self.groups or self.questions):
            return None
        none_of = frozenset(self.none_of) if self.none_of else NOTHING
        return Check(tuple(self.all_of), none_of, tuple(self.groups), tuple(self.questions))


def _clauses(root: Node) -> Iterator[Node]:
    """Yield what AND joins at the top."""
    if isinstance(root, And):
        for child in root.children:
            yield from _clauses(child)
    else:
        yield root


def _split(node: Node) -> tuple[list[Key], list[Question]]:
    """Return the keys among the sides of an OR, or of a lone node, and the nodes that are more than keys."""
    keys: list[Key] = []
    questions: list[Question] = []
    for leaf in node.children if isinstance(node, Or) else (node,):
        key = leaf.key if isinstance(leaf, Leaf) else None
        if key is None:
            questions.append(Question(tuple(filter(_is_cheap, necessary_keys(leaf))), leaf))
        else:
            keys.append(key)
    return keys, questions


def _is_cheap(key: Key) -> bool:
    """Return whether a key is had for nothing: those of prefixes are made for anchors alone."""
    return key[0] != PREFIX_KEY
