"""Reads the requests that a run recorded, side by side with how the run judged them."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import Refused

if TYPE_CHECKING:
    from conformance.engine.paired import Recorded, RecordedSide
    from reports.record import RunRecord


def recorded_sides(run: Path, record: RunRecord) -> list[RecordedSide]:
    """Return what was said for each side of a constraint or cross-field rule that was judged.

    Only ``must`` rules that this version has. Raises ``Refused`` with one sentence where the
    exchanges are missing or wrong inside.
    """
    from conformance.engine.paired import RecordedSide
    from conformance.engine.record import EXCHANGES
    from reports.record import NotARecord, exchanges

    folder = run if run.is_dir() else run.parent
    if not (folder / EXCHANGES).exists():
        raise Refused(f"{run} holds no exchanges ({EXCHANGES}): nothing can be sent again")
    judged = _judged(record)
    said: dict[tuple[str, str], dict[str, list[Recorded]]] = {
        key: defaultdict(list) for key in judged
    }
    lines = 0
    try:
        for line in exchanges(folder, whole=record.complete):
            lines += 1
            if isinstance(line, Mapping) and _is_wanted(line):
                of_side = said.get((str(line.get("rule")), str(line.get("side"))))
                if of_side is not None:
                    of_side[line["purpose"]].append(_recorded(line))
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise Refused(f"{run}: exchange {lines} is not one of a run") from problem
    except NotARecord as problem:
        raise Refused(str(problem)) from problem
    except OSError as problem:
        raise Refused(f"{run}: its exchanges cannot be read: {problem.strerror}") from problem
    if not lines:
        raise Refused(f"{run} holds no exchanges ({EXCHANGES}): nothing can be sent again")
    return [
        RecordedSide(*key, judged[key], tuple(found["case"]), tuple(found["control"]))
        for key, found in said.items()
        if found["case"]
    ]


def _judged(record: RunRecord) -> dict[tuple[str, str], str]:
    """Return the verdict of each side that was judged and can be judged again."""
    from conformance.oracle.catalogue import all_rules
    from conformance.oracle.verdicts import FAIL, PASS
    from conformance.spec.rules import MUST

    levels = {rule["id"]: rule["level"] for rule in record.header["rules"]}
    known = {
        (rule.id, side)
        for rule in all_rules()
        for side in rule.sides
        if rule.level == MUST and side != "holds" and levels.get(rule.id) == MUST
    }
    judged = {(event["rule"], event["side"]): event["verdict"] for event in record.judged}
    return {key: each for key, each in judged.items() if key in known and each in (PASS, FAIL)}


def _is_wanted(line: Mapping[str, Any]) -> bool:
    """Tell whether a line is a plain CreateModel request of a case or control that was answered."""
    return (
        line.get("purpose") in ("case", "control")
        and line.get("operation") == "CreateModel"
        and "status" in line
        and "http" not in line
        and "request_base64" not in line
    )


def _recorded(line: Mapping[str, Any]) -> Recorded:
    from conformance.engine.paired import Recorded
    from conformance.wire import Reply

    number, status, body = line["n"], line["status"], line["body"]
    headers = tuple((name, value) for name, value in line["headers"])
    texts = [body, *(text for header in headers for text in header)]
    if not all(isinstance(each, str) for each in texts):
        raise TypeError("a text of the reply is none")
    if not isinstance(number, int) or not isinstance(status, int):
        raise TypeError("the number or the status is none")
    data = base64.b64decode(body) if line.get("body_base64") else body.encode()
    return Recorded(number, json.loads(line["request"]), Reply(status, headers, data))
