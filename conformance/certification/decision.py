"""Decides whether a run earned a certificate, and says in sentences why it did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.oracle.verdicts import ERROR, FAIL, PASS
from conformance.spec.requirements import FAMILIES, Requirements

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """What a run earned. ``earned`` is the highest class, or ``None``.

    ``missing`` tells for each class that was not earned which of its rules stand in the way: the
    id, and why in a sentence. ``unscored`` are ids of rules that no class of the set asks for.
    """

    earned: str | None
    missing: Mapping[str, tuple[tuple[str, str], ...]]
    unscored: tuple[str, ...]


def decision(required: Requirements, scored: Report, explored: Report | None) -> Decision:
    """Return what the frozen run and the exploration beside it earned.

    Exploration cannot give a certificate, but what it finds to fail takes one away.
    """
    found = {rule["id"]: rule for rule in scored["rules"]}
    beside = {rule["id"]: rule for rule in explored["rules"]} if explored else {}
    earned: str | None = None
    missing: dict[str, tuple[tuple[str, str], ...]] = {}
    for certified in FAMILIES:
        wanted = required.rules(certified)
        faults = tuple(_faults(wanted, found, beside))
        if explored is None or not (scored["complete"] and explored["complete"]):
            faults = (("", "The run did not go to its end."), *faults)
        if faults:
            missing[certified] = faults
        elif not missing:
            earned = certified
    everything = set(required.rules(list(FAMILIES)[-1]))
    unscored = tuple(each for each in {**found, **beside} if each not in everything)
    return Decision(earned, missing, unscored)


def _faults(
    wanted: tuple[str, ...], found: Mapping[str, Report], beside: Mapping[str, Report]
) -> Iterator[tuple[str, str]]:
    for rule_id in wanted:
        rule = found.get(rule_id)
        if rule is None:
            yield rule_id, "It was not run."
        elif rule["verdict"] != PASS:
            yield rule_id, _why(rule)
        elif (other := beside.get(rule_id)) and other["verdict"] in (FAIL, ERROR):
            yield rule_id, f"Found by exploration: {_why(other)}"


def _why(rule: Report) -> str:
    if rule["finding"]:
        return str(rule["finding"]["why"])
    note = next((side["note"] for side in rule["sides"].values() if side["note"]), "")
    return note or f"It is {rule['verdict']}."
