"""The score of the self-test and its table of faults, as lines and as a Markdown page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Row = Mapping[str, Any]

_BAD = ("survived", "wrong-reason", "false-alarm")


def score_lines(baseline: Row, trials: Sequence[Row]) -> list[str]:
    """Return the score in a few lines; takes a baseline and trials as plain dictionaries."""
    outcomes = Counter(row["outcome"] for row in trials)
    to_catch = [row for row in trials if row["expect"] == "fail"]
    caught = sum(row["outcome"] == "caught" for row in to_catch)
    quiet = len(trials) - len(to_catch)
    share = f"{caught / len(to_catch):.1%}" if to_catch else "-"
    lines = [
        f"{caught} of {len(to_catch)} faults caught by a rule that concerns them ({share})",
        f"{outcomes['silent']} of {quiet} tolerated or unsettling vices raised no false alarm",
        f"false findings on the reference: {len(baseline['failed'])} "
        f"in {baseline['requests']} requests",
    ]
    if caught:
        requests = median(row["requests"] for row in to_catch if row["outcome"] == "caught")
        lines.append(f"median requests until caught: {requests:.0f}")
    lines += [f"{row['outcome']}: {row['fault']}" for row in trials if row["outcome"] in _BAD]
    return lines


def score_page(baseline: Row, trials: Sequence[Row], facts: Row) -> str:
    """Return the published page; ``facts`` holds summaries, reasons and what has no fault."""
    parts = [
        "# The suite under test",
        "",
        "Written by `createmodel-conformance selftest --write docs/selftest.md`; not by hand.",
        "The conformant reference service is judged as it is, then with each of these faults.",
        "",
        *(f"- {line}" for line in score_lines(baseline, trials)),
        f"- faults whose rules do not exist yet, not tried: {facts['not_judged']}",
        "",
        "| fault | what it does | caught by | of |",
        "| --- | --- | --- | --- |",
    ]
    parts += [_row(row, facts) for row in trials if row["expect"] == "fail"]
    parts += [
        "",
        "## Vices that nobody may call a failure",
        "",
        "| vice | what it does | why |",
        "| --- | --- | --- |",
    ]
    for row in trials:
        if row["expect"] != "fail":
            why = facts["reasons"].get(row["fault"], "it proves nothing about any request")
            parts.append(
                f"| `{row['fault']}` | {_cell(facts['summaries'][row['fault']])} | {why} |"
            )
    parts += [
        "",
        "## Sides without a fault of their own",
        "",
        f"{len(facts['not_separable'])} sides of `must` rules cannot fail alone: a required member "
        "that is refused is the same request as the refused structure around it, and seven minimum "
        "lengths cannot be broken without breaking the pattern.",
        "",
        *(f"- `{side}`" for side in facts["not_separable"]),
        "",
    ]
    return "\n".join(parts)


def _row(row: Row, facts: Row) -> str:
    expected = tuple(row["expected"])
    any_rule = "*" in expected
    caught = next((rule for rule in row["failed"] if any_rule or rule in expected), "-")
    concerned = "any rule" if any_rule else f"{len(expected)} concerned"
    summary = _cell(facts["summaries"][row["fault"]])
    return f"| `{row['fault']}` | {summary} | `{caught}` | {concerned} |"


def _cell(text: str) -> str:
    """Return text that fits a table; lists of sibling paths are told by the first."""
    first, *others = text.split(", ")
    if len(others) > 1 and all("." in each for each in others[:-1]):
        last = others[-1].partition(" ")
        text = f"{first} and {len(others)} siblings {last[2]}"
    return text.replace("|", "\\|").replace("\n", " ")
