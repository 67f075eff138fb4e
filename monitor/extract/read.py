"""Response -> Reading: the article that a page holds, or the reason why it holds none.

Position: the room's one entrance, after `fetch`, before `dedupe`; runs in a worker process. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import takewhile
from typing import TypeVar

from monitor.errors import NotAnArticle
from monitor.extract.body import count_chars
from monitor.extract.charset import utf8_page
from monitor.extract.decide import PLAIN, Decisions, decide
from monitor.extract.flat import cut_text
from monitor.extract.metadata import Metadata, read_metadata
from monitor.extract.page import KEPT, Block, OverrideMatch, Page, Reason
from monitor.extract.refuse import MIN_STORY_CHARS, refuse_empty, refuse_wall
from monitor.extract.state import find_story
from monitor.extract.template import hash_blocks
from monitor.extract.walk import NO_OVERRIDES, cut_html
from monitor.model import Article, Link, Overrides, Reading, Response, Template
from monitor.text.language import detect_language
from monitor.text.urls import url_key

T = TypeVar("T")

EXTRACTOR_VERSION = 5
"""Raised when the same page would give another text, so that an upgrade never looks like an edit."""

BINARY_SHARE = 0.02
"""Share of control characters from which bytes are no text."""

CUT_SHARE = 0.4
"""A page that shows less than this share of the text in its JSON-LD hides its story, which is that text."""

LONGER = 2
"""How many times longer a short story must become for most class words to be disbelieved."""

_FEED = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>|<!--[^>]{0,500}-->|<\?xml-stylesheet[^>]{0,300}\?>|\s){0,9}<(?:rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((?:https?:|/)[^()\s]{0,2000}\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,300})(?<=\S)\1(?:\{:[^{}\n]{0,40}\}|(?!\w))")
_FENCE = "+++"
"""What opens and closes a container in the Markdown of some publishers."""

_CONTROL_BYTES = bytes([*range(9), *range(14, 27), *range(28, 32)])
"""All but white space and the escapes of ISO-2022-JP."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ud800-\udfff]")
"""Control characters, soft hyphens, zero-width marks, lone surrogates."""

_UNSEEN_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127, 0xC2, 0xED, 0xEF])
_ZERO_WIDTH = "\u200b".encode()
"""What betrays them in UTF-8, where they are looked for six times as fast; few texts hold one of these."""


def read_article(
    response: Response, link: Link, template: Template | None, overrides: Overrides = NO_OVERRIDES
) -> Reading:
    """Return the article that `response` holds, its block hashes, and what was stripped.

    `template` is what the source's pages have taught; None when the page is of no source, and then it teaches
    nothing either: no hashes are made. `overrides` is what a person says of the source's pages.

    Raises:
        NotAnArticle: it holds none; the reason says what it is. Nothing else is ever raised, whatever
            the bytes.
    """
    return _read(_cut(response, overrides, teaches=template is not None), link, template)


def read_together(
    pages: Sequence[tuple[Response, Link]], template: Template, overrides: Overrides = NO_OVERRIDES
) -> tuple[list[Reading | NotAnArticle], Template]:
    """Return what each page holds, or why nothing, in the light of what all of them teach; and that light.

    For a source's first pages: each is cut once, to be learned from and to be read.
    """
    cuts = [_or_reason(partial(_cut, response, overrides)) for response, _ in pages]
    taught = [frozenset(cut.hashes) for cut in cuts if isinstance(cut, _Cut)]
    known = Template(pages=(*reversed(taught), *template.pages))
    return [
        _or_reason(partial(_read, cut, link, known)) if isinstance(cut, _Cut) else cut
        for cut, (_, link) in zip(cuts, pages, strict=True)
    ], known


def _or_reason(read: Callable[[], T]) -> T | NotAnArticle:
    """Return what comes of reading, or the reason why nothing does."""
    try:
        return read()
    except NotAnArticle as exc:
        return exc


@dataclass(frozen=True, slots=True)
class _Cut:
    """A page in blocks, and the hash of each; none of a page that teaches nobody."""

    response: Response
    html: bytes
    page: Page
    hashes: list[int]


def _cut(response: Response, overrides: Overrides, *, teaches: bool = True) -> _Cut:
    html = utf8_page(response.body, response.content_type)
    page = cut_page(html, response.content_type, overrides)
    return _Cut(response, html, page, hash_blocks(page) if teaches else [])


def _read(cut: _Cut, link: Link, template: Template | None) -> Reading:
    """Return the article of a page; raises NotAnArticle when it has none."""
    examined = _examine(cut, link, template)
    text = examined.text()
    _refuse(examined, text)
    return Reading(
        article=_article(examined.metadata, text, cut.response, link),
        blocks=frozenset(cut.hashes),
        stripped=_Stripped(examined),
        below=examined.below(),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a block. `seen_on` counts the source's recent pages with it, 0 if never learned."""

    block: Block
    reason: Reason
    seen_on: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a page gave the article that it gave, or none.

    `decisions` are those on its blocks, in the page's order. `refusal` says why the page holds no
    article, None when it does. `claimed` is True when the page shows little of its story, so that the text
    was taken from its JSON-LD. `pages` counts the recent pages that the source's template remembers.
    `overrides` tells how those of the source matched.
    """

    title: str
    decisions: tuple[Decision, ...]
    refusal: str | None
    claimed: bool
    pages: int
    overrides: tuple[OverrideMatch, ...] = ()


def explain_page(
    response: Response, link: Link, template: Template, overrides: Overrides = NO_OVERRIDES
) -> Explanation:
    """Return the decisions that `read_article` makes on a page: the same, not others like them.

    Raises:
        NotAnArticle: the page cannot be cut into blocks: it is empty, or no text.
    """
    examined = _examine(_cut(response, overrides), link, template)
    refusal = None
    try:
        _refuse(examined, examined.text())
    except NotAnArticle as exc:
        refusal = exc.reason
    return Explanation(
        title=examined.metadata.title,
        decisions=tuple(map(Decision, examined.page.blocks, examined.name_all(), examined.decisions.seen)),
        refusal=refusal,
        claimed=examined.is_claimed(),
        pages=len(template.pages),
        overrides=tuple(examined.page.overrides),
    )


@dataclass(frozen=True, slots=True)
class _Examined:
    """A page, cut and decided on."""

    html: bytes
    page: Page
    metadata: Metadata
    decisions: Decisions
    shown: str

    def is_claimed(self) -> bool:
        """Return whether the page shows so little of its story that the text is that of its JSON-LD."""
        return not self.page.chosen and len(self.shown) < CUT_SHARE * len(self.metadata.body)

    def text(self) -> str:
        """Return the text of the story."""
        return read_body_claim(self.metadata.body) if self.is_claimed() else self.shown

    def below(self) -> tuple[str, ...]:
        """Return the notes right below the story, and the first line that is none."""
        reasons = self.decisions.reasons
        ends = (place + 1 for place in reversed(range(len(reasons))) if reasons[place] is Reason.STORY)
        end = next(ends, len(reasons))
        notes = list(takewhile(lambda reason: reason is Reason.NOTE, reasons[end:]))
        return tuple(block.text for block in self.page.blocks[end : end + len(notes) + 1])

    def name_all(self) -> list[Reason]:
        """Return why each block was kept or stripped, by name."""
        return self.decisions.name_all(self.page)


class _Stripped(Mapping[str, int]):
    """How many blocks were stripped for which reason, named and counted when somebody asks.

    Naming what was stripped takes a twelfth of reading a page, and whoever wants the article alone does not
    ask. It goes to another process as the plain `dict` that it stands for.
    """

    def __init__(self, examined: _Examined) -> None:
        self._examined = examined

    @cached_property
    def _counts(self) -> dict[str, int]:
        counts = Counter(self._examined.name_all())
        return {str(reason): count for reason, count in counts.items() if reason not in KEPT}

    def __getitem__(self, reason: str) -> int:
        return self._counts[reason]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __reduce__(self) -> tuple[type[dict[str, int]], tuple[dict[str, int]]]:
        return dict, (self._counts,)


def _examine(cut: _Cut, link: Link, template: Template | None) -> _Examined:
    page, hashes, response = cut.page, cut.hashes, cut.response
    metadata = read_metadata(page, response.url, link.title or "", response.fetched_at)
    decisions = decide(page, metadata, hashes, template)
    shown = join_story(page, decisions.reasons)
    if metadata.claims_article and len(shown) < MIN_STORY_CHARS:
        again = decide(page, metadata, hashes, template, believed=PLAIN)
        longer = join_story(page, again.reasons)
        if len(longer) > LONGER * len(shown):
            decisions, shown = again, longer
    if page.state and not metadata.body and len(shown) < MIN_STORY_CHARS:
        story = find_story(page.state, metadata.title)
        metadata = replace(metadata, body=story, claims_article=metadata.claims_article or bool(story))
    return _Examined(cut.html, page, metadata, decisions, shown)


def _refuse(examined: _Examined, text: str) -> None:
    """Raise NotAnArticle when the page holds no article after all."""
    chars = count_chars(text)
    refuse_wall(examined.page, examined.html, chars, examined.metadata)
    refuse_empty(examined.page, examined.decisions.reasons, chars, examined.metadata)
    if not examined.metadata.title:
        raise NotAnArticle("the page has no title")


def cut_page(body: bytes, content_type: str, overrides: Overrides = NO_OVERRIDES) -> Page:
    """Cut a page, given as UTF-8, into blocks: as HTML, or as text when it was sent or flattened as such.

    Raises:
        NotAnArticle: it is neither.
    """
    head = body[:2_048]
    if not body.strip():
        raise NotAnArticle("the page is empty", transient=True)
    if len(head) - len(head.translate(None, _CONTROL_BYTES)) > BINARY_SHARE * len(head):
        raise NotAnArticle("the page is not text")
    if _FEED.match(head):
        raise NotAnArticle("the page is a feed or a sitemap, not a story")
    kind = content_type.partition(";")[0].strip().casefold()
    if kind == "text/plain" or (not kind and b"<" not in head):
        return cut_text(body.decode("utf-8", "replace"))
    return cut_html(body, overrides)


def join_story(page: Page, reasons: Sequence[Reason]) -> str:
    """Return the kept blocks as paragraphs parted by one blank line, NFC, without control characters."""
    kept = [b.text for b, reason in zip(page.blocks, reasons, strict=True) if reason is Reason.STORY]
    return clean("\n\n".join(kept))


def read_body_claim(body: str) -> str:
    """Return the text that JSON-LD gives for a story, as paragraphs, with the words of its Markdown alone."""
    if "](" in body or _FENCE in body:
        body = _EMPHASIS.sub(r"\2", _MARKDOWN_LINK.sub(r"\1", body))
    lines = (line for part in body.splitlines() if (line := " ".join(part.split())))
    return clean("\n\n".join(line for line in lines if not line.startswith(_FENCE)))


def clean(text: str) -> str:
    """Return text in NFC without what no reader sees and no mailer takes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    encoded = text.encode("utf-8", "surrogatepass")
    suspect = len(encoded.translate(None, _UNSEEN_BYTES)) != len(encoded) or _ZERO_WIDTH in encoded
    return _UNSEEN.sub("", text) if suspect else text


def _article(metadata: Metadata, text: str, response: Response, link: Link) -> Article:
    spoken = detect_language(text)
    return Article(
        url=metadata.url,
        key=_key(metadata.url),
        source=link.source,
        title=clean(metadata.title),
        text=text,
        fetched_at=response.fetched_at,
        extractor_version=EXTRACTOR_VERSION,
        authors=tuple(clean(name) for name in metadata.authors),
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        language=spoken or metadata.language or None,
        site_name=metadata.site_name,
        section=metadata.section,
        tags=metadata.tags,
        image=metadata.image,
        summary=metadata.summary,
        paywalled=metadata.paywalled,
    )


def _key(url: str) -> str:
    """Return what recognises a URL; "" for one that is no web address: a file, or a page without any."""
    try:
        return url_key(url)
    except ValueError:
        return ""
