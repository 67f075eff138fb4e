"""Tree -> Plan: where a rule is filed, and what is left to ask of an article that it is found by.

Position: after `parser` and `anchors`; `index` keeps what is left to ask and forgets the tree. Pure.

Most rules are words and short phrases joined by AND, OR and NOT, and a document knows at once which
of these it has (its keys). The anchors prove one clause, the guard is a second key, looked up before
anything else; for two rules of three, nothing is left. What is more than keys is asked last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from monitor.match.anchors import Anchoring, cost_of, find_anchors, necessary_keys, unite
from monitor.match.document import PREFIX_KEY, Document, Key
from monitor.match.nodes import And, Node, Not, Or
from monitor.match.words import Phrase, Word

LEAF = (Word, Phrase)
"""The nodes that may be a key. A tuple, since `isinstance` is slow with a union and asked of every word."""

NOTHING: frozenset[Key] = frozenset()


@dataclass(slots=True)
class Question:
    """A node that is more than keys, and the keys without which it need not be asked."""

    needs: Final[tuple[Key, ...]]
    node: Final[Node]

    def holds(self, document: Document, keys: set[Key]) -> bool:
        """Return whether the node holds of a document that has these keys."""
        return all(key in keys for key in self.needs) and self.node.holds(document)


@dataclass(slots=True)
class Group:
    """Several things of which one at least must be there."""

    keys: Final[frozenset[Key]]
    questions: Final[tuple[Question, ...]]

    def anchor(self, shares: Mapping[str, float], limit: float) -> Anchoring | None:
        """Return the anchors of all of them, when they cost less than `limit`; None when one has none."""
        cost = 0.0
        for key in self.keys:
            cost += cost_of(key, shares)
            if cost >= limit:
                return None
        found = Anchoring(cost, tuple(self.keys))
        if self.questions:
            rest = [find_anchors(question.node, shares) for question in self.questions]
            united = unite((found, *rest))
            return united if united and united.cost < limit else None
        return found


@dataclass(slots=True)
class Check:
    """What must be there: all of `all_of`, none of `none_of`, one of each of `groups`, all of `questions`."""

    all_of: Final[tuple[Key, ...]]
    none_of: Final[frozenset[Key]]
    groups: Final[tuple[Group, ...]]
    questions: Final[tuple[Question, ...]]

    def may_hold(self, keys: set[Key]) -> bool:
        """Return whether all that holds of a document that has these keys, as far as keys can tell."""
        for key in self.all_of:
            if key not in keys:
                return False
        if self.none_of and not self.none_of.isdisjoint(keys):
            return False
        for group in self.groups:
            if group.keys.isdisjoint(keys) and not group.questions:
                return False
        return not self.questions or all(keys.issuperset(question.needs) for question in self.questions)

    def holds(self, document: Document, keys: set[Key]) -> bool:
        """Return whether what keys cannot tell holds too of a document of which this `may_hold`."""
        for group in self.groups:
            if group.keys.isdisjoint(keys) and not any(q.holds(document, keys) for q in group.questions):
                return False
        return all(question.node.holds(document) for question in self.questions)

    def shown_keys(self, keys: set[Key]) -> Iterator[Key]:
        """Yield the keys that are to be shown of a document that has these, and of which all that holds."""
        return chain(self.all_of, *(group.keys & keys for group in self.groups))

    def shown_nodes(self, document: Document, keys: set[Key]) -> Iterator[Node]:
        """Yield the nodes that are more than keys, and hold of such a document."""
        yield from (question.node for question in self.questions)
        for group in self.groups:
            yield from (question.node for question in group.questions if question.holds(document, keys))

    def words(self) -> Iterator[str]:
        """Yield the words whose places its questions ask for: those of their keys."""
        for question in self.questions:
            for key in question.needs:
                if isinstance(key, str):
                    yield key
                else:
                    yield from key

    def needed(self) -> list[Key]:
        """Return the keys that it asks for."""
        keys = [*self.all_of, *self.none_of]
        for group in self.groups:
            keys += group.keys
            for question in group.questions:
                keys += question.needs
        for question in self.questions:
            keys += question.needs
        return keys


class Plan(NamedTuple):
    """Where a rule is filed and what is left to ask.

    A document that has none of the `anchors` is not asked; () when there are none, so that every one is.
    One that has an anchor matches when it has the `guard` and `check` holds; None for what need not be.
    `shows_anchors`: they are all of a clause, so those that are there are shown; `shows_guard`: likewise.
    """

    anchors: tuple[Key, ...]
    guard: Key | None
    check: Check | None
    shows_anchors: bool = True
    shows_guard: bool = False

    def needed(self) -> list[Key]:
        """Return the keys that it asks for, some of them more than once."""
        keys = list(self.anchors)
        if self.guard is not None:
            keys.append(self.guard)
        if self.check is not None:
            keys += self.check.needed()
        return keys


def make_plan(root: Node, shares: Mapping[str, float]) -> Plan:
    """Return the plan of a tree. `shares` as in `find_anchors`."""
    key = root.key if isinstance(root, LEAF) else None
    if key is not None:
        return Plan((key,), None, None)
    parts = _Parts(root, shares)
    anchors, shows_anchors = parts.take_anchors()
    guard, shows_guard = parts.take_guard(anchors)
    return Plan(anchors, guard, parts.check(), shows_anchors, shows_guard)


class _Parts:
    """What the clauses of a tree ask for, `all_of` with the share of the articles that have each key."""

    def __init__(self, root: Node, shares: Mapping[str, float]) -> None:
        self.shares = shares
        self.all_of: dict[Key, float] = {}
        self.none_of: list[Key] = []
        self.groups: list[Group] = []
        self.questions: list[Question] = []
        for clause in root.children if isinstance(root, And) else (root,):
            self.add(clause)

    def add(self, clause: Node) -> None:
        if isinstance(clause, LEAF):
            key = clause.key
            if key is None:
                self.questions.append(_ask(clause))
            else:
                self.all_of[key] = cost_of(key, self.shares)
        elif isinstance(clause, And):
            for child in clause.children:
                self.add(child)
        elif isinstance(clause, Or):
            keys, questions = _split(clause.children)
            self.groups.append(Group(frozenset(keys), tuple(questions)))
        elif isinstance(clause, Not):
            child = clause.child
            keys, questions = _split(child.children if isinstance(child, Or) else (child,))
            self.none_of += keys
            self.questions += (Question((), Not(question.node)) for question in questions)
        else:
            self.questions.append(_ask(clause))

    def take_anchors(self) -> tuple[tuple[Key, ...], bool]:
        """Return the cheapest anchors of all clauses, and whether they prove one, which is left out."""
        rarest = min(self.all_of, key=self.all_of.__getitem__, default=None)
        least = math.inf if rarest is None else self.all_of[rarest]
        anchors: tuple[Key, ...] = () if rarest is None else (rarest,)
        for question in self.questions:
            found = find_anchors(question.node, self.shares)
            if found is not None and found.cost < least:
                least, anchors = found
        for group in self.groups:
            found = group.anchor(self.shares, least)
            if found is not None:
                least, anchors = found
        proves = len(anchors) == 1 and self.all_of.pop(anchors[0], None) is not None
        if self.groups:
            proven = frozenset(anchors)
            left = [group for group in self.groups if group.questions or group.keys != proven]
            proves = proves or len(left) < len(self.groups)
            self.groups = left
        return anchors, proves

    def take_guard(self, anchors: tuple[Key, ...]) -> tuple[Key | None, bool]:
        """Return the rarest other key that must be there, and whether it was a clause, which is left out."""
        costs = self.all_of
        if self.questions:
            known = anchors if len(anchors) == 1 else ()
            needed = {key for question in self.questions for key in question.needs if key not in known}
            costs = costs | {key: cost_of(key, self.shares) for key in needed}
        guard = min(costs, key=costs.__getitem__, default=None)
        return guard, guard is not None and self.all_of.pop(guard, None) is not None

    def check(self) -> Check | None:
        """Return what is left to ask."""
        if not (self.all_of or self.none_of or self.groups or self.questions):
            return None
        none_of = frozenset(self.none_of) if self.none_of else NOTHING
        return Check(tuple(self.all_of), none_of, tuple(self.groups), tuple(self.questions))


def _split(children: Iterable[Node]) -> tuple[list[Key], list[Question]]:
    """Return the keys among the sides of an OR, and the nodes that are more than keys."""
    keys: list[Key] = []
    questions: list[Question] = []
    for child in children:
        key = child.key if isinstance(child, LEAF) else None
        if key is None:
            questions.append(_ask(child))
        else:
            keys.append(key)
    return keys, questions


def _ask(node: Node) -> Question:
    return Question(tuple(filter(_is_cheap, necessary_keys(node))), node)


def _is_cheap(key: Key) -> bool:
    """Return whether a key is had for nothing: those of prefixes are made for anchors alone."""
    return key[0] != PREFIX_KEY
