"""The JSON Schema and the reader agree; the documentation and the example are true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import jsonschema
import pytest

from monitor.config import Config, json_schema, read_config
from monitor.config.tree import Leaf, Node, Series, grow_tree
from monitor.errors import ConfigError
from monitor.model import ConsoleChannel
from tests.config.test_forms import ENVIRON, MINIMAL
from tests.config.test_mistakes import SETTINGS, SOURCES, S

REPOSITORY = Path(__file__).parents[2]
DOCUMENTATION = REPOSITORY / "docs" / "configuration.md"

Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None


def as_an_editor_sees_it(node: Node | None) -> Json:
    """Return what YAML 1.2's core schema makes of a tree."""
    if isinstance(node, Leaf):
        if node.is_null:
            return None
        plain = node.text if node.style == "" else '"'
        if plain.lower() in {"true", "false"}:
            return plain.lower() == "true"
        if re.fullmatch(r"[-+]?[0-9]+", plain):
            return int(plain)
        return float(plain) if re.fullmatch(r"[-+]?[0-9]*\.[0-9]+", plain) else node.text
    if isinstance(node, Series):
        return [as_an_editor_sees_it(entry) for entry in node.entries]
    return {key: as_an_editor_sees_it(value) for key, (_, value) in node.rows.items()} if node else None


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def examples() -> Iterator[str]:
    """Yield each YAML example of the documentation."""
    yield from re.findall(
        r"^```yaml\n(.*?)^```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize(
    "text", [MINIMAL, *examples(), (REPOSITORY / "sources.yaml").read_text(encoding="utf-8")]
)
def test_what_the_reader_accepts_the_schema_accepts(
    read: Callable[..., Config], folder: Path, validator: jsonschema.Draft202012Validator, text: str
) -> None:
    (folder / "sources.d").mkdir()
    (folder / "rules.yaml").write_text("rules: [{ name: a, match: b, notify: console }]\n")
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "x") | ENVIRON
    assert read(text, environ).sources
    assert list(validator.iter_errors(as_an_editor_sees_it(grow_tree(text).root))) == []


ONLY_THE_READER = (
    *("is called", "is there already", "sends email", "is too ", "whole number", "timezone", "names no"),
    *("needs both", "goes on behind", "is not there", "mail server", "is set by", "setting of its own"),
    *("name of a header", "header is one line", "email address", "space", "visited", "user name"),
    *("name of a cookie", "a cookie is"),
    *("at least one letter", "line break", "leave only", "plain path", "port 0", "understood"),
)
"""What the schema leaves to the reader: ranges of durations, whole-file questions, details of texts."""


@pytest.mark.parametrize(
    "text",
    [
        f"{S}{line}\n"
        for line, message, _ in SETTINGS
        if not any(part in str(message) for part in ONLY_THE_READER)
    ]
    + [
        f"{S}  - {entry}\n"
        for entry, message, _ in SOURCES
        if not any(part in message for part in ONLY_THE_READER)
    ],
)
def test_mistakes_of_shape_are_mistakes_to_the_schema_too(
    validator: jsonschema.Draft202012Validator, text: str
) -> None:
    assert list(validator.iter_errors(as_an_editor_sees_it(grow_tree(text).root)))


def forms() -> dict[str, Mapping[str, Mapping[str, object]]]:
    """Return the settings of each part of the file, under the heading that documents it."""
    schema = json_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)

    def properties(*names: str) -> dict[str, Mapping[str, object]]:
        return {key: value for name in names for key, value in definitions[name]["properties"].items()}

    top = schema["properties"]
    assert isinstance(top, dict)
    return {
        "The file": top,
        "sources": properties("SourceForm"),
        "channels": properties("EmailForm", "WebhookForm", "ConsoleForm", "JsonLinesForm", "AppriseForm"),
        "rules": properties("RuleForm"),
        "smtp": properties("SmtpForm"),
    }


def documented() -> dict[str, dict[str, str]]:
    """Return the default of each documented key ("" for none), by heading."""
    tables: dict[str, dict[str, str]] = {}
    heading = ""
    for line in DOCUMENTATION.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif row := re.match(r"\| `(\w+)` \| [^|]+ \|([^|]*)\| .+ \|$", line):
            tables.setdefault(heading, {})[row[1]] = row[2].strip().strip("`")
    return tables


def test_the_documentation_names_every_key_and_no_other() -> None:
    assert {heading: set(rows) for heading, rows in documented().items()} == {
        heading: set(settings) for heading, settings in forms().items()
    }


def test_the_documentation_gives_the_true_defaults() -> None:
    for heading, keys in forms().items():
        for key, setting in keys.items():
            default = setting.get("default")
            if default is not None and default not in ([], {}):
                shown = str(default).lower() if isinstance(default, bool) else str(default).replace("'", "")
                assert documented()[heading][key] == shown, key


def test_every_key_is_described_to_an_editor() -> None:
    for keys in forms().values():
        for key, setting in keys.items():
            assert str(setting.get("description", "")).endswith((".", "console")), key


def test_the_defaults_section_lists_what_can_be_a_default() -> None:
    definitions = json_schema()["$defs"]
    assert isinstance(definitions, dict)
    section = DOCUMENTATION.read_text(encoding="utf-8").partition("## defaults")[2].partition("```")[0]
    assert set(re.findall(r"`(\w+)`", section)) == set(definitions["DefaultsForm"]["properties"])


def test_the_example_runs_before_anybody_has_set_up_mail() -> None:
    config = read_config(REPOSITORY / "sources.yaml", {})
    assert len(config.sources) >= 4
    assert any(source.seed for source in config.sources)
    assert config.rules[0].notify == ("console",)
    assert config.channels == (ConsoleChannel(name="console"),)


def test_the_commented_lines_of_the_example_work_without_their_hash(folder: Path) -> None:
    text = (REPOSITORY / "sources.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^# ?(?=(?:channels|smtp|contact|timezone|defaults|  \w+):)", "", text, flags=re.MULTILINE)
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    config = read_config(folder / "sources.yaml", ENVIRON)
    assert {channel.name for channel in config.channels} == {"desk", "ops", "console"}
    assert config.smtp is not None
    assert config.contact == "newsroom@example.org"
    with pytest.raises(ConfigError):
        read_config(folder / "sources.yaml", {})
