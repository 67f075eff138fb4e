"""When a source is left in peace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.model import QuietHours

Read = Callable[..., Config]

TEXT = """\
timezone: Asia/Yerevan
defaults: { quiet: 00:00-06:00 }
sources:
  - https://a.example/
  - { url: https://b.example/, quiet: 13:00 - 14:30 }
  - { url: https://c.example/, quiet: none }
"""


def test_a_source_keeps_quiet_hours_of_its_own_those_of_all_or_none(read: Read) -> None:
    yerevan = ZoneInfo("Asia/Yerevan")
    assert [source.quiet for source in read(TEXT).sources] == [
        QuietHours(begin=time(0), end=time(6), timezone=yerevan),
        QuietHours(begin=time(13), end=time(14, 30), timezone=yerevan),
        None,
    ]


def test_without_quiet_hours_a_source_is_visited_at_any_time(read: Read) -> None:
    [source] = read("sources: [https://a.example/]").sources
    assert source.quiet is None


def test_quiet_hours_that_are_none_are_told_with_an_example(read: Read) -> None:
    with pytest.raises(ConfigError, match=r'"at night" is no part of a day; write it as "22:00-07:00"'):
        read("sources: [{ url: https://a.example/, quiet: at night }]")
