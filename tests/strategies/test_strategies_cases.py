"""Boundary cases: their order, their independence of Hypothesis, and the values they must hold."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from conformance.oracle.catalogue import behaviours, rule_by_id
from conformance.oracle.violations import violations
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import constraint_rules
from conformance.spec.shapes import by_path
from strategies.cases import (
    AT_LIMIT,
    BEYOND,
    INSIDE,
    NEAR_MISS,
    OVER_LIMIT,
    Case,
    CountedNames,
    boundary_cases,
    separable,
)
from strategies.places import Place
from strategies.resources import Resources

RESOURCES = Resources()
ABSENT = object()
DEEP = "Containers[].AdditionalModelDataSources[].S3DataSource"

NOT_SEPARABLE = {
    "CreateModel/PrimaryContainer.AdditionalModelDataSources[].ChannelName:min-length",
    "CreateModel/PrimaryContainer.ModelPackageName:min-length",
    "CreateModel/PrimaryContainer.InferenceSpecificationName:min-length",
    "CreateModel/Containers[].AdditionalModelDataSources[].ChannelName:min-length",
    "CreateModel/Containers[].ModelPackageName:min-length",
    "CreateModel/Containers[].InferenceSpecificationName:min-length",
    "CreateModel/ExecutionRoleArn:min-length",
}

LISTING = """
import json, sys
import strategies.cases
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import constraint_rules
from strategies.resources import Resources
for rule in (*constraint_rules(), *request_rules()):
    strategies.cases.separable(rule)
    for side in rule.sides:
        names = strategies.cases.CountedNames()
        for case in strategies.cases.boundary_cases(
            rule, side, names=names, resources=Resources(), thorough=True
        ):
            print(json.dumps([rule.id, side, case.reason, case.label, case.request, case.controls]))
assert "hypothesis" not in sys.modules, "hypothesis was imported"
"""

#: How a case is labelled that stands at the end of a list as long as its limit allows.
WIDE = "the last of as many as there may be"


def cases(rule_id: str, side: str = "rejects", *, thorough: bool = True) -> list[Case]:
    """Return the enumerated cases of a rule's side."""
    return list(
        boundary_cases(
            rule_by_id(rule_id),
            side,
            names=CountedNames(),
            resources=RESOURCES,
            thorough=thorough,
        )
    )


def values(rule_id: str, side: str = "rejects", *, at: int = 0) -> list[Any]:
    """Return what stands at the rule's own place in each of its cases."""
    place = Place(rule_by_id(rule_id).member, at)
    return [_value(place, case.request) for case in cases(rule_id, side)]


def _value(place: Place, request: Any) -> Any:
    try:
        return place.get(request)
    except (KeyError, TypeError, IndexError):
        return ABSENT


# How cases are enumerated.


def test_cases_are_the_same_in_every_process_and_need_no_hypothesis() -> None:
    """Two processes with different hash seeds enumerate the same cases without Hypothesis."""
    digests = set()
    for hash_seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", LISTING],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.count(b"\n") > 4000
        digests.add(hashlib.sha256(done.stdout).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("rule", constraint_rules(), ids=lambda rule: rule.id)
def test_every_side_of_a_constraint_has_cases_with_controls(rule: Any) -> None:
    """Both sides have a case; each has a reason of its side, a label, and controls unlike it."""
    reasons = {"accepts": {AT_LIMIT, INSIDE}, "rejects": {OVER_LIMIT, BEYOND, NEAR_MISS}}
    for side in rule.sides:
        found = cases(rule.id, side)
        assert found
        for case in found:
            assert case.reason in reasons[side], case
            assert case.label
            assert case.request not in case.controls
        if side == "rejects":
            assert all(case.controls for case in found)


def test_only_the_plainest_request_has_no_control() -> None:
    """Every case can be compared with a control but the one that all others are compared with."""
    bare = [
        case.label
        for rule in (*constraint_rules(), *request_rules())
        for side in rule.sides
        for case in cases(rule.id, side)
        if not case.controls
    ]
    assert bare == ["the plainest request"]


@pytest.mark.parametrize("rule", constraint_rules(), ids=lambda rule: rule.id)
def test_the_short_enumeration_has_the_values_of_the_long_one(rule: Any) -> None:
    """Without thorough every violation is planted once, the first one at every position."""
    brief, thorough = cases(rule.id, thorough=False), cases(rule.id)
    assert brief[0].label == thorough[0].label
    assert len(brief) <= len(thorough)
    plain = [case.label.partition(", item ")[0] for case in thorough]
    assert set(plain) == {case.label.partition(", item ")[0] for case in brief}


def test_names_of_one_enumeration_are_never_used_twice() -> None:
    """Requests that are sent one after the other have different names, controls aside."""
    names = CountedNames("run")
    made = [
        case.request["ModelName"]
        for case in boundary_cases(
            rule_by_id("CreateModel/Tags[].Key:pattern"),
            "rejects",
            names=names,
            resources=RESOURCES,
        )
    ]
    assert len(set(made)) == len(made) > 10
    assert all(name.startswith("run-") for name in made)


def test_counted_names_count() -> None:
    """Names and numbers are new each time; a short name has one character."""
    names = CountedNames("x")
    assert [names.fresh(), names.fresh()] == ["x-1-model", "x-2-model"]
    assert names.number() != names.number()
    assert len(names.short() or "") == 1


# Separability.


def test_exactly_seven_rules_are_not_separable() -> None:
    """Seven minimum lengths cannot be broken without their patterns; this is computed."""
    assert {rule.id for rule in constraint_rules() if not separable(rule)} == NOT_SEPARABLE
    assert {rule_by_id(each).constraint for each in NOT_SEPARABLE} == {"min-length"}


def test_rules_other_than_constraints_are_separable() -> None:
    """Cross-field rules and behaviour are broken alone."""
    others = (*request_rules(), *(each.rule for each in behaviours()))
    assert all(separable(rule) for rule in others)


# Values at the limits.


@pytest.mark.parametrize(
    ("rule", "side", "lengths"),
    [
        ("ModelName:max-length", "accepts", {63, 62}),
        ("ModelName:max-length", "rejects", {64, 126}),
        ("Containers:max-items", "accepts", {15, 14}),
        ("Containers:max-items", "rejects", {16, 31}),
        ("Tags:max-items", "accepts", {50, 49, 0}),
        ("Tags:max-items", "rejects", {51, 101}),
        ("PrimaryContainer.Environment:max-items", "accepts", {100, 99, 0}),
        ("PrimaryContainer.Environment:max-items", "rejects", {101, 201}),
        ("Containers[].Environment:max-items", "rejects", {101, 201}),
        ("VpcConfig.Subnets:max-items", "accepts", {16, 15}),
        ("VpcConfig.Subnets:max-items", "rejects", {17, 33}),
        ("VpcConfig.Subnets:min-items", "accepts", {1, 2}),
        ("VpcConfig.Subnets:min-items", "rejects", {0}),
        ("VpcConfig.SecurityGroupIds:max-items", "accepts", {5, 4}),
        ("VpcConfig.SecurityGroupIds:max-items", "rejects", {6, 11}),
        ("VpcConfig.SecurityGroupIds:min-items", "rejects", {0}),
        ("Tags[].Key:max-length", "accepts", {128, 127}),
        ("Tags[].Key:max-length", "rejects", {129, 256}),
        ("Tags[].Key:min-length", "accepts", {1, 2}),
        ("Tags[].Key:min-length", "rejects", {0}),
        ("Tags[].Value:max-length", "accepts", {256, 255}),
        ("Tags[].Value:max-length", "rejects", {257, 512}),
        ("ExecutionRoleArn:max-length", "accepts", {2048, 2047}),
        ("ExecutionRoleArn:max-length", "rejects", {2049, 4096}),
        ("ExecutionRoleArn:min-length", "rejects", {19}),
        ("PrimaryContainer.Image:max-length", "rejects", {256, 510}),
        ("PrimaryContainer.ModelDataUrl:max-length", "rejects", {1025, 2048}),
        ("PrimaryContainer.Environment{key}:max-length", "rejects", {1025, 2048}),
        ("PrimaryContainer.Environment{value}:max-length", "accepts", {1024, 1023, 512}),
        ("PrimaryContainer.Environment{value}:max-length", "rejects", {1025, 2048}),
        ("PrimaryContainer.AdditionalModelDataSources:max-items", "rejects", {6, 11}),
        ("VpcConfig.Subnets[]:max-length", "rejects", {33, 64}),
        (f"{DEEP}.HubAccessConfig.HubContentArn:max-length", "rejects", {256, 510}),
    ],
)
def test_the_values_at_a_limit_have_these_sizes(rule: str, side: str, lengths: set[int]) -> None:
    """The sizes at, one inside and one beyond the limit are planted, and no others."""
    found = set()
    for case in cases(f"CreateModel/{rule}", side):
        position = case.label.partition(", item ")[2]
        last = case.label.endswith(WIDE)
        places = [999 if last else int(position or 1) - 1] if side == "rejects" else range(3)
        sizes = [_size(rule, case, at) for at in places]
        if not case.label[0].isdigit():
            continue  # a value of another sort, not of another size
        size = int(case.label.partition(" ")[0])
        assert size in sizes
        found.add(size)
    assert found == lengths


def _size(rule: str, case: Case, at: int) -> int:
    value = _value(Place(rule.rpartition(":")[0], at), case.request)
    return 0 if value is ABSENT else len(value)


def _has(check: Callable[[str], bool]) -> Callable[[list[Any]], bool]:
    return lambda found: any(isinstance(value, str) and check(value) for value in found)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("ModelName:pattern", _has(lambda v: v.endswith("\n"))),
        ("ModelName:pattern", _has(lambda v: v.startswith("\n"))),
        ("ModelName:pattern", _has(lambda v: v.startswith("-"))),
        ("ModelName:pattern", _has(lambda v: v.endswith("-"))),
        ("ModelName:pattern", _has(lambda v: "_" in v)),
        ("ModelName:pattern", _has(lambda v: " " in v)),
        ("ModelName:pattern", _has(lambda v: v == "")),
        ("ModelName:pattern", _has(lambda v: "\x00" in v)),
        ("ModelName:pattern", _has(lambda v: "١" in v or "٢" in v)),
        ("ModelName:pattern", _has(lambda v: any("０" <= c <= "９" for c in v))),
        ("ModelName:pattern", _has(lambda v: "é" in v)),
        ("ModelName:pattern", _has(lambda v: "\U0001f600" in v)),
        ("ModelName:pattern", _has(lambda v: v.endswith("\u2028"))),
        ("ExecutionRoleArn:pattern", _has(lambda v: v.endswith("\n"))),
        ("ExecutionRoleArn:pattern", _has(lambda v: "::12345678901:" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: "::1234567890120:" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: ":user/" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: v.startswith("arn:AWS:"))),
        ("ExecutionRoleArn:pattern", _has(lambda v: "١" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: ":sts:" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: ":iam:us-east-1:" in v)),
        ("ExecutionRoleArn:pattern", _has(lambda v: v.endswith("!"))),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: v.startswith("http://"))),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: v.startswith("S3://"))),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: v.startswith("s3:///"))),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: "\u0085" in v)),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: "\u2028" in v)),
        ("PrimaryContainer.ModelDataUrl:pattern", _has(lambda v: "\u2029" in v)),
        ("PrimaryContainer.Environment{key}:pattern", _has(lambda v: v[:1].isdigit())),
        ("PrimaryContainer.Environment{key}:pattern", _has(lambda v: v == "")),
        ("PrimaryContainer.ModelPackageName:pattern", _has(lambda v: "/1234567890" in v)),
        ("PrimaryContainer.ModelPackageName:pattern", _has(lambda v: v == "P" * 64)),
        ("Tags[].Key:pattern", _has(lambda v: "\t" in v)),
        ("Tags[].Key:pattern", _has(lambda v: "*" in v)),
        ("Tags[].Value:pattern", _has(lambda v: v.endswith("\n"))),
        ("VpcConfig.Subnets[]:pattern", _has(lambda v: v.endswith("\n"))),
        ("VpcConfig.Subnets[]:pattern", _has(lambda v: any("٠" <= c <= "٩" for c in v))),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "singlemodel")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "SINGLEMODEL")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "SingleMode")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "SingleModels")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == "MultiModel\n")),
        ("PrimaryContainer.Mode:enum", _has(lambda v: v == " SingleModel")),
    ],
)
def test_this_near_miss_is_among_the_cases(rule: str, wanted: Callable[[list[Any]], bool]) -> None:
    """Every kind of near miss that implementations are known to let pass is enumerated."""
    assert wanted(values(f"CreateModel/{rule}"))


@pytest.mark.parametrize(
    "rule", [r for r in constraint_rules() if r.constraint == "enum"], ids=lambda rule: rule.id
)
def test_every_enumeration_has_all_its_wrong_words(rule: Any) -> None:
    """Wrong case, prefix, suffix and the empty word are there for each of the 15 enumerations."""
    first, *_ = enum = by_path()[rule.member].enum
    found = {value for at in range(3) for value in values(rule.id, at=at)}
    assert {first.lower(), first.upper(), first[:-1], f"{first}s", "", f"{enum[-1]}\n"} <= found
    accepted = {value for at in range(3) for value in values(rule.id, "accepts", at=at)}
    assert set(enum) <= accepted


@pytest.mark.parametrize(
    "rule", [r for r in constraint_rules() if r.constraint == "required"], ids=lambda rule: rule.id
)
def test_a_required_member_is_left_out_and_null_at_every_depth(rule: Any) -> None:
    """For each of the 36 required members both ways of not giving it are enumerated."""
    found = values(rule.id)
    assert ABSENT in found
    assert None in found
    if "[]" in rule.member:
        for at in (0, 1, 2):
            assert ABSENT in values(rule.id, at=at)


@pytest.mark.parametrize(
    "rule",
    [r for r in constraint_rules() if r.constraint == "type" and r.member],
    ids=lambda rule: rule.id,
)
def test_every_member_gets_values_of_wrong_json_types(rule: Any) -> None:
    """Of number, true, string, array and object a member gets all that are wrong and decided."""
    kind = by_path()[rule.member].kind
    found = {type(value) for at in range(3) for value in values(rule.id, at=at)}
    wrong = {
        "string": {int, bool, list, dict},
        "list": {int, bool, str, dict},
        "structure": {int, bool, str, list},
        "map": {int, bool, str, list},
        "boolean": {list, dict},
        "integer": {bool, str, list, dict},
    }[kind]
    assert wrong <= found


@pytest.mark.parametrize(
    "rule_id",
    [
        "CreateModel/Containers[].Image:pattern",
        "CreateModel/Tags[].Key:max-length",
        "CreateModel/VpcConfig.Subnets[]:type",
        "CreateModel/PrimaryContainer.Environment{key}:pattern",
        "CreateModel/PrimaryContainer.Environment{value}:type",
        f"CreateModel/{DEEP}.S3DataType:enum",
        "CreateModel/Tags[].Value:required",
    ],
)
def test_violations_stand_first_in_the_middle_and_last(rule_id: str) -> None:
    """Each violation is planted at the first, the second and the third of three.

    The first one also at the last place of lists as long as they may be.
    """
    labels = [case.label for case in cases(rule_id) if not case.label.endswith(WIDE)]
    assert len(labels) == len(cases(rule_id)) - ("[]" in rule_id)
    first = [label for label in labels if ", item " not in label]
    for position in (2, 3):
        at_position = [label for label in labels if label.endswith(f", item {position}")]
        assert [label.partition(", item ")[0] for label in at_position] == first
    assert len(labels) == 3 * len(first)


def test_the_whole_request_is_of_wrong_types_too() -> None:
    """An array, a string, a number and true are sent in place of the request."""
    found = [type(case.request) for case in cases("CreateModel:type")]
    assert found == [list, str, int, bool]


@pytest.mark.parametrize(
    ("path", "place"),
    [("Tags[].Key", 49), ("Containers[].Image", 14), ("VpcConfig.Subnets[]", 15)],
)
def test_a_violation_stands_at_the_end_of_a_full_list(path: str, place: int) -> None:
    """The 50th tag, the 15th container and the 16th subnet are looked at too.

    A service that validates only the first few items was missed without it.
    """
    (found,) = [c for c in cases(f"CreateModel/{path}:pattern") if c.label.endswith(WIDE)]
    (violation,) = violations(found.request)
    assert place in violation.path


@pytest.mark.parametrize("form", ["PrimaryContainer", "Containers[]"])
@pytest.mark.parametrize("side", ["accepts", "rejects"])
def test_no_package_with_a_longer_name_than_there_can_be_is_to_be_accepted(
    form: str, side: str
) -> None:
    """Neither as a case nor as a control: the model's limit is beyond what its ARNs come to."""
    found = cases(f"CreateModel/{form}.ModelPackageName:max-length", side)
    requests = [each.request for each in found] if side == "accepts" else []
    requests += [control for each in found for control in each.controls]
    assert requests
    for request in requests:
        for container in (request.get("PrimaryContainer"), *request.get("Containers", ())):
            name = (container or {}).get("ModelPackageName", "model-package")
            assert name == "model-package" or ":model-package/" in name
