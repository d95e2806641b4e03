"""``matrix.html``: implementations across, rules down, each cell with its exchange."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reports.pages.environment import as_data, page, visible
from reports.pages.run_page import family

Report = Mapping[str, Any]

#: Longest request and reply that a cell opens; the runs' own reports have more.
_LONGEST = 1_200


def comparable(reports: Sequence[Report]) -> list[list[Report]]:
    """Return the reports in groups that can be compared: of one specification and one depth."""
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        key = (report["spec"]["digest"], str(report["options"].get("depth", "?")))
        groups.setdefault(key, []).append(report)
    return list(groups.values())


def matrix_page(reports: Sequence[Report]) -> str:
    """Return the page that compares runs; those that cannot be compared get tables of their own.

    ``reports`` are those of ``reports.summary``, in the order of the columns.
    """
    groups = [_group(each) for each in comparable(reports)]
    findings = {
        f"{number}:{column}:{rule['id']}": _opened(rule)
        for number, group in enumerate(groups)
        for column, report in enumerate(group["reports"])
        for rule in report["rules"]
        if rule["finding"] or _note(rule)
    }
    return page("matrix.html", groups=groups, findings=as_data(findings), runs=len(reports))


def _group(reports: Sequence[Report]) -> dict[str, Any]:
    by_id = [{rule["id"]: rule for rule in report["rules"]} for report in reports]
    families: dict[str, list[dict[str, Any]]] = {}
    for rule_id in dict.fromkeys(rule_id for rules in by_id for rule_id in rules):
        row = [rules.get(rule_id) for rules in by_id]
        families.setdefault(family(rule_id), []).append(
            {
                "id": rule_id,
                "statement": next(rule["statement"] for rule in row if rule),
                "level": next(rule["level"] for rule in row if rule),
                "cells": [_cell(rule) for rule in row],
                "differs": len({_cell(rule)[0] for rule in row}) > 1,
            }
        )
    return {
        "reports": reports,
        "families": families,
        "digest": reports[0]["spec"]["digest"],
        "depth": reports[0]["options"].get("depth", "?"),
    }


def _cell(rule: Mapping[str, Any] | None) -> tuple[str, bool]:
    """Return a cell's verdict, and whether there is something to open."""
    if rule is None:
        return "not-run", False
    return rule["verdict"], bool(rule["finding"] or _note(rule))


def _note(rule: Mapping[str, Any]) -> str:
    return next((side["note"] for side in rule["sides"].values() if side["note"]), "")


def _opened(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a cell opens, as plain text: the page's script writes it as text."""
    finding = rule["finding"]
    if not finding:
        return {"why": visible(_note(rule), _LONGEST)}
    reply = finding["reply"] or {}
    steps = [*finding.get("before", ()), finding]
    sent = "\n".join(
        f"{each.get('operation', 'CreateModel')} {json.dumps(each['request'])}" for each in steps
    )
    return {
        "why": visible(finding["why"], _LONGEST),
        "sent": visible(sent, _LONGEST),
        "reply": visible(f"{reply.get('status')}\n{reply.get('body', '')}", _LONGEST),
        "curl": finding["curl"] if len(finding["curl"]) <= 2 * _LONGEST else "",
    }
