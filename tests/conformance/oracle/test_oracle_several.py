"""The rule about several violations in one request, and the observations it records."""

from __future__ import annotations

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS
from conformance.targets.reference import reference

RULE = rule_by_id("errors/several-violations")


@pytest.mark.parametrize(
    ("spec", "verdict", "seen"),
    [
        ("reference", PASS, "both: ModelName:pattern, Tags[].Key:min-length"),
        ("reference:message-first-only", FAIL, "ModelName:pattern alone"),
        ("reference:accepts-everything", INCONCLUSIVE, "accepted"),
    ],
)
def test_what_is_told_of_two_violations_is_recorded(spec: str, verdict: str, seen: str) -> None:
    """The record says for each pair which violations the answer told of, and in which order."""
    target = reference(spec)
    (judgement,) = judge(RULE, Bench.at(target, account=target.account))
    assert judgement.verdict == verdict
    observations = judgement.as_event()["observations"]
    assert observations["ModelName:pattern + Tags[].Key:min-length"] == seen
    assert len(observations) == 4


def test_a_type_error_is_told_before_constraints() -> None:
    """The reference tells of a wrong JSON type alone (F6.12), which is no constraint untold."""
    target = reference("reference")
    (judgement,) = judge(RULE, Bench.at(target, account=target.account))
    seen = judgement.observations["EnableNetworkIsolation:type + ModelName:pattern"]
    assert seen == "EnableNetworkIsolation:type alone"
    assert judgement.verdict == PASS
