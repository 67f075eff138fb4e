"""Seeds that were read -> the one to settle on, and why.

Position: after `seeds`, once the pipeline has read what it named. Pure.

Dead feeds stay up for years, so a seed must name something recent to be chosen at once. A stale one is
kept in reserve: the site may be slow, which shows when its own page still names that seed's newest
article, or offer nothing better. So is the feed of a podcast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.discover.listing import EARLIEST
from monitor.model import Link, Seed, SeedKind

STALE_AFTER = timedelta(days=30)
"""A seed whose newest article is older is not chosen while there is another. Sites that are worth watching
publish at least once a month; by convention, not by measurement."""

DRY_AFTER = timedelta(days=14)
"""A seed that has named nothing new for so long is examined again: a few requests in two weeks."""

MAX_PROBLEM_CHARS = 120

GUESSED = "s usually lie there"
"""The end of the reason for a seed that nothing names. That there is none is not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A seed that was read: the links that it names, newest first, or the problem with it.

    `is_podcast` says that these lead to episodes.
    """

    seed: Seed
    links: tuple[Link, ...] = ()
    problem: str = ""
    is_podcast: bool = False


def pick_seed(trials: Sequence[Trial], now: datetime, dry: Seed | None = None) -> Seed | None:
    """Return the seed to settle on, given those read so far in the order of `find_seeds`; None: read on.

    `dry` is the one that was chosen before and has dried up: without a date it counts as stale. The seed
    comes back with its reason, and with `now` as the time of the choice.
    """
    last = trials[-1]
    if last.seed.kind is SeedKind.FRONT:
        shown = {link.key for link in last.links}
        for earlier in trials[:-1]:
            if earlier.links and not earlier.is_podcast and earlier.links[0].key in shown:
                return _settle(earlier, trials, now)
    if not last.links or last.is_podcast or _is_stale(last, now, dry):
        return None
    return _settle(last, trials, now)


def pick_stale_seed(trials: Iterable[Trial], now: datetime) -> Seed | None:
    """Return the least stale seed, when all were read and `pick_seed` took none; None when none has links."""
    trials = tuple(trials)
    best = max(
        (trial for trial in trials if trial.links),
        key=lambda trial: _newest_date(trial.links) or EARLIEST,
        default=None,
    )
    return None if best is None else _settle(best, trials, now)


def tell_problems(trials: Iterable[Trial]) -> str:
    """Return what is wrong with each seed that was named, "" when none was."""
    return "; ".join(_tell_problem(trial) for trial in trials if _is_worth_a_word(trial))


def has_dried_up(seed: Seed, last_new_at: datetime | None, now: datetime) -> bool:
    """Return whether a chosen seed has named nothing new for so long that another may be better.

    `last_new_at` is when it last named a link never seen before, None for never.
    """
    since = [moment for moment in (seed.chosen_at, last_new_at) if moment is not None]
    return seed.chosen_at is not None and now - max(since) > DRY_AFTER


def _newest_date(links: Iterable[Link]) -> datetime | None:
    return max((link.published_at for link in links if link.published_at is not None), default=None)


def _is_stale(trial: Trial, now: datetime, dry: Seed | None) -> bool:
    newest = _newest_date(trial.links)
    return trial.seed == dry if newest is None else newest < now - STALE_AFTER


def _settle(chosen: Trial, trials: Iterable[Trial], now: datetime) -> Seed:
    others = tell_problems(trial for trial in trials if trial.seed != chosen.seed)
    rest = f"; passed over: {others}" if others else ""
    reason = f"{chosen.seed.reason or 'it lists articles'}, and {_tell_age(chosen.links)}{rest}"
    return replace(chosen.seed, reason=reason, chosen_at=now)


def _is_worth_a_word(trial: Trial) -> bool:
    return bool(trial.links) or not trial.seed.reason.endswith(GUESSED)


def _tell_problem(trial: Trial) -> str:
    if trial.is_podcast:
        return f"the feed {trial.seed.url} (it is a podcast's)"
    seed, kind = trial.seed, "page" if trial.seed.kind is SeedKind.FRONT else trial.seed.kind
    problem = trial.problem.removeprefix(f"{seed.url} ")[:MAX_PROBLEM_CHARS]
    return f"the {kind} {seed.url} ({_tell_age(trial.links) if trial.links else problem})"


def _tell_age(links: Iterable[Link]) -> str:
    newest = _newest_date(links)
    if newest is None:
        return "its articles bear no dates"
    return f"its newest article is of {newest.astimezone(UTC):%Y-%m-%d}"
