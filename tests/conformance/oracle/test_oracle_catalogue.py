"""The catalogue of all rules."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.oracle.catalogue import all_rules, behaviours, rule_by_id
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import constraint_rules


def test_the_catalogue_is_constraints_then_the_families() -> None:
    """Constraints come first in the specification's order, then request, errors and response."""
    rules = all_rules()
    assert rules[: len(constraint_rules())] == constraint_rules()
    families = list(dict.fromkeys(rule.family for rule in rules))
    assert families[:4] == ["CreateModel", "request", "errors", "response"]
    assert set(request_rules()) <= set(rules)
    assert {behaviour.rule for behaviour in behaviours()} <= set(rules)


def test_every_rule_is_found_by_its_id() -> None:
    """A rule's id leads back to the rule."""
    assert [rule_by_id(rule.id) for rule in all_rules()] == list(all_rules())


@pytest.mark.parametrize("rule_id", ["", "CreateModel/Nothing:type", "errors/Status"])
def test_an_unknown_id_raises_key_error(rule_id: str) -> None:
    """An id that no rule has is a KeyError, also when it differs in case only."""
    with pytest.raises(KeyError):
        rule_by_id(rule_id)


def test_levels_follow_from_provenance() -> None:
    """What is inferred is info; what a document or a capture shows is a must."""
    for rule in all_rules():
        assert (rule.level == "info") == (rule.provenance == ("inferred",)), rule.id
        assert set(rule.provenance) <= {"reference", "model", "observed", "inferred"}
        assert rule.statement, rule.id
        assert all(rule.sources), rule.id
        assert rule.operation


def test_sides_follow_from_the_family() -> None:
    """Constraints have two sides, cross-field rules reject, behaviour holds."""
    sides = {"CreateModel": ("accepts", "rejects"), "request": ("rejects",)}
    for rule in all_rules():
        assert rule.sides == sides.get(rule.family, ("holds",)), rule.id


def test_rules_of_two_families_are_counted() -> None:
    """255 constraints and 34 cross-field rules are in the catalogue."""
    counted = Counter(rule.family for rule in all_rules())
    assert (counted["CreateModel"], counted["request"]) == (255, 34)
