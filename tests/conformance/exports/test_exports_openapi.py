"""The OpenAPI document: valid, complete, and its examples are accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.ecma import validator
from fakes.processes import command
from openapi_spec_validator import validate

from conformance.exports.openapi import examples, openapi, path
from conformance.spec.refresh import SIBLINGS
from conformance.targets.reference import reference
from conformance.wire import encode
from strategies.resources import Resources


def test_the_document_is_valid_and_has_every_operation() -> None:
    """OpenAPI 3.1, a path for each operation, told apart by the header that is sent."""
    document = openapi()
    validate(document)
    names = ("CreateModel", *SIBLINGS)
    assert list(document["paths"]) == [path(name) for name in names]
    for name in names:
        operation = document["paths"][path(name)]["post"]
        (header,) = operation["parameters"]
        assert header["schema"]["enum"] == [f"SageMaker.{name}"]


def test_every_reference_leads_somewhere() -> None:
    """No schema is missing that another one names."""
    document = openapi()
    names = set(document["components"]["schemas"])
    found = set()
    left: list[Any] = [document]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if "$ref" in node:
                found.add(node["$ref"].removeprefix("#/components/schemas/"))
            left += node.values()
        elif isinstance(node, list):
            left += node
    assert found <= names


@pytest.mark.parametrize("name", list(examples(Resources())))
def test_examples_are_accepted_and_fit_their_schema(name: str) -> None:
    """The reference accepts each, and the document's own schema does."""
    body = examples(Resources())[name]
    assert reference("reference", sigv4=None).send(encode("CreateModel", body)).status == 200
    parts = openapi()["components"]
    schema = {**parts["schemas"]["CreateModelInput"], "components": parts}
    assert validator(schema).is_valid(body)


@pytest.mark.parametrize("what", ["openapi", "json-schema"])
def test_the_commands_print_or_write_the_same(what: str, tmp_path: Path) -> None:
    """To standard output, or to a file with -o; a path that cannot be written is one sentence."""
    printed = command(what, cwd=tmp_path)
    assert printed.returncode == 0
    json.loads(printed.stdout)
    done = command(what, "-o", "out.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out.json").read_text("utf-8") == printed.stdout
    done = command(what, "-o", "nowhere/out.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "Error: nowhere/out.json cannot be written: No such file or directory\n"
