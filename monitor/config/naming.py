"""URLs -> the names of sources that were given none.

Position: asked by `crosscheck` and `reader`. Pure.

A source's name is its identity: articles are filed under it. One without a name goes by the host of
its URL, a second one of the host by host and path. So the name of a nameless source depends on what
else is in the file; the names it may have borne before go along (`model.Source.former_names`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_NO_NAME = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Naming:
    """A name found for a source. `taken_by` is the position of the source that has it already, or None."""

    name: str
    former_names: tuple[str, ...]
    taken_by: int | None = None


def name_sources(named: Sequence[tuple[str | None, str]]) -> list[Naming]:
    """Return a name for each (name as given or None, normalised URL), in order.

    Given names are dealt out first, so that none is lost to a host that is called like it.
    """
    owners: dict[str, int] = {}
    namings: dict[int, Naming] = {}
    for i, (name, url) in enumerate(named):
        if name is not None:
            namings[i] = _claim(owners, i, name, names_of_url(url))
    for i, (name, url) in enumerate(named):
        if name is None:
            own = names_of_url(url)
            free = next((candidate for candidate in own if candidate not in owners), own[-1])
            namings[i] = _claim(owners, i, free, own)
    return [namings[i] for i in range(len(named))]


def names_of_url(url: str) -> tuple[str, ...]:
    """Return the names that a normalised URL has by itself: its host, then host and path if there is one."""
    parts = urlsplit(url)
    host = _readable(parts.netloc.removeprefix("www."))
    path = _NO_NAME.sub("-", f"{unquote(parts.path)} {unquote(parts.query)}").strip("-")
    return (host, f"{host}-{path}") if path else (host,)


def _claim(owners: dict[str, int], i: int, name: str, own: tuple[str, ...]) -> Naming:
    taken_by = owners.get(name)
    owners.setdefault(name, i)
    return Naming(name, tuple(former for former in own if former != name), taken_by)


def _readable(host: str) -> str:
    """Return a host in its own letters instead of their ASCII form."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
