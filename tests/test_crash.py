"""The daemon, killed anywhere and started again, loses nothing and tells nobody twice.

The real `monitor run` works for the demo's newsstand, mailbox and webhook receiver. It is killed with
SIGKILL when something is seen to happen: a page is asked for, a line is logged, an alert arrives.
"""

import asyncio
import json
import os
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import psutil
import pytest

from monitor.demo.configuration import DESK, make_secret, write_configuration
from monitor.demo.daemon import Daemon, LogLine
from monitor.demo.mailbox import Mail, Mailbox
from monitor.demo.newsstand import Newsstand
from monitor.demo.stories import Block, BlockKind, Story
from monitor.demo.webhook import WebhookReceiver

KILLS = 10
MAX_DELAY_S = 0.05
STARTING_S = (0.3, 1.5)
"""Between these the daemon loads, takes its lock and gives back what the one before it held."""
LIFE_S = 60
"""How long one life of the daemon may take to come to its moment; most need two seconds."""
PAGE_PRECISION = timedelta(seconds=1)
"""A page's own date is read to the second: one in the second of registration would count as older."""
SEED_NAME = "CRASH_SEED"
"""Set it to the seed that a failed run printed, to have the same moments again."""


class Sight(StrEnum):
    """What can be seen from outside the daemon."""

    START = "start"
    REQUEST = "request"
    LINE = "line"
    MAIL = "mail"
    HOOK = "hook"
    END = "end"


@dataclass(frozen=True)
class Moment:
    """When to kill: some milliseconds after the `nth` sight of a kind since the start."""

    sight: Sight
    nth: int
    delay_s: float


class World:
    """Everything around the daemon, and the moment at which it is to be killed."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.newsstand = Newsstand(chance)
        self.mailbox = Mailbox()
        self.receiver = WebhookReceiver(make_secret())
        self.daemon = Daemon(folder / "sources.yaml", self._see_line)
        self.visited: set[str] = set()
        self.workers: set[psutil.Process] = set()
        self._folder = folder
        self._seen: Counter[Sight] = Counter()
        self._moment: Moment | None = None
        self._stirred = asyncio.Event()
        for site in self.newsstand.sites:
            site.on_request = lambda path: self._see(Sight.REQUEST, path)
        self.mailbox.on_mail = lambda mail: self._see(Sight.MAIL, mail.message_id)
        self.receiver.on_hook = lambda hook: self._see(Sight.HOOK, hook.id)

    async def open(self) -> None:
        for place in (self.newsstand, self.mailbox, self.receiver):
            await place.open()
        path = write_configuration(self._folder, self.newsstand, self.mailbox, self.receiver)
        text = path.read_text()
        for setting in ("every: 1s", "group_wait: 0s"):
            name = setting.partition(" ")[0]
            text, found = re.subn(rf"\b{name} \w+", setting, text)
            assert found == 1
        path.write_text(text)

    def desk_mails(self) -> list[Mail]:
        """Return what the desk was sent, each once; the readers of the demo have digests."""
        return [mail for mail in self.mailbox.unique_mails if DESK in mail.to]

    async def close(self) -> None:
        self.daemon.kill()
        await self.daemon.wait()
        for place in (self.newsstand, self.mailbox, self.receiver):
            await place.close()

    async def live_until(self, moment: Moment) -> None:
        """Start the daemon and kill it at a moment."""
        await self._start(moment)
        async with asyncio.timeout(LIFE_S):
            assert await self.daemon.wait() == -signal.SIGKILL, "the daemon ended by itself"

    async def live_until_so(self, is_so: Callable[[], bool]) -> int:
        """Start the daemon and ask it to end once something is so; return its exit code."""
        await self._start(None)
        async with asyncio.timeout(LIFE_S):
            while not is_so():
                self._stirred.clear()
                await self._stirred.wait()
                assert self.daemon.exit_code is None, "the daemon ended by itself"
        return await self.daemon.stop(timedelta(seconds=10))

    async def _start(self, moment: Moment | None) -> None:
        print(moment)  # noqa: T201  (as above)
        self._moment = moment
        self._seen.clear()
        self.visited.clear()
        await self.daemon.start()
        self._see(Sight.START)

    def _see(self, sight: Sight, what: object = "") -> None:
        print(f"{datetime.now(UTC):%H:%M:%S.%f} {sight} {what}")  # noqa: T201  (shown when the test fails)
        self._seen[sight] += 1
        self._stirred.set()
        if self._moment and sight is self._moment.sight and self._seen[sight] == self._moment.nth:
            self.workers.update(psutil.Process(self.daemon.pid).children(recursive=True))
            if self._moment.delay_s:
                asyncio.get_running_loop().call_later(self._moment.delay_s, self.daemon.kill)
            else:
                self.daemon.kill()

    def _see_line(self, line: LogLine | None) -> None:
        if line is None:
            self._see(Sight.END)
            return
        if line.step == "visit":
            self.visited.add(line.source)
        self._see(Sight.LINE, line)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get(SEED_NAME) or random.SystemRandom().randrange(10**6))
    print(f"{SEED_NAME}={seed}")  # noqa: T201  (pytest shows it when the test fails)
    return random.Random(seed)


@pytest.fixture
async def world(tmp_path: Path, chance: random.Random) -> AsyncIterator[World]:
    world = World(tmp_path, chance)
    await world.open()
    yield world
    await world.close()


def choose_moments(chance: random.Random) -> list[Moment]:
    """Return when to kill. The first life ends over the backlog; one ends while it starts.

    A mail and a hook end at least one each, without delay: the receiver has the alert, and the daemon
    will never know.
    """
    sights = [chance.choice([Sight.REQUEST, Sight.LINE, Sight.MAIL, Sight.HOOK]) for _ in range(KILLS - 4)]
    moments = [draw_moment(sight, chance) for sight in sights]
    moments += [Moment(Sight.MAIL, 1, 0), Moment(Sight.HOOK, 1, 0)]
    moments.append(Moment(Sight.START, 1, chance.uniform(*STARTING_S)))
    chance.shuffle(moments)
    return [Moment(Sight.REQUEST, chance.randint(1, 20), chance.uniform(0, MAX_DELAY_S)), *moments]


def draw_moment(sight: Sight, chance: random.Random) -> Moment:
    last = {Sight.REQUEST: 5, Sight.LINE: 8}.get(sight, 1)
    return Moment(sight, chance.randint(1, last), chance.uniform(0, MAX_DELAY_S))


def write_story(number: int, words: list[str], chance: random.Random) -> Story:
    """Return a story that the demo's rule looks for and that is like no other: its words are drawn by lot."""

    def sentence(length: int) -> str:
        return " ".join(chance.choices(words, k=length)).capitalize() + "."

    paragraphs = [" ".join(sentence(chance.randint(8, 18)) for _ in range(4)) for _ in range(6)]
    paragraphs[2] += " Kestria heard of the ferry talks."
    return Story(
        slug=f"drawn-by-lot-{number}",
        title=sentence(8).rstrip("."),
        authors=("Ilse Quillfeather",),
        section="Foreign policy",
        days_old=None,
        copy_of=None,
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, lines=(text,)) for text in paragraphs),
    )


def write_stories(newsstand: Newsstand, chance: random.Random) -> list[Story]:
    paragraphs = [text for story in newsstand.review.stories.values() for text in story.paragraphs]
    words = [word for text in paragraphs for word in text.lower().split() if word.isalpha()]
    return [write_story(number, words, chance) for number in range(KILLS)]


async def test_killed_at_ten_moments_every_article_is_kept_once_and_every_alert_told_once(
    world: World, chance: random.Random
) -> None:
    review, herald = world.newsstand.sites
    told = [review.stories["ferry-offer"], *write_stories(world.newsstand, chance)]
    for story in told:
        review.add_story(story)
    alerting = iter(told)

    for number, moment in enumerate(choose_moments(chance)):
        if number:  # by then the first life has registered its sources, so all that comes out is news
            review.publish(next(alerting).slug, datetime.now(UTC) + PAGE_PRECISION)
        await world.live_until(moment)
    for story in alerting:
        review.publish(story.slug, datetime.now(UTC))
    herald.publish("ready-for-ferry-talks", datetime.now(UTC))

    def is_all_told() -> bool:
        return (
            world.visited == {review.name, herald.name}
            and len(world.desk_mails()) >= len(told)
            and len(world.receiver.unique_hooks) >= len(told)
        )

    assert await world.live_until_so(is_all_told) == 0

    articles = await world.daemon.articles()
    published = [each.url for site in world.newsstand.sites for each in site.publications]
    assert sorted(article.url for article in articles) == sorted(published)

    titles = sorted(story.title for story in told)
    outbox = await world.daemon.deliveries()
    for channel in ("desk", "ops"):
        entries = [entry for entry in outbox if entry.channel == channel]
        assert sorted(entry.article_title for entry in entries) == titles
        assert {entry.state for entry in entries} == {"sent"}

    ids = {entry.alert_id: entry.channel for entry in outbox}
    hooks, mails = world.receiver.unique_hooks, world.desk_mails()
    assert sorted(json.loads(hook.body)["data"]["article"]["title"] for hook in hooks) == titles
    assert {hook.id for hook in hooks} == {one for one, channel in ids.items() if channel == "ops"}
    desk = [one for one, channel in ids.items() if channel == "desk"]
    assert sorted(mail.message_id for mail in mails) == sorted(f"<alert.{one}@example.org>" for one in desk)
    assert any(hook.repeated for hook in world.receiver.hooks)
    assert any(mail.repeated for mail in world.mailbox.mails)

    assert psutil.wait_procs(world.workers, timeout=10)[1] == []
