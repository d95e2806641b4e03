"""Judges one side of a constraint or cross-field rule: boundary cases first, then exploration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from conformance.engine.budget import Budget
from conformance.engine.controls import Controls, opinion_of_taken
from conformance.engine.conversation import Conversation
from conformance.engine.creating import NameTaken
from conformance.engine.deadlines import OutOfTime
from conformance.engine.exchanges import Exchange
from conformance.engine.intent import demanded, is_intended
from conformance.engine.judgement import Judgement, Tally, shown
from conformance.engine.made import names_of
from conformance.engine.names import RunNames
from conformance.oracle.verdicts import (
    ERROR,
    FAIL,
    INCONCLUSIVE,
    NOT_RUN,
    PASS,
    Opinion,
    judge_legal,
    judge_violation,
)
from conformance.oracle.violations import expectation
from conformance.spec.rules import INFO, Rule
from conformance.wire.reading import REJECTED
from strategies.cases import BEYOND, INSIDE, Case, boundary_cases
from strategies.frozen import frozen_cases


def seed_of(run_seed: int, rule: Rule, side: str) -> int:
    """Return the seed for one side of one rule, derived from the run's."""
    digest = hashlib.sha256(f"{run_seed}:{rule.id}:{side}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


#: How many alternatives to a refused request are tried.
ALTERNATIVES = 8

_WHOSE = Opinion(
    INCONCLUSIVE,
    "stored-perhaps",
    "A model of the name, which was free before, is there after the refusal; nobody knows whose.",
)

STORED = Opinion(FAIL, "stored", "The target rejected the request but stored the model.")


class Side:
    """One side of one rule while it is being judged."""

    def __init__(
        self,
        rule: Rule,
        side: str,
        talk: Conversation,
        names: RunNames,
        budget: Budget,
        requirements: str | None = None,
    ) -> None:
        """Prepare for judging; ``requirements`` names the set whose frozen cases are sent."""
        self.rule, self.side, self.budget = rule, side, budget
        self._requirements = requirements
        self._talk, self._names = talk, names
        self._tally = Tally(rule, side)
        self._is_of_name = rule.member == "ModelName"
        self._controls = Controls(talk, names, of_name=self._is_of_name)
        self._rejected: dict[str, tuple[Case, Exchange]] = {}
        self._refused_cases: list[tuple[Case, Exchange | None, Opinion]] = []
        self._refused_controls: dict[str, Any] = {}

    def judge(self, run_seed: int) -> Judgement:
        """Send every case and return the judgement with its exchanges.

        A failure that is found before the time is over stands. Raises ``TargetGone`` when the
        target stops answering, and ``OutOfTime`` when the run's time is over; what was said until
        then is lost to this side and drained by the caller.
        """
        try:
            self._send_everything(run_seed)
        except OutOfTime as over:
            self._talk.tidy()
            if over.of_run and self._tally.verdict != FAIL:
                raise
            self._tally.add(Opinion(INCONCLUSIVE, "time", str(over)))
        return self._tally.judgement(self._talk.drain())

    def _send_everything(self, run_seed: int) -> None:
        for case in self._cases():
            self._tally.add(self._try(case))
        self._settle_refused()
        if self._tally.verdict == PASS and self.budget.examples:
            self._explore(run_seed)
        self._look_for_stored()
        self._control_again()

    # -- one case --------------------------------------------------------------------------

    def _cases(self) -> Iterator[Case]:
        resources = self._talk.resources
        if self._requirements is not None:
            return frozen_cases(
                self._requirements,
                self.rule,
                self.side,
                prefix=self._talk.prefix,
                names=self._names,
                resources=resources,
            )
        return boundary_cases(
            self.rule,
            self.side,
            names=self._names,
            resources=resources,
            thorough=self.budget.thorough,
        )

    def _try(self, case: Case) -> Opinion:
        expected = expectation(case.request)
        if not is_intended(self.rule, self.side, expected):
            return Opinion(
                ERROR,
                "suite",
                f"The case {case.label!r} does not break just this rule: "
                f"{', '.join(sorted(expected.ids())) or 'it breaks none'}.",
            )
        for control in case.controls:
            refused = self._controls.refused(control)
            if refused is not None:
                return self._without_control(case, control, refused)
        if case.is_its_own_control and not self._is_of_name:
            return Opinion(PASS)  # the request is its own control and was accepted
        return self._send_or_alternatives(case)

    def _send_or_alternatives(self, case: Case) -> Opinion:
        """Send a case; where it is refused, something else that proves as much may be accepted."""
        exchange, opinion = self._send(case)
        if opinion.verdict == FAIL and case.alternatives is not None:
            for request in islice(case.alternatives(), ALTERNATIVES):
                if expectation(request).violations:
                    continue
                other = self._talk.create(request)
                self._talk.tidy()
                if other.accepted:
                    return Opinion(PASS)
        return self._kept(case, exchange, opinion)

    def _without_control(self, case: Case, control: Any, refused: Opinion) -> Opinion:
        """Return the opinion on a case whose control was refused: it proves nothing as it is.

        But a legal value that is accepted where the typical one is not proves the refusal of the
        typical one wrong; whether one is, is known when all were sent.
        """
        if self.rule.member == "" and self.side == "accepts":
            return Opinion(NOT_RUN) if refused.way == "control" else refused
        of_this_member = self.rule.constraint not in ("type", "required")
        if self.side == "rejects" or refused.way != "control" or not of_this_member:
            return refused
        exchange, opinion = self._send(case)
        if opinion.verdict == FAIL:
            self._refused_cases.append((case, exchange, opinion))
            return Opinion(NOT_RUN)
        if opinion.verdict == PASS:
            self._refused_controls[self._controls.key(control)] = control
        return opinion

    def _settle_refused(self) -> None:
        """Judge the legal requests that were refused beside others that were accepted."""
        for key, control in self._refused_controls.items():
            exchange = self._controls.answer_to(key)
            assert exchange.reading is not None
            case = Case(INSIDE, "a typical value", control)
            opinion = judge_legal(exchange.reading)
            if opinion.way == "server-fault":
                opinion = self._asked_again(case, opinion)
            self._tally.add(self._kept(case, exchange, opinion))
        for case, refusal, opinion in self._refused_cases:
            if self._refused_controls:
                self._tally.add(self._kept(case, refusal, opinion))
            else:
                why = "The control, a valid request, was not accepted either."
                self._tally.add(Opinion(INCONCLUSIVE, "control", why))

    def _send(self, case: Case) -> tuple[Exchange | None, Opinion]:
        """Send the case and judge the answer; without an exchange there was no name to be had."""
        try:
            exchange = self._talk.create(case.request)
        except NameTaken as taken:
            return None, opinion_of_taken(taken)
        stored = self._is_stored_all_the_same(case, exchange)
        self._talk.tidy()
        opinion = self._opinion(exchange, stored)
        if opinion.way == "server-fault":
            return exchange, self._asked_again(case, opinion)
        return exchange, opinion

    def _asked_again(self, case: Case, opinion: Opinion) -> Opinion:
        """Return the opinion on a server fault; one that does not come again proves nothing."""
        body = self._renamed(case.request)
        for _ in range(2):  # twice: a target that fails now and then may do so just then
            try:
                again = self._talk.create(body)
            except NameTaken as taken:
                why = f"The target failed with a server fault, and {taken}: it was not asked again."
                return Opinion(INCONCLUSIVE, "name-taken", why)
            self._talk.tidy()
            if self._opinion(again, stored=False).way != "server-fault":
                why = "The target failed with a server fault once and not when it was asked again."
                return Opinion(INCONCLUSIVE, "transient", why)
        return opinion

    def _renamed(self, body: Any) -> Any:
        """Return a request under a name that is new, where it is not the name that is judged."""
        if not self._is_of_name and isinstance(body, dict) and "ModelName" in body:
            return {**body, "ModelName": self._names.fresh()}
        return body

    def _kept(self, case: Case, exchange: Exchange | None, opinion: Opinion) -> Opinion:
        """Keep the finding of a failure and return the opinion."""
        if opinion.verdict == FAIL and exchange is not None:
            self._tally.found(self._finding(case, exchange, opinion))
        return opinion

    def _opinion(self, exchange: Exchange, stored: bool) -> Opinion:
        if exchange.reading is None:
            assert exchange.fault is not None
            if exchange.fault.kind == "unsendable":
                return Opinion(NOT_RUN, "unsendable", f"Not sent: {exchange.fault.detail}.")
            return Opinion(INCONCLUSIVE, "transport", f"No answer: {exchange.fault.detail}.")
        if stored:
            return STORED
        name = exchange.request.get("ModelName") if isinstance(exchange.request, dict) else None
        if self._talk.ledger.doubtful.intersection(names_of(name)):
            return _WHOSE
        if self.side == "accepts":
            return judge_legal(exchange.reading)
        return judge_violation(exchange.reading)

    def _is_stored_all_the_same(self, case: Case, exchange: Exchange) -> bool:
        """Look whether a rejected request left a model behind; remember names to look up later."""
        if self.side == "accepts" or exchange.reading is None or exchange.reading.kind != REJECTED:
            return False
        name = case.request.get("ModelName") if isinstance(case.request, dict) else None
        if self._is_of_name and self._talk.ledger.bears_prefix(name):
            if isinstance(name, str):  # its form is illegal: it is listed, but not described
                self._rejected[name] = (case, exchange)
            return False
        return self._talk.is_stored_all_the_same(case.request)

    def _look_for_stored(self) -> None:
        """Find, by ListModels, rejected models whose names cannot be described."""
        if not self._rejected:
            return
        stored = self._talk.listed()
        for name, (case, exchange) in self._rejected.items():
            if name in stored:
                self._talk.ledger.own(name)
                self._tally.add(STORED)
                self._tally.found(self._finding(case, exchange, STORED))
        self._talk.tidy()

    def _control_again(self) -> None:
        """Send a control once more: a target that broke on the way proved nothing by rejecting."""
        if self.side == "rejects" and self._tally.verdict == PASS:
            again = self._controls.again()
            if again is not None:
                self._tally.add(again)

    # -- findings and exploration ----------------------------------------------------------

    def _finding(self, case: Case, exchange: Exchange, opinion: Opinion) -> dict[str, Any]:
        expected, why = demanded(self.rule, self.side), opinion.why
        if self.rule.level == INFO:
            unknown = "Nobody has shown what AWS answers to this request, so nothing is demanded."
            expected = f"{self.rule.statement} {unknown}"
            why = f"Recorded only: the target answered with {shown(exchange)['status']}."
        return {
            "case": {"reason": case.reason, "label": case.label},
            "request": case.request,
            "reply": shown(exchange),
            "expected": expected,
            "why": why,
            "way": opinion.way,
            "control": self._controls.accepted(case.controls),
            "flaky": False,
        }

    def _explore(self, run_seed: int) -> None:
        from conformance.engine.exploration import explore
        from strategies.exploration import random_cases

        stem = self._names.fresh()
        strategy = random_cases(self.rule, self.side, stem=stem, resources=self._talk.resources)
        if strategy is None:
            return

        def opinion_on(body: Any) -> Opinion | None:
            body = self._renamed(body)
            if self._is_foreign(body):
                return None
            if not is_intended(self.rule, self.side, expectation(body)):
                return None
            case = Case(BEYOND, "drawn at random", body)
            return self._kept(case, *self._send(case))

        outcome = explore(
            strategy,
            opinion_on,
            seed=seed_of(run_seed, self.rule, self.side),
            examples=self.budget.examples,
        )
        for opinion in outcome.opinions:
            self._tally.add(opinion)
        if outcome.minimal is not None:
            # Hypothesis has shrunk: the last failing request it sent is the smallest.
            first = next(each for each in outcome.opinions if each.verdict == FAIL)
            if outcome.stopped is None:
                smallest = self._again(outcome.minimal, first, flaky=outcome.flaky)
                self._tally.finding = None
                self._tally.found(smallest)
        if outcome.stopped is not None:
            raise outcome.stopped

    def _is_foreign(self, body: Any) -> bool:
        """Tell whether a drawn name has lost our prefix: could it be stored, it would stay."""
        name = body.get("ModelName") if isinstance(body, dict) else None
        return not isinstance(name, str) or self._talk.prefix not in name

    def _again(self, body: Any, first: Opinion, *, flaky: bool) -> dict[str, Any]:
        """Send the shrunk request once more for the finding's own reply.

        ``first`` is what was held against the target before, should it now do better.
        """
        body = self._renamed(body)
        case = Case(BEYOND, "drawn at random and shrunk", body)
        exchange = self._talk.create(body)
        stored = self._is_stored_all_the_same(case, exchange)
        self._talk.tidy()
        opinion = self._opinion(exchange, stored)
        if opinion.verdict == FAIL:
            return self._finding(case, exchange, opinion) | {"flaky": flaky}
        return self._finding(case, exchange, first) | {"flaky": True}
