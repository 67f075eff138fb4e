"""Articles that are looked at again, with the real rooms and a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from monitor import pipeline as walk
from monitor.archive import find_articles
from monitor.deliver.email import EmailSender
from monitor.errors import FetchFailed, FetchGone
from monitor.extract import read_article
from monitor.model import (
    ChangeKind,
    EmailChannel,
    Link,
    Occasion,
    Reading,
    Response,
    Rule,
    Smtp,
    Template,
    TlsMode,
    name_id,
)
from monitor.ports import ArticleQuery, Recheck
from monitor.recheck import GONE_APART
from monitor.store import SqlStore
from tests.deliver.servers import HOST, parse_mail, real_mailbox
from tests.fakes import (
    START,
    feed_page,
    news_page,
    story_about,
)
from tests.worlds import World, archive_of, outlet

FEED = "https://gazette.example/feed.xml"
STORY = "https://gazette.example/2026/03/dam-talks-open.html"
GAZETTE = outlet("gazette")
EVERYTHING = tuple(Occasion)
RULES = (
    Rule(name="dam", query="dam", notify=("desk",)),
    Rule(name="dam edits", query="dam", notify=("desk",), on=EVERYTHING),
    Rule(name="bridge", query="bridges", notify=("desk",)),
)
TITLE = "Talks about the dam open"
TEXT = (
    *story_about("dam"),
    "The minister said that 40 engineers would come, and that nothing else had been decided so far.",
)
EDITED = (*TEXT[:-1], TEXT[-1].replace("40", "65"))
STEP = timedelta(minutes=16)


class Site(World):
    """One source, the pipeline that watches it, and the alerts that come of it."""

    def __init__(self, store: SqlStore, rules: tuple[Rule, ...] = RULES) -> None:
        super().__init__(store, rules)
        self.published = self.clock.now()
        entries = [(STORY, TITLE, self.published)]
        self.fetcher.serve(FEED, feed_page(*entries), "application/rss+xml")

    def show(self, *paragraphs: str, title: str = TITLE, etag: str | None = None) -> None:
        page = news_page(title, *paragraphs, published=self.published)
        self.fetcher.serve(STORY, page, etag=etag)

    async def visit_later(self, wait: timedelta = STEP) -> list[tuple[str, Occasion]]:
        """Visit again and deliver; return the rules that fired, and on what occasion."""
        self.clock.advance(wait)
        await self.visit(GAZETTE)
        return [(delivery.alert.rule, delivery.alert.occasion) for delivery in await self.deliver()]

    def times_asked(self) -> int:
        return self.fetcher.urls_asked().count(STORY)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with archive_of(tmp_path, [GAZETTE]) as store:
        site = Site(store)
        site.show(*TEXT)
        await site.visit(GAZETTE)
        assert [delivery.alert.rule for delivery in await site.deliver()] == ["dam", "dam edits"]
        yield site


async def test_an_edit_is_kept_with_its_time_and_told_to_the_rule_that_asked(site: Site) -> None:
    site.show(*EDITED)
    assert await site.visit_later() == [("dam edits", Occasion.EDIT)]
    [delivery] = site.channel.sent
    assert "65 engineers" in delivery.article.text
    assert delivery.alert.changes is not None
    assert delivery.alert.changes.kinds == (ChangeKind.NUMBER,)
    [revision] = await site.store.revisions(delivery.article.id)
    assert revision.found_at == site.clock.now()
    assert "65 engineers" in revision.text
    assert revision.changes == delivery.alert.changes
    stored = await site.store.article(STORY)
    assert stored is not None
    assert "65 engineers" in stored.article.text
    assert "40 engineers" in stored.as_judged.text


async def test_a_rule_for_edits_alone_begins_with_an_edit_that_replies_to_no_mail_that_was_never_sent(
    tmp_path: Path,
) -> None:
    async with archive_of(tmp_path, [GAZETTE]) as store, real_mailbox() as mailbox:
        site = Site(store, (Rule(name="edits", query="dam", notify=("desk",), on=(Occasion.EDIT,)),))
        smtp = Smtp(host=HOST, port=mailbox.port, tls=TlsMode.NONE, sender="monitor@example.org")
        sender = EmailSender(EmailChannel(name="desk", to=("desk@example.org",)), smtp, UTC)
        for hours, paragraphs in ((0, TEXT), (1, EDITED), (3, TEXT)):
            site.clock.advance(timedelta(hours=hours))
            site.show(*paragraphs)
            await site.visit(GAZETTE)
            await site.pipeline.deliver(sender)
        await sender.close()
        [stored] = await store.articles(ArticleQuery())
        mails = [parse_mail(raw) for raw in mailbox.mails]
    assert [mail["Subject"] for mail in mails] == [f"[edits] Edited: {TITLE}"] * 2
    story = f"<story.{stored.story_id}@example.org>"
    assert [(mail["In-Reply-To"], mail["References"]) for mail in mails] == [(story, story)] * 2


async def test_an_edit_that_is_taken_back_and_made_again_is_told_each_time(site: Site) -> None:
    for paragraphs, hours in ((EDITED, 1), (TEXT, 3), (EDITED, 24)):
        site.show(*paragraphs)
        assert await site.visit_later(timedelta(hours=hours)) == [("dam edits", Occasion.EDIT)]
    revisions = await site.store.revisions(name_id("article", STORY))
    assert ["65 engineers" in revision.text for revision in revisions] == [True, False, True]
    assert len({delivery.alert.id for delivery in site.channel.sent}) == len(site.channel.sent)


async def test_a_rule_that_found_an_edit_is_told_when_that_is_taken_back_and_made_again(
    tmp_path: Path,
) -> None:
    query, bridged = "bridges", (*TEXT[:-1], TEXT[-1].replace("nothing else had", "several bridges had"))
    rules = (
        Rule(name="all of it", query=query, notify=("desk",), on=EVERYTHING),
        Rule(name="news", query=query, notify=("desk",)),
    )
    async with archive_of(tmp_path, [GAZETTE]) as store:
        site = Site(store, rules)
        site.show(*TEXT)
        await site.visit_later(timedelta())
        told = []
        for paragraphs, hours in ((bridged, 1), (TEXT, 3), (bridged, 24)):
            site.show(*paragraphs)
            told.append(await site.visit_later(timedelta(hours=hours)))
    assert told == [
        [("all of it", Occasion.NEW), ("news", Occasion.NEW)],
        [("all of it", Occasion.EDIT)],
        [("all of it", Occasion.EDIT)],
    ]


async def test_an_edit_that_a_slower_worker_finds_later_is_kept_once(site: Site) -> None:
    site.show(*EDITED)
    site.clock.advance(STEP)
    await site.visit(GAZETTE)
    [revision] = await site.store.revisions(name_id("article", STORY))
    later = replace(revision, found_at=revision.found_at + timedelta(minutes=1))
    look = Recheck(
        article_id=name_id("article", STORY), looked_at=later.found_at, next_at=None, revision=later
    )
    await site.store.finish_look(look)
    assert await site.store.revisions(look.article_id) == (revision,)


async def test_a_rehearsal_reads_an_article_as_it_reads_now(site: Site) -> None:
    site.show(*EDITED)
    await site.visit_later()
    assert await find_articles(site.store, ArticleQuery(), '"40 engineers"') == ()
    [found] = await find_articles(site.store, ArticleQuery(), '"65 engineers"')
    assert "65 engineers" in found.article.text


async def test_a_second_edit_is_compared_with_the_first(site: Site) -> None:
    site.show(*EDITED)
    await site.visit_later()
    site.show(*EDITED, title="The dam talks fail")
    assert await site.visit_later(timedelta(hours=1)) == [("dam edits", Occasion.EDIT)]
    kinds = [r.changes.kinds for r in await site.store.revisions(site.channel.sent[0].article.id)]
    assert kinds == [(ChangeKind.NUMBER,), (ChangeKind.HEADLINE,)]


async def test_an_edit_that_makes_a_rule_match_for_the_first_time_is_news_to_it(site: Site) -> None:
    site.show(*TEXT[:-1], TEXT[-1].replace("nothing else had", "several bridges had"))
    assert await site.visit_later() == [("bridge", Occasion.NEW), ("dam edits", Occasion.EDIT)]


async def test_a_rule_that_matches_no_more_is_told_of_the_edit_with_what_it_had_found(site: Site) -> None:
    site.show(*(paragraph.replace("dam", "weir") for paragraph in TEXT), title="Talks open")
    assert await site.visit_later() == [("dam edits", Occasion.EDIT)]
    assert "dam" in site.channel.sent[0].alert.excerpts[0].text


async def test_nothing_is_told_or_kept_when_only_typography_changed(site: Site) -> None:
    site.show(*(paragraph.replace(" dam ", "\u00a0dam ") for paragraph in TEXT), title=TITLE.upper())
    assert await site.visit_later() == []
    assert site.times_asked() == 2
    assert await site.store.revisions(name_id("article", STORY)) == ()


async def test_an_upgrade_of_the_extractor_is_no_edit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_better(response: Response, link: Link, template: Template) -> Reading:
        reading = read_article(response, link, template)
        version = reading.article.extractor_version + 1
        text = reading.article.text + "\n\nA paragraph that the old extractor had missed."
        return replace(reading, article=replace(reading.article, text=text, extractor_version=version))

    monkeypatch.setattr(walk, "read_article", read_better)
    site.fetcher.serve(STORY, news_page(TITLE, *TEXT, published=site.published) + "<!-- served again -->")
    assert await site.visit_later() == []
    site.show(*EDITED)
    assert await site.visit_later(timedelta(hours=1)) == [("dam edits", Occasion.EDIT)]
    [changes] = [delivery.alert.changes for delivery in site.channel.sent]
    assert changes is not None
    assert changes.kinds == (ChangeKind.NUMBER,)


async def test_after_its_page_was_forgotten_an_upgrade_is_no_edit_either(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_better(response: Response, link: Link, template: Template) -> Reading:
        reading = read_article(response, link, template)
        article = replace(reading.article, extractor_version=10**6, text="Quite another text.\n\nThe end.")
        return replace(reading, article=article)

    await site.store.prune(site.clock.now() + STEP, START, START)
    monkeypatch.setattr(walk, "read_article", read_better)
    assert await site.visit_later() == []


async def test_an_article_is_looked_at_again_at_each_age_and_then_no_more(site: Site) -> None:
    for wait in (15, 45, 120, 21 * 60, 48 * 60, 96 * 60):
        await site.visit_later(timedelta(minutes=wait - 1))
        before = site.times_asked()
        await site.visit_later(timedelta(minutes=1))
        assert site.times_asked() == before + 1
    await site.visit_later(timedelta(days=30))
    assert site.times_asked() == 7


async def test_a_page_that_did_not_change_costs_one_conditional_request(site: Site) -> None:
    site.show(*TEXT, etag='"v1"')
    await site.visit_later()
    await site.visit_later(timedelta(hours=1))
    asked = [request for request in site.fetcher.asked if request.url == STORY]
    assert [request.validators.etag for request in asked] == [None, None, '"v1"']


async def test_a_page_that_is_gone_twice_hours_apart_is_told_as_removed_once(site: Site) -> None:
    site.fetcher.fail(STORY, FetchGone("404 Not Found"))
    assert await site.visit_later() == []
    assert await site.visit_later(GONE_APART - timedelta(minutes=1)) == []
    assert await site.visit_later(timedelta(minutes=1)) == [("dam edits", Occasion.REMOVAL)]
    [stored] = await site.store.articles(ArticleQuery())
    assert stored.gone_at == site.clock.now()
    assert await site.visit_later(timedelta(days=10)) == []


async def test_what_is_gone_is_shown_as_it_read_last(site: Site) -> None:
    site.show(*EDITED, title="The dam talks fail")
    await site.visit_later()
    site.fetcher.fail(STORY, FetchGone("404 Not Found"))
    await site.visit_later(timedelta(hours=1))
    assert await site.visit_later(GONE_APART) == [("dam edits", Occasion.REMOVAL)]
    [delivery] = site.channel.sent
    assert delivery.alert.changes is None
    assert delivery.article.title == "The dam talks fail"
    assert "65 engineers" in delivery.article.text


async def test_a_page_that_comes_back_was_never_gone(site: Site) -> None:
    site.fetcher.fail(STORY, FetchGone("404 Not Found"))
    await site.visit_later()
    site.show(*TEXT)
    await site.visit_later(GONE_APART)
    site.fetcher.fail(STORY, FetchGone("404 Not Found"))
    assert await site.visit_later(timedelta(days=1)) == []
    stored = await site.store.article(STORY)
    assert stored is not None
    assert stored.gone_at is None


async def test_a_page_that_cannot_be_had_waits_for_its_next_age(site: Site) -> None:
    site.fetcher.fail(STORY, FetchFailed("no answer"))
    assert await site.visit_later() == []
    site.show(*EDITED)
    assert await site.visit_later() == []
    assert await site.visit_later(timedelta(hours=1)) == [("dam edits", Occasion.EDIT)]


async def test_a_source_may_ask_for_no_second_look(tmp_path: Path) -> None:
    source = replace(GAZETTE, recheck=())
    async with archive_of(tmp_path, [source]) as store:
        site = Site(store)
        site.show(*TEXT)
        for _ in range(3):
            await site.visit(source)
            site.clock.advance(timedelta(days=1))
        assert site.times_asked() == 1


async def test_a_clock_that_is_set_back_keeps_no_second_look_waiting(site: Site) -> None:
    await site.store.shift_due_times(-timedelta(days=1))
    site.show(*EDITED)
    site.clock.advance(-timedelta(days=1))
    assert await site.visit_later() == [("dam edits", Occasion.EDIT)]


async def test_the_same_edit_found_by_two_workers_is_kept_and_told_once(site: Site) -> None:
    site.show(*EDITED)
    site.clock.advance(STEP)
    known = await site.store.due_looks("gazette", site.clock.now(), 10)
    assert len(known) == 1
    await asyncio.gather(site.visit(GAZETTE), site.visit(GAZETTE))
    assert [delivery.alert.occasion for delivery in await site.deliver()] == [Occasion.EDIT]
    assert len(await site.store.revisions(name_id("article", STORY))) == 1
