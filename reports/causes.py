"""Causes: findings that one fault of the target may explain, gathered so that few lines say all.

Findings of the same kind of constraint that were answered in the same way are one cause when they
span many shapes (the target does not check that kind at all); otherwise each shape is its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

#: From this many shapes on, a fault is one of the kind of constraint, not of the shape.
_MANY_SHAPES = 4

_TITLES = {
    "accepted": "{kind} is not enforced{where}",
    "refused": "legal requests are refused{where} ({kind})",
    "server-fault": "a server fault instead of an answer{where} ({kind})",
    "stored": "rejected requests are stored all the same{where} ({kind})",
    "odd": "no AWS answer{where} ({kind})",
}


def causes(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the causes of the findings of ``must`` rules, the one with most rules first.

    Takes the rules of ``report.json``. Each cause has ``title``, ``constraint``, ``way``,
    ``members`` (how many), ``rules`` (ids) and ``example`` (id, what was sent, what came back).
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    must = [rule for rule in rules if rule["level"] == "must"]
    judged = Counter(_kind(rule) for rule in must if rule["verdict"] in ("pass", "fail"))
    for rule in must:
        if rule["finding"]:
            groups[_kind(rule), rule["finding"]["way"]].append(rule)
    found: list[dict[str, Any]] = []
    for (kind, way), group in groups.items():
        by_shape: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for rule in group:
            by_shape[_shape(rule)].append(rule)
        whole_kind = len(group) == judged[kind] and len(by_shape) > 1
        if len(by_shape) >= _MANY_SHAPES or whole_kind or not _is_constraint(group[0]):
            found.append(_cause(kind, way, group, ""))
        else:
            found += [_cause(kind, way, part, f" for {s}") for s, part in by_shape.items()]
    return sorted(found, key=lambda cause: (-len(cause["rules"]), cause["title"]))


def _is_constraint(rule: Mapping[str, Any]) -> bool:
    return str(rule["id"]).startswith("CreateModel")


def _kind(rule: Mapping[str, Any]) -> str:
    return str(rule["constraint"]) if _is_constraint(rule) else str(rule["id"])


def _shape(rule: Mapping[str, Any]) -> str:
    """Return the member without its container: both forms have the same shapes."""
    member = str(rule["member"])
    for form in ("PrimaryContainer.", "Containers[]."):
        member = member.removeprefix(form)
    return member or "the request"


def _cause(kind: str, way: str, group: list[Mapping[str, Any]], where: str) -> dict[str, Any]:
    first = group[0]
    finding = first["finding"]
    title = _TITLES.get(way, way + "{where}").format(kind=kind, where=where)
    if not _is_constraint(first):
        title = f"not enforced: {first['statement']}" if way == "accepted" else finding["why"]
    reply = finding["reply"] or {}
    return {
        "title": title,
        "constraint": kind,
        "way": way,
        "members": len({rule["member"] for rule in group}),
        "rules": [rule["id"] for rule in group],
        "example": {
            "rule": first["id"],
            "side": finding["side"],
            "sent": finding["case"]["label"],
            "status": reply.get("status"),
        },
    }
