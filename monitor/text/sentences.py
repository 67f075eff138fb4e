"""Text -> sentences: the piece of an article that is shown around a word.

Position: beside `tokens`; `match` shows excerpts with it. Pure.

A sentence ends at a line break, or after its closing mark. The marks of scripts that write `.` for more
than the end of a sentence need white space behind them; those of others (। 。 ։ ...) do not. A full stop
after an abbreviation, an initial or a short number ends nothing, nor does one before a lower-case letter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

MAX_SENTENCE = 2000
"""Characters looked at on each side of a word; a longer sentence is cut there. Of the sentences of the
720 development articles, none that was prose was longer."""

BLOCK = 8 * MAX_SENTENCE
"""Characters of a text that are cut in one go: all of most articles."""

MAX_CLOSING = 16
"""Quotes and brackets that close with a sentence at most, so that no text makes them be read on and on."""

_CLOSED = rf"[\"')\]}}»”’›」』）】]{{0,{MAX_CLOSING}}}+"
_SPACED_MARK = "[!?…‼⁇⁈⁉]"
_MARK = "[։؟۔।॥።፧။។៕。！？｡．]"
_END = re.compile(
    rf"(?P<stop>\.){_CLOSED}(?=\s)"
    rf"|{_SPACED_MARK}(?!{_SPACED_MARK}){_CLOSED}(?=\s)"
    rf"|{_MARK}(?!{_MARK}){_CLOSED}"
    r"|\n"
)
_LAST_WORD = re.compile(r"[\w.’']+\Z")
_INITIAL = re.compile(r"(?:\w\.)*\w", re.ASCII | re.IGNORECASE)
_OTHER_INITIAL = re.compile(r"[^\W\d_]")
_ORDINAL = re.compile(r"\d{1,2}")

_ABBREVIATION_LIST = """
    mr mrs ms dr prof st gen col lt sgt capt maj cmdr adm sen rep gov pres hon rev jr sr vs vol
    approx dept est inc ltd co corp bros jan feb apr jun jul aug sep sept oct nov dec al cf eg ie
    bzw ca evtl ggf nr usw str tel inkl exkl sog vgl dipl ing mag bspw mio mrd
    mme mlle sté env av bd sra srta dña ud uds lic dott dr.ssa sig sigg avv onn pag
    г гг ул тел руб коп млн млрд тыс им пр просп гор обл др т.е т.к т.д т.п т.н стр акад проф ред
    թ թթ դ պրոֆ տ.գ.թ np tzw itd itp prof tj mgr inż bl čl čp tzv napr av cad sok
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
"""Words that are written with a full stop, folded: those that open names, dates and figures in the news
of the languages of the development set, and Armenian and Russian."""


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence of `text`, in order, without the white space around it."""
    start = 0
    for end in _ends(text, 0, len(text)):
        yield from _trim(text, start, end)
        start = end
    yield from _trim(text, start, len(text))


class Sentences:
    """The sentences of one text, found around the places asked for, and remembered."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._borders: dict[int, list[int]] = {}

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return the (start, end) of the sentence that holds `text[start:end]`.

        Several, when the span crosses their borders. Looks at most `MAX_SENTENCE` characters to each side.
        """
        low, high = max(0, start - MAX_SENTENCE), min(len(self._text), end + MAX_SENTENCE)
        borders = self._borders_near(start)
        index = bisect_right(borders, start)
        if index and borders[index - 1] > low:
            low = borders[index - 1]
        borders = self._borders_near(end)
        index = bisect_left(borders, end)
        if index < len(borders) and borders[index] < high:
            high = borders[index]
        trimmed = next(_trim(self._text, low, high), (start, end))
        return min(trimmed[0], start), max(trimmed[1], end)

    def _borders_near(self, place: int) -> list[int]:
        """Return where sentences end, ascending, up to `MAX_SENTENCE` characters away and more."""
        block = place // BLOCK
        found = self._borders.get(block)
        if found is None:
            low, high = block * BLOCK - MAX_SENTENCE - MAX_CLOSING, (block + 1) * BLOCK + MAX_SENTENCE
            found = self._borders[block] = list(_ends(self._text, max(0, low), high))
        return found


def _ends(text: str, low: int, high: int) -> Iterator[int]:
    """Yield where sentences end whose last mark stands between `low` and `high`."""
    for match in _END.finditer(text, low, high + MAX_CLOSING + 1):
        if match.start() >= high:
            return
        if match["stop"] is None or not _goes_on(text, match.start(), match.end()):
            yield match.end()


def _goes_on(text: str, stop: int, end: int) -> bool:
    """Return whether the sentence goes on after the full stop at `stop`, whose closing marks end at `end`."""
    following = text[end : end + 8].lstrip()
    if following[:1].islower():
        return True
    before = _LAST_WORD.search(text, max(0, stop - 16), stop)
    if before is None or end > stop + 1:
        return False
    word = before[0]
    if _ORDINAL.fullmatch(word) or word.casefold() in _ABBREVIATIONS:
        return True
    return bool(_OTHER_INITIAL.fullmatch(word)) or (len(word) > 1 and bool(_INITIAL.fullmatch(word)))


def _trim(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span without the white space around it, unless nothing is left."""
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        start += len(piece) - len(piece.lstrip())
        yield start, start + len(bare)
