"""``report.html``: one run for people, with every finding and what reproduces it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from conformance.oracle.verdicts import ORDER
from conformance.oracle.violations import Path, violations
from reports.known.marks import news, standing
from reports.pages.environment import page, visible
from reports.pages.grid import COLUMNS, grid
from reports.pages.json_view import json_view, text
from reports.reproduce import aws_cli_lines, aws_clients_can_send, boto3_lines
from reports.safe import safe
from strategies.places import steps

#: A program for an AWS client longer than this is left to the curl line and the record.
_LONGEST_PROGRAM = 1_200

_MOST_HEADERS, _LONGEST_HEADER = 20, 200
_MOST_OTHERS = 12


def run_page(report: Mapping[str, Any]) -> str:
    """Return the page of a report (see ``reports.summary``)."""
    families: dict[str, list[dict[str, Any]]] = {}
    for rule in report["rules"]:
        families.setdefault(family(rule["id"]), []).append(_rule(rule, report))
    return page(
        "report.html",
        report=report,
        news=list(news(report["known"])) if report["known"] else [],
        columns=COLUMNS,
        grid=grid(report["rules"]),
        families={name: (rules, _counts(rules)) for name, rules in families.items()},
        verdicts=[each for each in ORDER if any(r["verdict"] == each for r in report["rules"])],
        provenances=sorted({each for rule in report["rules"] for each in rule["provenance"]}),
    )


def family(rule_id: str) -> str:
    """Return the family of a rule: ``CreateModel``, ``lifecycle``."""
    return re.split("[/:]", rule_id)[0]


def _counts(rules: list[dict[str, Any]]) -> str:
    counted = Counter(rule["verdict"] for rule in rules)
    return ", ".join(f"{counted[each]} {each}" for each in reversed(ORDER) if counted[each])


def _rule(rule: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    findings = [each for each in (rule["finding"], rule["other_finding"]) if each]
    kind, word = standing(report, rule["id"])
    return {
        **rule,
        "findings": [_finding(each, rule, report) for each in findings],
        "standing": kind,
        "standing_word": word,
    }


def _finding(
    finding: Mapping[str, Any], rule: Mapping[str, Any], report: Mapping[str, Any]
) -> dict[str, Any]:
    others = finding["also"]
    return {
        "side": finding["side"],
        "label": finding["case"]["label"],
        "others": [*others[:_MOST_OTHERS], *(["..."] if len(others) > _MOST_OTHERS else [])],
        "why": visible(finding["why"]),
        "expected": finding["expected"].removeprefix(rule["statement"]).strip(),
        "flaky": bool(finding.get("flaky")),
        "before": [shown_step(each) for each in finding.get("before", ())],
        "sent": shown_step(finding, violated(finding, rule)),
        "control": shown_step(finding["control"]) if finding.get("control") else None,
        "lines": lines(finding, report["target"], report["options"]["region"]),
    }


def violated(finding: Mapping[str, Any], rule: Mapping[str, Any]) -> list[Path]:
    """Return the paths of what the finding is about: what breaks the rule, else the member."""
    request = finding["request"]
    broken = [each.path for each in violations(request) if each.rule.id == rule["id"]]
    return broken or list(_places(steps(rule["member"]), request, ()))


def _places(left: list[str], value: Any, path: Path) -> list[Path]:
    """Return the paths of every value at a member's path that are in a request."""
    if not left:
        return [path] if path else []
    step, rest = left[0], left[1:]
    if step == "[]":
        keys: list[Any] = list(range(len(value))) if isinstance(value, list) else []
    elif step in ("{key}", "{value}"):
        keys = list(value) if isinstance(value, dict) else []
    else:
        keys = [step] if isinstance(value, dict) and step in value else []
    return [place for key in keys for place in _places(rest, value[key], (*path, key))]


def shown_step(step: Mapping[str, Any], marked: list[Path] | None = None) -> dict[str, Any]:
    """Return one request with its reply for the template."""
    http, reply, request = step.get("http") or {}, step.get("reply") or {}, step["request"]
    raw = isinstance(request, str) and bool(http)
    return {
        "operation": step.get("operation", "CreateModel"),
        "method": http.get("method", "POST"),
        "headers": _headers(http.get("headers", {}).items()),
        "body": text(visible(request)) if raw else json_view(request, marked or ()),
        "status": reply.get("status"),
        "reply_headers": _headers(reply.get("headers", ())),
        "reply_body": visible(reply.get("body", "")),
    }


def _headers(headers: Any) -> list[str]:
    shown = [f"{safe(name)[:80]}: {safe(value)[:_LONGEST_HEADER]}" for name, value in headers]
    left = len(shown) - _MOST_HEADERS
    return shown if left <= 0 else [*shown[:_MOST_HEADERS], f"... {left} more"]


def lines(
    finding: Mapping[str, Any], target: Mapping[str, Any], region: str
) -> list[tuple[str, str, str]]:
    """Return what reproduces a finding: a title, the lines to copy, and a word on them."""
    found = [("curl", finding["curl"], "")]
    if len(finding.get("before", ())) > 1 and finding["way"].startswith("concurrency/"):
        return [("curl", finding["curl"], "These calls met: one after the other shows less.")]
    if not aws_clients_can_send(finding):
        return [("curl", finding["curl"], "boto3 and the AWS CLI cannot send this.")]
    if len(finding["curl"]) > _LONGEST_PROGRAM:
        return [("curl", finding["curl"], "")]
    found.append(("boto3", boto3_lines(target, region, finding), ""))
    found.append(("AWS CLI", aws_cli_lines(target, region, finding), ""))
    return found
