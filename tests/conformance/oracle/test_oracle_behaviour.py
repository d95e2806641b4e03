"""Behaviour rules: their samples are fixed and cover every kind of constraint."""

from __future__ import annotations

import pytest

from conformance.oracle.behaviour import SAMPLE_REJECTIONS, SAMPLE_REQUESTS, behaviour_rule
from conformance.oracle.catalogue import behaviours, rule_by_id
from conformance.spec.constraints import KINDS
from conformance.spec.rules import constraint_rules
from strategies.cases import separable


def test_sample_rejections_cover_every_kind_of_constraint() -> None:
    """Each kind of constraint has at least one sample, so no kind escapes the errors/ rules."""
    sampled = {rule_by_id(each).constraint for each in SAMPLE_REJECTIONS}
    assert sampled == set(KINDS)


@pytest.mark.parametrize("sample", SAMPLE_REJECTIONS)
def test_a_sample_rejection_is_a_must_that_can_be_broken_alone(sample: str) -> None:
    """A sample's rule is a constraint that some request breaks without any other."""
    rule = rule_by_id(sample)
    assert rule in constraint_rules()
    assert rule.level == "must"
    assert separable(rule)


def test_a_rule_looks_at_samples_of_its_own_sort_only() -> None:
    """errors/ rules look at rejections, response/ rules at accepted requests."""
    for behaviour in behaviours():
        allowed = SAMPLE_REJECTIONS if behaviour.rejections else SAMPLE_REQUESTS
        assert behaviour.samples, behaviour.rule.id
        assert set(behaviour.samples) <= set(allowed), behaviour.rule.id
        if behaviour.rule.family in ("errors", "response"):
            assert behaviour.rejections == (behaviour.rule.family == "errors")


def test_a_behaviour_rule_has_one_side() -> None:
    """A behaviour holds or does not; its constraint is the last part of its id."""
    rule = behaviour_rule(
        "errors/shape",
        level="info",
        provenance="inferred",
        source="nowhere",
        statement="Errors have a shape.",
    )
    assert (rule.sides, rule.constraint, rule.family) == (("holds",), "shape", "errors")
    assert (rule.provenance, rule.sources, rule.member) == (("inferred",), ("nowhere",), "")
