"""Cases of cross-field rules."""

from __future__ import annotations

import pytest

from conformance.oracle.violations import expectation
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import Rule
from strategies.cases import OVER_LIMIT, Case, CountedNames
from strategies.combinations import cross_field_cases
from strategies.resources import Resources


def cases(rule: Rule, resources: Resources | None = None) -> list[Case]:
    """Return the cases of a cross-field rule."""
    given = resources or Resources()
    return list(cross_field_cases(rule, names=CountedNames(), resources=given))


@pytest.mark.parametrize("rule", request_rules(), ids=lambda rule: rule.id)
def test_a_case_breaks_its_rule_alone_and_its_control_breaks_none(rule: Rule) -> None:
    """Every way to break the rule is shown by one request, repaired in its one control."""
    found = cases(rule)
    assert found
    for case in found:
        assert expectation(case.request).ids() == {rule.id}, case.label
        (control,) = case.controls
        assert expectation(control).violations == (), case.label
        assert case.reason == OVER_LIMIT
        assert case.request["ModelName"] != control["ModelName"]


@pytest.mark.parametrize("rule", request_rules(), ids=lambda rule: rule.id)
def test_labels_tell_the_cases_of_a_rule_apart(rule: Rule) -> None:
    """No two cases of a rule have the same label."""
    labels = [case.label for case in cases(rule)]
    assert len(set(labels)) == len(labels)


def test_image_with_package_is_shown_in_every_position() -> None:
    """E1 is broken in PrimaryContainer and in the first, middle and last of a pipeline."""
    (rule,) = (r for r in request_rules() if r.id == "request/image-or-model-package")
    assert [case.label for case in cases(rule)] == [
        "in PrimaryContainer",
        "in container 1",
        "in container 2",
        "in container 3",
    ]
    for position, case in enumerate(cases(rule)[1:]):
        having = [("ModelPackageName" in each) for each in case.request["Containers"]]
        assert having == [at == position for at in range(3)]


@pytest.mark.parametrize("rule", request_rules(), ids=lambda rule: rule.id)
def test_cases_name_the_users_own_role(rule: Rule) -> None:
    """On a target that checks roles a case has the user's own, or none where that is the case."""
    own = Resources(role_arn="arn:aws:iam::999999999999:role/own")
    for case in cases(rule, own):
        assert case.request.get("ExecutionRoleArn", own.role_arn) == own.role_arn
        assert case.controls[0]["ExecutionRoleArn"] == own.role_arn
