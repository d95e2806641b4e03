"""What is measured, and what it should be: each figure with its bar. The bars are of two cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import taking
from benchmarks.taking import Value

#: Of what takes long, a value is that of every fifth rule: five values are of all of them.
_PARTS = 5


@dataclass(frozen=True)
class Figure:
    """One figure: ``take`` returns one value of it, ``at_most`` or ``at_least`` is its bar.

    ``take`` is given the number of the value, from 0, for figures that are a sample of something.
    ``heavy`` ones take minutes for a value; of ``once`` there is one value however many are asked
    for: the next would be the same. ``is_ratio`` says that it hardly hangs on the machine.
    """

    name: str
    unit: str
    take: Callable[[int], Value]
    at_most: float | None = None
    at_least: float | None = None
    heavy: bool = False
    is_ratio: bool = False
    once: bool = False

    def is_met(self, value: float) -> bool:
        """Tell whether a value reaches the bar."""
        over = self.at_most is not None and value > self.at_most
        under = self.at_least is not None and value < self.at_least
        return not (over or under)

    @property
    def bar(self) -> str:
        """The bar as text."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else ""


def _same(take: Callable[..., Value], *arguments: Any) -> Callable[[int], Value]:
    """Return a ``take`` that does the same for each value."""
    return lambda _: take(*arguments)


def _each(take: Callable[..., Value], *arguments: Any) -> Callable[[int], Value]:
    """Return a ``take`` that is told the number of the value first."""
    return lambda number: take(number, *arguments)


def figures() -> list[Figure]:
    """Return every figure with its bar, the quick ones first."""
    return [*_quick(), *_heavy()]


def _overheads(depth: str, parts: int) -> list[Figure]:
    return [
        Figure(
            f"overhead, {target}, {depth}",
            "judging / bare sending",
            _each(taking.overhead, target, depth, parts),
            at_most=most,
            heavy=parts > 1,
            is_ratio=True,
        )
        for target, most in (("moto-server", 1.15), ("reference-server", 1.4), ("moto", 1.8))
    ]


def _quick() -> list[Figure]:
    return [
        Figure("--help", "s", _same(taking.started, "--help"), at_most=0.15),
        Figure("rules", "s", _same(taking.started, "rules"), at_most=0.5),
        Figure(
            "first request, reference", "s", _same(taking.first_request, "reference"), at_most=1
        ),
        Figure("first request, moto", "s", _same(taking.first_request, "moto"), at_most=2),
        Figure("pytest with the plugin unused", "ms more", _same(taking.unused_plugin), at_most=20),
        Figure("own cost, quick", "ms/request", _each(taking.own_cost, "quick"), at_most=0.5),
        Figure("first finding of its rule, median", "s", taking.first_finding, at_most=1),
        Figure(
            "time for ten times the cases",
            "times",
            _same(taking.linear),
            at_most=10.5,
            is_ratio=True,
        ),
        *_overheads("quick", 1),
        *(
            Figure(
                f"against Schemathesis, {phase}",
                "times its requests a second",
                _same(taking.against_schemathesis, phase),
                at_least=least,
                is_ratio=True,
            )
            for phase, least in (("fuzzing", 20), ("coverage", 3))
        ),
        Figure(
            "whole run, reference-server, quick",
            "s",
            _same(taking.whole_run, "reference-server", "-n", "2"),
            at_most=20,
        ),
    ]


def _heavy() -> list[Figure]:
    return [
        Figure(
            "first finding of a whole run, median",
            "s",
            taking.first_finding_of_a_run,
            at_most=1,
            heavy=True,
        ),
        Figure(
            "faults caught by quick, share",
            "of the faults",
            _same(taking.caught),
            at_least=1,
            heavy=True,
            is_ratio=True,
            once=True,
        ),
        Figure(
            "whole run, reference-server, standard",
            "s",
            _same(taking.whole_run, "reference-server", "--depth", "standard", "-n", "2"),
            at_most=90,
            heavy=True,
        ),
        Figure(
            "own cost, deep",
            "ms/request",
            _each(taking.own_cost, "deep", _PARTS),
            at_most=1.2,
            heavy=True,
        ),
        Figure(
            "memory from 10,000 to 200,000 requests",
            "growth",
            _same(taking.memory, 10_000, 200_000, 14),
            at_most=0.2,
            heavy=True,
            is_ratio=True,
        ),
        *_overheads("standard", _PARTS),
        *(
            Figure(
                f"-n 2 against -n 1, {target}",
                "times as fast",
                _same(taking.speedup, target),
                at_least=1.7,
                heavy=True,
                is_ratio=True,
            )
            for target in ("reference", "moto")
        ),
    ]
