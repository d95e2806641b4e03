"""Says how many requests a plan comes to: it is carried out on the built-in service and counted.

The service is conformant, takes what the user named, and is asked in this process. A target that
fails rules is asked more, to find the smallest such request, and so is one that throttles.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.given_only import GivenOnly
from conformance.engine.judge import judge_side
from conformance.engine.run import Plan, bench_of, introduce
from conformance.targets.allowance import Allowance, Metered
from conformance.targets.reference import reference

_UNBOUNDED = Allowance(requests=10**9, models=10**9)


def forecast(plan: Plan) -> Allowance:
    """Return how many requests and models the plan came to on the built-in service."""
    counter = Metered(reference("reference"), _UNBOUNDED)
    at_once = replace(plan, credentials=None, options=replace(plan.options, rate=None))
    bench = bench_of(at_once, GivenOnly(counter, plan.resources))
    introduce(bench)
    for rule, side in plan.sides:
        judge_side(rule, side, bench)
    bench.talk.tidy()
    bench.talk.sweep()
    return Allowance(counter.requests, counter.models)
