"""Article -> Fingerprint: what is kept and compared instead of the text.

Position: first in `dedupe`; `store` keeps it. Pure.

A shingle is three tokens in a row. Of all shingle hashes the smallest eighth of the hash space is kept
(FracMinHash: Irber et al., 2022), so a part of a text keeps a part of its sketch, which MinHash does not
give. The hash of a shingle is the XOR of three hashes of its tokens, one for each place, each of them
BLAKE2b's and remembered: no machine, process or release changes it without a new `ALGORITHM`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from operator import xor
from typing import NamedTuple

from monitor.model import Article, Fingerprint
from monitor.text.tokens import split_terms

ALGORITHM = 2
"""The version of all that is hashed here. Raise it when a text would get another fingerprint."""

SHINGLE_TOKENS = 3
HASH_BITS = 64

KEPT_SHARE = 8
"""One in so many shingles is kept: enough for texts of 100 words, 20 hashes for a usual article."""

KEPT_BELOW = (1 << HASH_BITS) // KEPT_SHARE

MIN_SKETCH = 12
"""A short text keeps this many hashes, the smallest, so that it can be compared at all."""

MAX_SKETCH = 2048
"""A long one keeps no more: 16,000 words. No page fills the index by itself."""

MAX_FACTS = 256
"""Numbers and names that are kept of one text."""

MIN_TELLING_TOKENS = 24
"""A shorter text ("Watch the video") is only the same as another under the same title."""

TOKEN_CACHE = 1 << 16
"""Tokens whose hashes are remembered: the vocabulary of about a thousand articles."""

PLACES = 256
"""Into how many parts a text is cut to say where a shingle stands: a byte each."""

_AFTER_A_WORD = re.compile(r"(?<=[\w,;]\s)[^\W\d_]\w+")
_NO_DIGIT = re.compile(r"\D+")
_INVISIBLE = ("\u00ad", "\u200b", "\u2060", "\ufeff")


class Sketch(NamedTuple):
    """The kept shingle hashes, ascending, and for each in which 256th of the text it stands first."""

    hashes: tuple[int, ...]
    places: bytes


def fingerprint_article(article: Article) -> Fingerprint:
    """Return what is compared of an article: of its text, and of its title when the text is short."""
    terms = split_terms(article.text)
    content = terms if len(terms) >= MIN_TELLING_TOKENS else [*split_terms(article.title), "", *terms]
    sketch = sketch_terms(terms)
    return Fingerprint(
        algorithm=ALGORITHM,
        content=_hash_text(" ".join(content)),
        sketch=sketch.hashes,
        places=sketch.places,
        facts=find_facts(article.text, terms),
    )


def sketch_terms(terms: Sequence[str]) -> Sketch:
    """Return the kept shingles: those below `KEPT_BELOW`, 12 at least, 2,048 at most."""
    if not terms:
        return Sketch((), b"")
    padded = [*terms, "", ""][:SHINGLE_TOKENS] if len(terms) < SHINGLE_TOKENS else terms
    first, second, third = zip(*map(_TOKENS.__getitem__, padded), strict=True)
    shingles = list(map(xor, map(xor, first, second[1:]), third[2:]))
    # Backwards, so that of a shingle that stands twice the first place is left.
    backwards = range(len(shingles) - 1, -1, -1)
    kept = {shingles[place]: place for place in backwards if shingles[place] < KEPT_BELOW}
    if len(kept) < MIN_SKETCH:
        every = {shingles[place]: place for place in backwards}
        kept = {number: every[number] for number in sorted(every)[:MIN_SKETCH]}
    hashes = sorted(kept)[:MAX_SKETCH]
    return Sketch(tuple(hashes), bytes(kept[number] * PLACES // len(shingles) for number in hashes))


def find_sketch_end(sketch: Sequence[int]) -> int:
    """Return the hash below which a sketch holds all shingles of its text."""
    if len(sketch) < MIN_SKETCH:
        return 1 << HASH_BITS
    if len(sketch) == MAX_SKETCH:
        return sketch[-1] + 1
    return max(KEPT_BELOW, sketch[-1] + 1)


def find_facts(text: str, terms: Iterable[str]) -> frozenset[str]:
    """Return the numbers, in digits alone, and the capitalised words that open no sentence, folded."""
    for invisible in _INVISIBLE:
        text = text.replace(invisible, "")
    numbers = {_NO_DIGIT.sub("", term) for term in set(terms) if not term.isalpha()} - {""}
    words = {word for word in _AFTER_A_WORD.findall(text) if word[0].isupper()}
    facts = numbers.union(split_terms(" ".join(words)))
    return frozenset(sorted(facts, key=_hash_text)[:MAX_FACTS] if len(facts) > MAX_FACTS else facts)


class _TokenHashes(dict[str, tuple[int, int, int]]):
    """The hashes of a token in the first, second and third place of a shingle, remembered."""

    def __missing__(self, term: str) -> tuple[int, int, int]:
        digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=24).digest()
        hashes = (
            int.from_bytes(digest[:8]),
            int.from_bytes(digest[8:16]),
            int.from_bytes(digest[16:]),
        )
        if len(self) >= TOKEN_CACHE:
            self.clear()
        self[term] = hashes
        return hashes


_TOKENS = _TokenHashes()


def _hash_text(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
