# ruff: noqa: E501  (tables and patterns read best unbroken)
"""The title of a story, without the site's name.

Position: asked by `metadata`, before `decide`, which drops the title's repetitions from the body. Pure.

How: the heading that readers see is believed when the page's own claims (`og:title`, JSON-LD, `<title>`)
say about the same; the claims tell which of several headings it is.
"""

from __future__ import annotations

import re

from monitor.extract.body import count_chars, fold
from monitor.extract.dates import is_date_line
from monitor.extract.page import Page
from monitor.extract.phrases import read_edge_line
from monitor.extract.structured import Claims
from monitor.extract.tickers import read_cell, read_strip
from monitor.extract.weather import is_weather

MAX_TITLE_CHARS = 300
"""A longer heading is a paragraph."""

MAX_CLAIM_CHARS = 2_000
"""A claimed title that is longer is nobody's, and not taken apart."""

ALIKE_SHARE = 0.5
"""Share of words in common from which two titles are one."""

MIN_TITLE_WORDS = 4
"""Words from which the first line of a flattened page is taken for its title."""

MIN_TITLE_CHARS = 20
"""Characters of an alphabet, counted as `count_chars` does, from which such a line in a dense script may be it."""

_SEPARATOR = re.compile(
    r"\s+[|–—·•»›:/\-]{1,3}\s+|\s*[|»]\s*|\s+\|\|\s+|(?<=[^\W\d_]) ?_ ?(?=[^\W\d_]{2,12}$)"
)

_SEPARATING = ("|", "»", "_", " -", " –", " —", " :", " ·", " •", " ›", " /")
"""One of these is in every separator."""

_KICKER_SIGN = re.compile(r"[:|/–—-]")
"""What parts a kicker from the rest of a title."""


def find_title(page: Page, claims: Claims, site_names: list[str], hint: str = "") -> str:
    """Return the title, "" when the page has none. `hint` is what the seed's link was called."""
    if page.flat:
        return _flat_title(page, hint)
    sites = {folded for name in site_names if (folded := fold(name).replace(" ", ""))}
    claimed = [
        title
        for name in ("og:title", "twitter:title", "dc.title", "title")
        for title in (_clean(value, sites) for value in page.meta.get(name, ()))
        if title
    ]
    headline = _clean(claims.headline, sites)
    window = _clean(page.title, sites)
    headings = [b.text for b in page.blocks if b.tag == "h1" and 1 < len(b.text) <= MAX_TITLE_CHARS]
    references = [title for title in (*claimed, headline, window, hint) if title]
    likeness = [_likeness(heading, references) for heading in headings]
    best = headings[likeness.index(max(likeness))] if headings else ""
    shared = [fold(title) for title in (*claimed, headline)]
    if best and not any(fold(best) in title for title in shared):
        best = _find_beside(page, best, window) or best
    if best and max(likeness) >= ALIKE_SHARE:
        return _prefer_claim(best, claimed[0] if claimed else "", headline, window, is_news=claims.is_news)
    if best and len(headings) <= MAX_HEADINGS and len(headings[0].split()) >= MIN_HEADING_WORDS:
        return headings[0]
    second = [b.text for b in page.blocks if b.tag == "h2" and 1 < len(b.text) <= MAX_TITLE_CHARS]
    known = {fold(reference).replace(" ", "") for reference in references}
    for heading in second:
        if fold(heading).replace(" ", "") in known:
            return _prefer_claim(
                heading, claimed[0] if claimed else "", headline, window, is_news=claims.is_news
            )
    title = next((title for title in (*claimed, headline, window, best, hint) if title), "")
    return _find_shown_part(page, title) or title


def _find_beside(page: Page, name: str, window: str) -> str:
    """Return the longer heading that the window's title gives beside the `name` of the site; "" if none."""
    site, whole = fold(name), fold(window)
    rest = whole.removeprefix(site + " ") if whole.startswith(site) else whole.removesuffix(" " + site)
    if rest == whole or len(rest) <= len(site):
        return ""
    return next((b.text for b in page.blocks if b.tag in _HEADINGS and fold(b.text) == rest), "")


def _find_shown_part(page: Page, title: str) -> str:
    """Return the part of a claimed title that readers see, no heading though: the rest is an unknown site's."""
    longest = max(_SEPARATOR.split(title), key=len)
    wanted = fold(longest)
    if longest == title or not wanted:
        return ""
    least, most = len(longest) - MAX_SLACK, len(longest) + MAX_SLACK
    shown = any(least <= len(b.text) <= most and fold(b.text) == wanted for b in page.blocks)
    return longest.strip() if shown else ""


MAX_SLACK = 8
"""Characters, all of them punctuation, by which two spellings of a title differ at most."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))


MAX_HEADINGS = 2
"""Headings of the first level up to which the first is the story's; more are sections, or other stories."""

MIN_HEADING_WORDS = 5
"""Words from which the page's only such heading is its title, though it is shared by another one: right on
13 of 15 pages of the development set, where shorter ones were the section's ("Market updates")."""


def _prefer_claim(heading: str, shared: str, headline: str, window: str, *, is_news: bool) -> str:
    """Return the heading, or the title that the page is shared by where that one is the better.

    That is so when the heading has lost the colon, or the space, between a kicker and the rest; when a kicker
    ("Berlin: ...") is glued to the heading, or left out of it and JSON-LD has it too; and on news pages whose
    JSON-LD sides with it, or whose heading is the search engines' title.
    """
    mine, theirs = fold(heading), fold(shared)
    if mine.replace(" ", "") == theirs.replace(" ", ""):
        return max(heading, shared, key=lambda title: len(_KICKER_SIGN.findall(title)))
    if not theirs:
        return heading
    if mine.endswith(theirs) or (theirs.endswith(mine) and fold(headline) == theirs):
        return shared
    if is_news and (fold(headline) == theirs or mine == fold(headline) == fold(window)):
        return shared
    return heading


def _likeness(heading: str, references: list[str]) -> float:
    """Return the largest share of words a heading has in common with a claimed title."""
    words = set(fold(heading).split())
    if not words:
        return 0.0
    shares = [0.0]
    for reference in references:
        other = set(fold(reference).split())
        if other:
            shares.append(
                len(words & other) / max(min(len(words), len(other)), 1) - 0.01 * abs(len(words) - len(other))
            )
    return max(shares)


def _clean(title: str, names: set[str]) -> str:
    """Return a title without the site's name at either end. `names` are those of the site, folded."""
    title = " ".join(title.split())
    if len(title) > MAX_CLAIM_CHARS or not any(mark in title for mark in _SEPARATING):
        return title
    for _ in range(MAX_SITE_PARTS):
        parts = list(_SEPARATOR.finditer(title))
        if not parts:
            break
        head, tail = title[: parts[-1].start()].strip(), title[parts[-1].end() :].strip()
        if _is_site(tail, names):
            title = head
            continue
        head, tail = title[: parts[0].start()].strip(), title[parts[0].end() :].strip()
        if not _is_site(head, names):
            break
        title = tail
    return title


MAX_SITE_PARTS = 3
"""Parts that a site adds to its titles: "Headline | Section | Site"."""


MIN_SITE_CHARS = 4
"""Letters of a site's name from which a part of it counts as the name."""


def _is_site(part: str, names: set[str]) -> bool:
    """Return whether a part of a title is the site's name, as far as its other names tell."""
    folded = fold(part).replace(" ", "")
    return not folded or any(
        folded == name or (len(folded) >= MIN_SITE_CHARS and (folded in name or name in folded))
        for name in names
    )


def _flat_title(page: Page, hint: str) -> str:
    """Return the title of a flattened page: the line of the seed's link, a repeated one, or the first that may be it."""
    lines = _head_lines(page)
    folded = [fold(line) for line in lines]
    for line, words in zip(lines, folded, strict=True):
        if (hint and words == fold(hint)) or folded.count(words) > 1:
            return line
    for line in lines:
        if len(line.split()) >= MIN_TITLE_WORDS or count_chars(line) > max(len(line), MIN_TITLE_CHARS):
            return line
    return max(lines, key=len, default=hint)


def _head_lines(page: Page) -> list[str]:
    """Return the lines above the first paragraph that may be a title."""
    lines: list[str] = []
    for block in page.blocks[:MAX_HEAD_LINES]:
        text = block.text
        if len(text) > MAX_TITLE_CHARS or (
            count_chars(text) > LONG_LINE_CHARS and text.endswith((".", "։", "。", ":"))
        ):
            break
        if (
            block.tag == "li"
            or read_strip(text)
            or read_edge_line(text)
            or read_cell(text)
            or is_weather(text)
            or is_date_line(text)
            or " > " in text
            or " / " in text
        ):
            continue
        lines.append(text)
    return lines


MAX_HEAD_LINES = 60
LONG_LINE_CHARS = 100
"""A line longer than this that ends a sentence is the story's first paragraph."""
