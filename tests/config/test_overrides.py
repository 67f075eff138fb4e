"""What a configuration says of a stubborn source's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.model import Overrides

Read = Callable[..., Config]

SOURCE = "sources: [{{ url: https://a.example/, {} }}]"


def test_a_source_says_where_its_story_and_title_stand_and_what_goes(read: Read) -> None:
    [source] = read(
        SOURCE.format("body: 'div.story > p', remove: ['.note', '#poll'], title: h2.head")
    ).sources
    assert source.overrides == Overrides(body="div.story > p", remove=(".note", "#poll"), title="h2.head")


def test_one_selector_needs_no_list_and_none_is_needed(read: Read) -> None:
    assert read(SOURCE.format("remove: .note")).sources[0].overrides == Overrides(remove=(".note",))
    assert read("sources: [https://a.example/]").sources[0].overrides == Overrides()


@pytest.mark.parametrize("setting", ["body: 'div['", "remove: ['.a', 'div[']", "title: 'div['"])
def test_a_selector_that_does_not_parse_is_told_with_an_example(read: Read, setting: str) -> None:
    with pytest.raises(ConfigError, match=r'"div\[" is no CSS selector; write one such as div\.story'):
        read(SOURCE.format(setting))


def test_selectors_are_a_sources_own_and_no_default(read: Read) -> None:
    with pytest.raises(ConfigError, match='"body" is not a setting of defaults'):
        read("defaults: { body: p }\nsources: [https://a.example/]")
