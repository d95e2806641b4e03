"""One finding in words, for people who read it in a terminal or in a log."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
            f"  expected: {safe(finding['expected'])}",
            f"  sent:     {safe(finding['case']['label'])}{others}",
            *(f"            {_short(step)}" for step in steps(finding)),
            f"  answer:   {reply.get('status')} {_short(safe(reply.get('body', '')))}",
        )
    )
