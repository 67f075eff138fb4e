"""Digest or word of the sources -> what is shown of it.

Position: over `views`, under `wording`. Pure.

A digest shows each article once, with all the rules that found it, and what belongs to one story together.
It ends with what was watched, so that silence can be told from blindness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby

from monitor.deliver.clean import one_line
from monitor.deliver.views import MAX_NAME_CHARS, AlertView, FurtherView, Sentence, say_time, view_alert
from monitor.model import Coverage, Delivery, Digest, Gap, HealthNotice, Turn

MAX_FULL_STORIES = 40
"""Stories that a digest shows with their sentences; Gmail clips messages above 102 KB of HTML."""

MAX_SENTENCES = 2
"""Sentences that a digest shows of each article."""

MAX_GAPS = 20
MAX_REASON_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An article in a digest: the rules that found it, and a few of the sentences that matched.

    `further` are the articles of its story in other words that any of the rules has to tell of.
    """

    alert: AlertView
    rules: str
    further: tuple[FurtherView, ...]
    sentences: tuple[Sentence, ...]


StoryView = tuple[EntryView, ...]
"""The entries of one story, its first article first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """A digest as the templates see it: clean text only.

    `opening` says in a sentence what it is. Of `stories` everything is shown, of those in `more` the
    headlines. `receipt` says what was watched, "" when nobody knows; `gaps` which sources were not read,
    why and since when.
    """

    digest_id: str
    channel: str
    opening: str
    alerts: int
    stories: tuple[StoryView, ...]
    more: tuple[StoryView, ...]
    receipt: str
    gaps: tuple[str, ...]

    @property
    def preview(self) -> str:
        """What a mailbox shows beside the subject."""
        return self.opening


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """Word of the sources as the templates see it: a line for each that is unwell, or well again."""

    notice_id: str
    channel: str
    opening: str
    unwell: tuple[str, ...]
    well: tuple[str, ...]

    @property
    def preview(self) -> str:
        """What a mailbox shows beside the subject."""
        return (*self.unwell, *self.well)[0]


# --- digests -------------------------------------------------------------------------------------


def view_digest(digest: Digest, timezone: tzinfo) -> DigestView:
    """Return what the templates show of a digest."""
    stories = tuple(
        view_story(tuple(deliveries), timezone)
        for _, deliveries in groupby(digest.deliveries, key=lambda delivery: delivery.alert.story_id)
    )
    return DigestView(
        digest_id=digest.id,
        channel=one_line(digest.channel, MAX_NAME_CHARS),
        opening=say_opening(digest, len(stories), timezone),
        alerts=len(digest.deliveries),
        stories=stories[:MAX_FULL_STORIES],
        more=stories[MAX_FULL_STORIES:],
        receipt=say_coverage(digest.coverage),
        gaps=say_gaps(digest.coverage, timezone),
    )


def view_story(deliveries: Sequence[Delivery], timezone: tzinfo) -> StoryView:
    """Return the entries of one story: an article that several rules have found is one of them."""
    entries: dict[tuple[str, str, str], list[Delivery]] = {}
    for delivery in deliveries:
        version = (delivery.article.id, delivery.alert.occasion.value, delivery.article.text)
        entries.setdefault(version, []).append(delivery)
    return tuple(view_entry(same, timezone) for same in entries.values())


def view_entry(deliveries: Sequence[Delivery], timezone: tzinfo) -> EntryView:
    """Return an article in a digest; the deliveries are all about it."""
    views = [view_alert(delivery, timezone) for delivery in deliveries]
    sentences = dict.fromkeys(sentence for view in views for sentence in view.excerpts)
    return EntryView(
        alert=views[0],
        rules=", ".join(dict.fromkeys(view.rule for view in views)),
        further=tuple(dict.fromkeys(each for view in views for each in view.further)),
        sentences=tuple(sentences)[:MAX_SENTENCES],
    )


def say_opening(digest: Digest, stories: int, timezone: tzinfo) -> str:
    """Return in a sentence what a digest is."""
    count = len(digest.deliveries)
    if digest.limit is not None:
        return f"The limit of {digest.limit} an hour was reached; these {count} waited."
    since = "" if digest.since is None else f" since {say_time(digest.since, timezone)}"
    if not count:
        return f"No news{since}."
    return f"{say_number(count, 'alert')} in {say_number(stories, 'story', 'stories')}{since}."


def write_digest_subject(digest: Digest) -> str:
    """Return the subject of a digest."""
    channel = one_line(digest.channel, MAX_NAME_CHARS)
    if not digest.deliveries:
        gaps = 0 if digest.coverage is None else len(digest.coverage.gaps)
        blind = f"; {say_number(gaps, 'source')} not read" if gaps else ""
        return f"[{channel}] No news{blind}"
    stories = len({delivery.alert.story_id for delivery in digest.deliveries})
    waited = " that waited" if digest.limit is not None else ""
    headline = one_line(digest.deliveries[0].article.title, MAX_REASON_CHARS)
    return f"[{channel}] {say_number(stories, 'story', 'stories')}{waited}: {headline}"


# --- what was watched ----------------------------------------------------------------------------


def say_coverage(coverage: Coverage | None) -> str:
    """Return how many sources were read, as in "41 of 42 sources read"; "" when nobody has looked."""
    if coverage is None:
        return ""
    if not coverage.gaps:
        return f"All {coverage.sources} sources read" if coverage.sources > 1 else "The source was read"
    return f"{coverage.sources - len(coverage.gaps)} of {say_number(coverage.sources, 'source')} read"


def say_gaps(coverage: Coverage | None, timezone: tzinfo) -> tuple[str, ...]:
    """Return a line for each source that was not read; of many, how many more there are."""
    gaps = () if coverage is None else coverage.gaps
    lines = [say_gap(gap, timezone) for gap in gaps[:MAX_GAPS]]
    more = len(gaps) - len(lines)
    return (*lines, f"and {more} more; see `monitor sources`") if more else tuple(lines)


def say_gap(gap: Gap, timezone: tzinfo) -> str:
    """Return why a source was not read, and since when."""
    since = "" if gap.since is None else f" silent since {say_time(gap.since, timezone)}"
    return f"{one_line(gap.source, MAX_NAME_CHARS)}{since}: {one_line(gap.reason, MAX_REASON_CHARS)}"


# --- word of the sources -------------------------------------------------------------------------


def view_notice(notice: HealthNotice, timezone: tzinfo) -> NoticeView:
    """Return what the templates show of a word of the sources."""
    return NoticeView(
        notice_id=notice.id,
        channel=one_line(notice.channel, MAX_NAME_CHARS),
        opening=say_turns(notice.turns),
        unwell=tuple(say_turn(turn, timezone) for turn in notice.turns if not turn.well),
        well=tuple(say_turn(turn, timezone) for turn in notice.turns if turn.well),
    )


def say_turn(turn: Turn, timezone: tzinfo) -> str:
    """Return what has become of a source."""
    source, reason = one_line(turn.source, MAX_NAME_CHARS), one_line(turn.reason, MAX_REASON_CHARS)
    since = say_time(turn.since, timezone)
    if turn.well:
        return f"{source} is well again; it was unwell since {since}: {reason}"
    return f"{source} is unwell since {since}: {reason}"


def say_turns(turns: Iterable[Turn]) -> str:
    """Return in a sentence how many sources are unwell, and how many well again."""
    told = list(turns)
    well = sum(turn.well for turn in told)
    unwell = len(told) - well
    parts = []
    if unwell:
        parts.append(f"{say_number(unwell, 'source')} {'is' if unwell == 1 else 'are'} unwell")
    if well:
        parts.append(f"{say_number(well, 'source')} {'is' if well == 1 else 'are'} well again")
    return ", ".join(parts) + "."


def write_notice_subject(notice: HealthNotice) -> str:
    """Return the subject of a word of the sources."""
    if len(notice.turns) > 1:
        return say_turns(notice.turns).rstrip(".")
    [turn] = notice.turns
    source = one_line(turn.source, MAX_NAME_CHARS)
    if turn.well:
        return f"{source} is well again"
    return f"{source} is unwell: {one_line(turn.reason, MAX_REASON_CHARS)}"


def say_number(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, as in "1 story" and "12 stories"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
