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
    nor still failing. ``no_longer_judged`` passed before and could not be judged now.
    ``not_comparable`` says in a sentence why the runs differ in kind, or "".
    """

    new: tuple[str, ...]
    fixed: tuple[str, ...]
    still: tuple[str, ...]
    first_judged: tuple[str, ...]
    unclear: tuple[str, ...]
    not_comparable: str = ""
    no_longer_judged: tuple[str, ...] = ()


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare two reports (see ``reports.summary``) rule by rule."""
    before, after = _verdicts(old), _verdicts(new)
    was = {rule for rule, verdict in before.items() if verdict == "fail"}
    fails = [rule for rule, verdict in after.items() if verdict == "fail"]
    now = set(fails)
    looked_at = {rule for rule, verdict in before.items() if verdict != "not-run"}
    return Comparison(
        new=tuple(rule for rule in fails if rule not in was and rule in looked_at),
        fixed=tuple(rule for rule in before if rule in was and after.get(rule) == "pass"),
        still=tuple(rule for rule in fails if rule in was),
        first_judged=tuple(rule for rule in fails if rule not in looked_at),
        unclear=tuple(
            rule for rule in before if rule in was and rule not in now and after.get(rule) != "pass"
        ),
        not_comparable=_difference(old, new),
        no_longer_judged=tuple(
            rule
            for rule, verdict in before.items()
            if verdict == "pass" and after.get(rule) not in ("pass", "fail")
        ),
    )


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if old["spec"]["digest"] != new["spec"]["digest"]:
        return "the two runs used different specifications"
    depths = [run["options"].get("depth") for run in (old, new)]
    return "the two runs went to different depths" if depths[0] != depths[1] else ""


def _verdicts(report: Mapping[str, Any]) -> dict[str, str]:
    return {rule["id"]: rule["verdict"] for rule in report["rules"] if rule["level"] == "must"}
