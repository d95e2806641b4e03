"""What makes a verdict trustworthy: labels re-derived, controls sent, refusals not overrated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, creates, invalid

from conformance.engine.judge import Bench, judge, judge_side
from conformance.engine.selection import matching
from conformance.oracle.catalogue import behaviours, rule_by_id
from strategies.cases import Case, boundary_cases
from strategies.resources import Resources

PATTERN = "CreateModel/ExecutionRoleArn:pattern"


def planted(monkeypatch: pytest.MonkeyPatch, change: Callable[[Case], Case]) -> None:
    """Let the enumerated cases of every side be changed by a mistake of the suite's."""

    def mistaken(*args: Any, **options: Any) -> Iterator[Case]:
        for case in boundary_cases(*args, **options):
            yield change(case)

    monkeypatch.setattr("conformance.engine.sides.boundary_cases", mistaken)


@pytest.mark.parametrize("fake", [Conformant, vices.AcceptsEverything, vices.RejectsEverything])
def test_a_legal_case_labelled_as_a_violation_is_an_error(
    fake: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oracle reads the request anew: the label is not believed, nothing is sent for it."""
    planted(monkeypatch, lambda case: replace(case, request=case.controls[0]))
    bench = Bench.at(fake())
    judgement = judge_side(rule_by_id(PATTERN), "rejects", bench)
    assert judgement.verdict == "error"
    assert "does not break just this rule: it breaks none" in judgement.note
    assert judgement.finding is None
    assert bench.talk.requests == 0


def test_a_violation_of_two_rules_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rejection would prove neither rule, so the case is the suite's fault."""
    planted(monkeypatch, lambda c: replace(c, request={**c.request, "Tags": "none"}))
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(Conformant()))
    assert judgement.verdict == "error"
    assert "CreateModel/Tags:type" in judgement.note


def test_a_violation_of_another_rule_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not enough that a case is illegal: it must break the rule that it is sent for."""
    planted(monkeypatch, lambda c: replace(c, request={**c.controls[0], "Tags": "none"}))
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(Conformant()))
    assert judgement.verdict == "error"


def test_an_illegal_case_labelled_as_legal_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conformant target's refusal of it is not held against the target."""
    planted(monkeypatch, lambda c: replace(c, request={**c.request, "ExecutionRoleArn": "x"}))
    judgement = judge_side(rule_by_id(PATTERN), "accepts", Bench.at(Conformant()))
    assert judgement.verdict == "error"
    assert judgement.finding is None


def test_an_illegal_control_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control that breaks a rule itself is the suite's fault and is never sent."""
    illegal = {"ModelName": "a", "ExecutionRoleArn": "x"}
    planted(monkeypatch, lambda case: replace(case, controls=(illegal,)))
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert (judgement.verdict, judgement.note) == ("error", "A control of this rule is not valid.")
    assert target.calls == []


def test_a_strategy_that_raises_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the suite becomes ``error`` with its name; the models made until then go."""

    def broken(case: Case) -> Case:
        if case.label != "an exclamation mark inside":
            raise ZeroDivisionError("slip")
        return case

    planted(monkeypatch, broken)
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert judgement.verdict == "error"
    assert "ZeroDivisionError: slip" in judgement.note
    assert target.models == {}
    assert judgement.exchanges


def test_a_drawn_request_is_read_anew_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random draws that are legal by mistake are never sent as violations."""
    from hypothesis import strategies as st

    legal = {
        "ModelName": "drawn",
        "ExecutionRoleArn": Resources().role,
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/drawn:1"},
    }
    monkeypatch.setattr(
        "strategies.exploration.random_cases", lambda *_args, **_options: st.just(legal)
    )
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert judgement.verdict == "pass"
    images = [body["PrimaryContainer"]["Image"] for body in creates(target)]
    assert not any("drawn" in image for image in images)


def test_controls_are_shared_but_sent(judged: Callable[..., Any]) -> None:
    """Cases with one control send it once, and once more at the end of a passed side."""
    done = judged(Conformant(), [PATTERN])
    judgement = done.of(PATTERN, "rejects")
    controls = [r for r in judgement.exchanges if r["purpose"] == "control"]
    cases = [r for r in judgement.exchanges if r["purpose"] == "case"]
    assert len(cases) > 20
    sent = [{**json.loads(r["request"]), "ModelName": ""} for r in controls]
    assert sent.count(sent[-1]) == 2
    assert all(sent.count(each) == 1 for each in sent if each != sent[-1])
    assert len({json.loads(r["request"])["ModelName"] for r in controls}) == len(controls)


class FearsTags(Conformant):
    """Refuses every request with tags, legal or not."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and "Tags" in body:
            raise invalid("1 validation error detected: Value at 'tags' failed: no tags here")
        return super().checked(operation, body)


def test_a_refused_control_makes_the_side_inconclusive(judged: Callable[..., Any]) -> None:
    """A target that knows no tags is not credited with rejecting bad ones."""
    done = judged(FearsTags(), [*matching("CreateModel/Tags"), "CreateModel:type", PATTERN])
    for judgement in done.must("rejects"):
        expected = "inconclusive" if "Tags" in judgement.rule.id else "pass"
        assert judgement.verdict == expected, judgement.rule.id
        assert expected == "pass" or "was not accepted either" in judgement.note
    # That tags are refused at all is one finding: of the rule that the whole request is legal.
    assert done.of("CreateModel:type", "accepts").verdict == "fail"
    assert done.of("CreateModel/Tags:type", "accepts").verdict == "fail"


def test_a_rejection_for_want_of_a_control_is_no_sample(judged: Callable[..., Any]) -> None:
    """``errors/`` rules leave out samples whose control is refused: the message is about that."""
    done = judged(FearsTags(), ["errors/message-names-constraint", "errors/code"])
    assert set(done.verdicts()) == {"pass"}
    for judgement in done.judgements:
        behaviour = next(each for each in behaviours() if each.rule == judgement.rule)
        about_tags = [each for each in behaviour.samples if each.startswith("CreateModel/Tags")]
        assert judgement.cases["not-run"] == len(about_tags) > 1


class HalfSupported(Conformant):
    """Has no lists of containers yet, and says so."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and "Containers" in body:
            raise vices.Refused("NotImplemented", "no pipelines yet", 501)
        return super().checked(operation, body)


def test_a_side_supported_in_part_is_no_pass_and_says_why(judged: Callable[..., Any]) -> None:
    """Pass and unsupported together are inconclusive, with the unsupported part's reason."""
    done = judged(HalfSupported(), ["CreateModel:type", "CreateModel/Containers:max-items"])
    whole = done.of("CreateModel:type", "accepts")
    assert whole.verdict == "inconclusive"
    assert whole.note == "The target does not support this (501 NotImplemented)."
    assert done.of("CreateModel/Containers:max-items", "rejects").verdict == "unsupported"


class KnowsFewResources(Conformant):
    """Asks for a role that exists."""

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if "role/SageMakerExecutionRole" not in members.get("ExecutionRoleArn", ""):
            raise invalid("The execution role ARN is invalid. Please ensure that the role exists.")
        return super().create(members)


def test_a_missing_resource_is_no_failure(judged: Callable[..., Any]) -> None:
    """An answer about a role that does not exist leaves the rule open and says how to go on."""
    judgement = judged(KnowsFewResources(), [PATTERN]).of(PATTERN, "accepts")
    assert judgement.verdict == "inconclusive"
    assert "--role-arn" in judgement.note


def test_resources_of_the_user_are_the_only_ones_sent() -> None:
    """With --role-arn every request that is meant to be legal names that role."""
    role = "arn:aws:iam::123456789012:role/SageMakerExecutionRole-of-the-user"
    bench = Bench.at(KnowsFewResources(), resources=Resources(role_arn=role))
    assert [j.verdict for j in judge(rule_by_id("CreateModel/Tags:max-items"), bench)] == [
        "pass",
        "pass",
    ]
    assert {body["ExecutionRoleArn"] for body in creates(bench.talk.target)} == {role}  # type: ignore[arg-type]


# -- names that are not ours ---------------------------------------------------------------
