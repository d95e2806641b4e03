"""``report.json``: the whole run as one document, a pure function of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.verdicts import ORDER
from reports.causes import causes
from reports.known.marks import is_news, marks
from reports.record import RunRecord
from reports.reproduce import reproduction

CONFORMING = "conforming"
NONCONFORMING = "nonconforming"
INCONCLUSIVE = "inconclusive"
ERROR = "error"

_EXIT_CODES = {CONFORMING: 0, NONCONFORMING: 1, INCONCLUSIVE: 3, ERROR: 4}


def report(run: RunRecord) -> dict[str, Any]:
    """Return the report of a run; its form is ``schemas/report.schema.json``.

    ``totals`` and the two figures count ``must`` rules only, ``info`` rules stand beside them.
    A rule's verdict is the worst of its sides; a rule with a side missing was not run to its end.
    ``known`` says what a list of known findings makes of it (see ``reports.known.marks``), or is
    ``None`` where none was given: the verdict is about the target, and stays what it is.
    """
    judged = {(event["rule"], event["side"]): event for event in run.judged}
    rules = [_rule(described, judged, run) for described in run.header["rules"]]
    must = [rule for rule in rules if rule["level"] == "must"]
    totals = _totals(must)
    known = run.header.get("known")
    everything = len(must)
    return {
        "suite": run.header["suite"],
        "spec": run.header["spec"],
        "target": run.header["target"],
        "options": run.header["options"],
        "started": run.header["started"],
        "ended": run.footer["ended"] if run.footer else None,
        "complete": run.complete,
        **({"resumed": run.resumed} if run.resumed else {}),
        "requests": run.footer["requests"] if run.footer else None,
        "leftovers": run.footer["leftovers"] if run.footer else None,
        "verdict": verdict(rules),
        "totals": totals,
        "info_totals": _totals([rule for rule in rules if rule["level"] == "info"]),
        "divergence": _share(totals["fail"], everything),
        "coverage": _share(totals["pass"] + totals["fail"], everything),
        "known": marks(known, rules, run.header["started"][:10]) if known is not None else None,
        "causes": causes(rules),
        "rules": rules,
    }


def verdict(rules: list[dict[str, Any]]) -> str:
    """Return the verdict of a run, worst first: error, nonconforming, inconclusive, conforming."""
    must = [rule["verdict"] for rule in rules if rule["level"] == "must"]
    if any(rule["verdict"] == "error" for rule in rules):
        return ERROR
    if "fail" in must:
        return NONCONFORMING
    if "inconclusive" in must or "not-run" in must or "pass" not in must:
        return INCONCLUSIVE
    return CONFORMING


def exit_code(report: Mapping[str, Any]) -> int:
    """Return the exit code of a run: that of its verdict, where a list was given of the news."""
    known, totals = report["known"], report["totals"]
    if known is None or report["verdict"] == ERROR:
        return _EXIT_CODES[report["verdict"]]
    if is_news(known):
        return _EXIT_CODES[NONCONFORMING]
    judged = totals["pass"] + totals["fail"]
    return _EXIT_CODES[INCONCLUSIVE if known["open"] or not judged else CONFORMING]


def _totals(rules: list[dict[str, Any]]) -> dict[str, int]:
    counted = [rule["verdict"] for rule in rules]
    return {each: counted.count(each) for each in ORDER}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _rule(
    described: Mapping[str, Any],
    judged: Mapping[tuple[str, str], Mapping[str, Any]],
    run: RunRecord,
) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    findings: list[dict[str, Any]] = []
    for side in described["sides"]:
        event = judged.get((described["id"], side))
        sides[side] = {
            "verdict": event["verdict"] if event else "not-run",
            "cases": event["cases"] if event else {},
            "note": event["note"] if event else "",
        }
        if event and event.get("observations"):
            sides[side]["observations"] = event["observations"]
        if event and event["finding"]:
            findings.append(_finding(event, run))
    worst = max((each["verdict"] for each in sides.values()), key=ORDER.index)
    verdicts = {each["verdict"] for each in sides.values()}
    if worst == "pass" and "not-run" in verdicts:
        worst = "not-run"  # half a rule is not a pass
    return {
        **{key: described[key] for key in described if key != "sides"},
        "verdict": worst,
        "sides": sides,
        "finding": findings[0] if findings else None,
        "other_finding": findings[1] if len(findings) > 1 else None,
    }


def _finding(event: Mapping[str, Any], run: RunRecord) -> dict[str, Any]:
    finding = event["finding"]
    region = run.header["options"]["region"]
    return {
        "side": event["side"],
        **finding,
        "curl": reproduction(run.header["target"], region, finding),
    }
