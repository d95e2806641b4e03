"""The ``schemathesis/`` family: quiet on what conforms, and a fault is shown by one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command

from conformance.engine.judge import Bench, judge_side
from conformance.engine.judgement import Judgement
from conformance.exports import generated_bodies
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.generated import Disagreement, agreed
from conformance.oracle.violations import expectation
from conformance.reference.faults import FAULTS
from conformance.targets.reference import reference
from strategies.bases import minimal
from strategies.resources import Resources

RULES = ("schemathesis/coverage", "schemathesis/fuzzing")


def _judged(rule: str, spec: str = "reference", depth: str = "quick", seed: int = 0) -> Judgement:
    target = reference(spec)
    bench = Bench.at(target, depth=depth, seed=seed, account=target.account)
    judgement = judge_side(rule_by_id(rule), "holds", bench)
    if spec == "reference":  # a faulty service may not delete what it should not have stored
        assert bench.talk.sweep() == 0
    return judgement


@pytest.mark.parametrize("rule", RULES)
def test_a_conformant_service_passes(rule: str) -> None:
    """Nothing is found and nothing stays behind."""
    assert _judged(rule).verdict == "pass"


@pytest.mark.parametrize("rule", RULES)
def test_a_seed_sends_the_same_requests_again(rule: str) -> None:
    """All that differs is the prefix of the names."""
    requests = []
    for _ in range(2):
        target = reference("reference")
        bench = Bench.at(target, seed=7, account=target.account, prefix="cmcabcdefghij")
        records = judge_side(rule_by_id(rule), "holds", bench).exchanges
        requests.append([(each["operation"], each["request"]) for each in records])
    assert requests[0] == requests[1]


@pytest.mark.parametrize(
    ("fault", "rule", "depth", "says"),
    [
        ("model-name-max-length-64", RULES[0], "quick", "CreateModel/ModelName:max-length"),
        ("tag-value-pattern-empty-refused", RULES[0], "standard", "refused a legal request"),
        pytest.param(
            "model-name-optional",
            RULES[0],
            "standard",
            "CreateModel/ModelName:required",
            marks=pytest.mark.proof,
        ),
        ("model-name-pattern-absent", RULES[1], "standard", "CreateModel/ModelName:pattern"),
    ],
)
def test_a_fault_is_shown_by_one_request_with_a_control(
    fault: str, rule: str, depth: str, says: str
) -> None:
    """The finding is the request that was answered wrongly, and a legal one like it.

    What is drawn for a seed hangs on the versions of Python and Hypothesis: one of five finds it.
    """
    for seed in range(5):
        judgement = _judged(rule, f"reference:{fault}", depth, seed)
        if judgement.verdict == "fail":
            break
    assert judgement.verdict == "fail"
    assert judgement.finding is not None
    assert says in judgement.finding["why"]
    assert judgement.finding["before"] == []
    control = judgement.finding["control"]
    assert control["reply"]["status"] == 200
    assert expectation(control["request"]).outcome == "accept"


def test_a_service_that_refuses_everything_is_another_rules_business() -> None:
    """Where even the plainest request is refused, a refusal proves nothing."""
    assert _judged(RULES[0], "reference:rejects-everything").verdict == "inconclusive"


def test_a_difference_between_oracle_and_schema_is_this_suites_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever is wrong, no target is told off for it."""
    monkeypatch.setattr(generated_bodies.Generator, "holds", lambda _self, _body: False)
    judgement = _judged(RULES[0])
    assert judgement.verdict == "error"
    assert "the oracle says accept and the schema says invalid" in judgement.note


@pytest.mark.parametrize("holds", [True, False])
def test_an_unknown_fate_is_no_difference(holds: bool) -> None:
    """A schema says valid or invalid where nobody knows what AWS answers."""

    class Says:
        def holds(self, _body: Any) -> bool:
            return holds

    generator: Any = Says()
    assert agreed({**minimal("a", Resources()), "Containers": []}, generator) == "unknown"
    with pytest.raises(Disagreement):
        agreed(minimal("a", Resources()) if not holds else {}, generator)


def test_a_schemathesis_that_cannot_be_used_leaves_nothing_to_judge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sentence says so; there is no crash and no finding."""
    import schemathesis

    monkeypatch.delattr(schemathesis.openapi, "from_dict")
    judgement = _judged(RULES[1])
    assert judgement.verdict == "inconclusive"
    assert "the installed Schemathesis cannot be used" in judgement.note


def test_the_command_line_judges_the_family(tmp_path: Path) -> None:
    """``--select`` takes it like any other, and the record can be read."""
    options = ("--select", "schemathesis/*", "--out", "results", "--seed", "1")
    done = command("run", "reference", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "results" / "report.json").read_text())
    assert report["verdict"] == "conforming"


@pytest.mark.proof
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "fault", [name for name, fault in FAULTS.items() if fault.expect == "tolerated"]
)
def test_strictness_that_nobody_can_call_wrong_raises_no_alarm(fault: str, rule: str) -> None:
    """An image that no registry has may be refused, and what nobody has shown accepted."""
    assert _judged(rule, f"reference:{fault}", "standard").verdict == "pass"
