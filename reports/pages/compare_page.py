"""``compare --html``: what changed between two runs, with both answers side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.compare_text import counted, outcome, title, told
from reports.comparison import FIXED, KINDS, NEW, STILL, Change, Comparison, Judged
from reports.pages.environment import page, visible
from reports.pages.run_page import shown_step, violated

#: The colours of a kind and of an outcome: those of the verdict that comes closest.
_COLOURS = {
    "new": "fail",
    "fixed": "pass",
    "changed": "inconclusive",
    "flaky": "inconclusive",
    "unsettled": "error",
    "not-comparable": "not-run",
    "still": "unsupported",
}
_OUTCOMES = {0: "pass", 1: "fail", 3: "inconclusive"}

#: Changes of one kind, but for the new ones, that are shown with what was sent and answered.
_MOST_WHOLE = 60
_LONGEST_LINES = 6_000


def compare_page(comparison: Comparison) -> str:
    """Return the page of a comparison; the new rules on it are open."""
    counts = comparison.counts
    return page(
        "compare.html",
        comparison=comparison,
        outcome=outcome(comparison),
        outcome_colour=_OUTCOMES[comparison.exit_code],
        counted=counted(comparison),
        carefuls=[visible(each, 300) for each in comparison.carefuls],
        kinds=[
            {
                "name": kind,
                "title": title(kind),
                "colour": _COLOURS[kind],
                "changes": [
                    _change(each, comparison, whole=kind == NEW or number < _MOST_WHOLE)
                    for number, each in enumerate(comparison.of(kind))
                ],
            }
            for kind in KINDS
            if counts[kind]
        ],
    )


def _change(change: Change, comparison: Comparison, *, whole: bool) -> dict[str, Any]:
    """Return one rule for the template; ``shown`` is the exchange that it is about."""
    about = change.before if change.kind == FIXED else change.after
    finding = about.finding if about is not None and whole and change.kind != STILL else None
    return {
        "rule": change.rule,
        "statement": change.statement,
        "is_new": change.kind == NEW,
        "why": visible(change.why, 300),
        "before": told(change.before),
        "after": told(change.after),
        "answers": [_answer(change.before), _answer(change.after)] if finding else [],
        "shown": _shown(finding, change, comparison) if finding else None,
    }


def _shown(finding: Mapping[str, Any], change: Change, comparison: Comparison) -> dict[str, Any]:
    rules = (*comparison.new["rules"], *comparison.old["rules"])
    rule = next(each for each in rules if each["id"] == change.rule)
    curl = finding["curl"]
    return {
        "why": visible(finding["why"]),
        "expected": visible(finding["expected"].removeprefix(change.statement).strip(), 300),
        "label": visible(finding["case"]["label"], 300),
        "before": [shown_step(each) for each in finding.get("before", ())],
        "sent": shown_step(finding, violated(finding, rule)),
        "curl": curl if len(curl) <= _LONGEST_LINES else "",
    }


def _answer(one: Judged | None) -> dict[str, Any]:
    """Return one of the two answers: a reply where there is one, else words."""
    if one is None:
        return {"words": "This run does not have the rule."}
    if one.finding is None:
        words = "Every case was answered as it should be."
        if one.verdict != "pass":
            words = f"{one.verdict}: {visible(one.sentence, 300)}"
        return {"words": words}
    step = shown_step(one.finding)
    keys = ("status", "reply_headers", "reply_body")
    return {"words": "", "sentence": visible(one.sentence), **{key: step[key] for key in keys}}
