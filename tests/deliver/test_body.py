import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from monitor.deliver import webhook_schema
from monitor.deliver.body import MAX_TEXT_CHARS, describe_excerpt, write_body
from monitor.model import Excerpt
from tests.deliver.stories import FETCHED, excerpt_of, hostile_titles, make_article, make_delivery, titled

SCHEMA = json.loads(json.dumps(webhook_schema()))
ALERT = SCHEMA["$defs"]["alert"]
VALIDATOR = Draft202012Validator(webhook_schema(), format_checker=FormatChecker())


def undocumented(body: object, schema: object, path: str = "") -> list[str]:
    """Return the paths of the fields that the schema does not name."""
    if isinstance(schema, dict) and "$ref" in schema:
        schema = ALERT
    if isinstance(schema, dict) and "anyOf" in schema:
        schema = schema["anyOf"][0]
    if isinstance(body, list) and isinstance(schema, dict):
        return [name for entry in body for name in undocumented(entry, schema["items"], path + "[]")]
    if not (isinstance(body, dict) and isinstance(schema, dict)):
        return []
    known = schema["properties"]
    found = [f"{path}.{key}" for key in body if key not in known]
    return found + [
        n for key in body if key in known for n in undocumented(body[key], known[key], f"{path}.{key}")
    ]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(webhook_schema())


def test_a_body_holds_what_the_schema_says_and_nothing_else() -> None:
    body = json.loads(write_body(make_delivery()))
    VALIDATOR.validate(body)
    assert undocumented(body, SCHEMA["oneOf"][0]) == []


def test_a_body_says_what_was_found_where_and_why() -> None:
    body = json.loads(write_body(make_delivery()))
    data = body["data"]
    assert body["type"] == "alert"
    assert body["version"] == 1
    assert body["timestamp"] == "2026-03-04T09:12:30Z"
    assert data["rule"] == {"name": "ferries", "query": '"harbour council" AND ferry*'}
    assert data["article"]["published_at"] == "2026-03-04T11:00:00+02:00"
    assert data["article"]["authors"] == ["Mara Fictional", "Ode Invented"]
    matched = [part["text"] for part in data["excerpts"][0]["parts"] if part["match"]]
    assert matched == ["harbour council", "ferry union"]


def test_what_a_page_does_not_say_is_null() -> None:
    article = replace(make_article(), published_at=None, language=None, site_name=None)
    body = json.loads(write_body(make_delivery(article)))
    VALIDATOR.validate(body)
    assert body["data"]["article"]["published_at"] is None


def test_the_same_alert_is_the_same_bytes() -> None:
    delivery = make_delivery()
    assert write_body(delivery) == write_body(replace(delivery, attempts=3, last_error="503"))


def test_an_article_of_a_megabyte_is_cut_and_says_so() -> None:
    body = json.loads(write_body(make_delivery(make_article(text="word " * 200_000))))
    assert len(body["data"]["article"]["text"]) == MAX_TEXT_CHARS
    assert body["data"]["article"]["text_complete"] is False
    assert json.loads(write_body(make_delivery()))["data"]["article"]["text_complete"] is True


@pytest.mark.parametrize("title", list(hostile_titles(60)))
def test_a_hostile_title_is_still_json_after_the_schema(title: str) -> None:
    VALIDATOR.validate(json.loads(write_body(titled(title))))


@given(st.data())
def test_the_parts_of_an_excerpt_are_its_text(data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=60))
    bounds = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    marks = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    parts = describe_excerpt(Excerpt(text=text, marks=marks))["parts"]
    assert isinstance(parts, list)
    assert "".join(part["text"] for part in parts) == text
    assert sum(part["match"] for part in parts) == len(marks)


def test_an_excerpt_that_begins_and_ends_with_a_match_has_no_empty_part() -> None:
    assert describe_excerpt(excerpt_of("ferry and ferries", "ferry and", "ferries"))["parts"] == [
        {"text": "ferry and", "match": True},
        {"text": " ", "match": False},
        {"text": "ferries", "match": True},
    ]


def test_the_timestamp_does_not_move_between_attempts() -> None:
    later = replace(make_delivery(), next_attempt_at=FETCHED.replace(year=2027))
    assert json.loads(write_body(later))["timestamp"] == "2026-03-04T09:12:30Z"
