"""A comparison for programs: any there is keeps to the published schema."""

from __future__ import annotations

import json

import pytest
from fakes import comparisons as fake
from fakes.records import few
from hypothesis import given
from jsonschema import Draft202012Validator

from reports.compare_document import document
from reports.comparison import COUNTED, Comparison
from reports.schemas import schema

COMPARE = Draft202012Validator(schema("compare"))


@few
@given(fake.comparisons())
def test_any_comparison_keeps_to_the_schema(found: Comparison) -> None:
    """Also after a round trip as JSON; its changes are those that are not only counted."""
    made = document(found)
    COMPARE.validate(made)
    assert json.loads(json.dumps(made)) == made
    listed = [each.rule for each in found.changes if each.kind not in COUNTED]
    assert [each["rule"] for each in made["changes"]] == listed
    assert made["exit_code"] == found.exit_code


def test_a_change_of_every_kind_keeps_to_the_schema_and_tells_all() -> None:
    """What is new has its request, what came back and the curl line; what is gone has no after."""
    for found in (fake.one_of_each(), fake.hostile()):
        COMPARE.validate(document(found))
    changes = {each["kind"]: each for each in document(fake.one_of_each())["changes"]}
    assert len(changes) == 7
    new = changes["new"]["after"]
    assert (new["way"], new["status"], new["request"]) == ("accepted", 200, {"ModelName": "a" * 64})
    assert new["curl"].startswith("curl -gsS")
    assert changes["not-comparable"]["after"] is None
    assert changes["flaky"]["otherwise"] == "new"


@pytest.mark.parametrize(
    "wrong", [{"exit_code": 2}, {"counts": {}}, {"changes": [{}]}, {"more": 1}, {"old": None}]
)
def test_the_schema_refuses_what_is_no_comparison(wrong: dict[str, object]) -> None:
    """The schema is strict: it would notice a slip of the writer."""
    assert not COMPARE.is_valid({**document(fake.one_of_each()), **wrong})


def test_what_it_shares_with_the_report_is_described_alike() -> None:
    """A run's options, target, suite and specification have one form wherever they stand."""
    ours, theirs = (schema(name)["$defs"] for name in ("compare", "report"))
    shared = ours.keys() & theirs.keys()
    assert {"options", "target", "suite", "spec"} <= shared
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}
