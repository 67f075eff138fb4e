"""What is taken for a CSS selector."""

from __future__ import annotations

import pytest

from monitor.text.selectors import check_selector


@pytest.mark.parametrize("selector", ["div.story", "#a > p:not(.b), h2", "[data-x='1'] ~ p"])
def test_css_selectors_are_taken(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize("selector", ["", "..a", "p[", "p,", "123", "::", "a:contains('b')"])
def test_what_is_no_css_selector_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="no CSS selector"):
        check_selector(selector)
