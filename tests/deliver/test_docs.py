import json
import re
import runpy
from dataclasses import fields, replace
from datetime import UTC
from pathlib import Path

from jsonschema import Draft202012Validator

from monitor.deliver import webhook_schema
from monitor.deliver.body import MAX_GATHERED_TEXT_CHARS, MAX_TEXT_CHARS, write_body
from monitor.deliver.bulletins import DigestView, EntryView
from monitor.deliver.views import AlertView
from monitor.deliver.wording import Wording
from monitor.model import Outgoing
from tests.deliver.stories import FETCHED, make_delivery
from tests.deliver.test_bulletins import make_digest, make_notice

DOCS = Path(__file__).parents[2] / "docs"


def shape(value: object) -> object:
    """Return the field names of a body, nested as they are."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return shape(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else None


def test_the_documented_bodies_follow_the_schema_and_have_the_fields_of_real_ones() -> None:
    page = (DOCS / "webhook.md").read_text()
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    real: list[Outgoing] = [make_delivery(), replace(make_digest([]), since=FETCHED), make_notice()]
    assert len(examples) == len(real)
    for example, message in zip(examples, real, strict=True):
        Draft202012Validator(webhook_schema()).validate(example)
        assert shape(example) == shape(json.loads(write_body(message)))
    assert f"{MAX_TEXT_CHARS:,} characters" in page
    assert f"{MAX_GATHERED_TEXT_CHARS:,} characters" in page


def test_the_picture_in_the_documents_shows_what_the_wording_makes() -> None:
    delivery = runpy.run_path(str(DOCS / "draw_alert.py"))["make_delivery"]()
    letter = Wording(UTC).write_letter(delivery)
    assert letter.subject == "[water-treaty] Velmark and Tarsia reopen talks on the Iven water treaty"
    assert letter.html.count("<mark") == 4
    assert (DOCS / "alert.png").read_bytes().startswith(b"\x89PNG")


def documented(thing: str) -> set[str]:
    """Return the names in the first column of the table of what a template is given under this name."""
    table = (DOCS / "delivery.md").read_text().partition(f"| `{thing}.` |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_what_a_template_is_given_is_documented_and_nothing_else_is() -> None:
    for thing, view in (("alert", AlertView), ("digest", DigestView)):
        given = {field.name for field in fields(view)} | {"preview"}
        assert documented(thing) == given, thing
    page = (DOCS / "delivery.md").read_text()
    entries = re.search(r"a list of entries with (.*?) \|", page)
    assert entries is not None
    assert set(re.findall(r"`([a-z]+)`", entries[1])) == {field.name for field in fields(EntryView)}
