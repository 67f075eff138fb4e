"""Marks -> Excerpts: the sentences that show why a rule fired.

Position: last in `match`. Pure.

The title comes first when it matched, then sentences in the order of the text: those that show a word
not shown yet before those that repeat one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from monitor.match.document import Mark
from monitor.model import Article, Excerpt
from monitor.text.sentences import Sentences
from monitor.text.tokens import index_text

MAX_EXCERPTS = 3
"""Sentences that are shown for one match."""

MAX_CHARS = 400
"""Characters of an excerpt; a longer sentence is cut around its first mark."""

LEAD_IN = 120
"""Characters shown before the first mark of a sentence that is cut."""

MAX_SENTENCES = 50
"""Sentences among which those to show are chosen."""

ELLIPSIS = "…"

_ODD_SPACE = re.compile(r"[^\S ]")

Span = tuple[int, int]
Sentence = tuple[Span, tuple[Span, ...]]
"""Where a sentence stands, and the marks within it."""


class Excerpts:
    """The excerpts of one article, for all the rules that match it: what many of them mark is cut once."""

    def __init__(self, article: Article) -> None:
        self._title = _Shown(article.title, in_title=True)
        self._text = _Shown(article.text, in_title=False)
        self._sentences = Sentences(article.text)
        self._around: dict[Span, Span] = {}

    def choose(self, marks: AbstractSet[Mark]) -> tuple[Excerpt, ...]:
        """Return the excerpts for what a rule marked; the bare title when nothing of it can be shown."""
        places = sorted(marks)
        title_marks = _merge([mark[1:] for mark in places if mark.in_title])
        text_marks = _merge([mark[1:] for mark in places if not mark.in_title])
        excerpts: list[Excerpt] = []
        if title_marks or not text_marks:
            excerpts.append(self._title.cut((0, len(self._title.text)), tuple(title_marks)))
        sentences = self._group(text_marks)
        room = MAX_EXCERPTS - len(excerpts)
        if len(sentences) > room:
            sentences = self._prefer(sentences, shown=self._title.words(title_marks))[:room]
        return (*excerpts, *(self._text.cut(*sentence) for sentence in sorted(sentences)))

    def _group(self, marks: Iterable[Span]) -> list[Sentence]:
        """Return the first sentences that hold marks."""
        sentences: list[Sentence] = []
        for mark in marks:
            if sentences and mark[0] < sentences[-1][0][1]:
                (start, end), held = sentences[-1]
                sentences[-1] = ((start, max(end, mark[1])), (*held, mark))
            elif len(sentences) == MAX_SENTENCES:
                break
            else:
                sentences.append((self._find_around(mark), (mark,)))
        return sentences

    def _find_around(self, mark: Span) -> Span:
        found = self._around.get(mark)
        if found is None:
            found = self._around[mark] = self._sentences.around(*mark)
        return found

    def _prefer(self, sentences: Iterable[Sentence], shown: set[str]) -> list[Sentence]:
        """Return the sentences with words that are not `shown` yet, then the others."""
        telling: list[Sentence] = []
        repeating: list[Sentence] = []
        for sentence in sentences:
            words = self._text.words(sentence[1])
            (repeating if words <= shown else telling).append(sentence)
            shown |= words
        return telling + repeating


class _Shown:
    """The title or the text, of which pieces are shown."""

    def __init__(self, text: str, *, in_title: bool) -> None:
        self.text = text
        self._in_title = in_title
        self._words: dict[Span, str] = {}
        self._excerpts: dict[Sentence, Excerpt] = {}

    def words(self, marks: Iterable[Span]) -> set[str]:
        """Return the marked words, folded."""
        return {self._words.get(mark) or self._fold(mark) for mark in marks}

    def _fold(self, mark: Span) -> str:
        folded = self._words[mark] = index_text(self.text[slice(*mark)])
        return folded

    def cut(self, span: Span, marks: tuple[Span, ...]) -> Excerpt:
        """Return the excerpt for a span of the text, cut to `MAX_CHARS` around its first mark."""
        found = self._excerpts.get((span, marks))
        if found is None:
            found = self._excerpts[span, marks] = _cut(self.text, span, marks, in_title=self._in_title)
        return found


def _merge(spans: Sequence[Span]) -> Sequence[Span]:
    """Return ascending spans with those that overlap made one."""
    merged: list[Span] = []
    last = 0
    for span in spans:
        if span[0] < last:
            merged[-1] = (merged[-1][0], max(span[1], last))
        else:
            merged.append(span)
        last = merged[-1][1]
    return merged


def _cut(text: str, span: Span, marks: tuple[Span, ...], *, in_title: bool) -> Excerpt:
    """Return the excerpt for a span of `text`, cut to `MAX_CHARS` around its first mark."""
    start, end = span
    head = tail = ""
    if end - start > MAX_CHARS:
        first = marks[0][0] if marks else start
        low = max(start, min(first - LEAD_IN, end - MAX_CHARS))
        if low > start:
            low, head = _next_word(text, low, first), ELLIPSIS
        high = min(end, low + MAX_CHARS - 2 * len(ELLIPSIS))
        if high < end:
            high, tail = _last_word(text, first + 1, high), ELLIPSIS
        start, end = low, high
    shift = start - len(head)
    inside = ((max(a, start) - shift, min(b, end) - shift) for a, b in marks if a < end and b > start)
    piece = _ODD_SPACE.sub(" ", text[start:end])
    return Excerpt(text=f"{head}{piece}{tail}", marks=tuple(inside), in_title=in_title)


def _next_word(text: str, low: int, high: int) -> int:
    """Return where the first whole word after `low` begins; `low` itself in a script without spaces."""
    space = text.find(" ", low, high)
    return low if space < 0 else space + 1


def _last_word(text: str, low: int, high: int) -> int:
    """Return where the last whole word before `high` ends; `high` itself in a script without spaces."""
    space = text.rfind(" ", low, high)
    return high if space < 0 else space
