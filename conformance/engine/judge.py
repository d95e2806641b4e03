"""``judge(rule, bench)``: the one entrance for the command line, for pytest and for tests."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.behaviours import judge_behaviour
from conformance.engine.budget import DEPTHS, Budget
from conformance.engine.conversation import Conversation, TargetGone
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.judgement import Judgement
from conformance.engine.names import RunNames, process_prefix, run_prefix
from conformance.engine.scenarios import judge_scenario
from conformance.engine.scenes import Settings
from conformance.engine.sides import Side, seed_of
from conformance.oracle.catalogue import behaviours, scenarios
from conformance.oracle.verdicts import ERROR, INCONCLUSIVE
from conformance.spec.rules import Rule
from conformance.targets import Target
from conformance.wire.signing import Credentials
from strategies.resources import Resources


@dataclass(frozen=True)
class Bench:
    """What judging needs besides a rule: a conversation, names, a budget and the run's seed."""

    talk: Conversation
    names: RunNames
    budget: Budget
    seed: int = 0
    demands_auth: bool = False
    model_limit: int | None = None
    requirements: str | None = None

    @classmethod
    def at(
        cls,
        target: Target,
        *,
        resources: Resources | None = None,
        depth: str = "quick",
        seed: int = 0,
        account: str | None = None,
        credentials: Credentials | None = None,
        prefix: str | None = None,
        share: int = 0,
        shares: int = 1,
        demands_auth: bool = False,
        model_limit: int | None = None,
        requirements: str | None = None,
        deadlines: Deadlines | None = None,
        rate: float | None = None,
    ) -> Bench:
        """Return a bench in front of a target; ``share`` of ``shares`` is this process.

        ``requirements`` names the set whose frozen requests are sent, if any.
        """
        talk = Conversation(
            target,
            prefix=process_prefix(prefix or run_prefix(), share),
            resources=resources or Resources(account=account or target.account or "123456789012"),
            account=account,
            credentials=credentials,
            deadlines=deadlines,
            rate=rate,
        )
        names = RunNames(talk, share=share, shares=shares)
        return cls(talk, names, DEPTHS[depth], seed, demands_auth, model_limit, requirements)


def judge_side(rule: Rule, side: str, bench: Bench) -> Judgement:
    """Return the judgement on one side of a rule; a fault of the suite becomes ``error``.

    A side that takes too long is inconclusive. Raises ``TargetGone`` when the target stops
    answering, and ``OutOfTime`` when the time of the run is over.
    """
    try:
        bench.talk.deadlines.begin_side()
        if side == "holds":
            return _judge_behaviour(rule, bench)
        one = Side(rule, side, bench.talk, bench.names, bench.budget, bench.requirements)
        return one.judge(bench.seed)
    except TargetGone:
        raise
    except OutOfTime as over:
        bench.talk.tidy()
        if over.of_run:
            raise
        records = tuple(bench.talk.drain())
        return Judgement(rule, side, INCONCLUSIVE, {INCONCLUSIVE: 1}, None, str(over), records)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is the suite's own fault
        bench.talk.tidy()
        said = bench.talk.redaction.text(f"{type(fault).__name__}: {fault}")
        note = f"The suite failed while judging: {said}"
        return Judgement(rule, side, ERROR, {ERROR: 1}, None, note, tuple(bench.talk.drain()))


def _judge_behaviour(rule: Rule, bench: Bench) -> Judgement:
    for scenario in scenarios():
        if scenario.rule.id == rule.id:
            settings = Settings(
                bench.budget.examples,
                seed_of(bench.seed, rule, "holds"),
                bench.demands_auth,
                bench.model_limit,
            )
            return judge_scenario(scenario, bench.talk, bench.names, settings)
    behaviour = next(each for each in behaviours() if each.rule.id == rule.id)
    return judge_behaviour(behaviour, bench.talk, bench.names)


def judge(rule: Rule, bench: Bench) -> list[Judgement]:
    """Return one judgement for each side of a rule."""
    return [judge_side(rule, side, bench) for side in rule.sides]
