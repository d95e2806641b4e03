"""A comparison for a CI step summary or a comment on a pull request: what is new first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reports.compare_text import counted, outcome, title, told
from reports.comparison import KINDS, NEW, STILL, Change, Comparison, Report
from reports.markdown import bounded, code, fenced
from reports.safe import cell, safe

_SIGNS = {0: "\u2705", 1: "\u274c", 3: "\u2753"}
_LONGEST, _LONGEST_LINES = 200, 1_500

#: Rules of one kind, but for the new ones, that are listed at most.
_MOST = 40


def markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown of less than 64 kB."""
    return bounded(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[str]:
    yield f"## {_SIGNS[comparison.exit_code]} CreateModel conformance: {outcome(comparison)}\n"
    yield f"From {_run(comparison.old)} to {_run(comparison.new)}.\n"
    for sentence in comparison.carefuls:
        yield f"**Careful**: {_cell(sentence)}.\n"
    counts = comparison.counts
    kinds = [kind for kind in KINDS if counts[kind]]
    if kinds:
        yield f"| {' | '.join(map(title, kinds))} |"
        yield f"| {' | '.join('---:' for _ in kinds)} |"
        yield f"| {' | '.join(str(counts[kind]) for kind in kinds)} |\n"
    yield f"{_cell(counted(comparison))}.\n"
    for each in comparison.of(NEW):
        yield _news(each)
    for kind in kinds:
        if kind != NEW:
            yield _listed(kind, comparison.of(kind))


def _run(report: Report) -> str:
    target = report["target"]
    version = target["fingerprint"].get("version", "")
    depth = report["options"].get("depth", "?")
    name = f"{target['name']} {version}".strip()
    return f"{_cell(name)} ({report['started'][:16]} UTC, depth {_cell(depth)})"


def _news(change: Change) -> str:
    """Return one rule that is new, folded: expected, sent, answered, and what reproduces it."""
    after = change.after
    assert after is not None
    lines = [
        f"<details><summary>New: {code(change.rule)}: {_cell(told(change.before))}, now "
        f"{_cell(told(after))}</summary>\n",
        f"{_cell(after.sentence)}\n",
    ]
    if change.why:
        lines.append(f"{_cell(change.why)}.\n")
    finding = after.finding
    if finding is not None:
        lines += [
            f"Expected: {_cell(finding['expected'])}\n",
            f"Sent: {_cell(finding['case']['label'])}\n",
            fenced(_brief(json.dumps(finding["request"])), "json"),
            "Answered:\n",
            fenced(_reply(finding["reply"] or {})),
        ]
        if len(finding["curl"]) <= _LONGEST_LINES:
            lines.append(fenced(_brief(finding["curl"]), "sh"))
    return "\n".join((*lines, "</details>\n"))


def _reply(reply: Mapping[str, Any]) -> str:
    status = reply.get("status")
    return _brief(f"{'no reply' if status is None else status} {reply.get('body', '')}")


def _listed(kind: str, changes: tuple[Change, ...]) -> str:
    """Return the rules of one kind, folded."""
    lines = [f"<details><summary>{title(kind)}: {len(changes)}</summary>\n"]
    for each in changes[:_MOST]:
        answers = _cell(told(each.after))
        if kind != STILL:
            answers = f"{_cell(told(each.before))} \u2192 {answers}"
        why = f" ({_cell(each.why)})" if each.why else ""
        lines.append(f"- {code(each.rule)}: {answers}{why}")
    if len(changes) > _MOST:
        lines.append(f"- {len(changes) - _MOST} more")
    return "\n".join((*lines, "\n</details>\n"))


def _brief(text: str) -> str:
    shown = "\n".join(map(safe, text[:_LONGEST_LINES].split("\n")))
    return shown if len(text) <= _LONGEST_LINES else f"{shown} ..."


def _cell(text: object) -> str:
    return cell(text, longest=_LONGEST)
