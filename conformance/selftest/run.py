"""Trials: the reference judged as it is, and with one fault at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.engine import interruption
from conformance.engine.conversation import TargetGone
from conformance.engine.judge import Bench, judge_side
from conformance.engine.workers import first_done, pool_of
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.oracle.verdicts import ERROR, FAIL, INCONCLUSIVE, NOT_RUN, PASS, UNSUPPORTED, worst
from conformance.reference.faults import FAULTS, Fault
from conformance.selftest.replay import caught_by_requests_of, changed_sides
from conformance.spec.rules import MUST, Rule
from conformance.targets.reference import reference

CAUGHT = "caught"
SURVIVED = "survived"
WRONG_REASON = "wrong-reason"
SILENT = "silent"
FALSE_ALARM = "false-alarm"

#: Outcomes that are as they should be.
GOOD = frozenset({CAUGHT, SILENT})

#: Rules that every fault is also tried on: a few of different sorts, and quick ones.
SENTINELS = (
    "CreateModel/ModelName:max-length",
    "CreateModel/ModelName:pattern",
    "CreateModel/VpcConfig.Subnets:max-items",
    "request/image-or-model-package",
    "errors/code",
    "response/model-arn",
)

#: So many models fit into the service under trial, and it says so.
_QUOTA = 60

#: The rules whose requests another generator makes: each is an engine that can catch faults alone.
OTHER_ENGINES = ("schemathesis/coverage", "schemathesis/fuzzing")

#: How thoroughly the other engines are tried: all of the coverage phase, 400 random requests.
_ENGINE_DEPTH = "deep"

#: Stands for every ``must`` rule in a fault's list of rules.
ANY_RULE = "*"

#: Faults of slowness are a matter of time-outs, not of rules.
_LEFT_OUT = frozenset({"slow"})


@dataclass(frozen=True)
class Trial:
    """What became of one fault. ``failed`` are the ``must`` (and expected) rules that failed.

    ``requests`` and ``seconds`` count until the first expected rule failed, or in all when none
    did. ``outcome`` is one of the constants above. ``also_caught_by`` are the other engines that
    catch the fault alone, ``None`` where they were not tried.
    """

    fault: str
    family: str
    expect: str
    expected: tuple[str, ...]
    failed: tuple[str, ...]
    outcome: str
    requests: int
    seconds: float
    also_caught_by: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Baseline:
    """What the reference without a fault got: ids by what is wrong, at best none."""

    rules: int
    requests: int
    seconds: float
    failed: tuple[str, ...]
    unsettled: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing failed, nothing stayed open and every rule was judged."""
        return not (self.failed or self.unsettled or self.errors)


def is_judged(fault: Fault) -> bool:
    """Tell whether the rules that concern this fault exist yet."""
    if fault.name in _LEFT_OUT:
        return False
    known = {rule.id for rule in all_rules()} | {ANY_RULE}
    return fault.expect != "fail" or bool(set(fault.rules) & known)


def baseline(*, depth: str = "quick", seed: int = 0) -> Baseline:
    """Judge the reference without a fault on every rule."""
    bench = _bench("reference", depth, seed)
    started = time.perf_counter()
    failed, unsettled, errors = [], [], []
    for rule in all_rules():
        for side in rule.sides:
            verdict = judge_side(rule, side, bench).verdict
            if verdict == ERROR:
                errors.append(f"{rule.id}-{side}")
            elif rule.level == MUST and verdict == FAIL:
                failed.append(f"{rule.id}-{side}")
            elif verdict in (INCONCLUSIVE, UNSUPPORTED, NOT_RUN):
                unsettled.append(f"{rule.id}-{side}")
    return Baseline(
        rules=len(all_rules()),
        requests=bench.talk.requests,
        seconds=time.perf_counter() - started,
        failed=tuple(failed),
        unsettled=tuple(unsettled),
        errors=tuple(errors),
    )


def _bench(spec: str, depth: str, seed: int) -> Bench:
    target = reference(spec, quota=_QUOTA)
    return Bench.at(
        target,
        depth=depth,
        seed=seed,
        account=target.account,
        demands_auth=True,
        model_limit=_QUOTA,
    )


def _expected_sides(fault: Fault) -> Iterator[tuple[Rule, str]]:
    known = {rule.id: rule for rule in all_rules()}
    rules: Iterable[Rule] = (known[each] for each in fault.rules if each in known)
    if ANY_RULE in fault.rules:
        rules = (rule for rule in all_rules() if rule.level == MUST)
    for rule in rules:
        for side in rule.sides:
            if ANY_RULE in fault.rules or side == fault.side or fault.side not in rule.sides:
                yield rule, side


def trial(
    name: str,
    *,
    depth: str = "quick",
    seed: int = 0,
    full: bool = False,
    engines: bool = False,
    beside: Sequence[str] = SENTINELS,
) -> Trial:
    """Try one fault: its own rules until one fails, then the rules ``beside`` (or every rule).

    With ``engines``, each of the other engines is tried on it alone, too.
    """
    fault = FAULTS[name]
    bench = _bench(f"reference:{name}", depth, seed)
    started = time.perf_counter()
    caught: list[str] = []
    judged: dict[str, list[str]] = {}
    for rule, side in _expected_sides(fault):
        judged.setdefault(rule.id, []).append(_verdict(rule, side, bench))
        if judged[rule.id][-1] == FAIL:
            caught.append(rule.id)
            break  # of a tolerated fault, no rule gets here: all of them are judged
    requests, seconds = bench.talk.requests, time.perf_counter() - started
    if full:
        changed = changed_sides(f"reference:{name}", seed=seed)
        sides = [(rule, side) for rule, side in changed if rule_by_id(rule).level == MUST]
    else:
        sides = [(rule, side) for rule in beside for side in rule_by_id(rule).sides]
    for rule_id, side in sides:
        judged.setdefault(rule_id, []).append(_verdict(rule_by_id(rule_id), side, bench))
    verdicts = {rule_id: worst(each) for rule_id, each in judged.items()}
    tried = {rule_id for rule_id, _ in sides}
    failed = [each for each in verdicts if verdicts[each] == FAIL and each in tried]
    return Trial(
        fault=name,
        family=fault.family,
        expect=fault.expect,
        expected=fault.rules,
        failed=tuple(dict.fromkeys(caught + failed)),
        outcome=_outcome(fault, caught, failed, verdicts),
        requests=requests,
        seconds=seconds,
        also_caught_by=_other_engines(name, seed) if engines else None,
    )


def _other_engines(name: str, seed: int) -> tuple[str, ...]:
    """Return the other engines whose requests show a fault."""
    spec = f"reference:{name}"
    return tuple(
        rule
        for rule in OTHER_ENGINES
        if caught_by_requests_of(rule, spec, depth=_ENGINE_DEPTH, seed=seed)
    )


def _verdict(rule: Rule, side: str, bench: Bench) -> str:
    try:
        return judge_side(rule, side, bench).verdict
    except TargetGone:
        return INCONCLUSIVE


def _outcome(
    fault: Fault, caught: Sequence[str], failed: Sequence[str], verdicts: dict[str, str]
) -> str:
    if fault.expect == "fail":
        return CAUGHT if caught else WRONG_REASON if failed else SURVIVED
    if failed or caught:
        return FALSE_ALARM
    open_verdicts = {INCONCLUSIVE, UNSUPPORTED, NOT_RUN}
    is_open = bool(open_verdicts & set(verdicts.values()))
    if fault.expect == "unsettled":
        return SILENT if is_open else SURVIVED
    # Nobody can call it wrong: such a service must be able to get the verdict conforming.
    return SILENT if set(verdicts.values()) <= {PASS, UNSUPPORTED} else FALSE_ALARM


def trials(
    names: Sequence[str],
    *,
    workers: int = 1,
    full: bool = False,
    engines: bool = False,
    seed: int = 0,
) -> Iterator[Trial]:
    """Yield a trial for each fault, in the order of ``names``."""
    if workers <= 1:
        for name in names:
            interruption.check()
            yield trial(name, full=full, engines=engines, seed=seed)
        return
    task: Callable[[str], Trial] = _Task(full, engines, seed)
    with pool_of(workers) as pool:
        with interruption.undisturbed():
            found = [pool.submit(task, name) for name in names]
        for each in found:
            while not each.done():
                first_done({each})
            yield each.result()


@dataclass(frozen=True)
class _Task:
    """A trial as a worker process gets it."""

    full: bool
    engines: bool
    seed: int

    def __call__(self, name: str) -> Trial:
        return trial(name, full=self.full, engines=self.engines, seed=self.seed)


def redundant(found: Iterable[Trial]) -> list[str]:
    """Return the ``must`` rules without which the same faults would still be caught.

    Takes the trials of a full run. A rule is needed when some fault is caught by no other of its
    expected rules. The other engines' rules are left out: they exist to find what others find.
    """
    needed = set()
    for each in found:
        catching = set(each.failed) & set(each.expected)
        if each.expect == "fail" and len(catching) == 1:
            needed |= catching
    ours = (rule.id for rule in all_rules() if rule.level == MUST and rule.id not in OTHER_ENGINES)
    return [rule_id for rule_id in ours if rule_id not in needed]
