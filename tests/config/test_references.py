"""Secrets: where they come from, and that nobody gets to see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import Config, has_changed, read_config, render_mistakes
from monitor.errors import ConfigError
from monitor.model import WebhookChannel

Read = Callable[..., Config]
Complain = Callable[..., str]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
S = "sources:\n  - https://a.example/\n"
OPS = S + "channels: { ops: { webhook: https://h.example/, secret: '${OPS}' } }\n"


def secret_of(config: Config) -> str:
    channel = config.channels[0]
    assert isinstance(channel, WebhookChannel)
    [secret] = channel.secrets
    return secret


def test_a_secret_comes_from_the_environment_or_from_a_file(read: Read, folder: Path) -> None:
    assert secret_of(read(OPS, {"OPS": SECRET})) == SECRET
    for content in (SECRET, f"{SECRET}\n", f"{SECRET}\r\n"):
        (folder / "ops.txt").write_bytes(content.encode())
        assert secret_of(read(OPS.replace("${OPS}", f"${{file:{folder}/ops.txt}}"))) == SECRET
        assert secret_of(read(OPS.replace("${OPS}", "${file:ops.txt}"))) == SECRET


def test_a_missing_secret_is_underlined(complain: Complain, folder: Path) -> None:
    line = "channels: { ops: { webhook: https://h.example/, secret: '${OPS}' } }"
    assert complain(OPS, {"OPSS": SECRET}) == (
        "sources.yaml:3:58: the environment has no OPS; did you mean OPSS?\n"
        f"  3 | {line}\n"
        f"    | {' ' * 57}^^^^^^\n"
        "1 mistake"
    )
    (folder / "empty").touch()
    (folder / "latin").write_bytes(b"\xe9")
    for reference, message in [
        ("${OPS}", "the environment has no OPS; set it, or use ${file:/path}"),
        ("${EMPTY}", "EMPTY is empty in the environment"),
        ("${file:none}", "none cannot be read: no such file or directory"),
        ("${file:empty}", "empty is empty"),
        ("${file:latin}", "latin does not hold text in UTF-8"),
        ("${file:.}", ". cannot be read: is a directory"),
        ("${file:/dev/zero}", "/dev/zero cannot be read: it is no file"),
        ("${file:}", "${file:/path} needs the path of a file"),
        ("${a-b}", 'a reference is ${NAME} or ${file:/path}; for a plain "${" write "$${"'),
        ("${OPS", 'this "${" is never closed; for a plain "${" write "$${"'),
    ]:
        said = complain(OPS.replace("${OPS}", reference), {"EMPTY": ""})
        assert said.split("\n")[0] == f"sources.yaml:3:58: {message}"
        assert said.endswith("1 mistake")


def test_a_plain_dollar_and_brace_are_written_with_two_dollars(read: Read) -> None:
    config = read(S.replace("a.example/", "a.example/?q=$${x}"))
    assert config.sources[0].url == "https://a.example/?q=$%7Bx%7D"


def test_a_reference_may_be_a_part_of_a_value_and_a_number(read: Read) -> None:
    config = read(S + "workers: ${N}\ncontact: ${USER}@a.example\n", {"N": "3", "USER": "press"})
    assert (config.workers, config.contact) == (3, "press@a.example")


def test_a_reference_in_an_included_folder_starts_at_the_folder_of_the_main_file(
    read: Read, folder: Path
) -> None:
    (folder / "sources.d").mkdir()
    (folder / "ops.txt").write_text(SECRET)
    (folder / "sources.d" / "ops.yaml").write_text(
        "channels: { ops: { webhook: https://h.example/, secret: '${file:ops.txt}' } }\n"
    )
    assert secret_of(read(S + "include: sources.d/*\n")) == SECRET


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(password=st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1))
def test_a_password_may_hold_anything_printable_and_never_becomes_yaml(read: Read, password: str) -> None:
    smtp = "smtp: { url: 'smtps://bot:${PW}@m.example', from: a@b.example }\n"
    if not password.isprintable():
        return
    config = read(S + smtp, {"PW": password})
    assert config.smtp is not None
    assert config.smtp.password == password


def test_no_name_is_made_from_a_secret(complain: Complain, read: Read) -> None:
    url = "https://a.example/feed?key=${KEY}"
    environ = {"KEY": "hunter2"}
    message = "sources.yaml:2:5: a source whose URL holds a reference needs a name, as names are shown"
    assert complain(f"sources:\n  - {url}\n", environ).startswith(message)
    source = read(f"sources:\n  - {{ name: a, url: '{url}' }}\n", environ).sources[0]
    assert source.url == "https://a.example/feed?key=hunter2"
    assert "hunter2" not in repr(source)


@pytest.mark.parametrize(
    "setting", ["name: '${KEY}', match: a", "name: a, match: '${KEY}'", "name: a, match: 'b ${KEY}'"]
)
def test_what_readers_see_holds_no_secret(complain: Complain, setting: str) -> None:
    said = complain(f"{S}rules: [{{ {setting}, notify: console }}]\n", {"KEY": "hunter2"})
    assert "holds a reference; a " in said
    assert "hunter2" not in said


def test_no_message_shows_a_secret_from_a_reference(complain: Complain) -> None:
    said = complain(
        "sources:\n"
        "  - ${BAD}\n"
        "  - { name: a, url: 'https://a.example/', every: '${BAD}', first_visit: '${BAD}',\n"
        "      timeout: '${BAD}',\n"
        "      allow_private: '${BAD}', feed: 'https://${BAD}', headers: { X: '${LINES}' },\n"
        "      user_agent: '${LINES}' }\n"
        "channels:\n"
        "  desk: { email: '${BAD}' }\n"
        "  ops: { webhook: '${BAD}', secret: '${BAD}' }\n"
        "smtp: { url: 'smtp://a:b@${BAD}', from: '${BAD}' }\n"
        "database: '${BAD}'\n"
        "contact: '${BAD}'\n"
        "timezone: '${BAD}'\n"
        "workers: '${BAD}'\n"
        "keep_pages: '${BAD}'\n",
        {"BAD": "hunter2 hunter2", "LINES": "hunter2\nhunter2"},
    )
    assert "hunter2" not in said
    assert said.endswith("18 mistakes")


def test_no_line_shows_a_secret_that_is_written_in_plain(complain: Complain) -> None:
    said = complain(
        "sources:\n"
        "  - { url: https://a.example/, headers: { X-Edition: hunter2 }, evry: 1m }\n"
        "  - { url: https://b.example/, evry: 1m, headers: {\n"
        "      A: 'hunter2\n"
        "        hunter2', Host: hunter2 } }\n"
        "  - https://bot:hunter2@c.example/\n"
        "channels:\n"
        "  ops: { webhook: https://h.example/, secret: whsec_hunter2, colour: red }\n"
        "smtp: { url: smtps://bot:hunter2@m.example, from: nobody }\n"
        "database: postgresql://bot:hunter2@m.example\n"
    )
    assert "hunter2" not in said
    assert "*" * len("hunter2") in said
    assert said.endswith("8 mistakes")


def test_a_port_before_an_address_is_no_password(complain: Complain) -> None:
    line = "smtp: { url: 'smtp://m.example:25', from: a@b.example, x: y }"
    assert f"  3 | {line}\n" in complain(f"{S}{line}\n")
    line = "smtp: { url: smtp://m.example:25, from: a@b.example, x: y }"
    assert f"  3 | {line}\n" in complain(f"{S}{line}\n")


def test_a_broken_file_shows_no_secret_either(complain: Complain) -> None:
    for line in ("secret: hunter2", "Authorization: Bearer hunter2", "url: smtp://bot:hun ter2@m.example"):
        said = complain(f"{S}a: {{ {line}\n  b: }}: c\n{line}: x\n")
        assert "hunter2" not in said.replace("hun ter2", "hunter2")


def test_a_wrong_webhook_secret_is_answered_with_a_fresh_one(complain: Complain, read: Read) -> None:
    for wrong in (
        "abc",
        "whsec_",
        "whsec_QUJD",
        "whsec_!!!!",
        "whsec_" + "QUJD" * 22,
        SECRET.removeprefix("whsec_"),
    ):
        said = complain(OPS, {"OPS": wrong})
        start = 'sources.yaml:3:57: "${OPS}" is not a Standard Webhooks secret'
        assert said.startswith(start)
        fresh = said.partition("a fresh one: ")[2].partition("\n")[0]
        assert secret_of(read(OPS, {"OPS": fresh})) == fresh


def test_no_representation_shows_a_secret(read: Read) -> None:
    config = read(
        "sources:\n"
        "  - { name: a, url: https://a.example/, feed: 'https://a.example/?k=${K}', headers: { X: '${K}' }, "
        "user_agent: '${K}' }\n"
        "channels: { ops: { webhook: 'https://h.example/${K}', secret: '${OPS}' } }\n"
        "smtp: { url: 'smtps://${K}:${K}@m.example', from: a@b.example }\n"
        "database: postgresql://${K}:${K}@m.example/news\n",
        {"K": "hunter2", "OPS": SECRET},
    )
    shown = f"{config!r} {config.sources!r} {config.channels!r} {config.smtp!r} {config.parsed!r}"
    assert "hunter2" not in shown
    assert SECRET not in shown
    assert repr(config) == "Config(sources=1, channels=2, rules=0, files=1)"


def test_a_secret_that_changes_is_noticed_and_read_again(read: Read, folder: Path) -> None:
    text = OPS.replace("${OPS}", "${file:ops.txt}")
    (folder / "ops.txt").write_text(SECRET)
    first = read(text)
    assert not has_changed(first)
    other = "whsec_" + "QUJD" * 8
    (folder / "ops.txt").write_text(other)
    assert has_changed(first)
    second = read_config(Path("sources.yaml"), {}, first)
    assert secret_of(second) == other


def test_a_secret_that_is_put_where_it_was_missing_is_noticed(folder: Path) -> None:
    text = OPS.replace("${OPS}", "${file:ops.txt}")
    (folder / "sources.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(Path("sources.yaml"), {})
    assert "ops.txt cannot be read" in render_mistakes(caught.value)
    assert not has_changed(caught.value)
    (folder / "ops.txt").write_text(SECRET)
    assert has_changed(caught.value)
