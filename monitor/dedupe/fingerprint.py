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
from functools import lru_cache
from hashlib import blake2b
from operator import xor

from monitor.model import Article, Fingerprint
from monitor.text.tokens import split_terms

ALGORITHM = 1
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

_AFTER_A_WORD = re.compile(r"(?<=[\w,;]\s)[^\W\d_]\w+")
_NO_DIGIT = re.compile(r"\D+")
_INVISIBLE = ("\u00ad", "\u200b", "\u2060", "\ufeff")


def fingerprint_article(article: Article) -> Fingerprint:
    """Return what is compared of an article: of its text, and of its title when the text is short."""
    terms = split_terms(article.text)
    content = terms if len(terms) >= MIN_TELLING_TOKENS else [*split_terms(article.title), "", *terms]
    return Fingerprint(
        algorithm=ALGORITHM,
        content=_hash_text(" ".join(content)),
        sketch=sketch_terms(terms),
        facts=find_facts(article.text, terms),
    )


def sketch_terms(terms: Sequence[str]) -> tuple[int, ...]:
    """Return the kept shingle hashes, ascending: those below `KEPT_BELOW`, 12 at least, 2,048 at most."""
    if not terms:
        return ()
    padded = [*terms, "", ""][:SHINGLE_TOKENS] if len(terms) < SHINGLE_TOKENS else terms
    first, second, third = zip(*map(_hash_token, padded), strict=True)
    shingles = set(map(xor, map(xor, first, second[1:]), third[2:]))
    kept = sorted(shingle for shingle in shingles if shingle < KEPT_BELOW)
    return tuple((kept if len(kept) >= MIN_SKETCH else sorted(shingles)[:MIN_SKETCH])[:MAX_SKETCH])


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


@lru_cache(TOKEN_CACHE)
def _hash_token(term: str) -> tuple[int, int, int]:
    """Return the hashes of a token in the first, second and third place of a shingle."""
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=24).digest()
    return int.from_bytes(digest[:8]), int.from_bytes(digest[8:16]), int.from_bytes(digest[16:])


def _hash_text(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
