"""Illegal values of a rule, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.oracle.catalogue import rule_by_id
from conformance.spec.constraints import broken
from conformance.spec.rules import Rule, constraint_rules
from conformance.spec.shapes import by_path
from strategies.cases import NEAR_MISS, OVER_LIMIT, CountedNames, separable
from strategies.resources import Resources
from strategies.violations import ABSENT, Violation, breaks_alone, illegal_values, violating_cases

RESOURCES = Resources()


def illegal(rule_id: str) -> list[Violation]:
    """Return the illegal values of a rule."""
    rule = rule_by_id(rule_id)
    return list(illegal_values(rule, by_path()[rule.member], CountedNames(), RESOURCES))


@pytest.mark.parametrize(
    "rule", [r for r in constraint_rules() if r.member], ids=lambda rule: rule.id
)
def test_every_illegal_value_breaks_its_rule_at_its_shape(rule: Rule) -> None:
    """The value breaks its rule, alone where the rule is separable; its repair breaks none."""
    shape = by_path()[rule.member]
    for each in illegal(rule.id):
        if rule.constraint == "required":
            assert each.value is ABSENT or each.value is None
            continue
        found = broken(shape, each.value)
        assert rule.constraint in found, each
        if separable(rule):
            assert found == (rule.constraint,), each
        if each.repaired is not None:
            assert broken(shape, each.repaired) == (), each


@pytest.mark.parametrize(
    "rule", [r for r in constraint_rules() if r.member], ids=lambda rule: rule.id
)
def test_no_illegal_value_is_there_twice_under_one_label(rule: Rule) -> None:
    """Labels tell the violations of a rule apart."""
    labels = [each.label for each in illegal(rule.id)]
    assert len(set(labels)) == len(labels)


def test_the_plainest_violation_comes_first() -> None:
    """A maintainer sees a plain character before exotic ones, and the smallest step first."""
    assert illegal("CreateModel/ModelName:pattern")[0].label == "an exclamation mark inside"
    lengths = illegal("CreateModel/ModelName:max-length")
    assert [each.label for each in lengths] == ["64 characters", "126 characters"]
    assert [each.reason for each in lengths] == ["over-limit", "beyond"]
    words = illegal("CreateModel/PrimaryContainer.Mode:enum")
    assert (words[0].value, words[0].reason) == ("Other", OVER_LIMIT)
    assert {each.reason for each in words[1:]} == {NEAR_MISS}


@pytest.mark.parametrize(
    ("rule_id", "alone"),
    [
        ("CreateModel/ModelName:max-length", True),
        ("CreateModel/ModelName:required", True),
        ("CreateModel/Tags[].Key:min-length", True),
        ("CreateModel/ExecutionRoleArn:min-length", False),
        ("CreateModel/PrimaryContainer.InferenceSpecificationName:min-length", False),
    ],
)
def test_whether_a_rule_can_be_broken_alone_is_computed(rule_id: str, alone: bool) -> None:
    """A role ARN under 20 characters breaks its pattern too, an empty tag key does not."""
    rule = rule_by_id(rule_id)
    assert breaks_alone(rule, by_path()[rule.member], RESOURCES) is alone


def test_a_string_in_place_of_a_boolean_is_no_violation() -> None:
    """What nobody has shown is not enumerated for a must rule."""
    sent = [each.value for each in illegal("CreateModel/EnableNetworkIsolation:type")]
    assert sent == [[True], {}, []]
    seconds = (
        "CreateModel/PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[]"
        ".MetricPublishFrequencyInSeconds:type"
    )
    assert not any(isinstance(each.value, float) for each in illegal(seconds))


def test_a_list_is_replaced_by_its_own_item() -> None:
    """One subnet without its array, and an object of items, are sent for a list."""
    sent: list[Any] = [each.value for each in illegal("CreateModel/VpcConfig.Subnets:type")]
    subnet = RESOURCES.subnet_ids(1)[0]
    assert subnet in sent
    assert {"0": subnet} in sent


def test_the_short_enumeration_takes_turns_over_positions() -> None:
    """Without thorough the first violation is at all three positions, the others take turns."""
    rule = rule_by_id("CreateModel/Tags[].Key:pattern")
    found = violating_cases(rule, by_path()[rule.member], CountedNames(), RESOURCES, thorough=False)
    labels = [case.label for case in found]
    assert labels.pop(3).endswith(", the last of as many as there may be")
    positions = [label.partition(", item ")[2] or "1" for label in labels]
    assert positions[:3] == ["1", "2", "3"]
    assert positions[3:9] == ["1", "2", "3", "1", "2", "3"]
