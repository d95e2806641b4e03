"""One finding in words, for people who read it in a terminal or in a log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reports.safe import safe

_LONGEST = 1_500


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


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
            f"            {_short(json.dumps(finding['request']))}",
            f"  answer:   {reply.get('status')} {_short(safe(reply.get('body', '')))}",
        )
    )
