"""The ``wire/`` family on the conformant service, on its faults, and on targets that are odd."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.conversation import TargetGone
from conformance.engine.judge import Bench, judge
from conformance.engine.judgement import Judgement
from conformance.oracle.verdicts import ERROR, FAIL, INCONCLUSIVE, PASS, UNSUPPORTED
from conformance.oracle.wire import WIRE
from conformance.oracle.wire_steps import NOT_JSON, with_headers
from conformance.reference.faults import FAULTS, Fault
from conformance.spec.rules import MUST, Rule
from conformance.targets.reference import reference
from conformance.wire import Call, Reply, TransportFault, encode
from conformance.wire.reading import parse_json

RULES = [each.rule for each in WIRE]
JSON = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", "1"))

#: Faults of whole services, and of other families that one of these rules is there for.
WIRE_FAULTS = [
    fault for fault in FAULTS.values() if any(each.startswith("wire/") for each in fault.rules)
]


def at(fault: str = "") -> Bench:
    """Return a bench in front of the reference, with a fault or without."""
    target = reference(f"reference:{fault}" if fault else "reference")
    return Bench.at(target, account=target.account)


def judged(rule: Rule, bench: Bench) -> Judgement:
    """Return the one judgement on a rule."""
    (judgement,) = judge(rule, bench)
    return judgement


def failed(fault: str) -> set[str]:
    """Return the rules of the family that fail, each on a service of its own with the fault."""
    return {rule.id for rule in RULES if judged(rule, at(fault)).verdict == FAIL}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_conformant_service_passes_and_is_left_empty(rule: Rule) -> None:
    """Every rule passes on the reference, and no model stays behind."""
    bench = at()
    judgement = judged(rule, bench)
    assert judgement.verdict == PASS, judgement.note
    assert bench.talk.listed() == set()
    assert bench.talk.leftovers == []


@pytest.mark.parametrize("fault", WIRE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_fails_the_rule_that_it_names_alone(fault: Fault) -> None:
    """One fault is one finding: of this family nothing else fails."""
    assert failed(fault.name) == set(fault.rules)


def test_every_rule_has_a_fault() -> None:
    """No rule is there, must or info, that no fault breaks."""
    assert {rule.id for rule in RULES} == {each for fault in WIRE_FAULTS for each in fault.rules}


@pytest.mark.parametrize("fault", ["unknown-operation-404", "json-1-1-refused", "web-server"])
def test_other_faults_are_no_business_of_this_family(fault: str) -> None:
    """What is tolerated, or fails a rule of another family, fails nothing here."""
    assert failed(fault) == set()


@pytest.mark.parametrize(
    "fault", ["rejects-everything", "fails-on-everything", "denies-everything", "unavailable"]
)
def test_a_target_that_refuses_everything_passes_no_must_rule(fault: str) -> None:
    """A rejection proves nothing where the plain request is rejected as well."""
    for rule in RULES:
        if rule.level == MUST and rule.id != "wire/malformed-json":
            assert judged(rule, at(fault)).verdict in (INCONCLUSIVE, UNSUPPORTED), rule.id


def test_bodies_are_not_judged_where_anything_passes_for_json() -> None:
    """A target that takes garbage for an empty request gets no model without a name from us."""
    bench = at("malformed-json-empty")
    for rule in RULES:
        for record in judged(rule, bench).exchanges:
            is_json = parse_json(record["request"].encode()) is not None
            assert is_json or record["operation"] != "CreateModel", rule.id


def test_a_target_that_was_brought_down_is_told_of_by_one_rule() -> None:
    """A server that a body brings down is shown with the request that is no longer accepted."""
    rule = next(rule for rule in RULES if rule.id == "wire/answers-after-malformed-json")
    finding = judged(rule, at("malformed-json-poisons")).finding
    assert finding is not None
    assert finding["way"] == "brought-down"
    assert finding["operation"] == "CreateModel"


@pytest.mark.parametrize("fault", ["fails-now-and-then", "throttles-now-and-then"])
def test_a_target_that_fails_now_and_then_fails_no_rule(fault: str) -> None:
    """One server fault is not taken for the answer to a strange body."""
    bench = at(fault)
    assert [rule.id for rule in RULES if judged(rule, bench).verdict == FAIL] == []


class Stub:
    """A target that answers as a function says."""

    endpoint = "http://localhost/"
    account = None
    name = "stub"

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        self.send = answer

    def fingerprint(self) -> Mapping[str, str]:
        """Return that it is a stub."""
        return {"kind": "stub"}

    def close(self) -> None:
        """Nothing is held."""


def on(answer: Callable[[Call], Reply]) -> list[Judgement]:
    """Judge the family on a stub until it is taken to be gone."""
    bench = Bench.at(Stub(answer))  # type: ignore[arg-type]
    found = []
    for rule in RULES:
        try:
            found.append(judged(rule, bench))
        except TargetGone:
            break
    return found


@pytest.mark.parametrize("status", [200, 302, 400, 404, 413, 500])
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"{}", b'{"ModelArn":7,"Models":{}}', b"\xff", b"<html>"]
)
def test_no_answer_makes_the_suite_fail(status: int, body: bytes) -> None:
    """Whatever a target answers, no rule ends with the verdict error."""
    for judgement in on(lambda _: Reply(status, JSON, body)):
        assert judgement.verdict != ERROR, (judgement.rule.id, judgement.note)


def test_a_target_that_hangs_up_on_garbage_gives_no_answer_to_it() -> None:
    """A connection that is closed on a strange body, while plain calls are answered, is a no."""
    service = reference("reference")

    def answer(call: Call) -> Reply:
        if parse_json(call.body) is None:
            raise TransportFault("broken", "connection closed")
        return service.send(call)

    failed = {each.rule.id: each for each in on(answer) if each.verdict == FAIL}
    assert "wire/malformed-json" in failed
    finding = failed["wire/malformed-json"].finding
    assert finding is not None
    assert finding["way"] == "no-answer"
    assert finding["reply"]["status"] is None
    assert "wire/answers-after-malformed-json" not in failed


def test_a_target_that_is_gone_is_not_failed_for_it() -> None:
    """Where plain calls get no answer either, nothing is known."""
    service = reference("reference")
    left = [40]

    def answer(call: Call) -> Reply:
        left[0] -= 1
        if left[0] < 0:
            raise TransportFault("broken", "connection closed")
        return service.send(call)

    with suppress(TargetGone):
        assert all(each.verdict in (PASS, INCONCLUSIVE) for each in on(answer))


def test_a_target_without_list_models_is_not_judged_on_its_json() -> None:
    """Rules that need an operation which the target lacks are unsupported, none fails."""
    service = reference("reference")

    def answer(call: Call) -> Reply:
        if call.operation == "ListModels":
            return Reply(501, JSON, b"{}")
        return service.send(call)

    verdicts = {each.rule.id: each.verdict for each in on(answer)}
    assert verdicts["wire/malformed-json"] == UNSUPPORTED
    assert verdicts["wire/null-members"] == PASS
    assert set(verdicts.values()) == {PASS, UNSUPPORTED}


def test_what_is_sent_as_no_json_is_none() -> None:
    """The bodies that stand for garbage are garbage to a parser, at every place where they end."""
    for body in NOT_JSON:
        with pytest.raises(ValueError, match=r"Expecting"):
            json.loads(body)


NAMES = st.sampled_from(["Content-Type", "X-Amz-Target", "User-Agent", "Content-Encoding"])
VALUES = st.none() | st.text("abc/-", min_size=1)


@given(changes=st.dictionaries(NAMES, VALUES))
def test_headers_are_set_or_left_out_and_the_rest_is_kept(changes: dict[str, str | None]) -> None:
    """A header of ``None`` is not sent; every one that is not named stays as it was."""
    call = encode("CreateModel", {})
    keywords = {name.replace("-", "_"): value for name, value in changes.items()}
    headers = with_headers(call, **keywords).headers
    for name in {*call.headers, *changes}:
        assert headers.get(name) == changes.get(name, call.headers.get(name))
        assert (name in headers) == (changes.get(name, call.headers.get(name)) is not None)
