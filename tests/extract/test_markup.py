"""What the parser is given of a page: nothing that would keep it busy for minutes."""

from __future__ import annotations

import pytest

from monitor.errors import NotAnArticle
from monitor.extract.markup import MAX_TAGS, bound_markup

ATTRIBUTES = b" ".join(b"a%d=1" % n for n in range(5_000))


def test_a_usual_page_is_parsed_whole() -> None:
    html = b"<html><body>" + b"<p>One sentence after another." * 30_000
    assert bound_markup(html) == html


def test_what_the_walk_never_reaches_is_not_parsed() -> None:
    html = b"<p>x" * (MAX_TAGS + 50_000)
    assert bound_markup(html).count(b"<") == MAX_TAGS


@pytest.mark.parametrize(
    "html",
    [
        b"<p>x</p><div " + ATTRIBUTES + b">",
        b"<div title='a > b' " + ATTRIBUTES,
        b'<div x" ' + ATTRIBUTES + b'">',
        b"<script>if (a < b) {}</script><div " + ATTRIBUTES + b">",
    ],
)
def test_a_tag_of_thousands_of_attributes_is_refused(html: bytes) -> None:
    with pytest.raises(NotAnArticle, match="thousands of attributes"):
        bound_markup(html)


@pytest.mark.parametrize(
    "html",
    [
        b"<img src='data:image/png;base64," + b"A" * 100_000 + b"'><p>x",
        b'<div data-state="' + b"{&quot;a&quot;: 1} " * 9_000 + b'"><p>x',
        b"<script>for (i = 0; i<n; i++) {" + b"a = b + c; " * 9_000 + b"}</script><p>x",
        b"<p>" + b"a long text = one line " * 9_000,
        b"1 <b " + b"> and so on " * 9_000,
    ],
)
def test_long_values_scripts_and_texts_are_no_such_tag(html: bytes) -> None:
    assert bound_markup(html) == html


@pytest.mark.parametrize("around", [b"%s", b"<!--%s-->", b"<p>%s<p>"])
def test_tags_that_each_seem_to_hold_the_rest_of_the_page_are_not_read_to_its_end_again_and_again(
    around: bytes,
) -> None:
    with pytest.raises(NotAnArticle, match="thousands of attributes"):
        bound_markup(around % ((b'<a x="' + b"y" * 8_000 + b'" ') * 100))


def test_what_scripts_compare_is_no_tag_however_often_they_do() -> None:
    html = b"<script>" + (b"i <a" + b"x" * 5_000) * 100 + b"</script><p>x"
    assert bound_markup(html) == html
    with pytest.raises(NotAnArticle):
        bound_markup(html + b"<div " + ATTRIBUTES + b">")


def test_thousands_of_options_are_refused() -> None:
    with pytest.raises(NotAnArticle, match="options"):
        bound_markup(b"<select>" + b"<option>x" * 25_000)
