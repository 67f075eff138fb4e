"""A channel that keeps quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from monitor.model import QuietHours
from tests.fakes import story_about
from tests.test_pipeline import STORY, World, world

__all__ = ["world"]


async def test_nothing_is_sent_in_quiet_hours_and_everything_after_them(world: World) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit()
    hours = QuietHours(begin=time(22), end=time(9, 30), timezone=UTC)
    pipeline = replace(world.pipeline, quiet_hours={"desk": hours})
    assert await pipeline.deliver(world.channel) == 0
    world.clock.advance(timedelta(hours=1))
    assert await pipeline.deliver(world.channel) == 1


@pytest.mark.parametrize(
    ("begin", "end", "hour", "quiet"),
    [
        (22, 7, 23, True),
        (22, 7, 6, True),
        (22, 7, 7, False),
        (22, 7, 21, False),
        (13, 15, 14, True),
        (13, 15, 15, False),
    ],
)
def test_quiet_hours_may_go_over_midnight_and_end_on_the_hour(
    begin: int, end: int, hour: int, quiet: bool
) -> None:
    yerevan = timezone(timedelta(hours=4))
    hours = QuietHours(begin=time(begin), end=time(end), timezone=yerevan)
    assert hours.contain(datetime(2026, 3, 2, hour, tzinfo=yerevan).astimezone(UTC)) is quiet
