"""`monitor article` and `monitor compare` as a person or a program meets them."""

import asyncio
import json
from dataclasses import replace

import pytest

from monitor.dedupe import outline_article
from monitor.errors import MonitorError
from monitor.model import Relation
from monitor.store import open_store
from tests.cli.conftest import OTHER, STORY, CommandLine
from tests.store.samples import COURIER, GAZETTE, NOW
from tests.store.test_stories import RETOLD, THE_ELECTION, THE_FIRE, add, file


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


@pytest.fixture
def retold(command_line: CommandLine) -> CommandLine:
    """An archive with one event in two outlets' own words, a copy of the first, and other news."""

    async def fill() -> None:
        store = open_store(f"sqlite:///{command_line.config.parent}/monitor.sqlite3", "test")
        await store.register([GAZETTE, COURIER], NOW)
        first = await add(store, THE_FIRE)
        await add(store, RETOLD)
        await add(store, THE_ELECTION)
        copy = replace(THE_FIRE, url="https://courier.example/copy", key="", source=COURIER.name)
        verdict = replace(first, relation=Relation.COPY, of=THE_FIRE.id, similarity=0.9)
        known = await store.story_candidates(RETOLD_OUTLINE)
        assert await store.keep(replace(file(copy, known), verdict=verdict, agency="AFP")) is not None
        await store.close()

    asyncio.run(fill())
    return command_line


RETOLD_OUTLINE = outline_article(RETOLD)


def test_stories_tell_who_was_first_who_copied_it_and_who_tells_it_in_other_words(
    retold: CommandLine,
) -> None:
    [story] = json.loads(retold.run("stories", "--json").stdout)
    assert (story["outlets"], story["independent"], story["copies"]) == (["gazette", "courier"], 2, 1)
    assert [each["title"] for each in story["articles"]][:2] == [THE_FIRE.title, RETOLD.title]
    stdout = retold.run("stories").stdout
    assert "2 outlets: 2 in words of their own, 1 copied" in stdout
    copied = stdout.index("the text is of AFP; copied by courier")
    assert stdout.index(THE_FIRE.title) < copied < stdout.index(RETOLD.title)
    assert THE_ELECTION.title not in stdout
    assert (
        "No story is told by several articles since then"
        in retold.run("stories", "--since", "2030-01-01").stderr
    )


def test_an_article_shows_the_others_of_its_story(retold: CommandLine) -> None:
    stdout = retold.run("article", RETOLD.url).stdout
    assert "2 others of this story, in courier, gazette:" in stdout
    assert "copied by courier" in stdout
    assert "credits AFP with its text" in retold.run("article", "https://courier.example/copy").stdout
    assert "credits" not in stdout


def test_two_articles_in_other_words_are_compared_by_what_they_are_about(retold: CommandLine) -> None:
    stdout = retold.run("compare", THE_FIRE.url, RETOLD.url).stdout
    assert "These are two articles." in stdout
    assert "They tell one story" in stdout
    assert "quillby" in stdout
    answer = json.loads(retold.run("compare", THE_FIRE.url, RETOLD.url, "--json").stdout)
    assert answer["same_story"] is True
    assert answer["story"]["score"] >= answer["story"]["needed"]
    stdout = retold.run("compare", THE_FIRE.url, THE_ELECTION.url).stdout
    assert "They tell two stories" in stdout
    assert "not mentioned by the other: " in stdout
