"""Text -> tokens: what a word is, decided once for rules, articles, the search index and fingerprints.

Position: below every room that reads text. Pure.

A token is a run of letters, digits and combining marks (after UAX #29), with these turns:

* its term is folded: NFKC, case, the spellings of Armenian և and of i with and without its dot;
  harakat, niqqud, tatweel, soft hyphens, zero-width characters and the Armenian marks inside a word
  are dropped; all other diacritics stay;
* `AT&T`, `C++`, `C#`, `O'Neill`, `U.S.` (term `u.s`) and `3.5` are one token; hyphenated words are
  their parts; an English possessive ('s) is no part of its word; `l'Arménie` and `Ankara'da` are two;
* scripts that put no space between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) and Korean,
  which writes its particles onto the word, give one token a character.

A term holds no white space and no ASCII other than letters, digits and `TERM_MARKS`. One compiled
pattern, every repetition bounded, makes one pass: time is linear in the text. The ASCII pattern is the
general one with all that ASCII lacks left out, three times as fast.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import filterfalse
from typing import NamedTuple

from monitor.text.characters import (
    APOSTROPHES,
    ARMENIAN_MARKS,
    ASTRAL,
    GERSHAYIM,
    HARAKAT,
    HEBREW,
    IGNORED,
    JAMO_LEADS,
    JAMO_RESTS,
    NIQQUD,
    OTHER_SCRIPTS,
    UNSPACED,
    UNSPACED_EXTRA,
    as_class,
    find_marks,
    points,
)

TERM_MARKS = "&+#'.,"
"""The ASCII characters besides letters and digits that a term may hold."""

MAX_RUN = 64
"""Letters in a row that make one token at most; the rest is the next token. No word of the 720
development articles is longer, and no hostile page can make the index hold a word of 5 MB."""

FOLD_CACHE = 1 << 14
PIECE_CACHE = 1 << 15
"""Spellings whose folding is remembered, and pieces of text between two spaces whose terms are: the 720
development articles, in a dozen languages, have 15,000 pieces that are more than letters of ASCII."""

MAX_INSERTS = 200
"""Pieces of several terms that are put into the row one by one: to move the rest costs more from then on."""

MAX_PIECE = 32
"""Characters of a piece that is remembered: a word and its punctuation, not a row of Chinese."""

STRETCH = 100_000
"""Characters of a long text that are cut into words in one go: all of nearly every article."""

LONG_TEXT = 50_000
"""Bytes from which on each kind of piece is cut once: a hostile text repeats what is slow to cut."""

REMEMBERED_TEXTS = 64
REMEMBERED_CHARS = range(500, 50_000)
"""Texts of which length have their terms remembered, and how many: an article is asked for its terms by
each room that it walks through (fingerprint, story, rules, search index), and 32 visits have one at hand. Of
20 visits, 32 texts were too few: a third was split again for the search index."""


class Token(NamedTuple):
    """A word: its folded `term`, and where it stands in the original text, `text[start:end]`."""

    term: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text` in order. Two tokens share a span when one letter stands for two words."""
    flat = _flatten(text)
    if flat.isascii():
        return [Token(match[1], *match.span(1)) for match in _ascii_pattern().finditer(flat.lower())]
    return [
        Token(term, *match.span(1))
        for match in _general_pattern(astral=_has_astral(flat)).finditer(flat)
        for term in fold(match[1]).split()
    ]


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the tokens of `text` stand: those of `tokenize`, at a third of the cost."""
    flat = _flatten(text)
    if flat.isascii():
        return (match.span(1) for match in _ascii_pattern().finditer(flat.lower()))
    return (
        match.span(1)
        for match in _general_pattern(astral=_has_astral(flat)).finditer(flat)
        for _ in fold(match[1]).split()
    )


def split_terms(text: str) -> tuple[str, ...]:
    """Return the terms of `text` in order: those of `tokenize`, at a quarter of the cost, once for all."""
    if len(text) <= MAX_RUN and is_plain(text):
        return tuple(text.lower().split())
    return _split_remembered(text) if len(text) in REMEMBERED_CHARS else _split(text)


def _split(text: str) -> tuple[str, ...]:
    """Return the terms of `text`.

    No token reaches across white space, and most of what stands between two spaces is a word of ASCII
    once the punctuation is off: only the other pieces are asked of the patterns, and remembered.
    """
    flat = _part_unspaced(_HEBREW_ACRONYM.sub(_GERSHAYIM, _flatten(text)))
    plain = flat.encode("utf-8", "replace").translate(_PARTED)  # lone surrogates part words, as ? does
    if len(plain) > LONG_TEXT:
        return _split_long(plain.decode("utf-8").split())
    plain = plain.replace(b", ", b" ").replace(b". ", b" ")
    terms = plain.decode("utf-8").split()
    odd = [at for at, piece in enumerate(terms) if not (piece.isascii() and piece.isalnum())]
    if max(map(len, terms), default=0) > MAX_RUN:
        odd = list(range(len(terms)))
    for at in odd:
        terms[at] = _PIECES[terms[at]]
    several = [at for at in odd if not terms[at] or " " in terms[at]]
    if len(several) > MAX_INSERTS:
        return tuple(" ".join(terms).split())
    for at in reversed(several):
        terms[at : at + 1] = terms[at].split()
    return tuple(terms)


def _split_long(pieces: list[str]) -> tuple[str, ...]:
    """Return the terms of pieces without the memory, which a hostile text would only fill: each kind once."""
    odd = set(filterfalse(_is_folded_word, set(pieces)))
    capital = list(filter(_is_plain_word, odd))
    lower = dict(zip(capital, map(str.lower, capital), strict=True))
    cut = {piece: _cut(piece) for piece in odd.difference(lower)}
    terms = map((cut | lower).get, pieces, pieces)
    return tuple(" ".join(terms).split() if any(not term or " " in term for term in cut.values()) else terms)


_split_remembered = lru_cache(REMEMBERED_TEXTS)(_split)


def cut_stretches(text: str) -> Iterator[str]:
    """Yield `text` in stretches of some `STRETCH` characters that no token reaches across."""
    start = 0
    borders = _ASCII_BORDER if text.isascii() else _general_border()
    while len(text) - start > STRETCH and (border := borders.search(text, start + STRETCH)):
        yield text[start : border.end()]
        start = border.end()
    yield text[start:]


def index_text(text: str) -> str:
    """Return the terms of `text` parted by single spaces, for a search index that parts at spaces alone."""
    return " ".join(split_terms(text))


def is_unspaced(term: str) -> bool:
    """Return whether the term is one character of a script without spaces between words."""
    return not term.isascii() and _unspaced_pattern().match(term) is not None


def _part_unspaced(flat: str) -> str:
    """Return a flattened text with spaces around each letter of the scripts that put none."""
    if not _has_far_east(flat):
        return flat
    find_tokens = _unspaced_token(astral=_has_astral(flat)).findall

    def space_out(run: re.Match[str]) -> str:
        letters = run[0]
        return f" {' '.join(letters if _stand_alone(letters) else find_tokens(letters))} "

    return _unspaced_run().sub(space_out, flat)


def _has_far_east(flat: str) -> bool:
    """Return whether a text may hold letters of the scripts without spaces."""
    try:
        flat.encode("latin-1")
    except UnicodeEncodeError:
        return _FAR_EAST.search(flat) is not None
    return False


class _Pieces(dict[str, str]):
    """What stands between two spaces -> its terms, parted by spaces; cut when it is first asked for."""

    def __missing__(self, piece: str) -> str:
        terms = _cut(piece)
        if len(piece) <= MAX_PIECE:
            if len(self) >= PIECE_CACHE:
                self.clear()
            self[piece] = terms
        return terms


def _cut(piece: str) -> str:
    """Return the terms of a piece of flattened text, parted by spaces."""
    if len(piece) <= MAX_RUN and is_plain(piece):
        return piece.lower()
    if piece.isascii():
        return " ".join(_ascii_pattern().findall(piece.lower()))
    return " ".join(map(fold, _general_pattern(astral=_has_astral(piece)).findall(piece)))


@lru_cache(FOLD_CACHE)
def fold(word: str) -> str:
    """Return the term of one token as it is written.

    Two terms, parted by a space, when compatibility folding makes two words of it (`5½`); "" when
    nothing is left of it (a lone tatweel).
    """
    folded = _fold_once(word)
    return (
        " ".join(map(_fold_once, _general_pattern(astral=_has_astral(folded)).findall(folded)))
        if _NOT_PLAIN.search(folded)
        else folded
    )


def _fold_once(word: str) -> str:
    """Fold by the rules of NFKC_Casefold (Unicode 3.13, D145), then by ours."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFD", word).casefold()
    folded = unicodedata.normalize("NFKC", folded).casefold()
    folded = unicodedata.normalize("NFKC", folded).translate(_SPELLINGS)
    folded = folded.replace("i\u0307", "i").replace("եվ", "եւ")
    return unicodedata.normalize("NFKC", folded)


def _flatten(text: str) -> str:
    """Return `text` with the typography of Western news in ASCII, each character in its place."""
    if text.isascii():
        return text
    for character, plain in _TYPOGRAPHY:
        text = text.replace(character, plain)
    return text


# --- what the patterns are made of -----------------------------------------------------------------
#
# They are made on first use: that takes a tenth of a second, and most commands split no text.

SKIP = 3
"""How many separators a match may eat before its token. One match a token is twice as fast as trying
every form at every space; the bound keeps a run of them from costing its square."""

ELIDED = "[cdjlmnstCDJLMNST]"
"""The letters that French and Italian cut their little words to: l'Arménie is two words, O'Neill one."""

_TYPOGRAPHY = (
    *((mark, "'") for mark in "\u2018\u2019"),
    *(
        (mark, " ")
        for mark in "\u201c\u201d\u201e\u00ab\u00bb\u2013\u2014\u2026\u00a0\u2022\u00b7\u20ac\u00a3\u00b0"
    ),
)
"""Quotes, dashes, dots and signs: to the pattern, each is an apostrophe or parts words like a space."""


def _spellings() -> dict[int, str | None]:
    """Return what folding does to single characters after NFKC and case: None drops one."""
    dropped = points(IGNORED, ARMENIAN_MARKS, HARAKAT, NIQQUD, GERSHAYIM)
    return {
        **dict.fromkeys(dropped),
        **dict.fromkeys(points(APOSTROPHES), "'"),
        0x131: "i",
    }  # i without its dot


def _parted() -> bytes:
    """Return what ASCII is to the terms, byte by byte: letters in lower case, marks, else a space."""
    kept = frozenset(TERM_MARKS.encode()) | frozenset(range(0x80, 0x100))
    letters = bytes(range(0x80)).decode().lower().encode()
    return bytes(
        letter if byte in kept or chr(letter).isalnum() else 0x20
        for byte, letter in enumerate(letters + bytes(range(0x80, 0x100)))
    )


def _has_astral(text: str) -> bool:
    """Return whether a text holds characters from U+10000 on."""
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


@cache
def _marks(*, astral: bool) -> str:
    """Return the inside of the class of marks, those from U+10000 on only when `astral`.

    `re` looks the others up in a table, and tries these range by range: without them, texts that are not
    ASCII take half the time.
    """
    return as_class(find_marks(), IGNORED, ARMENIAN_MARKS, last=sys.maxunicode if astral else ASTRAL - 1)


@cache
def _general_pattern(*, astral: bool) -> re.Pattern[str]:
    mark = f"[{_marks(astral=astral)}]"
    no_word = rf"\W_{as_class(APOSTROPHES, UNSPACED, UNSPACED_EXTRA, JAMO_LEADS, JAMO_RESTS)}"
    character, letter = f"[^{no_word}]", rf"[^\d{no_word}]"
    rest = f"(?:{mark}{{1,16}}+{character}{{0,{MAX_RUN}}}+){{0,16}}+"
    apostrophe, gershayim = f"[{as_class(APOSTROPHES)}]", f"[{as_class(GERSHAYIM)}]"
    hebrew, other = f"[{as_class(HEBREW)}]", f"[{as_class(OTHER_SCRIPTS)}]"
    word_after = f"{letter}{character}{{0,{MAX_RUN}}}+{rest}"
    may_join = (
        "(?<=&)",
        r"(?<=\d[.,])(?=\d)",
        f"(?<={other}{apostrophe})(?={other})",
        f"(?<={hebrew}{gershayim})(?={hebrew})",
    )
    joint = f"[&.,{as_class(APOSTROPHES, GERSHAYIM)}](?:{'|'.join(may_join)})"
    joined = f"(?:{joint}{character}{{1,{MAX_RUN}}}+{rest}){{0,8}}+"
    possessive = f"{apostrophe}[sS](?!{character})"
    forms = (
        rf"[A-Za-z0-9]{{2,{MAX_RUN}}}+(?![^\x00-\x7f]){joined}",  # the same as the next, in half the time
        f"{character}{{2,{MAX_RUN}}}+{rest}{joined}",
        rf"{letter}{mark}{{0,16}}+(?:\.{letter}{mark}{{0,16}}+){{1,16}}(?!{character})",  # U.S.
        rf"[A-Za-z](?:\+\+|\#(?!{character}))",  # C++
        f"(?!{ELIDED}{apostrophe}){letter}{mark}{{0,16}}+(?!{possessive}){apostrophe}{word_after}",  # O'Neill
        f"{character}{rest}{joined}",
        _unspaced_token(astral=astral).pattern,
        f"[{as_class(JAMO_LEADS)}][{as_class(JAMO_RESTS)}]{{0,2}}+",
    )
    return re.compile(rf"\W{{0,{SKIP}}}+({'|'.join(forms)})(?:{possessive})?")


@cache
def _ascii_pattern() -> re.Pattern[str]:
    joined = rf"(?:[&.,](?:(?<=&)|(?<=[0-9].)(?=[0-9]))[a-z0-9]{{1,{MAX_RUN}}}+){{0,8}}+"
    possessive = "'s(?![a-z0-9])"
    forms = (
        rf"[a-z0-9]{{2,{MAX_RUN}}}+{joined}",
        r"[a-z](?:\.[a-z]){1,16}(?![a-z0-9])",
        r"[a-z](?:\+\+|\#(?![a-z0-9]))",
        rf"(?!{ELIDED})[a-z](?!{possessive})'[a-z][a-z0-9]{{0,{MAX_RUN}}}+",
        rf"[a-z0-9]{joined}",
    )
    return re.compile(rf"[^a-z0-9]{{0,{SKIP}}}+({'|'.join(forms)})(?:{possessive})?")


@cache
def _general_border() -> re.Pattern[str]:
    unspaced = f"[{as_class(UNSPACED)}]"
    return re.compile(rf"\s|(?<={unspaced})(?={unspaced})")


@cache
def _unspaced_pattern() -> re.Pattern[str]:
    return re.compile(f"[{as_class(UNSPACED)}]")


def _attached(*, astral: bool) -> str:
    """Return what belongs to the letter before it, in a script without spaces."""
    return f"{as_class(UNSPACED_EXTRA)}{_marks(astral=astral)}"


@cache
def _unspaced_token(*, astral: bool) -> re.Pattern[str]:
    return re.compile(f"[{as_class(UNSPACED)}][{_attached(astral=astral)}]{{0,16}}+")


@cache
def _unspaced_run() -> re.Pattern[str]:
    return re.compile(f"[{as_class(UNSPACED)}][{as_class(UNSPACED)}{_attached(astral=True)}]*+")


_SMALL = "a-z0-9à-öø-ÿΐά-ρσ-ώа-џґա-ստ-ֆא-תء-غف-يٹ-ۓა-ჺ"
_PLAIN = f"A-ZÀ-ÖØ-ÝĀ-įĴ-ľŁ-ňŊ-žΆΈ-ΊΌΎ-ΡΤ-ΫЀ-ЯҊ-ԯԱ-ՍՏ-ՖḀ-ẙẠ-ỿ{_SMALL}"
is_plain = re.compile(f"[{_PLAIN} ]++").fullmatch
"""Words that folding only puts into small letters, if anything: most of those that are written."""

_is_plain_word = re.compile(f"[{_PLAIN}]{{1,{MAX_RUN}}}+").fullmatch
_is_folded_word = re.compile(f"[{_SMALL}]{{1,{MAX_RUN}}}+").fullmatch

_PIECES = _Pieces()
_PARTED = _parted()
_HEBREW_ACRONYM = re.compile(f'"(?=[{as_class(HEBREW)}])')
_GERSHAYIM = "\u05f4"
_FAR_EAST = re.compile("[\u0e00-\u109f\u1780-\u17df\u2e80-\ud7ff\uf900-\uffdc\U0001b000-\U0003ffff]")
"""Blocks around all that is written without spaces: to look for those is fast."""
_ASCII_BORDER = re.compile(r"\s")
_stand_alone = re.compile("[一-鿿ぁ-ゖァ-ヺ가-힣]+").fullmatch
"""Rows of letters without marks."""
_SPELLINGS = _spellings()
_NOT_PLAIN = re.compile(r"[^\w&.,'+#]|_")
