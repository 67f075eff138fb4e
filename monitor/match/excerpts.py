"""Marks -> Excerpts: the sentences that show why a rule fired.

Position: last in `match`. Pure.

The title comes first when it matched, then sentences in the order of the text: those that show a word
not shown yet before those that repeat one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.match.document import Document, Mark
from monitor.model import Excerpt
from monitor.text.sentences import sentence_around
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

_SPACE = re.compile(r"\s")


def choose_excerpts(document: Document, marks: Iterable[Mark]) -> tuple[Excerpt, ...]:
    """Return the excerpts for what a rule marked; the bare title when it marked nothing that can be shown."""
    places = sorted(set(marks), key=lambda mark: (not mark.in_title, mark.start, mark.end))
    title_marks = _merge((mark.start, mark.end) for mark in places if mark.in_title)
    text_marks = _merge((mark.start, mark.end) for mark in places if not mark.in_title)
    title, text = document.article.title, document.article.text
    excerpts: list[Excerpt] = []
    if title_marks or not text_marks:
        excerpts.append(_cut(title, (0, len(title)), title_marks, in_title=True))
    sentences = _group(text, text_marks)
    chosen = _choose(text, sentences, shown=_words(title, title_marks), room=MAX_EXCERPTS - len(excerpts))
    return (*excerpts, *(_cut(text, span, marks, in_title=False) for span, marks in chosen))


Span = tuple[int, int]
Sentence = tuple[Span, tuple[Span, ...]]
"""Where a sentence stands, and the marks within it."""


def _merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return ascending spans with those that overlap made one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _group(text: str, marks: Iterable[Span]) -> list[Sentence]:
    """Return the first sentences that hold marks."""
    sentences: list[Sentence] = []
    for mark in marks:
        if sentences and mark[0] < sentences[-1][0][1]:
            (start, end), held = sentences[-1]
            sentences[-1] = ((start, max(end, mark[1])), (*held, mark))
        elif len(sentences) == MAX_SENTENCES:
            break
        else:
            sentences.append((sentence_around(text, *mark), (mark,)))
    return sentences


def _choose(text: str, sentences: list[Sentence], shown: set[str], room: int) -> list[Sentence]:
    """Return at most `room` sentences in their order, those with words not `shown` yet preferred."""
    telling: list[Sentence] = []
    repeating: list[Sentence] = []
    for sentence in sentences:
        words = _words(text, sentence[1])
        (repeating if words <= shown else telling).append(sentence)
        shown |= words
    return sorted((telling + repeating)[:room])


def _words(text: str, marks: Iterable[Span]) -> set[str]:
    """Return the marked words, folded."""
    return {index_text(text[start:end]) for start, end in marks}


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
    piece = _SPACE.sub(" ", text[start:end])
    return Excerpt(text=f"{head}{piece}{tail}", marks=tuple(inside), in_title=in_title)


def _next_word(text: str, low: int, high: int) -> int:
    """Return where the first whole word after `low` begins; `low` itself in a script without spaces."""
    space = text.find(" ", low, high)
    return low if space < 0 else space + 1


def _last_word(text: str, low: int, high: int) -> int:
    """Return where the last whole word before `high` ends; `high` itself in a script without spaces."""
    space = text.rfind(" ", low, high)
    return high if space < 0 else space
