"""The page's message types are those of the server."""

from __future__ import annotations

from typing import Any

import pytest

from server.protocol import schema
from ui.generate_protocol import TARGET, generate


def test_the_generated_file_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == generate(schema()), (
        "run `python ui/generate_protocol.py`"
    )


def _schema(up: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    """A protocol of one event each way; `up` holds the properties of the one to the car."""

    def side(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        body = {"properties": properties, "required": ["n"], "type": "object"}
        return {"oneOf": [{"$ref": f"#/$defs/{name}"}], "$defs": {name: body, **more}}

    return {"version": 3, "to_browser": side("Map", {}), "from_browser": side("Say", up)}


def test_members_of_the_unions_do_not_hide_names_of_the_language() -> None:
    text = generate(_schema({}))
    assert "export type ToBrowser =\n  | MapEvent\n" in text
    assert "export type FromBrowser =\n  | SayMessage\n" in text
    assert "export const PROTOCOL_VERSION = 3" in text


@pytest.mark.parametrize(
    ("node", "type_"),
    [
        ({"type": "integer"}, "number"),
        ({"const": "x"}, '"x"'),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
        (
            {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]},
            "[number, string]",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            "Record<string, number>",
        ),
        ({"type": "object", "additionalProperties": True}, "Record<string, unknown>"),
    ],
)
def test_types(node: dict[str, Any], type_: str) -> None:
    assert f"  n: {type_}\n" in generate(_schema({"n": node}))


def test_fields_that_may_be_left_out_are_marked() -> None:
    assert "  more?: string\n" in generate(_schema({"more": {"type": "string"}}))


def test_a_schema_that_it_cannot_say_is_an_error() -> None:
    with pytest.raises(ValueError, match="no TypeScript for the schema"):
        generate(_schema({"n": {"type": "array", "items": {"type": "file"}}}))


def test_one_name_means_one_thing() -> None:
    given = _schema({}, Shared={"type": "object", "properties": {}})
    given["from_browser"]["$defs"]["Shared"] = {"type": "object", "properties": {"a": {}}}
    with pytest.raises(ValueError, match="Shared differs between the two directions"):
        generate(given)
