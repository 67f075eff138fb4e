"""Alert -> what is shown of it: clean text, cut to size, every time said in words.

Position: under `wording`, `bulletins` and `console`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from urllib.parse import urlsplit

from monitor.deliver.clean import ELLIPSIS, clean, one_line, shorten
from monitor.model import Alert, Article, Changes, Delivery, DiffPiece, DiffSide, Excerpt, Occasion, Outlet

MAX_TITLE_CHARS = 300

MAX_TEXT_CHARS = 8_000
"""Characters of the article that a mail carries; Gmail clips messages above 102 KB of HTML."""

MAX_EXCERPT_CHARS = 500
EXCERPT_LEAD_CHARS = 160
"""How much of an overlong sentence is kept before its first matched word."""

MIN_PARAGRAPH_CHARS = 80
"""A mail does not end in a scrap of a paragraph that is shorter."""

MAX_CHANGES_CHARS = 4_000
"""Characters of changed lines that a mail shows."""

MAX_OUTLETS = 10
"""Other outlets that a mail names."""

MAX_KEPT_CHARS = 80
"""Of what was kept between two changes, so many characters are shown at either end."""

MAX_NAME_CHARS = 120
MAX_QUERY_CHARS = 1_000
MAX_PREVIEW_CHARS = 140

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; `marked` when it is a matched word."""

    text: str
    marked: bool


Sentence = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherView:
    """Another article of the story, in other words. `link` is None when its URL is not of the web."""

    title: str
    source: str
    url: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert as the templates see it: clean text only, every time already said in words.

    `title` and each of `excerpts` are pieces, so that the matched words can be marked. `published` is
    None when the page names no date. `happened` says what became of the article later, None when it is
    new; `changes` are the lines that an edit changed, piece by piece. `also_in` names the other outlets,
    None for none; `further` are the articles of the story in other words. `link` is None when the URL is
    not of the web. `words_left` is how many words of the article did not fit.
    """

    alert_id: str
    rule: str
    query: str
    channel: str
    title: Sentence
    excerpts: tuple[Sentence, ...]
    source: str
    authors: str
    published: str | None
    found: str
    url: str
    link: str | None
    host: str
    language: str | None
    paragraphs: tuple[str, ...]
    words_left: int
    paywalled: bool
    happened: str | None
    also_in: str | None
    further: tuple[FurtherView, ...]
    changes: tuple[tuple[DiffPiece, ...], ...]

    @property
    def preview(self) -> str:
        """What a mailbox shows beside the subject: the first sentence that matched, or how it begins."""
        first = "".join(piece.text for piece in self.excerpts[0]) if self.excerpts else self.paragraphs[0]
        return one_line(first, MAX_PREVIEW_CHARS)


def view_alert(delivery: Delivery, timezone: tzinfo) -> AlertView:
    """Return what the templates, or a terminal, show of an alert to readers in a timezone."""
    alert, article = delivery.alert, delivery.article
    title, sentences = part_excerpts(article, alert.excerpts)
    paragraphs, words_left = first_paragraphs(article.text, MAX_TEXT_CHARS)
    return AlertView(
        alert_id=alert.id,
        rule=one_line(alert.rule, MAX_NAME_CHARS),
        query=shorten(clean(alert.query).strip(), MAX_QUERY_CHARS),
        channel=one_line(alert.channel, MAX_NAME_CHARS),
        title=title,
        excerpts=sentences,
        source=one_line(article.site_name or article.source, MAX_NAME_CHARS),
        authors=one_line(", ".join(article.authors), 2 * MAX_NAME_CHARS),
        published=None if article.published_at is None else say_published(article.published_at, timezone),
        found=say_time(article.fetched_at, timezone),
        url=clean(article.url),
        link=link_of(article.url),
        host=say_host(article.url),
        language=article.language,
        paragraphs=paragraphs,
        words_left=words_left,
        paywalled=article.paywalled,
        happened=say_occasion(alert),
        also_in=say_outlets(delivery.also_in),
        further=tuple(map(view_further, delivery.further)),
        changes=first_changes(alert.changes),
    )


# --- what became of it ---------------------------------------------------------------------------


def say_occasion(alert: Alert) -> str | None:
    """Return what became of the article, as in "Edited: headline, number"; None when it is new."""
    if alert.changes is not None:
        return f"Edited: {', '.join(alert.changes.kinds)}"
    if alert.occasion is Occasion.REMOVAL:
        return "Gone from its site. This is what it said:"
    if alert.occasion is Occasion.UPDATE:
        return "More on a story that you were told of."
    return None


def view_further(outlet: Outlet) -> FurtherView:
    """Return what is shown of a further article of the story."""
    return FurtherView(
        title=one_line(outlet.title, MAX_TITLE_CHARS),
        source=one_line(outlet.site_name or outlet.source, MAX_NAME_CHARS),
        url=clean(outlet.url),
        link=link_of(outlet.url),
    )


def link_of(url: str) -> str | None:
    """Return a URL that may be followed: one of the web."""
    return url if url.startswith(("http://", "https://")) else None


def name_outlet(outlet: Outlet) -> str:
    """Return an outlet's name, and in brackets the agency whose text it has."""
    name = one_line(outlet.site_name or outlet.source, MAX_NAME_CHARS)
    return name if outlet.agency is None else f"{name} ({outlet.agency})"


def say_outlets(outlets: Sequence[Outlet]) -> str | None:
    """Return who else has the story, as in "Also reported by A, B and 12 others"; None for nobody."""
    if not outlets:
        return None
    names = [name_outlet(outlet) for outlet in outlets[:MAX_OUTLETS]]
    more = len(outlets) - len(names)
    return f"Also reported by {', '.join(names)}" + (f" and {more} more" if more else "")


def first_changes(changes: Changes | None) -> tuple[tuple[DiffPiece, ...], ...]:
    """Return the changed lines that fit into `MAX_CHANGES_CHARS`, what was kept shortened, and clean."""
    lines: list[tuple[DiffPiece, ...]] = []
    room = MAX_CHANGES_CHARS
    for line in changes.lines if changes else ():
        shown = tuple(part for piece in line for part in part_space(shorten_piece(piece)))
        room -= sum(len(piece.text) for piece in shown)
        if room < 0 and lines:
            break
        lines.append(shown)
    return tuple(lines)


def shorten_piece(piece: DiffPiece) -> DiffPiece:
    """Return a piece, clean; of a long one that was kept its two ends, else its beginning."""
    text = piece.text
    if piece.side is DiffSide.KEPT and len(text) > 2 * MAX_KEPT_CHARS:
        head, tail = shorten(text, MAX_KEPT_CHARS).removesuffix(ELLIPSIS), text[-MAX_KEPT_CHARS:]
        text = f"{head} {ELLIPSIS} {tail[tail.find(' ', 0, MAX_KEPT_CHARS // 4) + 1 :]}"
    return DiffPiece(clean(shorten(text, MAX_CHANGES_CHARS)), piece.side)


def part_space(piece: DiffPiece) -> Iterator[DiffPiece]:
    """Yield a piece; of a changed one the space before it by itself, so that it is not struck out."""
    words = piece.text.lstrip()
    if piece.side is DiffSide.KEPT or words == piece.text:
        yield piece
        return
    yield DiffPiece(piece.text[: len(piece.text) - len(words)], DiffSide.KEPT)
    if words:
        yield DiffPiece(words, piece.side)


# --- times ---------------------------------------------------------------------------------------


def say_published(moment: datetime, timezone: tzinfo) -> str:
    """Return when a page says that it came out.

    Midnight is how a page's date without a time is read: it is said as the date alone, as the page
    named it, because another timezone would make it another day.
    """
    return say_date(moment) if moment.time() == time() else say_time(moment, timezone)


def say_time(moment: datetime, timezone: tzinfo) -> str:
    """Return a time in the reader's timezone, as in "21 November 2026, 19:37 CET"."""
    try:
        local = moment.astimezone(timezone)
    except OverflowError:  # a page may claim the year 1
        return say_date(moment)
    zone = local.tzname() or ""
    if zone[:1] in ("+", "-"):  # zones without a name of their own, as Asia/Yerevan: "+04"
        zone = f"UTC{zone}"
    return f"{say_date(local)}, {local:%H:%M} {zone}".rstrip()


def say_date(moment: datetime) -> str:
    """Return the day, in English whatever the machine's locale."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def say_host(url: str) -> str:
    """Return the site of a URL as people say it, "" when it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # a bracket that is no IPv6 address
        return ""
    return host.removeprefix("www.")


# --- sentences and paragraphs --------------------------------------------------------------------


def part_excerpts(article: Article, excerpts: Iterable[Excerpt]) -> tuple[Sentence, tuple[Sentence, ...]]:
    """Return the headline and the sentences, both in pieces. Words matched in the title are marked in it."""
    title: Sentence = (Piece(one_line(article.title, MAX_TITLE_CHARS), marked=False),)
    sentences = []
    for excerpt in excerpts:
        if excerpt.in_title:
            title = part(excerpt)
        else:
            sentences.append(part(excerpt))
    return title, tuple(sentences)


def part(excerpt: Excerpt) -> Sentence:
    """Cut a sentence at its marks, and to `MAX_EXCERPT_CHARS` around the first of them."""
    text = excerpt.text
    start = start_near(text, excerpt.marks[0][0] if excerpt.marks else 0)
    end = min(len(text), start + MAX_EXCERPT_CHARS)
    pieces = [Piece(ELLIPSIS, marked=False)] if start else []
    position = start
    for mark_start, mark_end in excerpt.marks:
        if mark_end > end:
            break
        pieces += [
            Piece(text[position:mark_start], marked=False),
            Piece(text[mark_start:mark_end], marked=True),
        ]
        position = mark_end
    pieces.append(Piece(shorten(text[position:], max(end - position, len(ELLIPSIS))), marked=False))
    cleaned = (Piece(clean(piece.text).replace("\n", " "), piece.marked) for piece in pieces)
    return tuple(piece for piece in cleaned if piece.text)


def emphasise(sentence: Sentence) -> str:
    """Return a sentence as plain text, the matched words between asterisks."""
    return "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in sentence)


def mark_changes(line: Iterable[DiffPiece]) -> str:
    """Return a changed line as plain text, as wdiff writes it: [-removed-] and {+added+}."""
    marks = {DiffSide.KEPT: ("", ""), DiffSide.REMOVED: ("[-", "-]"), DiffSide.ADDED: ("{+", "+}")}
    written = []
    for piece in line:
        for part in part_space(piece):
            opening, closing = marks[part.side]
            written.append(f"{opening}{part.text}{closing}")
    return "".join(written).strip()


def start_near(text: str, mark: int) -> int:
    """Return where to begin an excerpt whose first matched word is at `mark`; 0 when it fits whole."""
    if len(text) <= MAX_EXCERPT_CHARS or mark <= EXCERPT_LEAD_CHARS:
        return 0
    lead = mark - EXCERPT_LEAD_CHARS
    space = text.find(" ", lead, mark)
    return lead if space < 0 else space + 1


def first_paragraphs(text: str, max_chars: int) -> tuple[tuple[str, ...], int]:
    """Return the paragraphs that fit into `max_chars`, the last one cut, and how many words are left."""
    paragraphs: list[str] = []
    room = max_chars
    position = 0
    for paragraph in text.split("\n\n"):
        if room < MIN_PARAGRAPH_CHARS and paragraphs:
            break
        shown = shorten(paragraph, room)
        paragraphs.append(clean(shown))
        if shown != paragraph:
            position += len(shown) - len(ELLIPSIS)
            break
        position += len(paragraph) + 2
        room -= len(paragraph)
    return tuple(paragraphs), len(text[position:].split())
