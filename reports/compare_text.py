"""A comparison for a terminal: a title and a count for each kind, and what is new in full."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.oracle.verdicts import FAIL
from reports.comparison import (
    KINDS,
    NEW,
    OPEN,
    PASSING,
    SETTLED,
    STILL,
    Change,
    Comparison,
    Judged,
    answer,
)
from reports.finding import steps
from reports.safe import safe

#: What is counted only, in words.
_COUNTED = {
    PASSING: "pass in both",
    OPEN: "could not be judged in either",
    SETTLED: "could not be judged before and pass now",
}

_LONGEST, _LONGEST_LINES = 300, 1_500


def title(kind: str) -> str:
    """Return a kind as a title."""
    return kind.replace("-", " ").capitalize()


def outcome(comparison: Comparison) -> str:
    """Return what came of a comparison in a few words, worst first."""
    found = len(comparison.of(NEW))
    if found:
        return f"{found} rule{'s' if found > 1 else ''} newly failing"
    if comparison.exit_code:
        return "nothing new, but not all that passed could be judged again"
    return "nothing new"


def counted(comparison: Comparison) -> str:
    """Return in words how many rules there are that are not listed."""
    counts = comparison.counts
    found = [f"{counts[kind]} {words}" for kind, words in _COUNTED.items() if counts[kind]]
    return ", ".join(found) or "no rule beside these"


def told(one: Judged | None) -> str:
    """Return what a run says of a rule in a few words; of a failure how the target answered."""
    if one is None:
        return "not there"
    return f"fail, {answer(one)}" if one.verdict == FAIL else one.verdict


def text(comparison: Comparison) -> str:
    """Return a comparison for a terminal; nothing that came off the wire can act on it."""
    lines = []
    for kind in KINDS:
        found = comparison.of(kind)
        lines.append(f"{title(kind)}: {len(found)}")
        for each in found:
            lines += _lines(each)
    lines.append(f"{outcome(comparison)}; {counted(comparison)}.")
    return "\n".join(lines) + "\n"


def _lines(change: Change) -> Iterator[str]:
    yield f"  {safe(change.rule)}"
    if change.kind == NEW:
        yield from _news(change)
    elif change.why:
        yield f"    {_short(change.why)}"
    if change.kind not in (NEW, STILL):
        yield f"    {_short(told(change.before))} -> {_short(told(change.after))}"


def _news(change: Change) -> Iterator[str]:
    """Yield what is new whole: a reader should not have to look elsewhere."""
    after = change.after
    if after is None or after.finding is None:
        return
    finding = after.finding
    yield f"    {_short(after.sentence)}"
    yield f"    expected: {_short(finding['expected'])}"
    yield f"    sent:     {_short(finding['case']['label'])}"
    for each in steps(finding):
        yield f"              {_short(each)}"
    yield f"    before:   {_short(told(change.before))}"
    yield f"    now:      {_short(told(after))}"
    if change.why:
        yield f"    how sure: {_short(change.why)}"
    if len(finding["curl"]) <= _LONGEST_LINES:
        for line in finding["curl"].split("\n"):
            yield f"    {safe(line)}"


def _short(text: str) -> str:
    shown = safe(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."
