"""The plainest regression report: what is new, fixed and still failing between two runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Comparison:
    """Ids of ``must`` rules: failing only in the new run, only in the old one, in both.

    ``first_judged`` fail in the new run and were not judged in the old one: no news of the target.

    ``unclear`` failed before and could not be judged now, or was not judged at all: neither fixed
    nor still failing. ``not_comparable`` says in a sentence why the runs differ in kind, or "".
    """

    new: tuple[str, ...]
    fixed: tuple[str, ...]
    still: tuple[str, ...]
    first_judged: tuple[str, ...]
    unclear: tuple[str, ...]
    not_comparable: str = ""


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare two reports (see ``reports.summary``) rule by rule."""
    before, after = _verdicts(old), _verdicts(new)
    was = {rule for rule, verdict in before.items() if verdict == "fail"}
    fails = [rule for rule, verdict in after.items() if verdict == "fail"]
    now = set(fails)
    looked_at = {rule for rule, verdict in before.items() if verdict != "not-run"}
    differs = old["spec"]["digest"] != new["spec"]["digest"]
    return Comparison(
        new=tuple(rule for rule in fails if rule not in was and rule in looked_at),
        fixed=tuple(rule for rule in before if rule in was and after.get(rule) == "pass"),
        still=tuple(rule for rule in fails if rule in was),
        first_judged=tuple(rule for rule in fails if rule not in looked_at),
        unclear=tuple(
            rule for rule in before if rule in was and rule not in now and after.get(rule) != "pass"
        ),
        not_comparable="the two runs used different specifications" if differs else "",
    )


def _verdicts(report: Mapping[str, Any]) -> dict[str, str]:
    return {rule["id"]: rule["verdict"] for rule in report["rules"] if rule["level"] == "must"}
