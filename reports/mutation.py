"""The score of the self-test and its table of faults, as lines and as a Markdown page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Row = Mapping[str, Any]

_BAD = ("survived", "wrong-reason", "false-alarm")

#: The rules that are engines of their own, and what their columns are called.
_ENGINES = {
    "schemathesis/coverage": "Schemathesis coverage",
    "schemathesis/fuzzing": "Schemathesis fuzzing",
}


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
    tried = _tried_with_engines(trials)
    for rule, name in _ENGINES.items() if tried else ():
        alone = sum(rule in row["also_caught_by"] for row in tried)
        lines.append(f"{name} alone: {alone} of {len(tried)} ({alone / len(tried):.1%})")
    lines += [f"{row['outcome']}: {row['fault']}" for row in trials if row["outcome"] in _BAD]
    return lines


def _tried_with_engines(trials: Sequence[Row]) -> list[Row]:
    return [r for r in trials if r["expect"] == "fail" and r.get("also_caught_by") is not None]


def _kill_table(trials: Sequence[Row]) -> list[str]:
    """Return the table of what each engine catches alone, by family of faults; none untried."""
    tried = _tried_with_engines(trials)
    if not tried:
        return []
    families = Counter(row["family"] for row in tried)
    lines = [
        "## What each engine catches alone",
        "",
        "Three engines, judged by the same oracle: our strategies and conversations at depth "
        "`quick`, the coverage phase of Schemathesis, and 400 requests of its fuzzing phase. "
        "Schemathesis is given our OpenAPI document and makes CreateModel requests one at a time: "
        "what only a conversation shows, it cannot see.",
        "",
        f"| faults | in all | our strategies | {' | '.join(_ENGINES.values())} | together |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    for family, number in [*families.most_common(), ("**all**", len(tried))]:
        rows = [row for row in tried if row["family"] == family] or tried
        ours = [row["outcome"] == "caught" for row in rows]
        others = [[rule in row["also_caught_by"] for row in rows] for rule in _ENGINES]
        union = sum(map(any, zip(ours, *others, strict=True)))
        counts = (number, sum(ours), *map(sum, others), union)
        lines.append(f"| {family} | {' | '.join(map(str, counts))} |")
    return [*lines, ""]


def score_page(baseline: Row, trials: Sequence[Row], facts: Row) -> str:
    """Return the published page; ``facts`` holds summaries, reasons and what has no fault."""
    parts = [
        "# The suite under test",
        "",
        "Written by `createmodel-conformance selftest --engines --write docs/selftest.md`; not by "
        "hand.",
        "The conformant reference service is judged as it is, then with each of these faults.",
        "",
        *(f"- {line}" for line in score_lines(baseline, trials)),
        f"- faults whose rules do not exist yet, not tried: {facts['not_judged']}",
        "",
        *_kill_table(trials),
        "## The faults",
        "",
        "| fault | what it does | caught by | of | and by |",
        "| --- | --- | --- | --- | --- |",
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
    others = ", ".join(rule.partition("/")[2] for rule in row.get("also_caught_by") or ())
    return f"| `{row['fault']}` | {summary} | `{caught}` | {concerned} | {others} |"


def _cell(text: str) -> str:
    """Return text that fits a table; lists of sibling paths are told by the first."""
    first, *others = text.split(", ")
    if len(others) > 1 and all("." in each for each in others[:-1]):
        last = others[-1].partition(" ")
        text = f"{first} and {len(others)} siblings {last[2]}"
    return text.replace("|", "\\|").replace("\n", " ")
