"""The report of what AWS changed: as data, for a terminal and for CI."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.records import HOSTILE
from fakes.snapshots import Snapshot, edited, snapshots, with_member, without_member
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from conformance.oracle.catalogue import all_rules
from conformance.spec import documents
from reports.schemas import schema
from reports.specdiff import document, markdown, text

PROPERTY = settings(deadline=None, database=None, max_examples=50)
SCHEMA = Draft202012Validator(schema("specdiff"))
PINNED = documents.model()
IDS = [rule.id for rule in all_rules()]


def of(snapshot: Snapshot, pinned: Snapshot = PINNED) -> dict[str, Any]:
    """The report of a snapshot against the pinned one, which keeps to its schema."""
    found = document(pinned, snapshot, all_rules())
    SCHEMA.validate(json.loads(json.dumps(found)))
    return found


def rules(snapshot: Snapshot) -> dict[str, list[str]]:
    """The rules that each changed member names."""
    return {each["member"]: each["rules"] for each in of(snapshot)["changes"]}


def test_a_change_is_told_with_the_rule_that_rests_on_it() -> None:
    """The document has the facts as stated, before and after."""
    found = of({**edited("ModelName", "max", 62), "botocore": "9.9.9"})
    assert found == {
        "pinned": {"botocore": PINNED["botocore"], "api_version": "2017-07-24"},
        "installed": {"botocore": "9.9.9", "api_version": "2017-07-24"},
        "changes": [
            {
                "kind": "tightened",
                "part": "request",
                "member": "ModelName",
                "constraint": "max-length",
                "before": 63,
                "after": 62,
                "rules": ["CreateModel/ModelName:max-length"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("snapshot", "member", "expected"),
    [
        (
            edited("ContainerMode", "enum", ["SingleModel"]),
            "Containers[].Mode",
            ["CreateModel/Containers[].Mode:enum"],
        ),
        (
            edited("EnvironmentKey", "pattern", "x"),
            "PrimaryContainer.Environment{key}",
            ["CreateModel/PrimaryContainer.Environment{key}:pattern"],
        ),
        (
            edited("Tag", "required", ["Key"]),
            "Tags[].Value",
            ["CreateModel/Tags[].Value:required"],
        ),
        (edited("ModelArn", "max", 99), "ModelArn", ["response/model-arn-length"]),
        (edited("ModelArn", "min", 9), "ModelArn", ["response/model-arn-length"]),
        (edited("ModelArn", "pattern", "x"), "ModelArn", ["response/model-arn-pattern"]),
        (
            edited("CreateModelOutput", "required", None),
            "ModelArn",
            [each for each in IDS if each.startswith("response/model-arn")],
        ),
        ({**PINNED, "errors": []}, "", ["limits/code"]),
        ({**PINNED, "api_version": "2027-07-24"}, "", []),
        (edited("RoleArn", "enum", ["x"]), "ExecutionRoleArn", []),
        (with_member("CreateModelInput", "Tag", {"type": "string"}), "Tag", []),
    ],
)
def test_each_change_names_exactly_the_rules_that_rest_on_it(
    snapshot: Snapshot, member: str, expected: list[str]
) -> None:
    """What is new has no rule yet."""
    assert rules(snapshot)[member] == expected


def test_a_member_that_went_takes_every_rule_on_it_and_below_along() -> None:
    """Rules of all families that are about it, and of no member that is only called alike."""
    found = rules(without_member("CreateModelInput", "Tags"))["Tags"]
    assert {"CreateModel/Tags:type", "CreateModel/Tags[].Key:pattern"} < set(found)
    assert "request/unique-tag-keys" in found
    below = [rule.id for rule in all_rules() if rule.member.startswith("Tags")]
    assert found == [each for each in below if each in found] == below
    image = rules(without_member("ContainerDefinition", "Image"))["PrimaryContainer.Image"]
    assert image
    assert not any("ImageConfig" in each for each in image)


def test_the_text_names_both_versions_each_change_and_what_to_do() -> None:
    """One line a change between a title and the command that takes the snapshot anew."""
    snapshot = {
        **edited("ContainerMode", "enum", ["SingleModel", "New"]),
        "botocore": "9.9.9",
        "errors": ["ResourceLimitExceeded", "ResourceInUse"],
    }
    snapshot["shapes"]["Tag"]["required"] = ["Key"]
    snapshot["shapes"]["ModelArn"]["max"] = 99
    found = of(snapshot)
    mode = "CreateModel/PrimaryContainer.Mode:enum"
    assert text(found).splitlines() == [
        f"botocore {PINNED['botocore']} (pinned) and 9.9.9 (installed): 7 changes",
        f"tightened  PrimaryContainer.Mode  enum: lost MultiModel  ({mode})",
        f"loosened   PrimaryContainer.Mode  enum: gained New  ({mode})",
        "tightened  Containers[].Mode  enum: lost MultiModel  (CreateModel/Containers[].Mode:enum)",
        "loosened   Containers[].Mode  enum: gained New  (CreateModel/Containers[].Mode:enum)",
        "loosened   Tags[].Value  required: yes -> no  (CreateModel/Tags[].Value:required)",
        "tightened  the response's ModelArn  max-length: 2048 -> 99  (response/model-arn-length)",
        "added      errors  error: ResourceInUse",
        "python -m conformance.spec.refresh takes the snapshot anew.",
    ]


def test_without_a_change_there_is_nothing_to_do() -> None:
    """Both versions are named all the same; there is no table without rows."""
    found = of({**PINNED, "botocore": "9.9.9"})
    assert text(found) == (
        f"botocore {PINNED['botocore']} (pinned) and 9.9.9 (installed): no changes\n"
        "Nothing to do.\n"
    )
    assert "|" not in markdown(found)
    assert "9.9.9" in markdown(found)


def test_an_older_botocore_is_no_reason_to_take_its_snapshot() -> None:
    """Its changes are told all the same; 1.9 is older than 1.44."""
    for version, advice in (("1.9.0", "upgrade it"), ("1.444.0", "conformance.spec.refresh")):
        found = of({**edited("ModelName", "max", 62), "botocore": version})
        assert found["changes"]
        assert advice in text(found).splitlines()[-1]
        assert advice in markdown(found).splitlines()[-1]


def test_more_than_one_rule_is_told_by_the_first_and_their_number() -> None:
    """A line stays a line; the document has them all."""
    found = of(without_member("CreateModelInput", "Tags"))
    (change,) = found["changes"]
    line = text(found).splitlines()[1]
    more = len(change["rules"]) - 1
    assert line == f"removed    Tags  member: list  (CreateModel/Tags:type and {more} more)"


@PROPERTY
@given(snapshots(), snapshots())
def test_any_two_snapshots_can_be_reported(one: Snapshot, two: Snapshot) -> None:
    """The document keeps to its schema, the text has a line a change, the table is even."""
    found = of(two, one)
    changes = len(found["changes"])
    assert len(text(found).splitlines()) == changes + 2
    rows = [line for line in markdown(found).splitlines() if line.startswith("|")]
    assert len(rows) == (changes + 2 if changes else 0)
    assert {row.count("|") for row in rows} <= {5}


def test_a_hostile_model_harms_neither_terminal_nor_page() -> None:
    """Its patterns, words, errors and member names are text, whatever is in them."""
    bad = HOSTILE + "[x](http://e) @team |cell| `code` <script>"
    snapshot = {**with_member("Tag", bad, {"type": "string"}), "errors": [bad], "botocore": bad}
    snapshot["shapes"]["ModelName"].update(pattern=bad, enum=[bad])
    found = of(snapshot)
    assert len(text(found).splitlines()) == len(found["changes"]) + 2
    assert "\x1b" not in text(found) + markdown(found)
    for harm in ("](", "@team", "<script", "|cell"):
        assert harm not in markdown(found)


def test_a_model_that_is_all_new_still_fits_into_a_summary() -> None:
    """The table is cut and says how many changes it leaves out; what to do comes all the same."""
    shapes = {
        name: {**facts, "pattern": "[*]" * 99} if facts["type"] == "string" else facts
        for name, facts in PINNED["shapes"].items()
    }
    changed = of({**PINNED, "shapes": shapes})
    written = markdown(changed)
    assert len(written.encode()) < 64_000
    assert written.endswith("\n`python -m conformance.spec.refresh` takes the snapshot anew.\n")
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert rows[-1] == f"| | {len(changed['changes']) - len(rows) + 3} more | | |"
