"""The published schemas: sound, strict, and shipped."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.records import few, footer, header, judged, row, runs
from hypothesis import given
from jsonschema import Draft202012Validator

from reports.schemas import NAMES, schema

EVENTS = Draft202012Validator(schema("events"))
RULE = "CreateModel/ModelName:max-length"


def nodes(document: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema."""
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from nodes(value)
    elif isinstance(document, list):
        for value in document:
            yield from nodes(value)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_schema_with_title_and_description(name: str) -> None:
    """Each is valid JSON Schema 2020-12 and says what it describes."""
    document = schema(name)
    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["title"]
    assert document["description"]


@pytest.mark.parametrize("name", NAMES)
def test_every_object_of_a_schema_is_closed_and_described(name: str) -> None:
    """An object with named members allows no others, unless their type is given."""
    for node in nodes(schema(name)):
        if node.get("type") == "object" and "properties" in node and "allOf" not in node:
            assert node.get("additionalProperties") in (False, {"type": "string"}), node
            assert node["description"]


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_inside_a_schema_leads_somewhere(name: str) -> None:
    """Definitions are complete and none is left over."""
    document = schema(name)
    used = {node["$ref"].removeprefix("#/$defs/") for node in nodes(document) if "$ref" in node}
    assert used == set(document.get("$defs", {}))


def test_a_name_that_has_no_schema_is_a_key_error() -> None:
    """Nobody reads other files of the package by accident."""
    with pytest.raises(KeyError):
        schema("../__init__")


@few
@given(runs())
def test_every_event_keeps_to_the_schema(events: list[dict[str, Any]]) -> None:
    """The generated runs of these tests are runs as the schema has them."""
    for event in events:
        EVENTS.validate(event)


WRONG = [
    ("a judged side with an unknown member", judged(RULE, "accepts", "pass", more=1)),
    ("a fail without finding", judged(RULE, "accepts", "fail", finding=None)),
    ("an unknown verdict", judged(RULE, "accepts", "splendid")),
    ("an unknown side", judged(RULE, "left", "pass")),
    ("an unknown event", {"event": "pause"}),
    ("no event", {}),
    ("a footer that is partial for no reason", footer(complete=False)),
    ("a whole run with a reason", footer(reason="because")),
    ("a header without rules", header([])),
    ("another format", {**header([row(RULE)]), "format": 2}),
    ("a rule of no provenance", header([{**row(RULE), "provenance": []}])),
]


@pytest.mark.parametrize(("what", "event"), WRONG, ids=[what for what, _ in WRONG])
def test_the_schema_refuses_what_is_no_event(what: str, event: dict[str, Any]) -> None:
    """The schema is strict: it would notice a slip of the writer."""
    assert not EVENTS.is_valid(copy.deepcopy(event)), what
