import json
import re
import runpy
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from jsonschema import Draft202012Validator

from monitor.deliver import webhook_schema
from monitor.deliver.body import MAX_GATHERED_TEXT_CHARS, MAX_TEXT_CHARS, write_body
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
