"""Writes lists of known findings: a run's whole list, and a list without what is stale in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.oracle.verdicts import FAIL
from reports.known.entries import Entry, NotAKnownList, entries
from reports.safe import safe

_HEAD = """\
# Findings that are known: `run --known` fails on every other, and on what is listed and passes.
# `createmodel-conformance known --prune RUN FILE` takes out what is stale. Each entry may have an
# issue (a link) and a day on which it expires (2027-06-30).
known:
"""


def written(report: Mapping[str, Any]) -> str:
    """Return the list of everything that fails, or could not be judged, in a report."""
    groups = [*by_cause(report), *_unclear(report)]
    if not groups:
        return _HEAD.replace("known:\n", "known: []\n")
    lines = []
    for title, rules in groups:
        lines.append(f"  # {safe(title)}\n")
        lines += [text for rule in rules for text in _entries(rule, title)]
    return _HEAD + "".join(lines)


def by_cause(report: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return the failing must rules of a report, gathered by what may be their cause."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    return [
        (cause["title"], [rules[each] for each in cause["rules"]]) for cause in report["causes"]
    ]


def _unclear(report: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    found = [
        rule
        for rule in report["rules"]
        if rule["level"] == "must" and rule["verdict"] in ("inconclusive", "not-run")
    ]
    return [("could not be judged", found)] if found else []


def _entries(rule: Mapping[str, Any], title: str) -> Iterator[str]:
    """Yield the entries of one rule: one, or one a side where not every side is alike."""
    verdicts = {side: judged["verdict"] for side, judged in rule["sides"].items()}
    concerned = [side for side in verdicts if verdicts[side] not in ("pass", "unsupported")]
    together = len(concerned) == len(verdicts) and len(set(verdicts.values())) == 1
    for side in concerned[:1] if together else concerned:
        fails = verdicts[side] == FAIL
        findings = [each for each in (rule["finding"], rule["other_finding"]) if each]
        own = next((each for each in findings if each["side"] == side), None)
        reason = title if fails else rule["sides"][side]["note"] or title
        yield f"  - rule: {json.dumps(rule['id'])}\n"
        if not together:
            yield f"    side: {side}\n"
        yield f"    reason: {json.dumps(safe(reason), ensure_ascii=False)}\n"
        if not fails:
            yield "    verdict: inconclusive\n"
        if own and own["flaky"]:
            yield "    flaky: true\n"


class CannotPrune(Exception):
    """A list is written in a form in which entries cannot be taken out line by line."""


def pruned(text: str, listed: Sequence[Entry], stale: Sequence[Mapping[str, Any]]) -> str:
    """Return a list without what is stale (see ``marks``).

    Everything else stays as it was, comments too, also those within what is taken out. A glob
    that is stale in part becomes an entry for each rule that it still stands for. Raises
    ``CannotPrune`` where several entries stand in one line.
    """
    lines = text.splitlines(keepends=True)
    by_line = {entry.lines[0]: entry for entry in listed}
    wanted = {(e.rule, e.side) for e in listed}
    for found in sorted(stale, key=lambda each: -int(each["line"])):
        entry = by_line[found["line"]]
        first, last = entry.lines[0] - 1, entry.lines[1]
        wanted.discard((entry.rule, entry.side))
        kept = [line for line in lines[first:last] if line.lstrip().startswith("#")]
        for rule in () if found["whole"] else entry.covers:
            if rule not in found["rules"]:
                kept.append(_narrowed(entry, rule, lines[first]))
                wanted.add((rule, entry.side))
        lines[first:last] = kept
    if not wanted:
        lines = [
            line.replace("known:", "known: []", 1) if line.startswith("known:") else line
            for line in lines
        ]
    remaining = "".join(lines)
    try:
        is_right = {(e.rule, e.side) for e in entries(remaining)} == wanted
    except NotAKnownList:
        is_right = False
    if not is_right:
        raise CannotPrune("its entries do not stand in lines of their own")
    return remaining


def _narrowed(entry: Entry, rule: str, first: str) -> str:
    """Return the entry of a glob for one of the rules that it stands for."""
    indent = first[: len(first) - len(first.lstrip())]
    end = "\r\n" if first.endswith("\r\n") else "\n"
    given = {
        "side": entry.side,
        "reason": entry.reason,
        "issue": entry.issue,
        "expires": entry.expires.isoformat() if entry.expires else None,
        "verdict": None if entry.verdict == FAIL else entry.verdict,
        "flaky": True if entry.flaky else None,
    }
    lines = [f"{indent}- rule: {json.dumps(rule)}{end}"]
    lines += [
        f"{indent}  {key}: {_scalar(key, value)}{end}"
        for key, value in given.items()
        if value is not None
    ]
    return "".join(lines)


def _scalar(key: str, value: Any) -> str:
    """Return a value as YAML: a day as it is, all else as JSON, which YAML takes."""
    return str(value) if key == "expires" else json.dumps(value, ensure_ascii=False)
