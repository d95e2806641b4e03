"""Asks again about what failed: an answer that changes is the finding's to say, and no pass."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from conformance.engine.deadlines import OutOfTime
from conformance.engine.judge import Bench, judge_side
from conformance.engine.judgement import Judgement
from conformance.engine.replay import DIFFERENT, FIXED, replay
from conformance.oracle.verdicts import FAIL
from conformance.spec.rules import Rule


def judge_with_retries(rule: Rule, side: str, bench: Bench, retries: int) -> Judgement:
    """Return the judgement on one side of a rule; what fails is sent again so many times.

    When the target answers otherwise even once, the finding is marked flaky; the verdict stays
    fail. Raises ``TargetGone`` when the target stops answering.
    """
    judgement = judge_side(rule, side, bench)
    if judgement.verdict != FAIL or judgement.finding is None:
        return judgement
    exchanges = list(judgement.exchanges)
    flaky = bool(judgement.finding["flaky"])
    for _ in range(retries):
        again = None
        with suppress(OutOfTime):
            again = replay(rule.id, side, judgement.finding, bench)
        exchanges += bench.talk.drain()  # also of what was cut off: the next side's begin anew
        if again is None:
            break
        if again.outcome in (FIXED, DIFFERENT):
            flaky = True
            break
    return replace(
        judgement, finding={**judgement.finding, "flaky": flaky}, exchanges=tuple(exchanges)
    )
