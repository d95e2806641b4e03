"""The summary that a person takes in at the end of a run: at most a screenful."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.known.marks import causes_of_news, is_news, news
from reports.safe import safe

_MOST_CAUSES = 12
_MOST_NEWS = 20

_COLOURS = {
    "conforming": "bold green",
    "nonconforming": "bold red",
    "inconclusive": "bold yellow",
    "error": "bold magenta",
}


def _brief(text: object, longest: int) -> str:
    """Return what came from elsewhere as harmless text that cannot flood the screen."""
    cleaned = safe(text)
    return cleaned if len(cleaned) <= longest else f"{cleaned[: longest - 3]}..."


def summary(report: Mapping[str, Any], *, brief: bool = False) -> RenderableType:
    """Return the summary of a report: verdict, figures, families, causes; in brief a verdict."""
    target = report["target"]
    version = target["fingerprint"].get("version", "")
    head = Text()
    head.append(_brief(f"{target['name']} {version}".strip(), 80), style="bold")
    head.append(": ")
    head.append(report["verdict"], style=_COLOURS[report["verdict"]])
    if not report["complete"]:
        head.append("  (partial: the run did not go to its end)", style="yellow")
    known = report["known"]
    if known is not None:
        word = "there is news" if is_news(known) else "nothing new"
        head.append(f", {word}", style="bold red" if is_news(known) else "green")
    if brief:
        return head
    parts: list[RenderableType] = [head, _figures(report), _families(report)]
    if known is not None:
        parts += _news(known)
    found = causes_of_news(report)
    if found:
        parts.append(_causes(found))
    parts += [Text(note, style="yellow") for note in _notes(report)]
    return Group(*parts)


def _figures(report: Mapping[str, Any]) -> Text:
    totals = report["totals"]
    everything = sum(totals.values())
    judged = totals["pass"] + totals["fail"]
    return Text(
        f"divergence {report['divergence']:.1%} ({totals['fail']} of {everything} must rules fail)"
        f", coverage {report['coverage']:.1%} ({judged} judged)"
    )


def _families(report: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rules")
    columns = ("pass", "fail", "inconclusive", "unsupported", "not-run", "error")
    for column in columns:
        table.add_column(column, justify="right")
    table.add_column("info noted", justify="right")
    rows: dict[str, dict[str, int]] = {}
    for rule in report["rules"]:
        row = rows.setdefault(re.split("[/:]", rule["id"])[0], dict.fromkeys(columns, 0))
        if rule["level"] == "must":
            row[rule["verdict"]] += 1
        elif rule["verdict"] == "fail":
            row["info"] = row.get("info", 0) + 1
    for family, row in rows.items():
        cells = [str(row[column] or "-") for column in columns]
        table.add_row(f"{family}/", *cells, str(row.get("info", 0) or "-"))
    return table


def _news(known: Mapping[str, Any]) -> list[RenderableType]:
    """Return what the list of known findings makes of the run, what must be done first."""
    todo = [f"New: {rule}" for rule in known["new"]] + list(news(known))
    lines = [Text(_brief(each, 300), style="red") for each in todo[:_MOST_NEWS]]
    if len(todo) > _MOST_NEWS:
        lines.append(Text(f"... and {len(todo) - _MOST_NEWS} more", style="red"))
    count = len(known["known"])
    return [*lines, Text(f"{count} rule(s) are known not to pass ({_brief(known['file'], 80)}).")]


def _causes(causes: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column("rules", justify="right", no_wrap=True)
    table.add_column("cause, most rules first", overflow="ellipsis", max_width=60)
    table.add_column("for instance", overflow="ellipsis", no_wrap=True, ratio=1)
    for cause in causes[:_MOST_CAUSES]:
        example = cause["example"]
        member = example["rule"].removeprefix("CreateModel/").rpartition(":")[0]
        sent = f"{member}: {example['sent']} -> {example['status']}".removeprefix(": ")
        title = Text(_brief(cause["title"], 110))  # a Text: brackets in it are no markup
        table.add_row(str(len(cause["rules"])), title, Text(safe(sent)))
    if len(causes) > _MOST_CAUSES:
        table.add_row("", f"... and {len(causes) - _MOST_CAUSES} more", "")
    return table


def _notes(report: Mapping[str, Any]) -> list[str]:
    notes: dict[str, int] = {}
    for rule in report["rules"]:
        if rule["level"] == "must" and rule["verdict"] in ("inconclusive", "error", "not-run"):
            note = next((s["note"] for s in rule["sides"].values() if s["note"]), "")
            notes[note] = notes.get(note, 0) + 1
    ranked = sorted(notes.items(), key=lambda each: -each[1])[:3]
    lines = [
        f"{count} rule(s) could not be judged: {_brief(note, 200)}"
        for note, count in ranked
        if note
    ]
    if report["leftovers"]:
        lines.append(f"{report['leftovers']} model(s) of this run could not be deleted.")
    return lines


def print_summary(report: Mapping[str, Any], console: Console, *, brief: bool = False) -> None:
    """Print the summary to a console."""
    console.print(summary(report, brief=brief), soft_wrap=False)
