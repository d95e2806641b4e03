"""One finding in words, for people who read it in a terminal or in a log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reports.safe import safe

_LONGEST = 1_500


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def steps(finding: Mapping[str, Any]) -> list[str]:
    """Return what was sent, a line a step; the steps before the last with their answers."""
    if "operation" not in finding:
        return [json.dumps(finding["request"])]
    before = [f"{_step(each)} -> {each['reply']['status']}" for each in finding["before"]]
    return [*before, _step(finding)]


def _step(step: Mapping[str, Any]) -> str:
    http = step["http"] or {"method": "", "headers": {}}
    headers = "".join(f" {name}: {value};" for name, value in http["headers"].items())
    return safe(
        f"{http['method']}{headers} {step['operation']} {json.dumps(step['request'])}"
    ).strip()


def told(event: Mapping[str, Any]) -> str:
    """Return a judged event's finding: what was expected, sent and answered."""
    finding = event["finding"]
    reply = finding["reply"] or {}
    others = f" and {len(finding['also'])} more case(s)" if finding["also"] else ""
    return "\n".join(
        (
            f"{event['rule']} ({event['side']}): {_short(safe(finding['why']))}",
            f"  expected: {_short(safe(finding['expected']))}",
            f"  sent:     {_short(safe(finding['case']['label']))}{others}",
            *(f"            {_short(step)}" for step in steps(finding)),
            f"  answer:   {reply.get('status')} {_short(safe(reply.get('body', '')))}",
        )
    )


def whole(rule: Mapping[str, Any]) -> str:
    """Return all that a report (see ``reports.summary``) has of one rule, for a terminal."""
    lines = [
        safe(f"{rule['id']}: {rule['verdict']}  ({rule['level']}; {_list(rule['provenance'])})"),
        f"  {_short(safe(rule['statement']))}",
        *(f"  source: {_short(safe(each))}" for each in rule["source"]),
    ]
    for side, judged in rule["sides"].items():
        cases = ", ".join(f"{count} {verdict}" for verdict, count in judged["cases"].items())
        note = f": {safe(judged['note'])}" if judged["note"] else ""
        lines.append(safe(f"  {side}: {judged['verdict']} ({cases or 'no case'}){note}"))
        observed = judged.get("observations", {})
        lines += [f"    {safe(what)}: {safe(seen)}" for what, seen in observed.items()]
    for finding in (rule["finding"], rule["other_finding"]):
        if finding:
            lines += ["", *_whole_finding(rule, finding)]
    return "\n".join(lines) + "\n"


def _whole_finding(rule: Mapping[str, Any], finding: Mapping[str, Any]) -> list[str]:
    control = finding.get("control")
    lines = told({"rule": rule["id"], "side": finding["side"], "finding": finding}).split("\n")
    lines += [f"  header:   {safe(name)}: {safe(value)}" for name, value in _headers(finding)]
    if control:
        lines.append(f"  control:  {_short(safe(json.dumps(control['request'])))}")
        lines.append(f"            -> {control['reply'].get('status')}, as it should")
    return [*lines, "  reproduce:", *map(safe, finding["curl"].split("\n"))]


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)


def _headers(finding: Mapping[str, Any]) -> list[list[str]]:
    return list((finding["reply"] or {}).get("headers", ()))
