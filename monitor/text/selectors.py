"""Is a text a CSS selector?

Position: beside `urls`, below `config`, which asks, and `extract`, which looks for what is selected. It
stands here so that reading a configuration does not carry the reading of pages.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, SelectolaxError


def check_selector(selector: str) -> None:
    """Raise ValueError, with a sentence that tells no more than that, unless `selector` is a CSS selector."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError as exc:
        raise ValueError("it is no CSS selector") from exc
