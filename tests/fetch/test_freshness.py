"""How long an answer will do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch import HttpFetcher
from monitor.fetch.freshness import read_freshness
from monitor.model import Validators
from tests.fetch.asking import ask
from tests.fetch.server import Server


@pytest.mark.parametrize(
    ("control", "age", "seconds"),
    [
        ("max-age=600", "", 600),
        ("public, MAX-AGE = 600", "", 600),
        ('max-age="600"', "", 600),
        ("max-age=600", "450", 150),
        ("max-age=600", "4000", 0),
        ("max-age=600", "soon", 600),
        ("s-maxage=600", "", 0),
        ("no-cache, max-age=600", "", 0),
        ("max-age=600,no-store", "", 0),
        ("max-age=-1", "", 0),
        ("", "", 0),
    ],
)
def test_an_answer_will_do_for_its_max_age_less_its_age(control: str, age: str, seconds: int) -> None:
    assert read_freshness({"cache-control": control, "age": age}) == timedelta(seconds=seconds)


@given(control=st.text(max_size=60), age=st.text(max_size=12))
def test_no_header_breaks_it(control: str, age: str) -> None:
    assert read_freshness({"cache-control": control, "age": age}) >= timedelta()


async def test_a_page_and_a_page_that_has_not_changed_say_how_long_they_will_do(
    fetcher: HttpFetcher, server: Server
) -> None:
    headers = {"Cache-Control": "max-age=90"}
    server.on("/", b"<p>Ferry.</p>", headers=headers)
    assert (await fetcher.get(ask(f"{server.url}/"))).fresh_for == timedelta(seconds=90)
    server.on("/", status=304, headers=headers)
    again = await fetcher.get(ask(f"{server.url}/", validators=Validators(etag='"1"')))
    assert (again.not_modified, again.fresh_for) == (True, timedelta(seconds=90))
