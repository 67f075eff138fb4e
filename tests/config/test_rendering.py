"""Which sources are drawn by a browser, and by which."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from monitor.app import check_browser
from monitor.config import Config, render_mistakes
from monitor.errors import ConfigError

Read = Callable[..., Config]


def test_a_source_says_whether_it_is_drawn(read: Read) -> None:
    sources = "sources: [https://a.example/, { url: https://b.example/, render: false }]"
    drawn = read(f"defaults: {{ render: true }}\n{sources}")
    assert [source.render for source in drawn.sources] == [True, False]
    assert [source.render for source in read("sources: [https://a.example/]").sources] == [False]


@pytest.mark.parametrize(("written", "browser"), [("", None), ("browser: /opt/chromium", "/opt/chromium")])
def test_the_browser_can_be_named(read: Read, written: str, browser: str | None) -> None:
    assert read(f"sources: [https://a.example/]\n{written}").browser == browser


def test_a_browser_that_is_missing_is_told_where_it_is_asked_for(read: Read) -> None:
    sources = "  - https://a.example/\n  - url: https://b.example/\n    render: true\n"
    config = read(f"sources:\n{sources}browser: /nowhere/chromium")
    with pytest.raises(ConfigError) as caught:
        check_browser(config)
    told = render_mistakes(caught.value)
    assert told.startswith("sources.yaml:4:13: there is no browser at /nowhere/chromium; `browser:` names")


def test_who_draws_nothing_needs_no_browser(read: Read) -> None:
    check_browser(read("sources: [https://a.example/]\nbrowser: /nowhere/chromium"))


def test_an_extra_that_is_missing_is_told_with_what_to_install(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    monkeypatch.delitem(sys.modules, "monitor.fetch.browser", raising=False)
    with pytest.raises(ConfigError, match=r"pip install 'news-monitor\[browser\]'"):
        check_browser(read("sources: [{ url: https://a.example/, render: true }]"))
