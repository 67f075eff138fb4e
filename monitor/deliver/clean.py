"""Text of the web -> text that is safe to show: no control characters, one line where one is asked for.

Position: under `wording`, `message`, `console` and the senders. Pure.
"""

from __future__ import annotations

import re
import unicodedata

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All but tab and newline. Escape (1b) and its 8-bit cousin (9b) would drive a terminal."""

LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")

DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates (UAX 9): in a Subject they could reorder what stands beside it."""

ELLIPSIS = "…"

JOINERS = frozenset("\u200d\ufe0e\ufe0f")

MAX_STEP_BACK = 32
"""Characters that a cut moves back at most to spare a grapheme; hostile text stacks marks endlessly."""


def replace_surrogates(text: str) -> str:
    """Return `text` as something UTF-8 can encode: each lone surrogate becomes U+FFFD."""
    return LONE_SURROGATES.sub("\ufffd", text)


def clean(text: str) -> str:
    """Return `text` without control characters other than tab and newline, and without lone surrogates."""
    return replace_surrogates(CONTROLS.sub("", text))


def one_line(text: str, max_chars: int) -> str:
    """Return `text` as one clean line of at most `max_chars`, white space folded, no direction controls."""
    head = text[: 4 * max_chars + 64]  # enough to fill the line; the rest is never looked at
    folded = " ".join(head.split())
    return shorten(" ".join(DIRECTION_CONTROLS.sub("", clean(folded)).split()), max_chars)


def shorten(text: str, max_chars: int) -> str:
    """Return `text`, cut to at most `max_chars` with an ellipsis, after a word where there is one near."""
    if len(text) <= max_chars:
        return text
    cut = spare_grapheme(text, max_chars - len(ELLIPSIS))
    space = text.rfind(" ", cut - cut // 4, cut + 1)
    return text[: space if space > 0 else cut].rstrip() + ELLIPSIS


def spare_grapheme(text: str, cut: int) -> int:
    """Return `cut`, moved back so that no accent or joined emoji loses its base character."""
    for back in range(cut, max(cut - MAX_STEP_BACK, 0), -1):
        if not (unicodedata.combining(text[back]) or text[back] in JOINERS or text[back - 1] == "\u200d"):
            return back
    return cut
