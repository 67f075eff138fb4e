"""Text -> terms, read in the way that a rule asks for: which letters count as the same.

Position: over `tokens`. Pure. `match` reads rules and articles in one of three ways; the search index
holds `PLAIN` terms, the coarsest of them, so that it proposes every article that any reading finds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache

from monitor.text.tokens import fold, split_terms, tokenize


class Reading(Enum):
    """Which letters are told apart.

    FOLDED, of most rules: as `tokens` folds them. PLAIN, of rules that fold diacritics: without them,
    é as e, ø as o, ё as е. TURKISH, of rules for Turkish or Azerbaijani articles alone: ı is I, and i is İ.
    """

    FOLDED = auto()
    PLAIN = auto()
    TURKISH = auto()


TURKISH_LANGUAGES = frozenset({"tr", "az"})
"""The languages whose i has a dot or not, in capitals as well."""

PLAIN_CACHE = 1 << 15
"""Terms with diacritics whose plain form is remembered."""

_DIACRITICS = re.compile("[\u0300-\u036f\u0653-\u0655\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
"""The blocks of combining diacritical marks, and the Arabic madda and hamza. The marks of other scripts
are vowels or make another letter of their own (हिन्दी, が)."""

_LETTERS_WITH_MARKS = "йїўЙЇЎ"
"""Letters of their own in Cyrillic, though Unicode takes them apart; ё is not: it is printed as е."""

_STROKES = str.maketrans(
    dict(zip("øłđðħŧƀɨıæœþ", ("o", "l", "d", "d", "h", "t", "b", "i", "i", "ae", "oe", "th"), strict=True))
)
"""Letters that Unicode does not take apart, and what they are written as where they are missing."""

_DOTLESS = "\ua78f"
"""Stands for ı while a word is folded: a letter that folding leaves alone and no Turkish word holds."""

_KEPT = re.compile(f"[{_LETTERS_WITH_MARKS}]")


def split(text: str, reading: Reading) -> Sequence[str]:
    """Return the terms of `text`, as many as there are tokens (`tokens.token_spans`), read in this way."""
    if reading is Reading.TURKISH:
        return _split_turkish(text)
    terms = split_terms(text)
    return terms if reading is Reading.FOLDED else list(map(strip_diacritics, terms))


def strip_diacritics(term: str) -> str:
    """Return a term without its diacritics."""
    return term if term.isascii() else _strip(term)


@lru_cache(PLAIN_CACHE)
def _strip(term: str) -> str:
    kept = _KEPT.findall(term)
    parts = [_DIACRITICS.sub("", unicodedata.normalize("NFD", part)) for part in _KEPT.split(term)]
    plain = parts[0] + "".join(letter + part for letter, part in zip(kept, parts[1:], strict=True))
    return unicodedata.normalize("NFC", plain).translate(_STROKES) or term


def _split_turkish(text: str) -> list[str]:
    terms = []
    for token in tokenize(text):
        turkish = _fold_turkish(text[token.start : token.end]) if "i" in token.term else " "
        terms.append(token.term if " " in turkish else turkish)  # 5½ is two terms of one token
    return terms


@lru_cache(PLAIN_CACHE)
def _fold_turkish(word: str) -> str:
    """Return the term of a token in the lower case of Turkish (Unicode's SpecialCasing.txt, tr and az)."""
    composed = unicodedata.normalize("NFC", word).replace("İ", "i").replace("I", "ı")
    return fold(composed.replace("ı", _DOTLESS)).replace(_DOTLESS, "ı")
