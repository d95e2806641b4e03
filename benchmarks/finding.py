"""Seconds until a fault of the reference shows: in the rules that concern it, in a whole run."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from benchmarks.running import plan_of, running
from conformance.engine.conversation import TargetGone
from conformance.engine.run import NotAnEndpoint
from conformance.oracle.verdicts import FAIL
from conformance.reference.faults import FAULTS, Fault
from conformance.selftest.run import is_judged, trial
from conformance.spec.rules import MUST
from conformance.targets import TargetProblem
from conformance.targets.reference import reference

#: So many models fit into the service, and the run knows it: else faults of its quota stay hidden.
_QUOTA = 60

#: How far apart the samples of two runs begin: faults that follow one another are alike.
_APART = 13


def faults() -> list[Fault]:
    """Return the faults that some rule must find."""
    return [each for each in FAULTS.values() if each.expect == "fail" and is_judged(each)]


def sample(number: int, run: int) -> list[str]:
    """Return the names of so many faults from all over the catalogue, other ones in each run."""
    every = max(1, len(faults()) // number)
    return [each.name for each in faults()[run * _APART % every :: every]][:number]


def in_its_rules(names: list[str]) -> dict[str, Any]:
    """Return the seconds until the first finding where only rules that concern a fault are judged.

    That is how long it takes who works on a fault and selects its rules.
    """
    return {"seconds": {name: trial(name, beside=()).seconds for name in names}}


def in_a_whole_run(names: list[str], select: str = "*") -> dict[str, Any]:
    """Return the seconds until the first finding of a whole quick run, and who was not found.

    Rules are judged in the catalogue's order, into a record; start-up is outside. A finding is of
    a rule that decides, or that concerns the fault. What is not found took the whole run;
    ``refused`` are those that a run does not begin with, because they are no AWS endpoint: that is
    said in a sentence, and no finding.
    """
    _warm()
    seconds, requests, missing, refused = {}, {}, [], []
    plan = plan_of("reference", "quick", select=(select,))
    plan = replace(plan, demands_auth=True, model_limit=_QUOTA)
    for name in names:
        target, since, is_found = reference(f"reference:{name}", quota=_QUOTA), 0.0, False
        try:
            with running(plan, target, keeps_journal=False) as run:
                since = time.perf_counter()
                is_found = any(
                    each.verdict == FAIL
                    and (each.rule.level == MUST or each.rule.id in FAULTS[name].rules)
                    for each in run.judgements()
                )
                seconds[name] = time.perf_counter() - since
                requests[name] = run.bench.talk.requests
        except NotAnEndpoint:
            refused.append(name)
            continue
        except (TargetGone, TargetProblem) as problem:
            raise RuntimeError(f"the run against {name} ended early: {problem}") from problem
        if not is_found:
            missing.append(name)
    return {"seconds": seconds, "requests": requests, "missing": missing, "refused": refused}


def _warm() -> None:
    """Judge one rule: what is done once in a process is start-up."""
    plan = plan_of("reference", "quick", select=("CreateModel/ModelName:max-length",))
    with running(plan, reference("reference"), keeps_journal=False) as run:
        run.to_its_end()
