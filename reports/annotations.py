"""``report --github``: a run as GitHub workflow commands, which annotate the workflow's page.

Commands are lines: ``::error title=T::TEXT``. How they are escaped is what the runner undoes
(github.com/actions/runner, ActionCommand.cs: the percent sign last, so here it comes first).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.finding import told
from reports.known.marks import news
from reports.safe import safe

#: GitHub shows so many errors of a step and drops the others without a word.
MOST_ERRORS = 10

_LONGEST_TITLE, _LONGEST_TEXT, _MOST_IDS = 200, 2_000, 5

_FOR_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_FOR_PROPERTIES = {**_FOR_DATA, ":": "%3A", ",": "%2C"}

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """One workflow command: ``error``, ``warning`` or ``notice``, a title and a text of lines.

    ``place`` is where it points to: ``file`` and ``line``, or nothing.
    """

    kind: str
    title: str
    text: str
    place: Mapping[str, object] = field(default_factory=dict)

    def line(self) -> str:
        """Return the command as one line, with nothing in it that could start another."""
        given = {**self.place, "title": _cut(self.title, _LONGEST_TITLE)}
        properties = ",".join(
            f"{name}={_escaped(safe(value), _FOR_PROPERTIES)}" for name, value in given.items()
        )
        text = "\n".join(safe(line) for line in _cut(self.text, _LONGEST_TEXT).split("\n"))
        return f"::{self.kind} {properties}::{_escaped(text, _FOR_DATA)}"


def workflow_commands(report: Report, *, known_path: str | None = None) -> str:
    """Return the commands for a report (see ``reports.summary``), a line each.

    With a list of known findings: an error for each new finding and for each entry that is stale
    or expired, at its line of ``known_path`` (where the list lies in the repository; else the name
    that the record has of it). Without one: an error for each cause. What goes beyond GitHub's
    limit is counted in a notice. What could not be judged is one warning.
    """
    errors = [*_faults(report), *(_causes(report) if report["known"] is None else _new(report))]
    errors += _entries(report["known"], known_path)
    commands = errors[:MOST_ERRORS]
    if hidden := len(errors) - len(commands):
        text = f"GitHub shows {MOST_ERRORS} errors of a step. The summary and report.html have all."
        commands.append(Command("notice", f"{hidden} more not shown here", text))
    commands += _unclear(report)
    return "".join(command.line() + "\n" for command in commands)


def _faults(report: Report) -> Iterator[Command]:
    """Yield one error for all faults of the suite's own: they end a run with exit code 4."""
    found = [rule for rule in report["rules"] if rule["verdict"] == "error"]
    if found:
        title = f"{len(found)} rule(s) met a fault of this suite"
        yield Command("error", title, _ids(rule["id"] for rule in found) + "\n" + _note(found[0]))


def _causes(report: Report) -> Iterator[Command]:
    rules = {rule["id"]: rule for rule in report["rules"]}
    for cause in report["causes"]:
        example = rules[cause["example"]["rule"]]
        text = f"{len(cause['rules'])} rule(s): {_ids(cause['rules'])}. For instance\n"
        yield Command("error", cause["title"], text + _told(example, example["finding"]))


def _new(report: Report) -> Iterator[Command]:
    rules = {rule["id"]: rule for rule in report["rules"]}
    for rule_id in report["known"]["new"]:
        entry = report["known"]["known"].get(rule_id)
        findings = [rules[rule_id][each] for each in ("finding", "other_finding")]
        # The list may know one side of the rule: then the other side's finding is the news.
        unlisted = [f for f in findings if f and (entry is None or entry["side"] != f["side"])]
        yield Command("error", f"New: {rule_id}", _told(rules[rule_id], *unlisted[:1]))


def _entries(known: Mapping[str, Any] | None, path: str | None) -> Iterator[Command]:
    if known is None:
        return
    kinds = ["Stale entry"] * len(known["stale"]) + ["Expired entry"] * len(known["expired"])
    entries = [*known["stale"], *known["expired"]]
    for kind, entry, sentence in zip(kinds, entries, news(known), strict=True):
        place = {"file": path or known["file"], "line": entry["line"]}
        yield Command("error", f"{kind}: {entry['rule']}", sentence, place)


def _unclear(report: Report) -> Iterator[Command]:
    known = report["known"]
    found = [
        rule
        for rule in report["rules"]
        if (rule["level"] == "must" and rule["verdict"] in ("inconclusive", "not-run"))
        and (known is None or rule["id"] in known["open"])
    ]
    if found:
        text = _ids(rule["id"] for rule in found) + "\n" + _note(found[0])
        yield Command("warning", f"{len(found)} rule(s) could not be judged", text)
    if not report["complete"]:
        yield Command("warning", "This run is partial", "It did not go to its end.")


def _told(rule: Mapping[str, Any], finding: Mapping[str, Any] | None = None) -> str:
    if finding is None:
        return str(rule["statement"])
    return told({"rule": rule["id"], "side": finding["side"], "finding": finding})


def _note(rule: Mapping[str, Any]) -> str:
    return next((side["note"] for side in rule["sides"].values() if side["note"]), "")


def _ids(rules: Any) -> str:
    ids = list(rules)
    more = f" and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
    return ", ".join(ids[:_MOST_IDS]) + more


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _escaped(text: str, table: Mapping[str, str]) -> str:
    """Return text with the characters of a table replaced, each once."""
    return re.sub(f"[{''.join(table)}]", lambda found: table[found.group()], text)
