"""A comparison for programs; its form is ``schemas/compare.schema.json``."""

from __future__ import annotations

from typing import Any

from reports.comparison import COUNTED, Change, Comparison, Judged, Report


def document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as one JSON document; rules that are only counted are not listed."""
    return {
        "old": _run(comparison.old),
        "new": _run(comparison.new),
        "certain": comparison.certain,
        "exit_code": comparison.exit_code,
        "carefuls": list(comparison.carefuls),
        "counts": comparison.counts,
        "changes": [_change(each) for each in comparison.changes if each.kind not in COUNTED],
    }


def _run(report: Report) -> dict[str, Any]:
    kept = ("suite", "spec", "target", "options", "started", "complete", "verdict")
    return {key: report[key] for key in kept}


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "rule": change.rule,
        "statement": change.statement,
        "why": change.why,
        "otherwise": change.otherwise or None,
        "before": _judged(change.before),
        "after": _judged(change.after),
    }


def _judged(one: Judged | None) -> dict[str, Any] | None:
    if one is None:
        return None
    finding = one.finding
    return {
        "verdict": one.verdict,
        "side": one.side or None,
        "way": one.way or None,
        "status": one.status,
        "code": one.code,
        "sentence": one.sentence,
        "expected": finding["expected"] if finding else None,
        "sent": finding["case"]["label"] if finding else None,
        "request": finding["request"] if finding else None,
        "curl": finding["curl"] if finding else None,
    }
