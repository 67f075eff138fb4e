"""What should have come of the demo, each expectation by its name.

Position: after the story, before the summary. Judges what was logged, what arrived, and what the
archive holds: the text of each article is compared with what its author wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.demo.configuration import DESK, READERS
from monitor.demo.daemon import ArchivedArticle, Daemon, LogLine, OutboxEntry
from monitor.demo.events import Check
from monitor.demo.mailbox import Mail
from monitor.demo.newsstand import Newsstand, Site
from monitor.demo.stories import Story
from monitor.demo.webhook import Hook
from monitor.errors import MonitorError

EDITED = "] Edited: "
UPDATE = "] Update: "
"""What the subject of a mail holds that follows another on its story."""

ALSO_IN = "Also reported by "

FOLLOWING_HOOKS = (b'"occasion":"edit"', b'"occasion":"update"')
"""What a webhook's body holds that follows another on its story."""

TOLD = ("desk", "ops", "readers", "readers")
"""Whom the rules tell of the story: both of them tell the readers."""

DIGEST_WORDS = ("The limit of 1 an hour was reached; these 2 waited.", "ferry, strait", "All 2 sources read")
"""Why it is a digest, which rules found the story, and what was watched."""

STRIPPED = ("currency ticker", "weather", "poll", "related links")
"""The boxes of the analysis paper, as the log names what was stripped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen. `exit_code` is None while the daemon runs on."""

    newsstand: Newsstand
    lines: Sequence[LogLine]
    mails: Sequence[Mail]
    hooks: Sequence[Hook]
    refused: int
    exit_code: int | None

    @property
    def desk_mails(self) -> list[Mail]:
        """What the desk was sent, each once."""
        return [mail for mail in self.mails if mail.to == (DESK,) and not mail.repeated]

    @property
    def readers_mails(self) -> list[Mail]:
        """What the readers were sent, each once."""
        return [mail for mail in self.mails if mail.to == (READERS,) and not mail.repeated]


async def check_outcome(daemon: Daemon, outcome: Outcome) -> tuple[Check, ...]:
    """Return every expectation, met or not. Asks the archive through the program's own commands."""
    try:
        articles, outbox = await daemon.articles(), await daemon.deliveries()
    except MonitorError as exc:
        return (Check(name="the archive can be read", passed=False, detail=str(exc)),)
    return (
        *check_archive(outcome, articles),
        *check_alerts(outcome, outbox),
        *check_copy(outcome, articles, outbox),
        *check_digest(outcome),
        *check_update(outcome),
        *check_edit(outcome),
        *check_end(outcome),
    )


def check_archive(outcome: Outcome, articles: Sequence[ArchivedArticle]) -> Iterator[Check]:
    """Check that each story was kept once, word for word, and the chrome around it was not."""
    by_url = {article.url: article for article in articles}
    for site in outcome.newsstand.sites:
        out = site.publications
        kept = [by_url[each.url] for each in out if each.url in by_url]
        yield Check(
            name=f"every article of {site.title} is kept, once",
            passed=len(kept) == len(out) == sum(article.source == site.name for article in articles),
            detail=f"{len(kept)} of {len(out)}",
        )
    stories = {each.url: each.story for site in outcome.newsstand.sites for each in site.publications}
    wrong = [article for article in articles if not is_story(article, stories.get(article.url))]
    yield Check(
        name="each text is what its author wrote, and no word of the chrome",
        passed=bool(articles) and not wrong,
        detail="; ".join(article.title for article in wrong) or f"{len(articles)} compared",
    )
    stripped = {reason for line in outcome.lines for reason, count in line.stripped.items() if count}
    yield Check(
        name="currency ticker with metals, weather, poll and related links are stripped",
        passed=stripped.issuperset(STRIPPED),
        detail=", ".join(sorted(stripped)),
    )


def is_story(article: ArchivedArticle, story: Story | None) -> bool:
    """Return whether an archived article is just what was printed."""
    return story is not None and (
        (article.title, article.authors, tuple(article.text.split("\n\n")))
        == (story.title, story.authors, story.paragraphs)
    )


def check_alerts(outcome: Outcome, outbox: Sequence[OutboxEntry]) -> Iterator[Check]:
    """Check that the story that the rules look for was told, and nothing else was."""
    mails = [mail for mail in outcome.desk_mails if EDITED not in mail.subject and UPDATE not in mail.subject]
    hooks = [
        hook
        for hook in outcome.hooks
        if not hook.repeated and not any(mark in hook.body for mark in FOLLOWING_HOOKS)
    ]
    yield Check(
        name="the alert is in the mailbox",
        passed=len(mails) == 1 and "ferry talks" in mails[0].text.casefold(),
        detail="; ".join(mail.subject for mail in mails),
    )
    yield Check(
        name="it names the other paper, which has the story too",
        passed=all(ALSO_IN in mail.text for mail in mails),
        detail=next((line for mail in mails for line in mail.text.splitlines() if ALSO_IN in line), ""),
    )
    yield Check(
        name="the same alert is at the webhook, its signature verified",
        passed=len(hooks) == 1 and outcome.refused == 0,
        detail=f"{len(hooks)} taken, {outcome.refused} refused",
    )
    news = [entry for entry in outbox if entry.occasion == "new"]
    sent = [entry for entry in news if entry.state == "sent"]
    titles = {entry.article_title for entry in news}
    yield Check(
        name="nobody was alerted for the backlog, or for what only a poll said",
        passed=len(titles) == 1 and len(sent) == len(news),
        detail="; ".join(sorted(titles)),
    )


def check_copy(
    outcome: Outcome, articles: Sequence[ArchivedArticle], outbox: Sequence[OutboxEntry]
) -> Iterator[Check]:
    """Check that the other paper's version was known for a copy and alerted nobody again."""
    titles = {article.id: article.title for article in articles}
    copies = [article for article in articles if article.copy_of is not None]
    printed = [
        (each.story.title, original_title(outcome.newsstand.review, each.story))
        for each in outcome.newsstand.herald.publications
        if each.story.copy_of is not None
    ]
    yield Check(
        name="the copy is known for a copy, and no other story is taken for one",
        passed=bool(printed) and [(copy.title, titles.get(copy.copy_of or "")) for copy in copies] == printed,
        detail="; ".join(copy.title for copy in copies),
    )
    news = [entry for entry in outbox if entry.occasion == "new"]
    yield Check(
        name="the copy sent no second alert",
        passed=bool(printed) and sorted(entry.channel for entry in news) == sorted(TOLD),
        detail=f"{len(news)} deliveries of news in the outbox",
    )


def check_digest(outcome: Outcome) -> Iterator[Check]:
    """Check that the readers, who take one mail an hour, got one digest, which ends with what was watched."""
    digests = outcome.readers_mails
    yield Check(
        name="the readers got one digest of what two rules found, with what was watched",
        passed=len(digests) == 1 and all(words in digests[0].text for words in DIGEST_WORDS),
        detail="; ".join(mail.subject for mail in digests),
    )


def check_update(outcome: Outcome) -> Iterator[Check]:
    """Check that an article of the story in other words was told once, under the first mail."""
    updates = [mail for mail in outcome.desk_mails if UPDATE in mail.subject]
    yield Check(
        name="the story in other words is an update under the first mail",
        passed=len(updates) == 1 and updates[0].is_reply_to(outcome.desk_mails[0]),
        detail="; ".join(mail.subject for mail in updates),
    )


def check_edit(outcome: Outcome) -> Iterator[Check]:
    """Check that the edit was told once, with what was changed, under the first mail."""
    edits = [mail for mail in outcome.desk_mails if EDITED in mail.subject]
    changed = ("Edited: headline, number", "[-140", "{+90")
    yield Check(
        name="the edit is in the mailbox, word by word",
        passed=len(edits) == 1
        and edits[0].is_reply_to(outcome.desk_mails[0])
        and all(words in edits[0].text for words in changed),
        detail="; ".join(mail.subject for mail in edits),
    )


def original_title(site: Site, copy: Story) -> str:
    """Return the title, as it reads now, of the story that `copy` repeats."""
    return next((each.story.title for each in site.publications if each.story.slug == copy.copy_of), "")


def check_end(outcome: Outcome) -> Iterator[Check]:
    """Check how the daemon ended, when it did."""
    if outcome.exit_code is not None:
        yield Check(
            name="the daemon ended well when it was asked to",
            passed=outcome.exit_code == 0,
            detail=f"exit code {outcome.exit_code}",
        )
