"""Retries: an answer that changes is marked flaky, one that stays is not, and neither passes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.engine import retries
from conformance.engine.deadlines import OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.retries import judge_with_retries
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import FAIL, PASS
from conformance.targets.reference import reference
from conformance.wire import Call, Reply

LENGTH = rule_by_id("CreateModel/ModelName:max-length")


class ForgetsItsFault:
    """The reference with a fault, and without it from its ``turns``-th long name on."""

    def __init__(self, turns: int) -> None:
        self.faulty, self.sound = (
            reference("reference:model-name-max-length-64"),
            reference("reference"),
        )
        self.turns = turns
        self.name, self.endpoint = "forgetful", self.faulty.endpoint
        self.account = self.faulty.account

    def send(self, call: Call) -> Reply:
        body = json.loads(call.body)
        if call.operation == "CreateModel" and len(str(body.get("ModelName"))) > 63:
            self.turns -= 1
            if self.turns < 0:
                return self.sound.send(call)
        return self.faulty.send(call)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("turns", "retries", "flaky"), [(2, 0, False), (2, 1, True), (99, 3, False)]
)
def test_an_answer_that_changes_is_marked_flaky_and_stays_a_failure(
    turns: int, retries: int, flaky: bool
) -> None:
    """Never a pass: it was seen to fail."""
    bench = Bench.at(ForgetsItsFault(turns), account="123456789012")
    judgement = judge_with_retries(LENGTH, "rejects", bench, retries)
    assert judgement.verdict == FAIL
    assert judgement.finding is not None
    assert judgement.finding["flaky"] is flaky
    sent_again = [each for each in judgement.exchanges if each["purpose"] == "replay"]
    assert bool(sent_again) is (retries > 0)
    assert len({each["n"] for each in judgement.exchanges}) == len(judgement.exchanges)


def test_what_passes_is_not_asked_again() -> None:
    """Retries cost nothing where nothing fails."""
    target = reference("reference")
    judgement = judge_with_retries(LENGTH, "rejects", Bench.at(target, account=target.account), 9)
    assert judgement.verdict == PASS
    assert all(each["purpose"] != "replay" for each in judgement.exchanges)


def test_retries_of_a_scenario_keep_all_its_exchanges() -> None:
    """A scenario is judged anew; what was said then is in the record, too."""
    target = reference("reference:duplicate-overwrites")
    bench = Bench.at(target, account=target.account)
    rule = rule_by_id("lifecycle/duplicate-name-is-rejected")
    once = judge_with_retries(rule, "holds", bench, 0)
    thrice = judge_with_retries(rule, "holds", bench, 2)
    assert (once.verdict, thrice.verdict) == (FAIL, FAIL)
    assert len(thrice.exchanges) > 2 * len(once.exchanges)
    assert thrice.finding is not None
    assert not thrice.finding["flaky"]


def test_what_a_retry_has_sent_that_was_cut_off_belongs_to_its_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: it stood in the record under the rule that was judged next."""

    def cut_off(_rule: str, _side: str, _finding: Any, bench: Bench) -> Any:
        bench.talk.ask("DescribeModel", {"ModelName": "a"}, purpose="replay")
        raise OutOfTime("it took longer than 300 s", False)

    monkeypatch.setattr(retries, "replay", cut_off)
    bench = Bench.at(reference("reference:model-name-max-length-64"))
    judgement = judge_with_retries(LENGTH, "rejects", bench, 3)
    assert (judgement.verdict, judgement.exchanges[-1]["purpose"]) == (FAIL, "replay")
    assert bench.talk.drain() == []
