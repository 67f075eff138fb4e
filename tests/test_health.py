"""When a source is unwell: held against its own last weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.health import Ailment, diagnose, survey
from monitor.model import Coverage, Gap
from monitor.ports import ArticleYield, SourceState, SourceYield

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def state(
    *,
    failures: int = 0,
    failing: timedelta | None = None,
    active: bool = True,
    articles: int = 50,
    silent: timedelta | None = None,
    dismissed: int = 0,
    postponed: int = 0,
    added: timedelta = 100 * DAY,
) -> SourceState:
    return SourceState(
        name="gazette",
        url="https://gazette.example/",
        active=active,
        added_at=NOW - added,
        seed=None,
        last_visit_at=NOW,
        next_visit_at=NOW,
        failures=failures,
        failing_since=None if failing is None else NOW - failing,
        reason="gazette.example: 503" if failures else None,
        articles=articles,
        last_article_at=None if silent is None else NOW - silent,
        waiting=0,
        dismissed=dismissed,
        postponed=postponed,
    )


def give(
    count: int = 40,
    *,
    every: timedelta = 6 * HOUR,
    silent: timedelta = HOUR,
    short: int = 0,
    undated: int = 0,
    dismissed: int = 0,
    postponed: int = 0,
) -> SourceYield:
    """Return what a source gave, one article `every` so often; of the newest, some are short or undated."""
    articles = tuple(
        ArticleYield(
            found_at=NOW - silent - every * n, characters=200 if n < short else 3000, dated=n >= undated
        )
        for n in range(count)
    )
    return SourceYield(source="gazette", articles=articles, dismissed=dismissed, postponed=postponed)


def test_a_source_that_gives_what_it_always_gave_is_well() -> None:
    assert diagnose(state(), give(), NOW) is None


def test_a_source_that_fails_is_unwell_after_three_failures_and_two_hours() -> None:
    assert diagnose(state(failures=2, failing=DAY), None, NOW) is None
    assert diagnose(state(failures=3, failing=HOUR), None, NOW) is None
    ailment = diagnose(state(failures=3, failing=2 * HOUR), None, NOW)
    assert ailment == Ailment(reason="gazette.example: 503", since=NOW - 2 * HOUR)


def test_a_source_that_answers_but_has_fallen_silent_is_unwell_since_its_last_article() -> None:
    ailment = diagnose(state(), give(silent=2 * DAY), NOW)
    assert ailment is not None
    assert ailment.since == NOW - 2 * DAY
    assert "6 hours was the longest" in ailment.reason


def test_a_weekly_source_may_be_silent_for_a_week() -> None:
    assert diagnose(state(), give(6, every=5 * DAY, silent=7 * DAY), NOW) is None


def test_a_busy_source_may_be_silent_for_a_night() -> None:
    assert diagnose(state(), give(every=HOUR, silent=12 * HOUR), NOW) is None


def test_one_batch_of_articles_tells_no_rhythm() -> None:
    assert diagnose(state(), give(20, every=timedelta(seconds=1), silent=9 * DAY), NOW) is None


def test_ten_dismissed_pages_in_a_row_make_a_source_unwell() -> None:
    assert diagnose(state(), give(dismissed=9), NOW) is None
    ailment = diagnose(state(), give(dismissed=10), NOW)
    assert ailment is not None
    assert "10 pages" in ailment.reason


def test_ten_pages_that_cannot_be_had_make_a_source_unwell_once_that_has_lasted() -> None:
    assert diagnose(state(), give(postponed=10, silent=HOUR), NOW) is None
    assert diagnose(state(), give(postponed=9, silent=3 * HOUR), NOW) is None
    ailment = diagnose(state(), give(postponed=7, dismissed=3, silent=3 * HOUR), NOW)
    assert ailment == Ailment(
        reason="it answers, but none of its last 10 pages could be read as an article; "
        "`monitor sources gazette` says why",
        since=NOW - 3 * HOUR,
    )


def test_a_new_source_whose_pages_cannot_be_had_is_unwell_after_two_hours_or_a_day() -> None:
    assert diagnose(state(articles=0, postponed=12, added=HOUR), None, NOW) is None
    assert diagnose(state(articles=0, postponed=3, added=3 * HOUR), None, NOW) is None
    assert diagnose(state(articles=0, postponed=2, added=2 * DAY), None, NOW) is None
    for pages, added in ((12, 2 * HOUR), (3, DAY)):
        ailment = diagnose(state(articles=0, postponed=pages, added=added), None, NOW)
        assert ailment is not None
        assert f"none of its {pages} pages so far" in ailment.reason


def test_a_new_source_whose_first_ten_pages_gave_nothing_is_unwell() -> None:
    assert diagnose(state(articles=0, dismissed=9), None, NOW) is None
    ailment = diagnose(state(articles=0, dismissed=14), None, NOW)
    assert ailment is not None
    assert "none of its 14 pages so far" in ailment.reason
    assert diagnose(state(articles=2, dismissed=14), None, NOW) is None


@pytest.mark.parametrize("days", [13, 24, 27, 28, 40, 90])
def test_a_source_that_has_fallen_silent_stays_unwell_when_its_memory_has_run_out(days: int) -> None:
    remembered = give(3, silent=days * DAY) if days < 28 else None
    ailment = diagnose(state(silent=days * DAY, articles=400), remembered, NOW)
    assert ailment == Ailment(
        reason=f"it answers, but has given nothing new for {days} days", since=NOW - days * DAY
    )


def test_a_source_that_gives_little_may_be_silent_for_longer() -> None:
    assert diagnose(state(silent=30 * DAY, articles=5), None, NOW) is None
    assert diagnose(state(silent=30 * DAY, articles=4), None, NOW) is None
    assert diagnose(state(silent=11 * DAY, articles=400), None, NOW) is None


def test_a_source_that_gives_a_fifth_of_what_it_gave_is_unwell() -> None:
    busy = replace(give(), weekly=(70, 77, 63, 14))
    assert diagnose(state(), busy, NOW) is None
    assert diagnose(state(), replace(busy, weekly=(70, 77, 63, 13)), NOW) == Ailment(
        reason="it gives ever less: 13 articles in the last week, where 70 a week were usual",
        since=NOW - 7 * DAY,
    )
    one = diagnose(state(), replace(busy, weekly=(70, 77, 63, 1)), NOW)
    assert one is not None
    assert "one article in the last week" in one.reason


def test_too_little_tells_of_no_decline() -> None:
    assert diagnose(state(), replace(give(), weekly=(9, 9, 9, 0)), NOW) is None
    assert diagnose(state(added=20 * DAY), replace(give(), weekly=(0, 90, 90, 1)), NOW) is None
    assert diagnose(state(), replace(give(), weekly=()), NOW) is None


def test_articles_that_have_become_teasers_make_a_source_unwell() -> None:
    assert diagnose(state(), give(short=4), NOW) is None
    ailment = diagnose(state(), give(short=10), NOW)
    assert ailment is not None
    assert "200 characters, where they had 3000" in ailment.reason


def test_lost_dates_make_a_source_unwell_that_always_named_them() -> None:
    assert diagnose(state(), give(undated=9), NOW) is None
    assert diagnose(state(), give(undated=40), NOW) is None
    ailment = diagnose(state(), give(undated=10), NOW)
    assert ailment is not None
    assert "dates" in ailment.reason


def test_a_source_that_was_taken_out_or_is_new_is_not_judged() -> None:
    assert diagnose(state(active=False), give(silent=9 * DAY), NOW) is None
    assert diagnose(state(), None, NOW) is None


@given(
    articles=st.lists(
        st.builds(
            ArticleYield,
            found_at=st.datetimes(timezones=st.just(UTC)),
            characters=st.integers(1, 10**6),
            dated=st.booleans(),
        ),
        max_size=60,
    ),
    dismissed=st.integers(0, 10**6),
)
def test_no_past_breaks_the_diagnosis(articles: list[ArticleYield], dismissed: int) -> None:
    newest_first = tuple(sorted(articles, key=lambda article: article.found_at, reverse=True))
    given_lately = SourceYield(source="gazette", articles=newest_first, dismissed=dismissed)
    ailment = diagnose(state(), given_lately, NOW)
    assert ailment is None or ailment.reason


# --- what was watched ----------------------------------------------------------------------------


def test_sources_that_are_visited_and_well_were_read() -> None:
    assert survey([state(), replace(state(), name="courier")], [give()], NOW) == Coverage(sources=2)


def test_a_source_that_was_taken_out_does_not_count() -> None:
    assert survey([state(active=False)], [], NOW) == Coverage(sources=0)


def test_one_failed_visit_is_a_gap_already() -> None:
    gap = Gap(source="gazette", reason="gazette.example: 503", since=NOW - HOUR)
    assert survey([state(failures=1, failing=HOUR)], [], NOW) == Coverage(sources=1, gaps=(gap,))


def test_a_source_that_nobody_came_to_is_a_gap_from_its_last_visit_on() -> None:
    late = replace(state(), last_visit_at=NOW - 9 * HOUR, next_visit_at=NOW - 8 * HOUR)
    [gap] = survey([late], [], NOW).gaps
    assert (gap.since, "nobody came" in gap.reason) == (NOW - 9 * HOUR, True)
    assert survey([replace(late, next_visit_at=NOW - HOUR)], [], NOW).gaps == ()


def test_a_source_never_visited_is_a_gap_without_a_beginning() -> None:
    [gap] = survey([replace(state(), last_visit_at=None)], [], NOW).gaps
    assert gap.since is None


def test_a_source_that_is_unwell_by_what_it_gives_is_a_gap() -> None:
    [gap] = survey([state()], [give(dismissed=12)], NOW).gaps
    assert "none of its last 12 pages" in gap.reason
