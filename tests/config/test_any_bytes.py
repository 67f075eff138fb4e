"""Whatever is in the file: a configuration or a list of mistakes, never another error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.config import Config, read_config, render_mistakes
from monitor.config.tree import LINE_BREAK, Leaf, Node, Series, grow_tree
from monitor.errors import ConfigError, Mistake
from tests.config.test_forms import ENVIRON, MINIMAL

Read = Callable[..., Config]

keys = st.sampled_from(
    [
        *("sources", "channels", "rules", "defaults", "smtp", "include", "database", "contact", "timezone"),
        *("workers", "keep_pages", "name", "url", "every", "feed", "section", "headers", "user_agent"),
        *("sitemap", "proxy", "verify", "cookies"),
        *("timeout", "pause", "allow_private", "first_visit", "backfill", "recheck", "on", "quiet"),
        *("email", "webhook", "secret"),
        *("console", "match", "notify", "from", "desk", "x"),
    ]
)
scalars = st.text(max_size=8) | st.sampled_from(
    [
        *("a", "15m", "true", "3", "https://a.example/", "a@b.example", "${OPS_WEBHOOK_SECRET}", "${NONE}"),
        *(
            "*x",
            "&x",
            "!x",
            "'q'",
            '"q"',
            "console",
            "desk",
            "smtps://m.example",
            "sqlite:///x",
            "|",
            ">",
            "~",
        ),
    ]
)
snippets = st.lists(
    st.one_of(
        st.builds(
            lambda indent, key, value: f"{' ' * indent}{key}: {value}\n", st.integers(0, 6), keys, scalars
        ),
        st.builds(lambda indent, value: f"{' ' * indent}- {value}\n", st.integers(0, 6), scalars),
        st.builds(lambda indent, key: f"{' ' * indent}- {key}:\n", st.integers(0, 6), keys),
        st.builds(lambda key, a, b: f"{key}: {{ {a}: {b}, ", keys, keys, scalars),
        st.sampled_from(
            [
                "---\n",
                "}\n",
                "]\n",
                "[",
                "{",
                "\t",
                "\n",
                "\x85",
                "\u2028",
                "\r",
                "# c\n",
                "? ",
                "%YAML 1.2\n",
            ]
        ),
    )
).map("".join)


def read_or_complain(read: Read, content: bytes | str) -> None:
    """Read; where there are mistakes, look at each."""
    error = None
    try:
        read(content, ENVIRON)
    except ConfigError as exc:
        error = exc
    if error is not None:
        assert error.mistakes
        assert render_mistakes(error)
        lines = LINE_BREAK.split(content) if isinstance(content, str) else None
        for mistake in error.mistakes:
            check_mistake(mistake, lines)


def check_mistake(mistake: Mistake, lines: list[str] | None) -> None:
    assert mistake.line >= 1
    assert mistake.column >= 1
    assert mistake.width >= 1
    assert "\n" not in mistake.message
    if lines is not None and not lines[0].startswith("\ufeff"):
        assert mistake.line <= len(lines) + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary())
@example(b"\xff\xfes\x00o\x00")
@example(b"\x00")
@example(b"[" * 5000)
@example(b"- " * 5000)
@example(b"{a: " * 5000)
@example(b"? " * 5000)
@example(b"a: \xed\xa0\x80\n")
def test_any_bytes_give_a_configuration_or_mistakes(read: Read, content: bytes) -> None:
    read_or_complain(read, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(snippets)
@example("sources:\n  - url: 'https://a.example/\x85'\n")
@example("smtp: { url: 'smtp://a:b@[::1', from: a@b.example }\n")
@example("database: postgresql://[\n")
@example("timezone: ../../etc/passwd\n")
@example("timezone: /etc/passwd\n")
@example(f"workers: {'9' * 5000}\n")
@example(f"{'x' * 5000}: 1\n")
@example("include: '**/**/**'\n")
def test_any_yaml_gives_a_configuration_or_mistakes(read: Read, text: str) -> None:
    read_or_complain(read, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.data())
def test_a_configuration_that_is_damaged_anywhere_gives_mistakes_or_another_one(
    read: Read, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(MINIMAL)))
    end = data.draw(st.integers(start, min(start + 12, len(MINIMAL))))
    read_or_complain(read, MINIMAL[:start] + data.draw(st.text(max_size=4)) + MINIMAL[end:])


def leaves(node: Node | None) -> list[Leaf]:
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Series):
        return [leaf for entry in node.entries for leaf in leaves(entry)]
    return [leaf for _, value in node.rows.values() for leaf in leaves(value)] if node else []


@given(snippets)
def test_a_plain_value_stands_where_the_tree_says(text: str) -> None:
    lines = LINE_BREAK.split(text.removeprefix("\ufeff"))
    for leaf in leaves(grow_tree(text.removeprefix("\ufeff")).root):
        line, column, end_line, end_column = leaf.span
        if leaf.style == "" and leaf.text and line == end_line:  # an empty one may stand behind the last line
            assert lines[line][column:end_column].endswith(leaf.text)


def test_a_thousand_sources_are_read_and_each_mistake_among_them(folder: Path) -> None:
    entries = "".join(
        f"  - name: site {i}\n    url: https://site-{i}.example/\n    evry: 15m\n    headers: {{ A: {i} }}\n"
        for i in range(1000)
    )
    path = folder / "sources.yaml"
    path.write_text(f"sources:\n{entries.replace('evry', 'every')}")
    assert len(read_config(path, {}).sources) == 1000
    path.write_text(f"sources:\n{entries}")
    with pytest.raises(ConfigError) as caught:
        read_config(path, {})
    assert len(caught.value.mistakes) == 1000
