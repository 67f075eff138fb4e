"""Ids: what a thing is called outside the database.

Position: before all other nouns, which are named with it.
"""

from __future__ import annotations

from hashlib import blake2b

ID_BYTES = 10
"""80 bits: a collision among a billion names has a chance of one in a million."""


def name_id(*names: str) -> str:
    """Return the id, 20 hexadecimal digits, of the thing that `names` name together.

    Ids that leave the database are hashes of names, never row numbers, so that they survive a
    restore: the same names give the same id on every machine and in every release.
    """
    return blake2b("\x1f".join(names).encode("utf-8", "surrogatepass"), digest_size=ID_BYTES).hexdigest()
