"""Sends the recorded requests of a finding again and says what has become of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.behaviours import opinion_on
from conformance.engine.creating import NameTaken
from conformance.engine.exchanges import Exchange
from conformance.engine.judge import Bench, judge_side
from conformance.engine.renaming import Renaming
from conformance.engine.sides import STORED
from conformance.oracle.behaviour import Behaviour
from conformance.oracle.catalogue import behaviours, rule_by_id
from conformance.oracle.verdicts import (
    FAIL,
    INCONCLUSIVE,
    NOT_RUN,
    PASS,
    Opinion,
    judge_legal,
    judge_violation,
)
from conformance.spec.rules import Rule
from conformance.wire import Call, Reading

STILL_FAILING = "still failing"
FIXED = "fixed"
DIFFERENT = "different"
UNCLEAR = "unclear"

#: Families whose calls met, or were signed for a moment: sent again they show something else.
_JUDGED_ANEW = ("concurrency/", "auth/")


@dataclass(frozen=True)
class Replayed:
    """What became of one finding: one of the constants above, why, and the new answer.

    ``different`` means that the target still breaks the rule, with another answer than recorded.
    """

    outcome: str
    why: str
    said: str = ""


class CannotReplay(Exception):
    """A step of a finding cannot be sent as it was; the message says why."""


def replay(rule_id: str, side: str, finding: Mapping[str, Any], bench: Bench) -> Replayed:
    """Send a finding's steps again as they were recorded, under new names; judge the last answer.

    A rejection counts only when the recorded control is accepted again. Where one answer does not
    tell, because the rule is about several, because calls met or signatures grew old, the rule is
    judged anew. Whatever was created is deleted. Raises ``TargetGone`` like every sending.
    """
    try:
        rule = rule_by_id(rule_id)
    except KeyError:
        return Replayed(UNCLEAR, "This version has no such rule.")
    if rule.id.startswith(_JUDGED_ANEW):
        return _outcome(finding, None, _judged_anew(rule, side, bench))
    finding = _under_new_names(finding, bench)
    try:
        *_, last = _sent(finding, bench)
        if last.reading is None:
            detail = last.fault.detail if last.fault else "no reply"
            return Replayed(UNCLEAR, f"No answer: {detail}.")
        opinion = _opinion(rule, side, finding, last, bench)
        if opinion is not None and opinion.verdict == PASS:
            opinion = _refused_control(finding, bench) or opinion
    except CannotReplay as why:
        return Replayed(UNCLEAR, f"Not sent again: {why}.")
    finally:
        bench.talk.tidy()
    if opinion is None:
        return _outcome(finding, None, _judged_anew(rule, side, bench))
    return _outcome(finding, last.reading, opinion)


def _under_new_names(finding: Mapping[str, Any], bench: Bench) -> Mapping[str, Any]:
    """Return a finding whose requests bear names of this run, of the same length."""
    names = Renaming([json.dumps(finding)], bench)

    def step(each: Mapping[str, Any]) -> dict[str, Any]:
        changed = {**each, "request": names.value(each["request"])}
        http = each.get("http")
        if http and http["body_base64"]:
            body = names.text(base64.b64decode(http["body_base64"]).decode("latin-1"))
            encoded = base64.b64encode(body.encode("latin-1")).decode()
            changed["http"] = {**http, "body_base64": encoded}
        return changed

    control = finding.get("control")
    return {
        **step(finding),
        "before": [step(each) for each in finding.get("before", ())],
        "control": step(control) if control else None,
    }


def _refused_control(finding: Mapping[str, Any], bench: Bench) -> Opinion | None:
    """Return why a rejection proves nothing: the control is not accepted; ``None`` where it is."""
    if not finding["control"]:
        return None
    bench.talk.tidy()
    exchange = _step(finding["control"], bench)
    if exchange.accepted:
        return None
    said = exchange.reading.summary if exchange.reading else "no answer"
    return Opinion(INCONCLUSIVE, "control", f"The control is not accepted either ({said}).")


def _outcome(finding: Mapping[str, Any], reading: Reading | None, opinion: Opinion) -> Replayed:
    said = reading.summary if reading else ""
    if opinion.verdict == PASS:
        return Replayed(FIXED, "The rule holds now.", said)
    if opinion.verdict != FAIL:
        return Replayed(UNCLEAR, opinion.why or f"The rule is {opinion.verdict}.", said)
    recorded = (finding["reply"] or {}).get("status")
    is_same = opinion.way == finding["way"] and (reading is None or reading.status == recorded)
    return Replayed(STILL_FAILING if is_same else DIFFERENT, opinion.why, said)


def _sent(finding: Mapping[str, Any], bench: Bench) -> Iterator[Exchange]:
    for step in (*finding.get("before", ()), finding):
        yield _step(step, bench)


def _step(step: Mapping[str, Any], bench: Bench) -> Exchange:
    talk = bench.talk
    operation = step.get("operation", "CreateModel")
    http = step.get("http")
    if http is None:
        try:
            if operation == "CreateModel":
                return talk.create(step["request"], purpose="replay")
            return talk.ask(operation, step["request"], purpose="replay")
        except NameTaken as taken:
            raise CannotReplay(str(taken)) from taken
    if http["signing"] == "odd":
        raise CannotReplay("it was signed oddly on purpose, and signatures grow old")
    if http["body_base64"] is None:
        raise CannotReplay("its body is too long to be in the finding")
    call = Call(
        operation=operation,
        method=http["method"],
        url=talk.target.endpoint,
        headers=dict(http["headers"]),
        body=base64.b64decode(http["body_base64"]),
    )
    return talk.send(call, step["request"], purpose="replay", signed=http["signing"] == "usual")


def _opinion(
    rule: Rule, side: str, finding: Mapping[str, Any], last: Exchange, bench: Bench
) -> Opinion | None:
    """Return what one answer means, ``None`` where the rule is about more than one answer."""
    assert last.reading is not None
    if side == "accepts":
        return judge_legal(last.reading)
    if side == "rejects":
        opinion = judge_violation(last.reading)
        return (
            STORED
            if opinion.verdict == PASS and bench.talk.is_stored_all_the_same(last.request)
            else opinion
        )
    behaviour = next((each for each in behaviours() if each.rule.id == rule.id), None)
    return _of_behaviour(behaviour, finding, last, bench) if behaviour else None


def _of_behaviour(
    behaviour: Behaviour, finding: Mapping[str, Any], last: Exchange, bench: Bench
) -> Opinion:
    opinion = opinion_on(behaviour, finding["case"]["label"], last, bench.talk)
    if opinion.verdict != NOT_RUN:
        return opinion
    said = last.reading.summary if last.reading else "no answer"
    what = "rejected" if behaviour.rejections else "accepted"
    return Opinion(INCONCLUSIVE, "", f"The request is not {what} now ({said}).")


def _judged_anew(rule: Rule, side: str, bench: Bench) -> Opinion:
    judgement = judge_side(rule, side, bench)
    bench.talk.take_back(judgement.exchanges)
    finding = judgement.finding or {"way": "", "why": judgement.note}
    return Opinion(judgement.verdict, finding["way"], finding["why"])
