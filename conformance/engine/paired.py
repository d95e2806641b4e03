"""Sends what was recorded for one side again and compares the answers pair by pair.

A run draws requests of its own, so that two runs differ in what they asked. Pairs do not: a
request that was answered as it should be then, and is not now, is a regression whatever else is
asked. What is right is said by the oracle, of both answers, from the request as it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.controls import opinion_of_control
from conformance.engine.creating import NameTaken
from conformance.engine.exchanges import Exchange
from conformance.engine.intent import demanded, is_intended
from conformance.engine.judge import Bench
from conformance.engine.judgement import shown
from conformance.engine.renaming import Renaming
from conformance.engine.sides import STORED
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import (
    FAIL,
    INCONCLUSIVE,
    PASS,
    Opinion,
    judge_legal,
    judge_violation,
)
from conformance.oracle.violations import expectation
from conformance.spec.rules import Rule
from conformance.wire import Reply, read
from conformance.wire.reading import ACCEPTED

#: How often a wrong answer is asked for again, one that does not come every time proves nothing;
#: and a server fault, which a target that fails now and then may have again just then.
_CONFIRMATIONS, _OF_FAULTS = 1, 2


@dataclass(frozen=True)
class Recorded:
    """A CreateModel request as it was recorded, by its number in the record, and its reply."""

    number: int
    request: Any
    reply: Reply


@dataclass(frozen=True)
class RecordedSide:
    """What was said for one side of a constraint or cross-field rule, and how it was judged."""

    rule: str
    side: str
    verdict: str
    cases: tuple[Recorded, ...]
    controls: tuple[Recorded, ...]


@dataclass(frozen=True)
class Paired:
    """What became of the recorded requests of one side.

    ``as_before`` counts those that are right, or wrong, as they were, ``mended`` those that were
    wrong and are right; ``unproven`` those whose answer says nothing now, for the reason ``note``.
    ``finding`` is the first of those that were right and are wrong, ``was`` its recorded reply.
    """

    rule: str
    side: str
    as_before: int = 0
    mended: int = 0
    unproven: int = 0
    note: str = ""
    finding: Mapping[str, Any] | None = None
    was: Recorded | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether there were requests to send again, and no answer to any of them can be judged."""
        return bool(self.unproven) and not (self.as_before or self.mended or self.finding)

    @property
    def stands(self) -> bool:
        """Whether every recorded request was judged again, and none is answered worse."""
        return self.finding is None and not self.unproven and self.as_before + self.mended > 0


def judge_pairs(recorded: RecordedSide, bench: Bench) -> Paired:
    """Send a side's recorded requests under new names and compare each answer with the old one.

    Of a ``rejects`` side the recorded controls must be accepted again, before and after, or
    nothing is proven. Whatever was created is deleted. Raises ``TargetGone`` like every sending,
    and ``KeyError`` for a rule that this version does not have.
    """
    try:
        return _Pairs(recorded, bench).judge()
    finally:
        bench.talk.tidy()


class _Pairs:
    """The pairs of one side while they are being judged."""

    def __init__(self, recorded: RecordedSide, bench: Bench) -> None:
        self._recorded, self._bench = recorded, bench
        self._rule: Rule = rule_by_id(recorded.rule)
        self._side = recorded.side
        requests = [each.request for each in (*recorded.cases, *recorded.controls)]
        self._names = Renaming(map(json.dumps, requests), bench)
        self._as_before = self._mended = self._unproven = 0
        self._note = ""
        self._worse: list[tuple[Recorded, Exchange, Opinion]] = []
        self._control: Exchange | None = None

    def judge(self) -> Paired:
        cases = [each for each in self._recorded.cases if self._was(each) in (PASS, FAIL)]
        if not self._controls_are_accepted():
            return self._nothing(len(cases))
        for each in cases:
            self._pair(each)
            if self._worse and self._side == "rejects":
                break  # it is proven: the target may not be able to delete what it should refuse
        if self._side == "rejects" and not self._worse and not self._controls_are_accepted(-1):
            return self._nothing(len(cases))
        if self._worse and self._mended and self._recorded.verdict == PASS:
            # It passed although a request was answered wrong: others were as good. They still are.
            self._note = "another of its requests is accepted in the place of this one"
            self._unproven += len(self._worse)
            self._worse = []
        return self._paired()

    def _nothing(self, cases: int) -> Paired:
        return Paired(self._rule.id, self._side, unproven=cases, note=self._note)

    def _paired(self) -> Paired:
        worse = self._worse[0] if self._worse else None
        return Paired(
            self._rule.id,
            self._side,
            as_before=self._as_before,
            mended=self._mended,
            unproven=self._unproven,
            note=self._note,
            finding=self._finding(*worse) if worse else None,
            was=worse[0] if worse else None,
        )

    # -- one pair --------------------------------------------------------------------------

    def _was(self, case: Recorded) -> str:
        return self._opinion(case.reply).verdict

    def _opinion(self, reply: Reply) -> Opinion:
        reading = read(reply)
        return judge_legal(reading) if self._side == "accepts" else judge_violation(reading)

    def _pair(self, case: Recorded) -> None:
        if not is_intended(self._rule, self._side, expectation(case.request)):
            self._prove_nothing("this version reads the request in another way")
            return
        exchange, opinion = self._asked(case)
        if opinion.verdict not in (PASS, FAIL):
            self._prove_nothing(opinion.why)
        elif opinion.verdict == self._was(case):
            self._as_before += 1
        elif opinion.verdict == PASS:
            self._mended += 1
        elif exchange is None or any(each.verdict != FAIL for each in self._again(case, opinion)):
            self._prove_nothing("the target does not answer the same every time")
        else:
            self._worse.append((case, exchange, opinion))

    def _prove_nothing(self, why: str) -> None:
        self._unproven += 1
        self._note = self._note or why.rstrip(".")

    def _again(self, case: Recorded, first: Opinion) -> Iterator[Opinion]:
        for _ in range(_OF_FAULTS if first.way == "server-fault" else _CONFIRMATIONS):
            yield self._asked(case)[1]

    def _asked(self, case: Recorded) -> tuple[Exchange | None, Opinion]:
        """Send a case under names never used before and return what its answer means."""
        exchange, opinion = self._sent(case)
        if exchange is None or exchange.reply is None:
            return exchange, opinion
        opinion = self._opinion(exchange.reply)
        # What was stored then was found out in the end: the reply alone does not tell.
        looks = self._side == "rejects" and self._recorded.verdict == PASS
        if (
            looks
            and opinion.verdict == PASS
            and self._bench.talk.is_stored_all_the_same(exchange.request)
        ):
            opinion = STORED
        self._bench.talk.tidy()
        return exchange, opinion

    def _sent(self, case: Recorded) -> tuple[Exchange | None, Opinion]:
        request = self._names.again().value(case.request)
        try:
            exchange = self._bench.talk.create(request, purpose="replay")
        except NameTaken as taken:
            return None, Opinion(INCONCLUSIVE, "name-taken", str(taken))
        detail = exchange.fault.detail if exchange.fault else "no reply"
        return exchange, Opinion(INCONCLUSIVE, "transport", f"no answer: {detail}")

    # -- controls --------------------------------------------------------------------------

    def _controls_are_accepted(self, first: int = 0) -> bool:
        """Send the recorded controls from ``first`` on; tells whether all are accepted again."""
        if self._side != "rejects":
            return True
        controls = [each for each in self._recorded.controls if read(each.reply).kind == ACCEPTED]
        if not controls:
            self._note = "no accepted control was recorded"
        for each in controls[first:]:
            exchange, opinion = self._sent(each)
            self._bench.talk.tidy()
            refused = opinion if exchange is None else opinion_of_control(exchange)
            if refused is not None:
                self._note = refused.why.rstrip(".")
                return False
            self._control = exchange
        return bool(controls)

    def _finding(self, was: Recorded, exchange: Exchange, opinion: Opinion) -> dict[str, Any]:
        control = self._control
        accepted = {"request": control.request, "reply": shown(control)} if control else None
        return {
            "case": {"reason": "replayed", "label": f"request {was.number} of the old run, again"},
            "request": exchange.request,
            "reply": shown(exchange),
            "expected": demanded(self._rule, self._side),
            "why": opinion.why,
            "way": opinion.way,
            "control": accepted,
            "flaky": False,
            "also": [f"request {each.number} of the old run" for each, _, _ in self._worse[1:41]],
        }
