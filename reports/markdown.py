"""``summary.md``: a run for a CI step summary or a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.oracle.verdicts import ORDER
from reports.known.marks import causes_of_news, news
from reports.safe import cell

#: Step summaries and comments may not be longer than 64 kB; a byte count, with some to spare.
MOST = 60_000

_MOST_CAUSES = 25
_MOST_NEWS = 50
_LONGEST_CELL, _LONGEST_LINES = 160, 1_500

_SIGNS = {
    "conforming": "\u2705",
    "nonconforming": "\u274c",
    "inconclusive": "\u2753",
    "error": "\u26a0",
}


def markdown(report: Mapping[str, Any]) -> str:
    """Return the summary of a report (see ``reports.summary``), shorter than 64 kB."""
    target = report["target"]
    name = f"{target['name']} {target['fingerprint'].get('version', '')}".strip()
    totals = report["totals"]
    parts = [
        f"## {_SIGNS[report['verdict']]} CreateModel conformance: {_cell(name)} is "
        f"{report['verdict']}\n",
    ]
    if not report["complete"]:
        parts.append("**This run is partial: it did not go to its end.**\n")
    parts += [
        "| divergence | coverage | must rules that fail | judged | all |",
        "| --- | --- | --- | --- | --- |",
        f"| {report['divergence']:.1%} | {report['coverage']:.1%} | {totals['fail']} "
        f"| {totals['pass'] + totals['fail']} | {sum(totals.values())} |\n",
        *_news(report),
        *_families(report),
        *_causes(report),
        _provenance(report),
    ]
    return bounded(parts)


def _provenance(report: Mapping[str, Any]) -> str:
    options, suite = report["options"], report["suite"]
    return (
        f"\nDepth {options.get('depth', '?')}, seed {options.get('seed', '?')}, "
        f"suite {suite.get('version', '?')}, {report['started'][:16]} UTC.\n"
    )


def bounded(parts: Iterable[str]) -> str:
    """Return as many of the parts as fit below 64 kB, one after the other."""
    text = ""
    for part in parts:
        if len((text + part).encode()) > MOST:
            return f"{text}\n(cut: the run's report has all)\n"
        text += part + "\n"
    return text


def _news(report: Mapping[str, Any]) -> list[str]:
    known = report["known"]
    if known is None:
        return []
    lines = [f"- **New**: {code(rule)}" for rule in known["new"]]
    lines += [f"- {_cell(sentence)}" for sentence in news(known)]
    if len(lines) > _MOST_NEWS:
        lines = [*lines[:_MOST_NEWS], f"- {len(lines) - _MOST_NEWS} more"]
    word = f"{len(known['known'])} rule(s) are known not to pass ({_cell(known['file'])})."
    return [*lines, "", word if lines else f"Nothing new: {word}", ""]


def _families(report: Mapping[str, Any]) -> list[str]:
    rows: dict[str, dict[str, int]] = {}
    for rule in report["rules"]:
        if rule["level"] == "must":
            row = rows.setdefault(re.split("[/:]", rule["id"])[0], dict.fromkeys(ORDER, 0))
            row[rule["verdict"]] += 1
    columns = [each for each in reversed(ORDER) if any(row[each] for row in rows.values())]
    lines = [
        f"| must rules | {' | '.join(columns)} |",
        f"| --- | {' | '.join('---:' for _ in columns)} |",
    ]
    lines += [
        f"| {family}/ | {' | '.join(str(row[each]) for each in columns)} |"
        for family, row in rows.items()
    ]
    return [*lines, ""] if rows else []


def _causes(report: Mapping[str, Any]) -> list[str]:
    causes = causes_of_news(report)
    if not causes:
        return []
    lines = ["| rules | cause | for instance |", "| ---: | --- | --- |"]
    for cause in causes[:_MOST_CAUSES]:
        example = cause["example"]
        lines.append(
            f"| {len(cause['rules'])} | {_cell(cause['title'])} | {code(example['rule'])}: "
            f"{_cell(example['sent'])} \u2192 {example['status']} |"
        )
    if len(causes) > _MOST_CAUSES:
        lines.append(f"| | {len(causes) - _MOST_CAUSES} more | |")
    return [*lines, "", *_first_finding(report, causes[0])]


def _first_finding(report: Mapping[str, Any], cause: Mapping[str, Any]) -> list[str]:
    """Return what reproduces the example of the first cause: enough to begin with."""
    wanted = cause["example"]["rule"]
    rule = next(each for each in report["rules"] if each["id"] == wanted)
    lines = rule["finding"]["curl"]
    if len(lines) > _LONGEST_LINES:
        return []
    return [
        f"<details><summary>Reproduce {_cell(wanted)}</summary>\n",
        f"{_cell(rule['statement'])} ({_cell('; '.join(rule['source']))})\n",
        fenced(lines, "sh"),
        "</details>",
    ]


def fenced(text: str, language: str = "") -> str:
    """Return text as a block of code that nothing in it can end."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}\n"


def _cell(text: object) -> str:
    return cell(text, longest=_LONGEST_CELL)


def code(text: str) -> str:
    """Return text as code that is no markup."""
    return f"<code>{_cell(text)}</code>"
