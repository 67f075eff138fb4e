"""What the demo does, step by step, and what should have come of it.

Position: the last of the demo; `run_demo` is what `cli` calls. The daemon it starts knows nothing of
it: everything shown here is what the daemon logs, and what the mailbox and the webhook receive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from monitor.demo.checks import Outcome, check_outcome
from monitor.demo.configuration import DESK, READERS, make_secret, write_configuration
from monitor.demo.daemon import Daemon, LogLine
from monitor.demo.events import (
    ArticleKept,
    Chapter,
    DaemonComplained,
    DaemonStarted,
    DaemonStopped,
    DemoEvent,
    DemoSummary,
    Edited,
    HookArrived,
    MailArrived,
    Opened,
    Published,
    Visited,
)
from monitor.demo.mailbox import Mail, Mailbox
from monitor.demo.newsstand import Newsstand, Site
from monitor.demo.stories import edit_story
from monitor.demo.webhook import Hook, WebhookReceiver
from monitor.errors import MonitorError
from monitor.model import name_id
from monitor.text.urls import url_key

PATIENCE = timedelta(seconds=80)
"""How long the whole story may take; about 25 s, of which an alert and an update wait 6 each for copies."""

STOP_PATIENCE = timedelta(seconds=10)
"""The daemon's own promise of how soon it ends after SIGTERM."""

PUBLISH_EVERY = timedelta(seconds=30)
"""How often another story comes out when the demo stays."""

ALERTING_STORY = "ferry-offer"
DISTRACTING_STORY = "beekeepers-court"
COPIED_STORY = "ready-for-ferry-talks"
RETOLD_STORY = "ferry-offer-reaches-the-quay"

NEW_HEADLINE = "Velmora Offers Kestria Ferry Talks if a Third Party Keeps the Timetable"
FIRST_NUMBER, NEW_NUMBER = "140", "90"
"""What the paper changes in the story that alerted."""

LATER_STORIES = ("list-of-names", "chess-by-lamplight", "lighthouse-winter", "flax-money")
"""What comes out when the demo stays; the rule looks for the first."""

FIRST_VISITS = """\
The daemon visits both papers for the first time. It keeps what it finds, without the chrome, and \
alerts nobody: this is the backlog, although one of its stories would match the rule."""
NEW_STORIES = """\
Two new stories come out. One is about ferry talks with Kestria, which the rule looks for. The other is \
about bees; only the poll beside it asks about ferry talks."""
THE_COPY = """\
The other paper prints the story too, under a title of its own and lightly edited. Nobody needs to hear \
it twice: the alert has waited a little for copies, and names the other paper. The readers take one mail an \
hour: what two rules found comes to them in one digest, which ends with what was watched."""
IN_OTHER_WORDS = """\
The other paper writes of it again, now in words of its own. That is no copy, but more of the same story: \
the desk gets an update under the first mail. On real sites there is at most one in six hours."""
THE_EDIT = """\
The first paper changes its story: another headline, another number. The rule asks for edits: the \
desk gets the difference, word by word, under the first mail."""
THE_END = "The daemon is asked to stop (SIGTERM)."
STAYING = """\
Everything keeps running, and every half minute another story comes out. Look at the papers in a browser \
({papers}), or ask the daemon from another terminal: monitor articles --config {configuration}
Ctrl-C ends it."""


class DaemonEndedError(MonitorError):
    """The daemon ended while something was still expected of it."""


async def run_demo(*, stay: bool, folder: Path) -> AsyncGenerator[DemoEvent]:
    """Run the demo in `folder`, which stays behind; yield what happens, as it happens.

    The last event is a `DemoSummary`; with `stay`, events go on after it until the generator is closed.
    """
    demo = Demo(folder)
    play = asyncio.create_task(demo.play(stay=stay))
    try:
        while (event := await demo.events.get()) is not None:
            yield event
        await play
    finally:
        play.cancel()
        await asyncio.gather(play, return_exceptions=True)


class Demo:
    """The newsstand, the mailbox, the webhook receiver and the daemon between them."""

    def __init__(self, folder: Path) -> None:
        self.events: asyncio.Queue[DemoEvent | None] = asyncio.Queue()
        self.newsstand = Newsstand()
        self.mailbox = Mailbox()
        self.receiver = WebhookReceiver(make_secret())
        self._folder = folder
        self._daemon = Daemon(folder / "sources.yaml", self._note_line)
        self._lines: list[LogLine] = []
        self._titles: dict[str, str] = {}
        self._stirred = asyncio.Event()
        self.mailbox.on_mail = self._note_mail
        self.receiver.on_hook = self._note_hook

    async def play(self, *, stay: bool) -> None:
        """Play the story to its end, and close everything; None in `events` says that it is over."""
        began = monotonic()
        try:
            async with AsyncExitStack() as stack:
                for place in (self.newsstand, self.mailbox, self.receiver):
                    await place.open()
                    stack.push_async_callback(place.close)
                stack.push_async_callback(self._daemon.stop, STOP_PATIENCE)
                self._say_what_is_open()
                # When something does not happen in time, the checks say what.
                with suppress(TimeoutError, DaemonEndedError):
                    async with asyncio.timeout(PATIENCE.total_seconds()):
                        await self._tell()
                exit_code = None if stay else await self._stop()
                checks = await check_outcome(self._daemon, self._outcome(exit_code))
                elapsed = timedelta(seconds=monotonic() - began)
                self.events.put_nowait(DemoSummary(checks=checks, elapsed=elapsed))
                if stay:
                    await self._stay()
        finally:
            self.events.put_nowait(None)

    # --- the story -----------------------------------------------------------------------------

    def _say_what_is_open(self) -> None:
        write_configuration(self._folder, self.newsstand, self.mailbox, self.receiver)
        self.events.put_nowait(
            Opened(
                newsstand={site.title: site.url for site in self.newsstand.sites},
                mailbox=self.mailbox.url,
                webhook=self.receiver.url,
                configuration=self._daemon.configuration,
            )
        )

    async def _tell(self) -> None:
        review, herald = self.newsstand.sites
        self.events.put_nowait(Chapter(FIRST_VISITS))
        await self._daemon.start()
        self.events.put_nowait(DaemonStarted(command=self._daemon.command))
        await self._until(lambda: all(self._was_visited(site) for site in (review, herald)))

        self.events.put_nowait(Chapter(NEW_STORIES))
        urls = [self._publish(review, slug) for slug in (DISTRACTING_STORY, ALERTING_STORY)]
        await self._until(lambda: all(map(self._was_read, urls)))

        self.events.put_nowait(Chapter(THE_COPY))
        copy = self._publish(herald, COPIED_STORY)
        await self._until(lambda: self._was_read(copy))
        await self._until(lambda: self._was_told(times=1) and self._got_mail(READERS) > 0)

        self.events.put_nowait(Chapter(IN_OTHER_WORDS))
        retold = self._publish(herald, RETOLD_STORY)
        await self._until(lambda: self._was_read(retold))
        await self._until(lambda: self._was_told(times=2))

        self.events.put_nowait(Chapter(THE_EDIT))
        self._edit(review)
        await self._until(lambda: self._was_told(times=3))

    async def _stop(self) -> int:
        self.events.put_nowait(Chapter(THE_END))
        exit_code = await self._daemon.stop(STOP_PATIENCE)
        self.events.put_nowait(DaemonStopped(exit_code=exit_code))
        return exit_code

    async def _stay(self) -> None:
        """Publish what is left, a story at a time, and wait until cancelled."""
        papers = " and ".join(site.url for site in self.newsstand.sites)
        self.events.put_nowait(
            Chapter(STAYING.format(papers=papers, configuration=self._daemon.configuration))
        )
        for slug in LATER_STORIES:
            await asyncio.sleep(PUBLISH_EVERY.total_seconds())
            self._publish(next(site for site in self.newsstand.sites if slug in site.stories), slug)
        await asyncio.Event().wait()

    def _publish(self, site: Site, slug: str) -> str:
        publication = site.publish(slug, datetime.now(UTC))
        self.events.put_nowait(
            Published(paper=site.title, title=publication.story.title, url=publication.url)
        )
        return publication.url

    def _edit(self, site: Site) -> None:
        before = site.stories[ALERTING_STORY]
        after = edit_story(before, NEW_HEADLINE, FIRST_NUMBER, NEW_NUMBER)
        publication = site.edit(ALERTING_STORY, after)
        self.events.put_nowait(Edited(paper=site.title, title=after.title, url=publication.url))

    # --- what is seen --------------------------------------------------------------------------

    async def _until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, looking again whenever anything happens.

        Raises:
            DaemonEndedError: it never will be.
        """
        while not is_so():
            self._stirred.clear()
            await self._stirred.wait()
            if self._daemon.exit_code is not None:
                raise DaemonEndedError

    def _was_visited(self, site: Site) -> bool:
        return any(line.step == "visit" and line.source == site.name for line in self._lines)

    def _was_read(self, url: str) -> bool:
        """Return whether a page was ingested, and the visit that found it has ended."""
        lines = iter(self._lines)
        source = next((line.source for line in lines if line.step == "ingest" and line.url == url), None)
        return any(line.step == "visit" and line.source == source for line in lines)

    def _was_told(self, *, times: int) -> bool:
        """Return whether the desk and the webhook have been told so many times."""
        return min(self._got_mail(DESK), len(self.receiver.hooks)) >= times

    def _got_mail(self, address: str) -> int:
        return sum(mail.to == (address,) for mail in self.mailbox.mails)

    def _outcome(self, exit_code: int | None) -> Outcome:
        return Outcome(
            newsstand=self.newsstand,
            lines=tuple(self._lines),
            mails=tuple(self.mailbox.mails),
            hooks=tuple(self.receiver.hooks),
            refused=self.receiver.refused,
            exit_code=exit_code,
        )

    def _note_line(self, line: LogLine | None) -> None:
        if line is not None:
            self._lines.append(line)
            event = self._describe(line)
            if event is not None:
                self.events.put_nowait(event)
        self._stirred.set()

    def _describe(self, line: LogLine) -> DemoEvent | None:
        """Return what a line of the log shows; None for what a viewer need not see."""
        if line.step == "ingest" and line.title:
            self._titles[name_id("article", url_key(line.url))] = line.title
            return ArticleKept(
                source=line.source,
                title=line.title,
                url=line.url,
                stripped=line.stripped,
                copy_of=self._titles.get(line.copy_of, line.copy_of) or None,
                alerts=line.alerts,
            )
        if line.step == "visit" and (line.new or line.reason):
            return Visited(
                source=line.source,
                outcome=line.outcome,
                found=line.found,
                new=line.new,
                kept=line.kept,
                copies=line.copies,
                reason=line.reason or None,
            )
        if line.level not in ("info", "debug") or line.reason:
            subject = " ".join(filter(None, (line.step, line.source, line.channel, line.url, line.outcome)))
            return DaemonComplained(
                text=f"{subject}: {line.reason}" if line.step != "output" else line.reason
            )
        return None

    def _note_mail(self, mail: Mail) -> None:
        self.events.put_nowait(
            MailArrived(subject=mail.subject, to=mail.to, text=mail.text, repeated=mail.repeated)
        )
        self._stirred.set()

    def _note_hook(self, hook: Hook) -> None:
        self.events.put_nowait(
            HookArrived(id=hook.id, body=hook.body.decode("utf-8", "replace"), repeated=hook.repeated)
        )
        self._stirred.set()
