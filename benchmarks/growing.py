"""What grows with the number of cases: time and memory, as ``run --seeds`` spends them."""

from __future__ import annotations

import time

from benchmarks.running import plan_of, running
from conformance.targets import resolve


def linear(few: int, many: int, select: str) -> dict[str, float]:
    """Wall time of a run with ``many`` seeds as a multiple of its time with ``few``.

    A run with one seed goes before, and does not count: what is done once is no matter of cases.
    """
    seconds = []
    for seeds in (1, few, many):
        plan = plan_of("reference", "quick", select=(select,), seeds=seeds)
        with running(plan, resolve("reference", plan.options, None), keeps_journal=False) as run:
            since = time.perf_counter()
            run.to_its_end()
            seconds.append(time.perf_counter() - since)
    return {"factor": seconds[2] / seconds[1], "few": seconds[1], "many": seconds[2]}


def memory(fewer: int, more: int, seeds: int) -> dict[str, float]:
    """Resident memory of a run after so many requests and after many more, in MB.

    Without what Schemathesis makes: to import it takes more than all else, once. Raises
    ``RuntimeError`` where so many seeds are not enough for ``more`` requests.
    """
    plan = plan_of("reference", "quick", leave_out=("schemathesis/*",), seeds=seeds)
    held: list[float] = []
    with running(plan, resolve("reference", plan.options, None), keeps_journal=False) as run:
        for _ in run.judgements():
            if run.bench.talk.requests >= (fewer, more)[len(held)]:
                held.append(_megabytes("VmRSS"))
            if len(held) == 2:
                return {
                    "growth": held[1] / held[0] - 1,
                    "fewer": held[0],
                    "more": held[1],
                    "most": _megabytes("VmHWM"),
                }
    raise RuntimeError(f"the run ended after {run.bench.talk.requests} requests")


def _megabytes(what: str) -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(each for each in status if each.startswith(what))
    return int(line.split()[1]) / 1024
