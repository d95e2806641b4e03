"""The limits/ family: full services, and services of which nobody says when they are."""

from __future__ import annotations

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.limits import LIMITS
from conformance.oracle.verdicts import FAIL, PASS, UNSUPPORTED
from conformance.reference.faults import FAULTS
from conformance.targets.reference import reference


def verdicts(spec: str, limit: int | None, quota: int | None) -> dict[str, str]:
    """Judge the family on the reference with a quota, told of a limit."""
    target = reference(spec, quota=quota)
    bench = Bench.at(target, account=target.account, model_limit=limit)
    found = {each.rule.id: judge(each.rule, bench)[0].verdict for each in LIMITS}
    assert bench.talk.listed() == set()
    return found


def test_without_a_limit_nothing_is_judged_and_nothing_created() -> None:
    """A target is not filled up without being asked to."""
    assert set(verdicts("reference", None, None).values()) == {UNSUPPORTED}


def test_a_service_that_is_full_says_so() -> None:
    """With the limit that it has, all rules pass, and afterwards it is empty again."""
    assert set(verdicts("reference", 12, 12).values()) == {PASS}


def test_a_service_that_is_full_too_late_is_noted() -> None:
    """One that holds more than was said takes a model too many."""
    assert verdicts("reference", 12, 13)["limits/model-limit"] == FAIL


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS.values() if f.family == "quota"], ids=lambda fault: fault.name
)
def test_each_fault_is_seen_by_its_rule(fault: object) -> None:
    """Another code, another status, no limit at all."""
    name, rules = fault.name, set(fault.rules)  # type: ignore[attr-defined]
    found = verdicts(f"reference:{name}", 12, 12)
    assert {rule for rule, verdict in found.items() if verdict == FAIL} == rules
