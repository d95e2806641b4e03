"""Every scenario on the conformant service, on faulty ones, and on targets that make no sense."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import rule_by_id, scenarios
from conformance.oracle.verdicts import ERROR, FAIL, PASS, UNSUPPORTED
from conformance.reference.faults import FAULTS
from conformance.spec.rules import MUST
from conformance.targets.reference import reference
from conformance.wire import Call, Reply

RULES = [each.rule for each in scenarios()]
JSON = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", "1"))

#: Rules that need to be told something of the target before they are judged.
NEEDS_TELLING = ("limits/", "auth/")

#: Families of faults that scenarios are there for, with the families of rules that look at them.
FAMILIES = {
    "lifecycle": ("lifecycle/", "stateful/"),
    "descriptions": ("lifecycle/",),
    "lost-members": ("lifecycle/", "tags/"),
    "tags": ("tags/",),
    "listing": ("list/",),
    "downstream": ("downstream/",),
    "concurrency": ("concurrency/",),
    "wire": ("wire/",),
}


@pytest.fixture(scope="module")
def bench() -> Bench:
    """The conformant service, for all rules one after the other."""
    target = reference("reference")
    return Bench.at(target, account=target.account)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_conformant_service_passes(rule: object, bench: Bench) -> None:
    """No rule fails or stays open on the reference, and nothing is left there."""
    (judgement,) = judge(rule, bench)  # type: ignore[arg-type]
    told = rule.id.startswith(NEEDS_TELLING)  # type: ignore[attr-defined]
    assert judgement.verdict in ((PASS, UNSUPPORTED) if told else (PASS,)), judgement.note
    assert bench.talk.listed() == set()


class Fixed:
    """A target that answers every call alike."""

    endpoint = "http://localhost/"
    account = None

    def __init__(self, status: int, body: bytes) -> None:
        self.name = "fixed"
        self._reply = Reply(status, JSON, body)

    def send(self, call: Call) -> Reply:
        return self._reply

    def fingerprint(self) -> Mapping[str, str]:
        return {"kind": "fixed"}

    def close(self) -> None:
        """Nothing is held."""


ODD_ANSWERS = [
    None,
    [],
    "text",
    7,
    {},
    {"ModelArn": 7},
    {"ModelArn": "x", "ModelName": None, "Models": 5, "Tags": {}, "CreationTime": "now"},
    {"ModelArn": "arn:aws:sagemaker:r:1:model/x", "Models": [None], "Tags": [[]], "NextToken": 5},
    {"ModelArn": "a", "ModelName": [], "Models": [{"ModelName": 1}], "PrimaryContainer": []},
    {"ModelName": "m", "Containers": [None, 5], "PrimaryContainer": {"Environment": [1]}},
    {"__type": None, "message": []},
    {"__type": "ValidationException", "message": 5},
]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(
            answer,
            status,
            # every answer with success, which is what is read further, and with one error in turn
            marks=[pytest.mark.proof] * (status not in (200, (400, 500)[turn % 2])),
            id=f"{json.dumps(answer)}-{status}",
        )
        for turn, answer in enumerate(ODD_ANSWERS)
        for status in (200, 400, 500)
    ],
)
def test_no_answer_makes_the_suite_fail(answer: object, status: int) -> None:
    """Whatever a target answers to whatever it is asked, no rule ends with the verdict error."""
    bench = Bench.at(Fixed(status, json.dumps(answer).encode()))
    for rule in RULES:
        (judgement,) = judge(rule, bench)
        assert judgement.verdict != ERROR, (rule.id, judgement.note)


def test_no_bytes_make_the_suite_fail() -> None:
    """The same for answers that are no JSON at all."""
    for body in (b"", b"\xff\xfe", b"<html>", b"{" * 5000):
        bench = Bench.at(Fixed(200, body))
        for rule in RULES:
            assert judge(rule, bench)[0].verdict != ERROR, rule.id


def failed(fault: str, families: tuple[str, ...]) -> list[str]:
    """Return the rules of some families that fail on the reference with a fault."""
    target = reference(f"reference:{fault}")
    bench = Bench.at(target, account=target.account)
    rules = [rule for rule in RULES if rule.id.startswith(families)]
    return [rule.id for rule in rules if judge(rule, bench)[0].verdict == FAIL]


@pytest.mark.proof
@pytest.mark.parametrize("family", FAMILIES)
def test_a_fault_breaks_its_rules_and_hardly_any_other(family: str) -> None:
    """Each fault is found by all rules that it names; of the others one must at most fails too.

    Not counting the random programs of calls, which see what any rule is about.
    """
    for fault in FAULTS.values():
        if fault.family == family and fault.expect == "fail":
            broken = failed(fault.name, FAMILIES[family])
            wanted = {each for each in fault.rules if each.startswith(FAMILIES[family])}
            assert wanted <= set(broken), fault.name
            beside = {each for each in broken if rule_by_id(each).level == MUST} - wanted
            assert len(beside - {"stateful/model-agrees"}) <= 1, (fault.name, beside)


@pytest.mark.proof
@pytest.mark.parametrize("spec", ["reference", "reference-server"])
@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("racy-duplicate-check", "concurrency/one-name"),
        ("racy-delete", "concurrency/one-deletion"),
        ("racy-tags", "concurrency/tags-at-once"),
    ],
)
def test_a_race_of_a_millisecond_is_found_every_time(spec: str, fault: str, rule: str) -> None:
    """Twenty times out of twenty, in process and over sockets."""
    from conformance.targets import TargetOptions, resolve

    for _ in range(20):
        target = resolve(f"{spec}:{fault}", TargetOptions(), None)
        try:
            (judgement,) = judge(rule_by_id(rule), Bench.at(target, account=target.account))
        finally:
            target.close()
        assert judgement.verdict == FAIL
