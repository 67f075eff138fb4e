"""Runs: short lines in a row amid a story that are a ticker, a weather box or a poll.

Position: called by `decide` between `lines` and `trim`, on HTML and on flattened text; `outside` names by it
what stands around the story. Pure.

One line with a number may be anything. Several in a row that name currencies with prices, give degrees, or
answer a question are a box that the page's markup does not tell from the story. What a story about rates or
the weather lists itself is left alone: cells of tables, entries of lists, lines that its prose leads to or is
about.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.extract.body import count_chars, ends_sentence
from monitor.extract.dates import is_date_line
from monitor.extract.page import Page, Reason
from monitor.extract.phrases import MAX_LINE_CHARS, asks, heads_related, names_poll
from monitor.extract.tickers import (
    Cell,
    count_quoted,
    has_digit,
    hints_at_quotes,
    moves,
    names_currency,
    names_metal,
    read_cell,
)
from monitor.extract.weather import count_weather, gives_degrees, is_weather, may_be_weather, names_weather

MIN_LINES = 2
"""Quotes, or lines of a weather box, that make one; answers that make a poll."""

MAX_SHARE = 0.5
"""A box as long as this share of the story's prose is what the story is about."""

MAX_HEADING_WORDS = 4
"""Words of the heading of a box."""

WEATHER_NEIGHBOURS = 2
"""Lines above and below one with degrees that are of the same box: a heading, a place, the day, the sky."""

MAX_OPTION_WORDS = 8
"""Words of an answer in a poll."""

MAX_CHOICES_CHARS = 300
"""Characters of the answers of a poll that stand in one line."""

MIN_TOPIC_WORDS = 4
"""Different currencies and metals, or words for the weather, that a story about them names."""

_QUOTES = (Cell.QUOTE, Cell.STRANGE)
_STRIPS = (Reason.TICKER, Reason.METALS, Reason.STOCKS)
_CELLS = frozenset(("td", "th", "li", "dt", "dd", "blockquote", "pre"))


def strip_runs(page: Page, reasons: list[Reason], body: list[int], weights: list[float]) -> None:
    """Strip the runs amid the story, whose blocks are among `body`, in place."""
    _strip_choices(page, reasons, body)
    runs = list(_find_runs(page, reasons, body, weights))
    if not runs:
        return
    prose = [i for i in body if weights[i] and reasons[i] is Reason.STORY]
    most = MAX_SHARE * sum(weights[i] for i in prose)
    for run in runs:
        texts = [page.blocks[i].text for i in run]
        found = name_boxes(texts) if any(map(has_digit, texts)) else {}
        if any(map(asks, texts)):
            _find_poll(texts, found)
        kept = [place for place in found if reasons[run[place]] is Reason.STORY]
        if not kept or sum(count_chars(texts[place]) for place in kept) > most:
            continue
        around = [page.blocks[i].text for i in prose if i not in run]
        if not _is_led_to(page, run[kept[0]]) and not _is_about(around, set(found.values())):
            for place in kept:
                reasons[run[place]] = found[place]


def _strip_choices(page: Page, reasons: list[Reason], body: list[int]) -> None:
    """Strip the answers with a button each that stand in a row, and the question above them.

    Without a question, a list with boxes to tick is the story's: things to do, or to bring.
    """
    row: list[int] = []
    fields = 0
    for i in [*filter(lambda i: _count_fields(page, i), body), len(page.blocks) + 1]:
        if row and i > row[-1] + 1:
            above = page.blocks[row[0] - 1].text if row[0] else ""
            plain = len(row) >= MIN_LINES and page.blocks[row[0]].tag != "li"
            if fields >= MIN_LINES and (plain or asks(above)):
                for place in [row[0] - 1, *row] if asks(above) else row:
                    reasons[place] = Reason.POLL
            row, fields = [], 0
        row.append(i)
        fields += _count_fields(page, i)


def _count_fields(page: Page, index: int) -> int:
    """Return how many buttons stand beside a block that is short and alone in its box."""
    if index >= len(page.blocks):
        return 0
    box = page.boxes[page.blocks[index].box]
    alone = box.last == box.first + 1 and len(page.blocks[index].text) <= MAX_CHOICES_CHARS
    return box.form_fields if alone else 0


def _is_led_to(page: Page, index: int) -> bool:
    """Return whether the block above opens a list of the story's own."""
    return index > 0 and page.blocks[index - 1].text.endswith((":", "：", "՝"))


def _is_about(prose: list[str], boxes: set[Reason]) -> bool:
    """Return whether the story's prose is about what these boxes tell."""
    count = (
        count_quoted if not boxes.isdisjoint(_STRIPS) else count_weather if Reason.WEATHER in boxes else None
    )
    return count is not None and count(" ".join(prose)) >= MIN_TOPIC_WORDS


def _find_runs(
    page: Page, reasons: list[Reason], body: list[int], weights: list[float]
) -> Iterator[list[int]]:
    """Yield the runs of lines that are no prose, with questions and the strips that `lines` has found."""
    run: list[int] = []
    for i in body:
        if reasons[i] is not Reason.STORY and reasons[i] not in _STRIPS:
            continue
        block = page.blocks[i]
        text = block.text
        plain = page.flat or block.tag not in _CELLS
        if plain and len(text) <= MAX_LINE_CHARS and (not weights[i] or asks(text) or is_date_line(text)):
            run.append(i)
            continue
        if len(run) >= MIN_LINES:
            yield run
        run = []
    if len(run) >= MIN_LINES:
        yield run


def name_boxes(texts: list[str], *, least_weather: int = MIN_LINES) -> dict[int, Reason]:
    """Return which of the lines that stand in a row are of a ticker or a weather box, by their places.

    `least_weather` is how many lines with degrees or measures make such a box where no word tells.
    """
    found: dict[int, Reason] = {}
    _find_quotes(texts, found)
    if any(map(gives_degrees, texts)):
        _find_weather(texts, found, least_weather)
    return found


def _find_quotes(texts: list[str], found: dict[int, Reason]) -> None:
    """Find the lines of a ticker, from its heading on."""
    cells = [read_cell(text) if has_digit(text) and hints_at_quotes(text) else None for text in texts]
    named = [
        place
        for place, text in enumerate(texts)
        if cells[place] in _QUOTES and (names_currency(text) or names_metal(text))
    ]
    sure = [p for p, text in enumerate(texts) if p in named or (cells[p] in _QUOTES and moves(text))]
    if not named or len(sure) < MIN_LINES:
        return
    for place in range(sure[0], sure[-1] + 1):
        if cells[place] or read_cell(texts[place]) is Cell.NAME:
            found[place] = _name_quote(texts[place])
    for place in range(sure[-1] + 1, len(texts)):
        if cells[place] not in _QUOTES:
            break
        found[place] = _name_quote(texts[place])
    if sure[0] and _may_be_heading(texts[sure[0] - 1]):
        found[sure[0] - 1] = Reason.TICKER
    for place, text in enumerate(texts):
        if place not in found and is_date_line(text):
            found[place] = Reason.DATELINE


def _name_quote(text: str) -> Reason:
    if names_metal(text):
        return Reason.METALS
    return Reason.TICKER if names_currency(text) or not moves(text) else Reason.STOCKS


def _find_weather(texts: list[str], found: dict[int, Reason], least: int) -> None:
    """Find the lines of a weather box: those that give degrees or measures, and those right beside them."""
    cells = [place for place, text in enumerate(texts) if place not in found and is_weather(text)]
    if len(cells) < least and not found and not any(names_weather(texts[place]) for place in cells):
        return
    for cell in cells:
        found[cell] = Reason.WEATHER
    for cell in cells:
        for step in (-1, 1):
            for place in range(cell + step, cell + step * (WEATHER_NEIGHBOURS + 1), step):
                if not (0 <= place < len(texts) and place not in found and _fits_weather(texts[place])):
                    break
                found[place] = Reason.DATELINE if is_date_line(texts[place]) else Reason.WEATHER


def _fits_weather(text: str) -> bool:
    if is_date_line(text):
        return True
    return may_be_weather(text) and not (asks(text) or names_poll(text) or heads_related(text))


def _find_poll(texts: list[str], found: dict[int, Reason]) -> None:
    """Find a question with its answers, where a heading or a button says that it is a poll."""
    if not any(map(names_poll, texts)):
        return
    for place, text in enumerate(texts):
        options = 0
        while place + options + 1 < len(texts) and _is_option(texts[place + options + 1]):
            options += 1
        if asks(text) and options >= MIN_LINES:
            first = place - 1 if place and names_poll(texts[place - 1]) else place
            found.update(dict.fromkeys(range(first, place + options + 1), Reason.POLL))


def _is_option(text: str) -> bool:
    return len(text.split()) <= MAX_OPTION_WORDS and not ends_sentence(text)


def _may_be_heading(text: str) -> bool:
    return len(text.split()) <= MAX_HEADING_WORDS and not ends_sentence(text.rstrip(":"))
