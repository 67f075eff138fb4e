"""Article -> Document: the article as the nodes of a query see it, positions instead of letters.

Position: first in `match`; `nodes` asks it. Pure. Whatever not every rule needs is made on first use.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, chain, compress, count, islice, pairwise, takewhile
from operator import methodcaller
from typing import NamedTuple

from monitor.model import Article
from monitor.text.readings import Reading, split
from monitor.text.stems import stem
from monitor.text.tokens import cut_stretches, is_unspaced, token_spans

MIN_PREFIX = 3
"""Letters before a `*`: shorter ones match half the dictionary."""

MAX_DISTANCE = 100
"""The largest number of words that a query may allow between two of its words."""

GAP = ("",) * (MAX_DISTANCE + 1)
"""Stands between two parts of a field, so that no phrase and no NEAR reaches across."""

SPANS_AT_ONCE = 1_000
"""Words whose places are found in one go: most articles whole."""

LONG = 100_000
"""Words from which on the places of several are found together."""

MAX_STEMMED = 20_000
"""Different words of an article whose forms are looked for, the first ones. A stemmer takes 20 microseconds a
word: no page holds an article's time for as many seconds as it has words. The 720 development articles have
5,200 at most."""

LEAD_WORDS = 80
"""How many words of the text are its lead. A character of a script without spaces counts as half a word."""


class Field(StrEnum):
    """Where in an article a query looks. ANY, the default, is title and text."""

    ANY = "any"
    TITLE = "title"
    LEAD = "lead"
    TEXT = "text"
    AUTHOR = "author"
    SOURCE = "source"
    SITE = "site"
    LANG = "lang"
    SECTION = "section"
    TAG = "tag"
    URL = "url"


BODY_FIELDS = frozenset({Field.ANY, Field.TITLE, Field.LEAD, Field.TEXT})
"""The fields whose words can be shown, and are in the search index."""

WHOLE_FIELDS = frozenset({Field.SOURCE, Field.LANG})
"""The fields that a query names whole: `source:gazette` is not the source gazette-sport."""

NAME_FIELDS = frozenset({Field.SOURCE, Field.SITE, Field.LANG, Field.URL})
"""The fields that hold names and no prose, so that they are never read as Turkish."""


def reading_of(field: Field, reading: Reading) -> Reading:
    """Return how `field` is read in a document that is read in this way."""
    return Reading.FOLDED if reading is Reading.TURKISH and field in NAME_FIELDS else reading


Key = str | tuple[str, ...]
"""What can be looked up in a document at once: a term of the body, two of its terms in a row, or either
behind the mark of a field or of a kind: `("title:", "blackout")`, `("*", "minist")`. That of a whole
field is all of it: `("source:", "the gazette")`."""

PREFIX_KEY = "*"
STEM_KEY = "~"


def field_mark(field: Field) -> str:
    """Return what stands first in the keys of a field."""
    return f"{field.value}:"


TITLE_MARK = field_mark(Field.TITLE)

MAX_MARKS = 200
"""How many places one leaf shows at most: more than any excerpt holds."""


class Mark(NamedTuple):
    """A place to show: `title[start:end]` or `text[start:end]`, in characters."""

    in_title: bool
    start: int
    end: int


class Segment:
    """Words in a row, with the positions of each. Parts are held apart by `GAP`."""

    def __init__(self, parts: Iterable[Sequence[str]]) -> None:
        terms: list[str] = []
        for part in parts:
            terms += part
            terms += GAP
        self.terms = terms
        self._positions: dict[str, list[int]] = {}
        self._merged: dict[frozenset[str], list[int]] = {}
        self._in_order: dict[str, list[str]] = {}  # by their start

    @cached_property
    def unique(self) -> set[str]:
        """The terms that occur."""
        unique = set(self.terms)
        unique.discard("")
        return unique

    def first_terms(self, count: int) -> Iterable[str]:
        """Return so many of the terms that occur, the first ones."""
        if len(self.unique) <= count:
            return self.unique
        first: dict[str, None] = {}
        left = filter(None, self.terms)
        while len(first) < count:
            first.update(dict.fromkeys(islice(left, count - len(first))))
        return first

    @cached_property
    def by_start(self) -> dict[str, list[str]]:
        """The terms that occur by their first `MIN_PREFIX` letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for term in self.unique:
            found[term[:MIN_PREFIX]].append(term)
        return found

    def positions(self, term: str) -> Sequence[int]:
        """Return where a term stands, ascending."""
        found = self._positions.get(term)
        if found is None and term in self.unique:
            self.locate(self.unique)
            found = self._positions[term]
        return found or ()

    def positions_of_any(self, terms: Iterable[str]) -> Sequence[int]:
        """Return where one of several terms stands, ascending."""
        asked = frozenset(terms) & self.unique
        if len(self.terms) > LONG and not asked <= self._positions.keys():
            return self._merge_positions(asked)
        found = [self.positions(term) for term in asked]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))

    def _merge_positions(self, asked: frozenset[str]) -> Sequence[int]:
        """Return where one of several terms stands, found in one go: a long text may hold little else."""
        if asked not in self._merged:
            self._merged[asked] = list(compress(count(), map(asked.__contains__, self.terms)))
        return self._merged[asked]

    def locate(self, terms: AbstractSet[str]) -> None:
        """Find where these terms stand in one go: a few of them in a quarter of the time that all take."""
        positions = self._positions
        missing = {term for term in terms & self.unique if term not in positions}
        positions.update((term, []) for term in missing)
        for at in compress(count(), map(missing.__contains__, self.terms)):
            positions[self.terms[at]].append(at)

    def has_prefix(self, prefix: str) -> bool:
        """Return whether a term begins with `prefix`, of `MIN_PREFIX` letters at least."""
        return any(True for _ in self._beginning_with(prefix))

    def expand(self, prefix: str) -> list[str]:
        """Return the terms that begin with `prefix`, of `MIN_PREFIX` letters at least."""
        return list(self._beginning_with(prefix))

    def _beginning_with(self, prefix: str) -> Iterator[str]:
        start = prefix[:MIN_PREFIX]
        terms = self._in_order.get(start)
        if terms is None:
            terms = self._in_order[start] = sorted(self.by_start.get(start, ()))
        return takewhile(methodcaller("startswith", prefix), islice(terms, bisect_left(terms, prefix), None))


class Stretch:
    """A part of the title or the text that no word reaches across, and where its words are written.

    `first` is the position of its first word in the body, `start` that of its first character. It is read
    as far as it is asked about: what is shown stands near its beginning.
    """

    def __init__(self, first: int, start: int, text: str) -> None:
        self.first = first
        self._start = start
        self._text = text
        self._left = token_spans(text)
        self._spans: list[tuple[int, int]] = []

    def span(self, position: int) -> tuple[int, int]:
        """Return where the word at a position of the body is written; (0, 0) behind the last one."""
        index = position - self.first
        if index >= len(self._spans):
            self._read(index + 1)
            if index >= len(self._spans):
                return 0, 0
        start, end = self._spans[index]
        return self._start + start, self._start + end

    def find(self, word: str) -> Iterator[int]:
        """Yield the positions of the body where a word is written exactly like this."""
        index = 0
        while word in self._text:
            self._read(index + 1)
            if index >= len(self._spans):
                return
            for start, end in islice(self._spans, index, None):
                if self._text[start:end] == word:
                    yield self.first + index
                index += 1

    def _read(self, words: int) -> None:
        """Find where so many words are written, and some more."""
        missing = words - len(self._spans)
        if missing > 0:
            self._spans += islice(self._left, max(missing, SPANS_AT_ONCE))


class Document:
    """One article, cut into words once for all rules of one reading."""

    def __init__(self, article: Article, reading: Reading = Reading.FOLDED) -> None:
        self.article = article
        self.reading = reading
        title = split(article.title, reading)
        self.title_end = len(title)
        self.text_start = len(title) + len(GAP)
        self._stretches = [Stretch(0, 0, article.title)]
        text = self._split_text()
        self._firsts = [stretch.first for stretch in self._stretches]
        self.text_end = self.text_start + len(text)
        self.body = Segment((title, text))
        self._others: dict[Field, Segment] = {}

    def _split_text(self) -> Sequence[str]:
        terms: list[str] = []
        start = 0
        for piece in cut_stretches(self.article.text):
            self._stretches.append(Stretch(self.text_start + len(terms), start, piece))
            terms += split(piece, self.reading)
            start += len(piece)
        return terms

    def rows(self) -> Iterator[Key]:
        """Yield the keys of two terms in a row of the body."""
        terms = self.body.terms
        return chain(pairwise(terms[: self.title_end]), pairwise(terms[self.text_start : self.text_end]))

    def title_keys(self) -> Iterator[Key]:
        """Yield the keys of the title: its terms, and two of them in a row."""
        title = self.body.terms[: self.title_end]
        return chain(((TITLE_MARK, term) for term in title), ((TITLE_MARK, *two) for two in pairwise(title)))

    def prefix_keys(self, starts: AbstractSet[str], lengths: Iterable[int]) -> Iterator[Key]:
        """Yield the keys of the beginnings, so many letters long, of terms with such a start."""
        by_start = self.body.by_start
        terms = list(chain.from_iterable(map(by_start.__getitem__, starts & by_start.keys())))
        for length in lengths:
            yield from ((PREFIX_KEY, beginning) for beginning in {term[:length] for term in terms})

    def stem_keys(self) -> Iterator[Key]:
        """Yield the keys of the stems of the body."""
        return ((STEM_KEY, form) for form in self.stems)

    def field_keys(self, field: Field) -> Iterator[Key]:
        """Yield the keys of a field outside the body: its terms, or the whole of it."""
        names = map(" ".join, self._split(field)) if field in WHOLE_FIELDS else self.segment(field).unique
        return ((field_mark(field), name) for name in names)

    def _split(self, field: Field) -> Iterable[Sequence[str]]:
        reading = reading_of(field, self.reading)
        return [split(value, reading) for value in _values(self.article, field)]

    def segment(self, field: Field) -> Segment:
        """Return the words of `field`; for those of the body, within `bounds(field)`."""
        if field in BODY_FIELDS:
            return self.body
        if field not in self._others:
            self._others[field] = Segment(self._split(field))
        return self._others[field]

    def bounds(self, field: Field) -> tuple[int, int]:
        """Return the first position of `field` in its segment, and the one after its last."""
        if field is Field.TITLE:
            return 0, self.title_end
        if field is Field.TEXT:
            return self.text_start, self.text_end
        if field is Field.LEAD:
            return self.text_start, self.lead_end
        return 0, len(self.segment(field).terms)

    @cached_property
    def lead_end(self) -> int:
        """The position after the lead."""
        words = self.body.terms[self.text_start : self.text_start + 2 * LEAD_WORDS]
        halves = accumulate(1 if is_unspaced(word) else 2 for word in words)
        return self.text_start + sum(1 for count in halves if count <= 2 * LEAD_WORDS)

    @cached_property
    def stems(self) -> dict[str, list[str]]:
        """The terms of the body by their stem in the article's language."""
        forms: dict[str, list[str]] = {}
        for term in self.body.first_terms(MAX_STEMMED):
            forms.setdefault(stem(term, self.article.language), []).append(term)
        return forms

    def span(self, position: int) -> tuple[int, int]:
        """Return where the word at a position of the body is written; (0, 0) in the gaps."""
        return self._stretches[bisect_right(self._firsts, position) - 1].span(position)

    def find_written(self, word: str) -> Iterator[int]:
        """Yield the positions of the body where a word is written exactly like this."""
        return chain.from_iterable(stretch.find(word) for stretch in self._stretches)

    def raw(self, position: int) -> str:
        """Return the word at a position of the body as it is written."""
        start, end = self.span(position)
        return self.string(in_title=position < self.title_end)[start:end]

    def string(self, *, in_title: bool) -> str:
        """Return the title or the text."""
        return self.article.title if in_title else self.article.text

    def plain(self, *, in_title: bool) -> str:
        """Return the title or the text without lone surrogates, each character in its place."""
        return self._plain[0 if in_title else 1]

    @cached_property
    def _plain(self) -> tuple[str, str]:
        title, text = (
            string.encode("utf-8", "replace").decode("utf-8")
            for string in (self.article.title, self.article.text)
        )
        return title, text

    def locate_keys(self, keys: Iterable[Key]) -> dict[Key, list[Mark]]:
        """Return where keys are written, `MAX_MARKS` places each; nowhere for those of what is not shown."""
        bare = {key: _bare(key) for key in keys}
        self.body.locate(frozenset(chain.from_iterable(bare.values())))
        marks: dict[Key, list[Mark]] = {}
        for key, words in bare.items():
            starts = self._find_row(words) if words else iter(())
            if key[0] == TITLE_MARK:
                starts = takewhile(self.title_end.__gt__, starts)
            marks[key] = [self.locate(start, start + len(words)) for start in islice(starts, MAX_MARKS)]
        return marks

    def _find_row(self, words: tuple[str, ...]) -> Iterator[int]:
        """Yield where a word stands, or two in a row: around the rarer one."""
        first, last = self.body.positions(words[0]), self.body.positions(words[-1])
        if len(words) == 1:
            return iter(first)
        terms = self.body.terms
        if len(first) <= len(last):
            return (at for at in first if terms[at + 1] == words[1])
        return (at - 1 for at in last if at and terms[at - 1] == words[0])

    def locate(self, start: int, end: int) -> Mark:
        """Return where the words at positions `start` to `end` (exclusive) of the body are written."""
        first = self.span(start)
        last = first if end == start + 1 else self.span(end - 1)
        return Mark(start < self.title_end, first[0], last[1])


def _bare(key: Key) -> tuple[str, ...]:
    """Return the terms of a key of the body, one or two in a row; () for other keys."""
    if isinstance(key, str):
        return (key,)
    if key[0] == TITLE_MARK:
        return key[1:]
    return () if key[0][-1:] in {":", PREFIX_KEY, STEM_KEY} else key


def _values(article: Article, field: Field) -> tuple[str, ...]:
    """Return the values of a field outside the body."""
    host = article.url.partition("://")[2].partition("/")[0]
    values: dict[Field, tuple[str | None, ...]] = {
        Field.AUTHOR: article.authors,
        Field.SOURCE: (article.source,),
        Field.SITE: (article.site_name, host),
        Field.LANG: (article.language,),
        Field.SECTION: (article.section,),
        Field.TAG: article.tags,
        Field.URL: (article.url,),
    }
    return tuple(value for value in values[field] if value)
