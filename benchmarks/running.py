"""A run as the command line has it, in this process: a journal, an introduction, a record."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from conformance.engine.journalling import begun
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.record import Recorder, header
from conformance.engine.run import Plan, bench_of, introduce, judgements
from conformance.engine.selection import selected
from conformance.targets import Target, TargetOptions
from strategies.resources import Resources

#: The same in every run, so that answers from memory fit.
PREFIX = "cmcbenchmarks"


def plan_of(
    target: str,
    depth: str,
    *,
    select: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
    seeds: int = 1,
    part: tuple[int, int] = (0, 1),
) -> Plan:
    """Return a plan with the seed and the names that all measurements have.

    ``part`` is the number of a part, from 0, and of how many: each has rules from all over the
    catalogue, and together they have all.
    """
    number, parts = part
    rules = selected(select, leave_out)[number % parts :: parts]
    return Plan(
        target, TargetOptions(), Resources(), rules, depth, seed=1, seeds=seeds, prefix=PREFIX
    )


def started() -> None:
    """Import what a run imports on its way: that is start-up, however much is judged."""
    import_module("schemathesis")


@dataclass
class Run:
    """A run that was begun: it judges a plan side by side, and keeps what it says."""

    plan: Plan
    bench: Bench
    recorder: Recorder
    #: How many cases came to each verdict by now.
    cases: Counter[str] = field(default_factory=Counter)

    def judgements(self) -> Iterator[Judgement]:
        """Yield each judgement when it is on record."""
        for judgement in judgements(self.plan, self.bench, target_spec=self.plan.target):
            self.recorder.judged(judgement)
            self.cases.update(judgement.cases)
            yield judgement

    def to_its_end(self) -> None:
        """Judge all that there is to judge."""
        for _ in self.judgements():
            pass


@contextmanager
def running(plan: Plan, target: Target, *, keeps_journal: bool) -> Iterator[Run]:
    """Begin a run in a temporary folder, up to its first judgement.

    With ``keeps_journal`` it has the journal that a run has at a URL, whose models may outlive it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, bench = Path(name), bench_of(plan, target)
        spec = target.endpoint if keeps_journal else plan.target
        journals = begun(replace(plan, target=spec), bench.talk, folder)
        try:
            recorder = Recorder(folder, header({"name": target.name}, {}, plan.rules))
            try:
                recorder.exchanges("", "introduction", introduce(bench))
                yield Run(plan, bench, recorder)
            finally:
                recorder.abandon()
        finally:
            if journals is not None:
                journals.end(None)
