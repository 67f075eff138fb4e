"""What broke a YAML text -> words that tell a person what to do.

Position: asked by `tree` when libyaml gives up. libyaml stops at the first break, so a file has at
most one of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

_BEHIND_QUOTE = re.compile(r"""[:\-,\[{]\s+("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*$""")

_INDICATORS = {
    "\t": "a tab stands here where YAML wants spaces",
    "@": 'put quotes around a text that begins with "@"',
    "`": 'put quotes around a text that begins with "`"',
    "%": 'put quotes around a text that begins with "%"',
}


def say_what_broke(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, int, str]:
    """Return the line and the column (both from 0) of a break, and what to do about it."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    here = lines[line] if line < len(lines) else ""
    if "cannot start any token" in problem:
        # libyaml may point at the start of the line; the tab is in its indentation.
        return line, column, _INDICATORS.get(here[column : column + 1], _unknown(problem))
    if "end of stream" in problem and error.context_mark and "quoted" in (error.context or ""):
        return error.context_mark.line, error.context_mark.column, "this quote is never closed"
    if "escape" in problem:
        return line, column, 'a "\\" in double quotes begins an escape; put the text in single quotes instead'
    if "mapping values are not allowed" in problem:
        return line, column, 'a ":" cannot stand here; is the line above complete, or are quotes missing?'
    if "did not find expected" in problem:
        return line, column, _say_what_is_unexpected(problem, here, column)
    if "could not find expected ':'" in problem and error.context_mark:
        place = error.context_mark
        return place.line, place.column, 'a ":" is missing in this line'
    return line, column, _unknown(problem)


def _say_what_is_unexpected(problem: str, here: str, column: int) -> str:
    if quote := _BEHIND_QUOTE.search(here[:column]):
        whole = here[quote.start(1) :].strip().replace("'", "''")
        return f"text goes on behind the closing quote; put quotes around all of it: '{whole}'"
    if "'-' indicator" in problem:
        return (
            'this line is not an entry of the list above; it lacks a "- ", or is not indented like the rest'
        )
    if here[:column].endswith("$") and here[column : column + 1] == "{":
        return "put quotes around a ${NAME} that stands inside { } or [ ]"
    if "expected ','" in problem:
        bracket = problem[-2:-1]
        return f'a "," or the closing "{bracket}" is missing before this'
    if "expected key" in problem:
        return "this line is not indented like the one it belongs to"
    return _unknown(problem)


def _unknown(problem: str) -> str:
    return f"this is not YAML: {problem or 'it cannot be understood'}"
