"""Durations and email addresses, one by one."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import parse_duration
from monitor.config.addresses import read_address
from monitor.config.references import Text
from monitor.config.times import format_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("2h", 7200),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("500ms", 0.5),
        ("0", 0),
        ("0s", 0),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "15", "m", "15 m", "30m1h", "1h1h", "-5m", "5M", "1e3s", "٣m", "1mo", "9" * 20 + "d"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=9999)))
def test_a_duration_is_written_as_it_is_read(duration: timedelta) -> None:
    to_the_millisecond = timedelta(milliseconds=duration // timedelta(milliseconds=1))
    assert parse_duration(format_duration(duration)) == to_the_millisecond


@given(st.text())
def test_no_text_breaks_the_reading_of_durations_and_addresses(text: str) -> None:
    for read in (parse_duration, lambda t: read_address(Text(t, raw=t, is_bare=True))):
        with contextlib.suppress(ValueError):
            read(text)


@pytest.mark.parametrize(
    "address", ["a@b.example", "first.last+tag@mail.b.example", "root@localhost", "a@b.example."]
)
def test_an_address_is_an_address(address: str) -> None:
    assert read_address(Text(address, raw=address, is_bare=True)) == address.removesuffix(".")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.example",
        "a@",
        "a@b",
        "a b@c.example",
        "a@@b.example",
        ".a@b.example",
        "a..b@c.example",
        "a@b..example",
        "a@b.example, c@d.example",
        "a@b.example\nBcc: c@d.example",
        "x" * 65 + "@b.example",
        "a@[127.0.0.1]",
        "a@b.example/x",
        "<a@b.example>",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an email address"):
        read_address(Text(address, raw=address, is_bare=True))
