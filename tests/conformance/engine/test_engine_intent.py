"""Intent: what a request shows is said by the request, not by what it was made for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.intent import demanded, is_intended
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.oracle.violations import expectation
from strategies.cases import CountedNames, boundary_cases
from strategies.resources import Resources

SIDES = [(rule, side) for rule in all_rules() for side in rule.sides if side != "holds"]
LENGTH = rule_by_id("CreateModel/ModelName:max-length")


@settings(deadline=None)
@given(st.sampled_from(SIDES))
def test_every_first_boundary_case_is_what_it_is_meant_to_be(pair: tuple[object, str]) -> None:
    """And none of them is at the same time what the other side of its rule is about."""
    rule, side = pair
    cases = boundary_cases(rule, side, names=CountedNames(), resources=Resources())  # type: ignore[arg-type]
    case = next(iter(cases), None)
    if case is None:
        return
    expected = expectation(case.request)
    other = {"accepts": "rejects", "rejects": "accepts"}[side]
    assert is_intended(rule, side, expected)  # type: ignore[arg-type]
    assert not is_intended(rule, other, expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(("side", "word"), [("accepts", "accepted"), ("rejects", "rejected")])
def test_what_is_demanded_says_the_rule_and_what_follows(side: str, word: str) -> None:
    """One sentence of the specification, one of what the target should have done."""
    assert demanded(LENGTH, side).startswith(f"{LENGTH.statement} So this request should be {word}")
