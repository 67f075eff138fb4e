"""What the commands say of an article that was edited, and of an alert about that."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.cli import printing
from monitor.compose import Aftermath, compose_later
from monitor.dedupe import find_changes
from monitor.errors import MonitorError
from monitor.model import Match, Occasion, Revision, Rule
from monitor.ports import Gathering, Recheck
from monitor.store import open_store
from tests.cli.conftest import STORY, CommandLine
from tests.fakes import START

LATER = START + timedelta(hours=2)


@pytest.fixture
def edited(archive: CommandLine) -> CommandLine:
    """An archive in which the story's headline has changed, and a rule was told; then the page went."""

    async def edit() -> None:
        store = open_store(f"sqlite:///{archive.config.parent}/monitor.sqlite3", "test")
        stored = await store.article(STORY)
        assert stored is not None
        after = replace(stored.article, title="Talks about the dam fail")
        changes = find_changes(stored.article, after)
        assert changes is not None
        revision = Revision(found_at=LATER, title=after.title, text=after.text, changes=changes)
        rule = Rule(name="edits", query="dam", notify=("console",), on=(Occasion.EDIT, Occasion.REMOVAL))
        for hours, what in enumerate((changes, None)):
            now = LATER + timedelta(hours=hours)
            aftermath = Aftermath(article=after, story_id=stored.story_id, changes=what)
            look = Recheck(
                article_id=after.id,
                looked_at=now,
                next_at=None,
                revision=revision if what else None,
                gone=what is None,
                alerts=compose_later(aftermath, [Match(rule=rule, excerpts=())], now),
            )
            assert await store.finish_look(look) == 1
        await store.close()

    asyncio.run(edit())
    return archive


def test_an_edit_is_shown_word_by_word_where_there_are_no_colours(edited: CommandLine) -> None:
    stdout = edited.run("article", STORY).stdout
    assert "edited, found 2026-03-02 11:00: headline" in stdout
    assert "Talks about the dam [-open-]{+fail+}" in stdout.replace("-] {+", "-]{+")
    assert "gone from its site since 2026-03-02 12:00" in stdout


def test_an_edit_is_shown_in_colours_on_a_terminal(
    edited: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.console, "_force_terminal", True)
    assert "[-" not in edited.run("article", STORY).stdout


def test_alerts_and_deliveries_say_what_became_of_an_article(edited: CommandLine) -> None:
    for command in ("alerts", "deliveries"):
        stdout = edited.run(command).stdout
        assert "edit: Talks about the dam fail" in stdout
        assert "removal: Talks about the dam fail" in stdout


def test_why_tells_when_an_article_was_edited_or_gone(edited: CommandLine) -> None:
    for entry in json.loads(edited.run("deliveries", "--json").stdout):
        lines = edited.run("why", entry["alert"]["id"]).stdout.splitlines()
        steps = [" ".join(line.split()) for line in lines]
        edit, gone = "2026-03-02 11:00:00 edited headline", "2026-03-02 12:00:00 gone from its site"
        occasion = entry["alert"]["occasion"]
        assert (edit in steps, gone in steps) == (occasion == "edit", occasion == "removal")
        assert any(step.startswith("2026-03-02 09:05:00 kept") for step in steps)


def test_why_of_a_digest_names_its_alerts(edited: CommandLine) -> None:
    async def gather() -> str:
        store = open_store(f"sqlite:///{edited.config.parent}/monitor.sqlite3", "test")
        now, lease = LATER + timedelta(days=1), timedelta(minutes=1)
        [digest] = await store.claim_deliveries("console", now, 9, lease, Gathering(before=now))
        await store.close()
        return digest.id

    digest_id = asyncio.run(gather())
    with pytest.raises(MonitorError, match="is a digest; ask for one of its alerts: ") as refused:
        edited.run("why", digest_id)
    for entry in json.loads(edited.run("deliveries", "--json").stdout):
        assert (entry["alert"]["id"] in str(refused.value)) is (entry["digest"] == digest_id)
