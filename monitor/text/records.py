"""JSON inside a page -> the objects in it, however deep.

Position: below `discover`, which looks for links in them, and `extract`, which looks for the story.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

MAX_JSON_CHARS = 3_000_000
MAX_NODES = 200_000
"""How many values of a document are looked at: the state of a large page has some ten thousand."""


def read_records(documents: Iterable[str]) -> Iterator[dict[str, object]]:
    """Yield every object inside the JSON `documents`, from the outside in and in order.

    A document that cannot be read, one that is too long or too deep among them, is passed over.
    """
    for document in documents:
        try:
            value: object = json.loads(document[:MAX_JSON_CHARS])
        except (ValueError, RecursionError):
            continue
        yield from _walk(value)


def _walk(value: object) -> Iterator[dict[str, object]]:
    """Yield every object inside `value` without recursion: the page decides how deep they lie."""
    waiting = [value]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(reversed(node.values()))
        elif isinstance(node, list):
            waiting.extend(reversed(node))
