"""The suite proven on purpose: every separable side has a fault that it alone catches."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.processes import command

from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.reference.faults import FAULTS
from conformance.selftest import (
    ANY_RULE,
    CAUGHT,
    FALSE_ALARM,
    GOOD,
    SENTINELS,
    SILENT,
    SURVIVED,
    baseline,
    is_judged,
    redundant,
    trial,
    trials,
)
from conformance.selftest.replay import caught_by_requests_of
from conformance.spec.rules import MUST
from conformance.targets.reference import reference
from strategies.cases import separable_side

#: What the rules of ``schemathesis/`` find is some other rule's business, by design.
SEPARABLE = [
    (rule.id, side)
    for rule in all_rules()
    if rule.level == MUST
    for side in rule.sides
    if separable_side(rule, side) and rule.family != "schemathesis"
]


def own_faults() -> dict[tuple[str, str], list[str]]:
    """Return, for each rule and side, the faults that concern no other rule."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, fault in FAULTS.items():
        if len(fault.rules) == 1 and fault.expect == "fail":
            sides = rule_by_id(fault.rules[0]).sides if fault.rules != (ANY_RULE,) else ()
            found[fault.rules[0], fault.side if fault.side in sides else "holds"].append(name)
    return found


OWN = own_faults()


@pytest.mark.proof
def test_the_conformant_service_gets_no_failure() -> None:
    """Judged as it is, the reference fails nothing, leaves nothing open, breaks nothing of ours."""
    found = baseline()
    assert found.failed == found.unsettled == found.errors == ()
    assert found.clean
    assert found.rules == len(all_rules())
    assert found.requests > 5_000


@pytest.mark.parametrize(("rule", "side"), SEPARABLE)
def test_each_separable_side_catches_a_fault_that_survives_without_it(rule: str, side: str) -> None:
    """Some fault concerns this side of this rule alone, and is caught by it."""
    name = OWN[rule, side][0]
    found = trial(name, beside=())  # the self-test itself tries the sentinels besides
    assert found.outcome == CAUGHT
    assert found.failed == (rule,)
    # Without the rule no rule would be left that concerns the fault: it would survive.
    assert set(found.expected) - {rule} == set()


@pytest.mark.parametrize("structure", ["vpcconfig", "tags", "s3datasource"])
def test_an_empty_structure_taken_for_an_absent_one_is_caught(structure: str) -> None:
    """``if vpc_config:`` lets {} through, though it rejects what lacks one member; found."""
    found = trial(f"empty-{structure}-as-absent")
    assert found.outcome == CAUGHT
    assert found.failed == found.expected


def test_sides_without_a_fault_of_their_own_are_few_and_explained() -> None:
    """Only the accepting side of what cannot be left out, and seven minimum lengths, have none."""
    others = [
        (rule.id, side)
        for rule in all_rules()
        if rule.level == MUST
        for side in rule.sides
        if not separable_side(rule, side)
    ]
    kinds = {(rule_by_id(rule).constraint, side) for rule, side in others}
    assert kinds == {("type", "accepts"), ("required", "accepts"), ("min-length", "rejects")}
    assert len(others) == 95


def test_a_fault_that_no_judged_rule_sees_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault whose rules pass is reported as survived, so the score can fall."""
    fault = replace(FAULTS["tags-lost"], rules=())
    assert not is_judged(fault)
    monkeypatch.setattr("conformance.selftest.run.FAULTS", {fault.name: fault})
    assert trial(fault.name).outcome == SURVIVED


@pytest.mark.parametrize("name", ["denies-everything", "throttles-everything", "not-implemented"])
def test_vices_that_prove_nothing_raise_no_alarm(name: str) -> None:
    """Under a vice that answers nothing about requests, verdicts stay open and nothing fails."""
    assert trial(name).outcome == SILENT


def test_a_server_fault_now_and_then_fails_nothing() -> None:
    """A 500 on every seventh request, also on a control, is inconclusive wherever it falls."""
    bench = Bench.at(reference("reference:fails-now-and-then"))
    limits = [rule for rule in all_rules() if rule.constraint.endswith("max-items")]
    verdicts = {judge_side(rule, "accepts", bench).verdict for rule in limits * 3}
    assert "inconclusive" in verdicts <= {"pass", "inconclusive"}


def test_a_tolerated_fault_is_tried_on_the_rules_that_could_raise_the_alarm() -> None:
    """Strictness that nobody can call wrong passes, also on the rules of the member concerned."""
    found = trial("container-image-pattern-ascii-only")
    assert found.outcome == SILENT
    assert "CreateModel/PrimaryContainer.Image:pattern" in found.expected


def test_a_failure_of_a_tolerated_fault_is_a_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a real fault called tolerated, the self-test would call its failure a false alarm."""
    name = "model-name-max-length-64"
    called = {**FAULTS, name: replace(FAULTS[name], expect="tolerated")}
    monkeypatch.setattr("conformance.selftest.run.FAULTS", called)
    assert trial(name).outcome == FALSE_ALARM


@pytest.mark.parametrize(
    ("fault", "is_seen"),
    [
        ("model-name-max-length-64", True),
        ("tags-lost", False),  # only a second request shows it
        ("container-image-pattern-ascii-only", False),  # nobody can call it wrong
    ],
)
def test_requests_of_another_engine_show_what_one_request_can(fault: str, is_seen: bool) -> None:
    """What Schemathesis makes is judged by the same oracle, one request at a time."""
    rule = "schemathesis/coverage"
    assert caught_by_requests_of(rule, f"reference:{fault}", depth="quick") == is_seen


def test_worker_processes_find_what_one_process_finds() -> None:
    """Two processes give the same outcomes, in the order of the names."""
    names = ["tags-max-items-51", "model-name-max-length-62", "denies-everything"]
    alone, together = list(trials(names)), list(trials(names, workers=2))
    assert [(t.fault, t.outcome, t.failed) for t in alone] == [
        (t.fault, t.outcome, t.failed) for t in together
    ]


def test_redundant_rules_are_those_that_never_catch_alone() -> None:
    """A rule is needed when it alone of a fault's rules failed; the others are redundant."""
    found = [trial("model-name-max-length-64")]
    extra = redundant(found)
    assert "CreateModel/ModelName:max-length" not in extra
    assert "CreateModel/ModelName:pattern" in extra


def test_sentinels_and_expected_rules_exist() -> None:
    """No fault that is tried names a rule that does not exist, and no sentinel does."""
    known = {rule.id for rule in all_rules()} | {ANY_RULE}
    assert set(SENTINELS) <= known
    for fault in FAULTS.values():
        if is_judged(fault):
            assert set(fault.rules) <= known, fault.name


def test_the_published_score_is_that_of_todays_catalogue_and_has_no_hole() -> None:
    """docs/selftest.md speaks of today's faults, each in its table, and all of them are caught."""
    page = (Path(__file__).parents[2] / "docs" / "selftest.md").read_text("utf-8")
    judged = [fault for fault in FAULTS.values() if is_judged(fault)]
    to_catch = [fault for fault in judged if fault.expect == "fail"]
    (total,) = re.findall(r"^\| \*\*all\*\* \| (.*) \|$", page, re.MULTILINE)
    numbers = [int(each) for each in total.split(" | ")]
    assert numbers[0] == numbers[1] == numbers[4] == len(to_catch)
    assert all(0 < alone < len(to_catch) for alone in numbers[2:4])
    quiet = len(judged) - len(to_catch)
    assert f"- {len(to_catch)} of {len(to_catch)} faults caught by a rule that concerns" in page
    assert f"- {quiet} of {quiet} tolerated or unsettling vices raised no false alarm" in page
    assert "- false findings on the reference: 0 in " in page
    assert f"not tried: {len(FAULTS) - len(judged)}\n" in page
    assert set(re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)) == {f.name for f in judged}
    for outcome in (SURVIVED, "wrong-reason", FALSE_ALARM):
        assert f"- {outcome}:" not in page


@pytest.mark.proof
def test_every_fault_on_every_rule_is_caught_for_the_right_reason() -> None:
    """``selftest --full``: every fault is tried on every rule, and none raises a false alarm."""
    names = [name for name, fault in FAULTS.items() if is_judged(fault)]
    found = list(trials(names, workers=2, full=True))
    assert [(t.fault, t.outcome) for t in found if t.outcome not in GOOD] == []
    # Only a rule that cannot be broken alone may be one that never catches alone.
    assert set(redundant(found)).isdisjoint(rule for rule, _ in SEPARABLE)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 11))
def test_the_reference_gets_no_failure_at_depth(seed: int) -> None:
    """At depth deep, under ten seeds, there is no false finding in 100,000 requests each."""
    found = baseline(depth="deep", seed=seed)
    assert found.clean
    assert found.requests > 20_000


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 11))
def test_the_reference_gets_no_failure_at_depth_over_a_socket(seed: int, tmp_path: Path) -> None:
    """The same service in a process of its own, asked as users ask: conforming, nothing open."""
    options = ("--auth", "--depth", "deep", "--seed", str(seed), "--out", "run", "--quiet")
    done = command("run", "reference-server", *options, cwd=tmp_path, timeout=3_000)
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    assert document["requests"] > 20_000
    open_ = [rule["id"] for rule in document["rules"] if rule["verdict"] not in ("pass", "fail")]
    assert all(rule.startswith("limits/") for rule in open_)
