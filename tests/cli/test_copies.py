"""`monitor article` and `monitor compare` as a person or a program meets them."""

import json

import pytest

from monitor.errors import MonitorError
from tests.cli.conftest import OTHER, STORY, CommandLine


def test_an_article_is_shown_by_its_url_or_its_id(archive: CommandLine) -> None:
    by_url = json.loads(archive.run("article", STORY, "--json").stdout)
    by_id = json.loads(archive.run("article", by_url["id"], "--json").stdout)
    assert by_url == by_id
    assert by_url["url"] == STORY
    assert by_url["story"] == []
    assert "Talks about the dam open" in archive.run("article", STORY).stdout


def test_an_article_that_is_not_stored_is_an_error_with_the_cure(archive: CommandLine) -> None:
    with pytest.raises(MonitorError, match="`monitor articles` lists"):
        archive.run("article", "no-such-id")


def test_two_articles_are_compared_measure_by_measure(archive: CommandLine) -> None:
    stdout = archive.run("compare", STORY, OTHER).stdout
    assert "These are two articles." in stdout
    assert "a copy: 85% at least" in stdout
    answer = json.loads(archive.run("compare", STORY, OTHER, "--json").stdout)
    assert answer["comparison"]["relation"] == "new"
    assert answer["same_story"] is False


def test_an_article_is_one_page_with_itself(archive: CommandLine) -> None:
    assert "These are one page." in archive.run("compare", STORY, STORY).stdout
