"""What of a configuration is never shown: secrets that are written into it in plain.

Position: asked by `document` and `suggestions` before they show a text. What a reference stands for
needs no hiding here: it is never in a text that is shown.
"""

from __future__ import annotations

import re

SECRET_KEYS = frozenset({"secret", "headers", "apprise"})
"""Settings whose values, and all values below, are secrets."""

_REFERENCE_OR_QUOTE = re.compile(r"""(\$\{[^}]*\}|["']+)""")
_NEXT_VALUE = r"""["']?\s*[,}\]]\s|["']\s|\s\#"""
_PASSWORD = re.compile(
    rf"""
    (?P<start>://[^/\s:@]*:)                  # a URL with a user name,
    (?P<hidden>(?:(?!{_NEXT_VALUE})[^\n]){{1,300}}?)  # then anything that is not the next value of the line
    @(?=[^@\s"']*(?:["'\s,}}\]]|$))          # up to its last @
    """,
    re.VERBOSE,
)
_SECRET_LINE = re.compile(
    r"""(?P<start>(?:secret|password|token|authorization|cookie|api[-_]?key)["']?\s*:\s*)(?P<hidden>.+)""",
    re.IGNORECASE,
)


def blacken(text: str) -> str:
    """Return stars for the characters of a secret; a reference to one says where it is, not what it is."""
    pieces = _REFERENCE_OR_QUOTE.split(text)
    return "".join(piece if index % 2 else "*" * len(piece) for index, piece in enumerate(pieces))


def hide_passwords(text: str) -> str:
    """Return a text as long as before, the passwords of its URLs blackened."""
    return _PASSWORD.sub(lambda match: f"{match['start']}{blacken(match['hidden'])}@", text)


def hide_what_looks_secret(line: str) -> str:
    """Return a line of a file that cannot be understood, blackened behind keys that sound like secrets."""
    return _SECRET_LINE.sub(lambda match: match["start"] + blacken(match["hidden"]), line)
