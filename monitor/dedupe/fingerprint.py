"""Article -> Fingerprint: what is kept and compared instead of the text.

Position: first in `dedupe`; `store` keeps it. Pure.

A shingle is three tokens in a row. Of all shingle hashes the smallest eighth of the hash space is kept
(FracMinHash: Irber et al., 2022), so a part of a text keeps a part of its sketch, which MinHash does not
give. The hash of a shingle is the XOR of three hashes of its tokens, one for each place, each of them
BLAKE2b's and remembered: no machine, process or release changes it without a new `ALGORITHM`.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import compress, filterfalse
from typing import NamedTuple

from monitor.model import Article, Fingerprint
from monitor.text.tokens import split_terms

ALGORITHM = 2
"""The version of all that is hashed here. Raise it when a text would get another fingerprint."""

SHINGLE_TOKENS = 3
HASH_BITS = 64
HASH_BYTES = HASH_BITS // 8
TOKEN_BYTES = SHINGLE_TOKENS * HASH_BYTES
"""A token has one hash for each place in a shingle, one behind the other."""

KEPT_SHARE = 8
"""One in so many shingles is kept: enough for texts of 100 words, 20 hashes for a usual article."""

KEPT_BELOW = (1 << HASH_BITS) // KEPT_SHARE

MIN_SKETCH = 12
"""A short text keeps this many hashes, the smallest, so that it can be compared at all."""

MAX_SKETCH = 64
"""A long one, of 500 words or more, keeps the smallest of its hashes, so that the index grows with the number
of articles and not with their length. Two texts are compared as far as both sketches reach: of a copy that
has a quarter of the other, 16 of 64 are shared. Sketches of an earlier time have up to 2,048."""

MAX_FACTS = 256
"""Numbers and names that are kept of one text."""

MIN_TELLING_TOKENS = 24
"""A shorter text ("Watch the video") is only the same as another under the same title."""

TOKEN_CACHE = 1 << 16
"""Tokens whose hashes are remembered: the vocabulary of about a thousand articles."""

PLACES = 256
"""Into how many parts a text is cut to say where a shingle stands: a byte each."""

_AFTER_A_WORD = re.compile(r"\s([^\W\d_a-z](?<=[\w,;]\s.)\w+)")
"""A capitalised word, or a word of a script that has no ASCII. White space is what a search finds fastest."""

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
    """Return the kept shingles: those below `KEPT_BELOW`, 12 at least, 64 at most."""
    if not terms:
        return Sketch((), b"")
    shingles = _hash_shingles([*terms, "", ""][:SHINGLE_TOKENS] if len(terms) < SHINGLE_TOKENS else terms)
    count = len(shingles)
    places = list(compress(range(count), _mark_kept(shingles)))
    kept = _find_first_places([shingles[place] for place in places], places)
    if len(kept) < MIN_SKETCH:
        every = _find_first_places(shingles, range(count))
        kept = {number: every[number] for number in sorted(every)[:MIN_SKETCH]}
    hashes = sorted(kept)[:MAX_SKETCH]
    return Sketch(tuple(hashes), bytes([kept[number] * PLACES // count for number in hashes]))


def _mark_kept(shingles: array[int]) -> bytes:
    """Return a byte for each hash: not zero when it is below `KEPT_BELOW`, which its first byte shows."""
    first = HASH_BYTES - 1 if sys.byteorder == "little" else 0
    return shingles.tobytes()[first::HASH_BYTES].translate(_IS_KEPT)


_IS_KEPT = bytes(byte < 256 // KEPT_SHARE for byte in range(256))


def _hash_shingles(terms: Sequence[str]) -> array[int]:
    """Return the hashes of all shingles in order.

    All of a text's hashes are one long number, XORed with itself a token and a place further on, and once
    more: a third of the time that one XOR after the other takes.
    """
    hashes = b"".join(map(_TOKENS.__getitem__, terms))
    number, step = int.from_bytes(hashes, "little"), 8 * (TOKEN_BYTES + HASH_BYTES)
    numbers = array("Q", (number ^ number >> step ^ number >> 2 * step).to_bytes(len(hashes), "little"))
    shingles = numbers[: (1 - SHINGLE_TOKENS) * SHINGLE_TOKENS or None : SHINGLE_TOKENS]
    if sys.byteorder == "little":
        shingles.byteswap()
    return shingles


def _find_first_places(shingles: Sequence[int], places: Sequence[int]) -> dict[int, int]:
    """Return where each shingle stands first: backwards, so that of two places the first is left."""
    return dict(zip(reversed(shingles), reversed(places), strict=True))


def find_sketch_end(sketch: Sequence[int]) -> int:
    """Return the hash below which a sketch holds all shingles of its text."""
    if len(sketch) < MIN_SKETCH:
        return 1 << HASH_BITS
    if len(sketch) >= MAX_SKETCH:
        return sketch[-1] + 1
    return max(KEPT_BELOW, sketch[-1] + 1)


def find_facts(text: str, terms: Iterable[str]) -> frozenset[str]:
    """Return the numbers, in digits alone, and the capitalised words that open no sentence, folded."""
    if not text.isascii():
        for invisible in _INVISIBLE:
            text = text.replace(invisible, "")
    numbers = {_NO_DIGIT.sub("", term) for term in set(filterfalse(str.isalpha, terms))} - {""}
    words = {word for word in _AFTER_A_WORD.findall(text) if word[0].isupper()}
    facts = numbers.union(split_terms(" ".join(words)))
    return frozenset(sorted(facts, key=_hash_text)[:MAX_FACTS] if len(facts) > MAX_FACTS else facts)


class _TokenHashes(dict[str, bytes]):
    """The hashes of a token in the first, second and third place of a shingle, remembered."""

    def __missing__(self, term: str) -> bytes:
        if len(self) >= TOKEN_CACHE:
            self.clear()
        hashes = self[term] = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=TOKEN_BYTES).digest()
        return hashes


_TOKENS = _TokenHashes()


def _hash_text(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
