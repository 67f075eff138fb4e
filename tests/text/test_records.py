"""The objects inside a page's JSON: all of them, in order, and no more than a page may ask for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import records
from monitor.text.records import MAX_JSON_CHARS, read_records

values = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def objects_in(value: object) -> list[object]:
    """The same by recursion."""
    if isinstance(value, dict):
        return [value, *objects_in(list(value.values()))]
    return [each for one in value for each in objects_in(one)] if isinstance(value, list) else []


@given(st.lists(values, max_size=3))
def test_every_object_is_found_from_the_outside_in_and_in_order(documents: list[object]) -> None:
    found = list(read_records([json.dumps(document) for document in documents]))
    assert found == [each for document in documents for each in objects_in(document)]


@pytest.mark.parametrize(
    "unreadable",
    [
        "",
        "{",
        '{"url": "/weir"} and more',
        "[" * 100_000,
        f'{{"url": "/weir", "text": "{"x" * MAX_JSON_CHARS}"}}',
    ],
    ids=["nothing", "half", "not alone", "too deep", "too long"],
)
def test_a_document_that_cannot_be_read_is_passed_over(unreadable: str) -> None:
    assert list(read_records([unreadable, '{"url": "/dam"}'])) == [{"url": "/dam"}]


def test_only_so_many_values_of_a_document_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_NODES", 3)
    document = json.dumps([{"n": 1}, {"n": 2}])
    assert list(read_records([document, document])) == [{"n": 1}, {"n": 1}]
