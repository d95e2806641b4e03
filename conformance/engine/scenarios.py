"""Judges scenarios: plays each, and plays it again before anything but a pass is believed."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from conformance.engine.conversation import Conversation
from conformance.engine.judgement import Judgement, Tally, shown
from conformance.engine.names import RunNames
from conformance.engine.scenes import Settings, StagedScene, Step
from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Answer, Broken, Scenario, Unsupported
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS, UNSUPPORTED, Opinion
from conformance.wire import encode
from conformance.wire.signing import SIGNATURE

#: How often a play is played at most: a target that fails now and then is not judged by that.
_PLAYS = 3

#: A finding shows so many bytes of a request; the record has them all.
_SHOWN = 4096


#: What came of one play: an opinion, and a finding where it is a failure.
_Play = tuple[Opinion, dict[str, Any] | None]


def judge_scenario(
    scenario: Scenario, talk: Conversation, names: RunNames, settings: Settings
) -> Judgement:
    """Return the judgement on a scenario; raises ``TargetGone`` like every sending.

    A failure is confirmed by playing again, three times in all: what comes once proves nothing
    (but for races, which show now and then), what comes twice is a failure, marked flaky where a
    play went well. A server fault must come every time. What is inconclusive is tried again.
    """
    plays: list[_Play] = []
    for number in range(1, _PLAYS + 1):
        scene = StagedScene(talk, names, settings)
        plays.append(_played(scenario, scene))
        if scene.ended is not None:
            raise scene.ended
        failures = [play for play in plays if play[0].verdict == FAIL]
        is_enough = len(failures) == 2 and failures[0][0].way != "server-fault"
        is_well = not failures and plays[-1][0].verdict == PASS
        if is_enough or is_well or plays[-1][0].verdict == UNSUPPORTED:
            break
        for _ in range(number):  # shifts the rhythm of a target that fails every so many requests
            talk.is_free(names.fresh())
    opinion, finding = failures[0] if failures else plays[-1]
    if finding is not None:
        finding["flaky"] = any(play[0].verdict == PASS for play in plays) or len(failures) == 1
    needed = _needed(scenario, opinion, len(plays))
    if 0 < len(failures) < needed:
        why = f"Not judged: this came {len(failures)} of {len(plays)} times. {opinion.why}"
        opinion, finding = Opinion(INCONCLUSIVE, opinion.way, why), None
    tally = Tally(scenario.rule, "holds")
    tally.add(opinion)
    if finding is not None:
        tally.found(finding)
    return replace(tally.judgement(talk.drain()), observations=scene.observations)


def _needed(scenario: Scenario, opinion: Opinion, plays: int) -> int:
    """Return how many plays must fail: a race shows seldom, a target goes down only once."""
    if opinion.way == "server-fault":
        return plays
    return 1 if scenario.is_race or opinion.way == "brought-down" else 2


def _played(scenario: Scenario, scene: StagedScene) -> _Play:
    try:
        scenario.play(scene)
    except Broken as broken:
        opinion = Opinion(FAIL, broken.way or scenario.rule.id, str(broken))
        return opinion, _finding(scenario, scene, opinion, broken)
    except NothingToJudge as why:
        return Opinion(INCONCLUSIVE, "nothing-to-judge", f"Not judged: {why}."), None
    except Unsupported as why:
        return Opinion(UNSUPPORTED, "unsupported", str(why)), None
    finally:
        scene.end()
    return Opinion(PASS), None


def _finding(
    scenario: Scenario, scene: StagedScene, opinion: Opinion, broken: Broken
) -> dict[str, Any]:
    last = broken.at.number if broken.at else None
    *before, decisive = (
        step for step in scene.steps if last is None or step.exchange.number <= last
    )
    return {
        "case": {"reason": "scenario", "label": scenario.rule.member or scenario.rule.constraint},
        **_sent(decisive),
        "reply": shown(decisive.exchange),
        "expected": scenario.rule.statement,
        "why": opinion.why,
        "way": opinion.way,
        "control": _control(scene, broken.control),
        "flaky": False,
        "before": [_sent(each) | {"reply": shown(each.exchange)} for each in before],
    }


def _control(scene: StagedScene, answer: Answer | None) -> dict[str, Any] | None:
    """Return the accepted exchange of a play that is a control, as findings of rules have it."""
    for each in scene.steps:
        if answer is not None and each.exchange.number == answer.number:
            return {"request": each.exchange.request, "reply": shown(each.exchange)}
    return None


def _signing(step: Step) -> str:
    if step.signed:
        return "usual"
    return "odd" if "Authorization" in step.call.headers else "none"


def _sent(step: Step) -> dict[str, Any]:
    """Return what a finding shows of a step: its operation and what is needed to send it again."""
    exchange, call = step.exchange, step.call
    usual = encode(exchange.operation, exchange.request, url=call.url)
    if step.signed and call == usual:
        return {"operation": exchange.operation, "request": exchange.request, "http": None}
    whole = len(call.body) <= _SHOWN
    return {
        "operation": exchange.operation,
        "request": exchange.request if whole else f"{exchange.request[:_SHOWN]} ...",
        "http": {
            "method": call.method,
            "headers": {k: v for k, v in call.headers.items() if k not in SIGNATURE},
            "body_base64": base64.b64encode(call.body).decode() if whole else None,
            "bytes": len(call.body),
            "signing": _signing(step),
        },
    }
