"""The JSON Schema of the configuration, for editors that complete and underline.

Position: after `forms`, whose models it is made from; beside the reader.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from monitor.config.forms import FileForm
from monitor.config.times import format_duration


def json_schema() -> dict[str, object]:
    """Return the schema (JSON Schema, draft 2020-12) of a configuration file, with descriptions and defaults.

    What the reader accepts, the schema accepts. The schema knows nothing of what only the whole file
    tells (a channel's name, a query's syntax), nor of ranges of durations.
    """
    schema = FileForm.model_json_schema(schema_generator=_Generator)
    return {"$schema": _Generator.schema_dialect, **cast(dict[str, object], schema)}


class _Generator(GenerateJsonSchema):
    """Writes defaults as a person would, and knows that `null` is no value of any setting."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        return {"allOf": [inner]} if "$ref" in inner else inner  # leaves room for a description

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def encode_default(self, dft: object) -> object:
        if isinstance(dft, list):
            return [self.encode_default(each) for each in dft]
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)
