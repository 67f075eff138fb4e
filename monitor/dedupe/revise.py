"""Two readings of one page -> what was changed, in kinds and word by word; None when it is no edit.

Position: beside `judge`, when a page that is known is read again. Pure.

Both readings must be of one extractor and one template, so that neither an upgrade nor a piece of chrome
learned since looks like an edit: the pipeline reads the earlier page again. What is left out here is what
no editor means: typography, and figures that count by themselves ("1,204 views").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from monitor.dedupe.fingerprint import find_facts
from monitor.model import Article, ChangeKind, Changes, DiffPiece, DiffSide
from monitor.text.tokens import is_unspaced, split_terms, token_spans

MAX_PARAGRAPHS = 400
MAX_WORDS = 600
"""Longer texts are compared by paragraphs alone, longer paragraphs as wholes: a diff costs their square."""

MAX_COUNTER_WORDS = 8
"""A line so short, without a full stop, that differs in its figures only is a counter."""

_WORD = re.compile(r"\s*\S+")
_QUOTATION = re.compile(
    r"[\"\u201c\u201e\u00ab\u300c\u300e]"
    r"([^\"\u201c\u201d\u201e\u00ab\u00bb\u300c-\u300f]{3,600})"
    r"[\"\u201d\u201c\u00bb\u300d\u300f]"
)
_NUMBER = re.compile(r"\d")
_SENTENCE_END = re.compile(r"[.!?:;\u0964\u3002\u0589]\W*\Z")

Paragraphs = Sequence[str]


def next_look(article: Article, now: datetime, ladder: Sequence[timedelta]) -> datetime | None:
    """Return when an article reaches the next age at which it is looked at again; None after the last.

    Its age counts from when the page says that it came out, or when it was found if that is earlier. A
    date without a time stands for the end of its day.
    """
    born = article.published_at or article.fetched_at
    if born.timetz().replace(tzinfo=None) == time():
        born += timedelta(days=1)
    born = min(born, article.fetched_at)
    return next((born + age for age in sorted(ladder) if now - born < age), None)


def find_changes(before: Article, after: Article) -> Changes | None:
    """Return what is different in the later reading of a page; None when nothing is that means anything."""
    headline = split_terms(before.title) != split_terms(after.title)
    replaced = (
        [] if split_terms(before.text) == split_terms(after.text) else _find_lines(before.text, after.text)
    )
    if not headline and not replaced:
        return None
    kinds = [ChangeKind.HEADLINE] if headline else []
    kinds += _name_kinds([old for old, _ in replaced if old], [new for _, new in replaced if new])
    kinds += [ChangeKind.ADDED] if any(not old for old, _ in replaced) else []
    kinds += [ChangeKind.REMOVED] if any(not new for _, new in replaced) else []
    lines = ([(before.title, after.title)] if headline else []) + replaced
    return Changes(
        kinds=tuple(kinds) or (ChangeKind.WORDING,),
        lines=tuple(tuple(compare_words(old, new)) for old, new in lines),
    )


def _find_lines(before: str, after: str) -> list[tuple[str, str]]:
    """Return the paragraphs that differ in more than typography, the old beside the new; "" for none."""
    earlier, later = before.split("\n\n"), after.split("\n\n")
    return [(old, new) for old, new in _pair_changes(earlier, later) if not _means_nothing(old, new)]


def _pair_changes(earlier: Paragraphs, later: Paragraphs) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs that differ, the old beside the new; "" where there is none."""
    same = [" ".join(split_terms(text)) for text in earlier], [" ".join(split_terms(text)) for text in later]
    if max(len(earlier), len(later)) > MAX_PARAGRAPHS:
        kept = set(same[0]) & set(same[1])
        yield from ((text, "") for text, key in zip(earlier, same[0], strict=True) if key not in kept)
        yield from (("", text) for text, key in zip(later, same[1], strict=True) if key not in kept)
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, *same, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _pair_alike(earlier[start:end], later[new_start:new_end])


def _pair_alike(earlier: Paragraphs, later: Paragraphs) -> Iterator[tuple[str, str]]:
    """Yield each old paragraph beside the first new one, in order, that shares half of its words with it."""
    position = 0
    for old in earlier:
        match = next((at for at in range(position, len(later)) if _share_words(old, later[at])), None)
        if match is None:
            yield old, ""
            continue
        yield from (("", new) for new in later[position:match])
        yield old, later[match]
        position = match + 1
    yield from (("", new) for new in later[position:])


def _share_words(old: str, new: str) -> bool:
    here, there = set(split_terms(old)), set(split_terms(new))
    return 2 * len(here & there) >= min(len(here), len(there))


def _means_nothing(old: str, new: str) -> bool:
    """Return whether two lines have the same words, or differ in the figures of a counter."""
    words, new_words = split_terms(old), split_terms(new)
    if words == new_words:
        return True
    if _SENTENCE_END.search(old or new) or max(len(words), len(new_words)) > MAX_COUNTER_WORDS:
        return False
    pairs = zip_longest(words, new_words, fillvalue="")
    return bool(old and new) and all(
        one == other or (_NUMBER.search(one) and _NUMBER.search(other)) for one, other in pairs
    )


def _name_kinds(old: Paragraphs, new: Paragraphs) -> list[ChangeKind]:
    """Return which kinds of facts differ between the changed paragraphs."""
    before, after = "\n\n".join(old), "\n\n".join(new)
    facts = [find_facts(text, split_terms(text)) for text in (before, after)]
    numbers = [{fact for fact in found if fact.isdigit()} for found in facts]
    quotations = [
        {" ".join(split_terms(words)) for words in _QUOTATION.findall(text)} for text in (before, after)
    ]
    different = {
        ChangeKind.NUMBER: numbers[0] != numbers[1],
        ChangeKind.QUOTATION: quotations[0] != quotations[1],
        ChangeKind.NAME: facts[0] - numbers[0] != facts[1] - numbers[1],
    }
    return [kind for kind, is_so in different.items() if is_so]


def compare_words(old: str, new: str) -> Iterator[DiffPiece]:
    """Yield a line word by word: what was kept, what was removed, what was added."""
    words, new_words = _cut_words(old), _cut_words(new)
    if max(len(words), len(new_words)) > MAX_WORDS:
        yield from (DiffPiece(text, side) for text, side in _sides(old, new) if text)
        return
    keys = [word.strip() for word in words], [word.strip() for word in new_words]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if kind == "equal":
            yield DiffPiece("".join(new_words[new_start:new_end]), DiffSide.KEPT)
            continue
        pair = "".join(words[start:end]), "".join(new_words[new_start:new_end])
        yield from (DiffPiece(text, side) for text, side in _sides(*pair) if text)


def _cut_words(line: str) -> list[str]:
    """Return the words of a line, each with the space before it; characters where words have no spaces."""
    return [part for word in _WORD.findall(line) for part in _part_characters(word)]


def _part_characters(word: str) -> Iterator[str]:
    """Yield a word whole, or, where it is of a script without spaces, each character with its marks."""
    if word.isascii():
        yield word
        return
    cuts = {at for start, end in token_spans(word) if is_unspaced(word[start:end]) for at in (start, end)}
    inner = sorted(at for at in cuts if 0 < at < len(word) and not word[:at].isspace())
    yield from (word[start:end] for start, end in pairwise((0, *inner, len(word))))


def _sides(old: str, new: str) -> tuple[tuple[str, DiffSide], tuple[str, DiffSide]]:
    return (old, DiffSide.REMOVED), (new, DiffSide.ADDED)
