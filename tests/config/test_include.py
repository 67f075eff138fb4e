"""Several files, read again when they change."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, file_stamps, has_changed, read_config
from monitor.errors import ConfigError

Read = Callable[..., Config]
Complain = Callable[..., str]

MAIN = "include: [sources.d/*.yaml]\nsources: [https://a.example/]\n"


@pytest.fixture
def parts(folder: Path) -> Path:
    """The folder of included files."""
    (folder / "sources.d").mkdir()
    return folder / "sources.d"


def names(config: Config) -> list[str]:
    return [source.name for source in config.sources]


def test_included_files_add_sources_channels_and_rules_in_order_of_name(read: Read, parts: Path) -> None:
    (parts / "2.yaml").write_text(
        "sources: [https://c.example/]\nchannels: { ops: { webhook: https://h.example/ } }\n"
    )
    (parts / "1.yaml").write_text(
        "sources: [https://b.example/]\nrules: [{ name: a, match: b, notify: ops }]\n"
    )
    config = read(MAIN + "defaults: { every: 1h }\n")
    assert names(config) == ["a.example", "b.example", "c.example"]
    assert [rule.notify for rule in config.rules] == [("ops",)]
    assert len({source.every for source in config.sources}) == 1


def test_a_file_is_read_once_and_the_main_one_does_not_include_itself(read: Read, folder: Path) -> None:
    (folder / "more.yaml").write_text("sources: [https://b.example/]\n")
    config = read("include: ['*.yaml', more.yaml, '**/more.yaml']\nsources: [https://a.example/]\n")
    assert names(config) == ["a.example", "b.example"]


def test_one_file_may_be_included_by_its_absolute_path(read: Read, folder: Path) -> None:
    (folder / "more.yaml").write_text("sources: [https://b.example/]\n")
    assert names(read(f"include: {folder}/more.yaml\n")) == ["b.example"]


@pytest.mark.usefixtures("parts")
def test_a_folder_may_still_be_empty(read: Read) -> None:
    assert names(read(MAIN)) == ["a.example"]


def test_what_concerns_the_whole_belongs_in_the_main_file(complain: Complain, parts: Path) -> None:
    (parts / "1.yaml").write_text("sources: [https://b.example/]\nworkers: x\nxyzzy: 1\n")
    said = complain(MAIN)
    assert (
        'sources.d/1.yaml:2:1: "workers" belongs in the main file, not in an included one\n'
        "  2 | workers: x\n    | ^^^^^^^\n"
    ) in said
    assert said.endswith("2 mistakes")


def test_mistakes_of_all_files_are_told_in_the_order_of_the_files(complain: Complain, parts: Path) -> None:
    (parts / "1.yaml").write_text("sources: [https://b.example/, nonsense]\n")
    (parts / "2.yaml").write_text("")
    (parts / "3.yaml").write_bytes(b"\xff")
    (parts / "4.yaml").mkdir()
    said = complain(MAIN + "workers: x\n")
    places = [line.partition(": ")[0] for line in said.split("\n") if ".yaml:" in line]
    assert places == [
        "sources.yaml:3:10",
        "sources.d/1.yaml:1:31",
        "sources.d/2.yaml:1:1",
        "sources.d/3.yaml:1:1",
        "sources.d/4.yaml:1:1",
    ]


def test_names_are_shared_by_all_files(complain: Complain, parts: Path) -> None:
    (parts / "1.yaml").write_text(
        "sources:\n  - { name: a.example, url: https://b.example/ }\n"
        "  - { name: x, url: https://c.example/ }\n"
        "channels: { ops: { webhook: https://h.example/ } }\n"
    )
    (parts / "2.yaml").write_text(
        "sources:\n  - { name: x, url: https://d.example/ }\n"
        "channels: { ops: { webhook: https://h.example/ } }\n"
    )
    said = complain(MAIN)
    assert 'sources.d/2.yaml:2:13: a source is called "x" already, in line 3 of sources.d/1.yaml\n' in said
    assert 'sources.d/2.yaml:3:13: a channel is called "ops" already, in line 4 of sources.d/1.yaml\n' in said
    assert (
        'sources.yaml:2:11: a source is called "a.example" already, in line 2 of sources.d/1.yaml; give'
        in said
    )


def test_files_that_did_not_change_are_not_parsed_again(read: Read, parts: Path) -> None:
    (parts / "1.yaml").write_text("sources: [https://b.example/]\n")
    (parts / "2.yaml").write_text("sources: [https://c.example/]\n")
    first = read(MAIN)
    (parts / "2.yaml").write_text("sources: [https://changed.example/]\n")
    second = read_config(Path("sources.yaml"), {}, first)
    assert names(second) == ["a.example", "b.example", "changed.example"]
    assert second.parsed[0] is first.parsed[0]
    assert second.parsed[1] is first.parsed[1]
    assert second.parsed[2] is not first.parsed[2]


def test_a_file_that_did_not_change_still_meets_what_changed_around_it(
    folder: Path, parts: Path, read: Read
) -> None:
    (parts / "1.yaml").write_text("rules:\n  - { name: a, match: b, notify: ops }\n")
    first = read(MAIN + "channels: { ops: { webhook: https://h.example/ } }\n")
    (folder / "sources.yaml").write_text(MAIN)
    with pytest.raises(ConfigError) as caught:
        read_config(Path("sources.yaml"), {}, first)
    assert str(caught.value) == (
        'sources.d/1.yaml:2:34: rule "a" notifies "ops", which is not a channel; did you mean "console"?'
    ).replace('; did you mean "console"?', "")
    assert caught.value.mistakes[0].line_text == "  - { name: a, match: b, notify: ops }"


def test_a_file_that_did_not_change_is_parsed_again_when_the_environment_did(read: Read, parts: Path) -> None:
    (parts / "1.yaml").write_text("sources: [{ name: b, url: 'https://b.example/${EDITION}' }]\n")
    first = read(MAIN, {"EDITION": "1"})
    second = read_config(Path("sources.yaml"), {"EDITION": "2"}, first)
    assert [s.url for s in second.sources] == ["https://a.example/", "https://b.example/2"]
    with pytest.raises(ConfigError):
        read_config(Path("sources.yaml"), {}, second)


def test_every_kind_of_change_is_noticed(read: Read, folder: Path, parts: Path) -> None:
    part = parts / "1.yaml"
    part.write_text("sources: [https://b.example/]\n")
    config = read(MAIN)
    assert not has_changed(config)
    assert file_stamps(config) == config.files

    part.write_text("sources: [https://b.example/, https://c.example/]\n")  # content
    assert has_changed(config)
    config = read(MAIN)
    os.utime(part, ns=(1, 1))  # time alone
    assert has_changed(config)
    config = read(MAIN)
    (parts / "2.yaml").write_text("sources: [https://d.example/]\n")  # one more
    assert has_changed(config)
    config = read(MAIN)
    part.unlink()  # one less
    assert has_changed(config)
    config = read(MAIN)
    (folder / "new").write_text(MAIN)
    (folder / "new").replace(folder / "sources.yaml")  # moved into place, as editors do
    assert has_changed(config)


def test_a_mistake_that_is_mended_in_a_file_of_the_new_configuration_is_noticed(
    read: Read, parts: Path
) -> None:
    (parts / "1.yaml").write_text("sources: [nonsense]\n")
    with pytest.raises(ConfigError) as caught:
        read(MAIN)
    error = pickle.loads(pickle.dumps(caught.value))
    assert not has_changed(error)
    (parts / "1.yaml").write_text("sources: [https://b.example/]\n")
    assert has_changed(error)


def test_a_configuration_does_not_depend_on_where_it_is_read_from(
    read: Read, folder: Path, parts: Path
) -> None:
    (parts / "1.yaml").write_text("sources: [https://b.example/]\n")
    here = read(MAIN)
    os.chdir("/")
    assert read_config(folder / "sources.yaml", {}) == here
    assert not has_changed(here)
