"""Tree -> Plan: how a tree is asked fast, by looking up keys before any node is visited.

Position: after `parser`; `ruleset` keeps a plan of each rule and forgets the tree. Pure.

Most rules are words and short phrases joined by AND, OR and NOT, and a document knows at once which
of these it holds (`Document.keys`). What is more than that is asked last, node by node.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.match.document import Document, Key
from monitor.match.nodes import And, Node, Not, Or, Phrase, Word

NOTHING: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Several things of which one at least must be there: keys, and nodes that are more than keys."""

    keys: frozenset[Key]
    rest: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be there: all keys of `all_of`, none of `none_of`, one of each of `groups`, all of `rest`."""

    all_of: tuple[Key, ...] = ()
    none_of: frozenset[Key] = NOTHING
    groups: tuple[Group, ...] = ()
    rest: tuple[Node, ...] = ()

    def holds(self, document: Document) -> bool:
        """Return whether the tree that was planned holds of a document."""
        keys = document.keys
        for key in self.all_of:
            if key not in keys:
                return False
        if self.none_of and not self.none_of.isdisjoint(keys):
            return False
        for group in self.groups:
            if group.keys.isdisjoint(keys) and not any(node.holds(document) for node in group.rest):
                return False
        return not self.rest or all(node.holds(document) for node in self.rest)


def make_plan(root: Node) -> Plan:
    """Return the plan of a tree."""
    all_of: list[Key] = []
    none_of: list[Key] = []
    groups: list[Group] = []
    rest: list[Node] = []
    for child in root.children if isinstance(root, And) else (root,):
        if isinstance(child, Or):
            keys, others = _split(child)
            groups.append(Group(frozenset(keys), tuple(others)))
        elif isinstance(child, Not):
            keys, others = _split(child.child)
            none_of += keys
            rest += map(Not, others)
        else:
            keys, others = _split(child)
            all_of += keys
            rest += others
    return Plan(tuple(all_of), frozenset(none_of) if none_of else NOTHING, tuple(groups), tuple(rest))


def _split(node: Node) -> tuple[list[Key], list[Node]]:
    """Return the keys among the sides of an OR, or of a lone node, and the nodes that are more than keys."""
    keys: list[Key] = []
    others: list[Node] = []
    for leaf in node.children if isinstance(node, Or) else (node,):
        key = leaf.key if isinstance(leaf, Word | Phrase) else None
        if key is None:
            others.append(leaf)
        else:
            keys.append(key)
    return keys, others
