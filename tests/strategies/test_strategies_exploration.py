"""Random violations and random legal requests of one rule."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.violations import ACCEPT, REJECT, expectation
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import MUST, Rule, constraint_rules
from strategies import Resources, violating_requests
from strategies.cases import separable
from strategies.exploration import random_cases

PROPERTY = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def explored(side: str) -> list[Any]:
    """Return every rule that has random cases on a side, with its strategy."""
    found = [(rule, random_cases(rule, side)) for rule in constraint_rules()]
    return [pytest.param(r, drawn, id=r.id) for r, drawn in found if drawn is not None]


@pytest.mark.parametrize(("rule", "drawn"), explored("rejects"))
def test_random_violations_of_a_rule_break_it_alone(rule: Rule, drawn: SearchStrategy[Any]) -> None:
    """Whatever is drawn for a rule breaks exactly this must rule."""

    @settings(PROPERTY, max_examples=12)
    @given(drawn)
    def draw(body: Any) -> None:
        expected = expectation(body)
        assert expected.ids(MUST) == {rule.id}
        assert expected.outcome == REJECT

    draw()


@pytest.mark.parametrize(("rule", "drawn"), explored("accepts"))
def test_random_legal_requests_of_a_rule_are_accepted(
    rule: Rule, drawn: SearchStrategy[Any]
) -> None:
    """Whatever is drawn for a rule's accepting side breaks no rule at all."""

    @settings(PROPERTY, max_examples=12)
    @given(drawn)
    def draw(body: Any) -> None:
        assert expectation(body).outcome == ACCEPT

    draw()


def test_violating_requests_break_exactly_one_rule_of_many_kinds() -> None:
    """Over 600 draws of any rule each breaks one must rule, and all explored kinds occur."""
    kinds: Counter[str] = Counter()

    @settings(PROPERTY, max_examples=600, derandomize=True)
    @given(violating_requests())
    def draw(body: Any) -> None:
        (rule_id,) = expectation(body).ids(MUST)
        kinds[rule_by_id(rule_id).constraint] += 1

    draw()
    assert sum(kinds.values()) >= 500
    assert set(kinds) == {"type", "enum", "pattern", "max-length", "max-items"}


@settings(PROPERTY, max_examples=50)
@given(violating_requests(rule_id="CreateModel/ModelName:pattern"))
def test_violations_of_one_rule_can_be_asked_for(body: Any) -> None:
    """With a rule's id only this rule is broken."""
    assert expectation(body).ids(MUST) == {"CreateModel/ModelName:pattern"}


@pytest.mark.parametrize(
    "rule_id",
    ["", "CreateModel/Nothing:type", "errors/code", "request/some-container"],
)
def test_an_unknown_rule_is_a_key_error(rule_id: str) -> None:
    """An id that no constraint rule has is refused, never drawn as nothing."""
    with pytest.raises(KeyError):
        violating_requests(rule_id=rule_id)


@pytest.mark.parametrize(
    "rule_id",
    ["CreateModel/ModelName:required", "CreateModel/ExecutionRoleArn:min-length"],
)
def test_a_rule_whose_cases_are_enumerated_only_is_a_key_error(rule_id: str) -> None:
    """A rule with no random violations says so."""
    with pytest.raises(KeyError, match="enumerated only"):
        violating_requests(rule_id=rule_id)


def test_rules_that_need_no_exploration_have_none() -> None:
    """Cross-field rules, required members and what is not separable are enumerated only."""
    assert all(random_cases(rule, "rejects") is None for rule in request_rules())
    for rule in constraint_rules():
        if rule.constraint == "required" or not separable(rule):
            assert random_cases(rule, "rejects") is None


def test_every_pattern_length_and_enumeration_is_explored() -> None:
    """No rule with a pattern, a maximum or an enumeration is left to its enumerated cases."""
    for rule in constraint_rules():
        if rule.constraint in ("pattern", "max-length", "max-items", "enum"):
            assert random_cases(rule, "rejects") is not None, rule.id


@settings(PROPERTY, max_examples=100)
@given(
    violating_requests(
        rule_id="CreateModel/Tags[].Key:pattern",
        resources=Resources(role_arn="arn:aws:iam::999999999999:role/own"),
    )
)
def test_a_violating_request_names_the_users_own_role(body: Any) -> None:
    """Resources of the user's are used in random violations too."""
    assert body["ExecutionRoleArn"] == "arn:aws:iam::999999999999:role/own"


@settings(PROPERTY, max_examples=100)
@given(random_cases(rule_by_id("CreateModel/ModelName:max-length"), "accepts", stem="run-7"))
def test_every_drawn_name_begins_with_the_stem(body: Any) -> None:
    """A run recognises its models by the stem of their names."""
    assert body["ModelName"].startswith("run-7-")


@settings(PROPERTY, max_examples=50)
@given(random_cases(rule_by_id("CreateModel/Tags:max-items"), "rejects", stem="run-7"))
def test_requests_of_other_rules_are_named_by_the_stem(body: Any) -> None:
    """Where the name is not under judgement it is the stem."""
    assert body["ModelName"] == "run-7"


@settings(PROPERTY, max_examples=300)
@given(violating_requests(rule_id="CreateModel/Tags[].Key:pattern"))
def test_a_violation_never_depends_on_the_version_of_unicode(body: Any) -> None:
    """No tag key is illegal by a character that newer versions of Unicode may call a letter."""
    for tag in body["Tags"]:
        assert "Cn" not in {unicodedata.category(char) for char in tag["Key"]}
