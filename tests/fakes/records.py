"""Generated records of runs: whatever a run may leave behind, and whatever may come off the wire.

Plural nouns are Hypothesis strategies. Texts hold control characters, markup and lone surrogates,
because a target may send them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from conformance.engine.record import described
from conformance.oracle.catalogue import all_rules

#: Runs are large to draw; so many of them show what there is to see.
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VERDICTS = ("not-run", "unsupported", "pass", "inconclusive", "fail", "error")
WAYS = ("accepted", "refused", "server-fault", "stored", "odd", "errors/code")
DIGEST = "sha256:" + "0" * 64
HOSTILE = (
    "\x1b[31mred\x1b[0m ]]> <b>&amp; [bold]x[/bold] [/] \x00\x07\x9b2J\u202e\ud800\U0001f600\r\n"
)


@cache
def rows() -> tuple[dict[str, Any], ...]:
    """Every rule as the record describes it."""
    return tuple(described(rule) for rule in all_rules())


def row(rule_id: str) -> dict[str, Any]:
    """One rule as the record describes it."""
    return next(each for each in rows() if each["id"] == rule_id)


def header(rules: list[dict[str, Any]], **target: Any) -> dict[str, Any]:
    """The first line of a run over these rules."""
    return {
        "event": "start",
        "format": 1,
        "suite": {"name": "createmodel-conformance", "version": "0.1.0"},
        "spec": {"digest": DIGEST, "api_version": "2017-07-24", "botocore": "1.44.5"},
        "target": {
            "name": "moto",
            "endpoint": "http://localhost/",
            "account": "123456789012",
            "fingerprint": {"kind": "moto", "version": "5"},
            **target,
        },
        "options": {
            "depth": "quick",
            "seed": 0,
            "region": "us-east-1",
            "client": "requests",
            "workers": 1,
            "select": [],
            "deselect": [],
        },
        "started": "2026-01-01T00:00:00.000Z",
        "rules": rules,
    }


def footer(*, complete: bool = True, reason: str = "", leftovers: int = 0) -> dict[str, Any]:
    """The last line of a run."""
    return {
        "event": "end",
        "complete": complete,
        "reason": reason,
        "requests": 7,
        "leftovers": leftovers,
        "ended": "2026-01-01T00:00:01.000Z",
    }


def finding(**changes: Any) -> dict[str, Any]:
    """A finding of a run."""
    return {
        "case": {"reason": "over-limit", "label": "64 characters"},
        "request": {"ModelName": "a" * 64},
        "reply": {"n": 1, "status": 200, "headers": [["Server", "x"]], "body": "{}"},
        "expected": "It should be rejected.",
        "why": "The target accepted an illegal request (200).",
        "way": "accepted",
        "control": None,
        "flaky": False,
        "also": [],
        **changes,
    }


def judged(rule: str, side: str, verdict: str, **changes: Any) -> dict[str, Any]:
    """The line of one judged side."""
    return {
        "event": "judged",
        "rule": rule,
        "side": side,
        "verdict": verdict,
        "cases": {verdict: 1},
        "note": "" if verdict in ("pass", "fail") else f"Why it is {verdict}.",
        "finding": finding() if verdict == "fail" else None,
        "exchanges": DIGEST,
        **changes,
    }


def run_of(verdicts: dict[str, str | dict[str, str]], **target: Any) -> list[dict[str, Any]]:
    """The events of a complete run: a verdict for each rule, or for each side of a rule."""
    rules = [row(rule_id) for rule_id in verdicts]
    events = [header(rules, **target)]
    for rule in rules:
        wanted = verdicts[rule["id"]]
        for side in rule["sides"]:
            verdict = wanted if isinstance(wanted, str) else wanted.get(side)
            if verdict is not None:
                events.append(judged(rule["id"], side, verdict))
    return [*events, footer()]


def lines(events: list[dict[str, Any]]) -> list[str]:
    """Events as the lines of ``events.ndjson``."""
    return [json.dumps(event) for event in events]


def wire_texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Texts that a target may send: every character there is, lone surrogates included."""
    anything = st.text(st.characters(exclude_categories=()), min_size=min_size, max_size=30)
    return anything | st.just(HOSTILE)


def json_values() -> st.SearchStrategy[Any]:
    """JSON values as they may be sent to a target."""
    scalars = st.none() | st.booleans() | st.integers() | wire_texts()
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(wire_texts(), inner, max_size=3)
        ),
        max_leaves=5,
    )


def replies() -> st.SearchStrategy[dict[str, Any]]:
    """Replies as findings show them."""
    return st.fixed_dictionaries(
        {
            "n": st.integers(1, 10**6),
            "status": st.integers(100, 599) | st.none(),
            "headers": st.lists(st.lists(wire_texts(), min_size=2, max_size=2), max_size=2),
            "body": wire_texts(),
        }
    )


def findings() -> st.SearchStrategy[dict[str, Any]]:
    """Findings with anything in them that a target can influence."""
    return st.fixed_dictionaries(
        {
            "case": st.fixed_dictionaries(
                {
                    "reason": st.sampled_from(["over-limit", "near-miss", "beyond", "sample"]),
                    "label": wire_texts(min_size=1),
                }
            ),
            "request": json_values(),
            "reply": replies() | st.none(),
            "expected": wire_texts(min_size=1),
            "why": wire_texts(min_size=1),
            "way": st.sampled_from(WAYS),
            "control": st.none()
            | st.fixed_dictionaries({"request": json_values(), "reply": replies()}),
            "flaky": st.booleans(),
            "also": st.lists(wire_texts(), max_size=2),
        }
    )


@st.composite
def _judged(draw: st.DrawFn, rule: dict[str, Any], side: str) -> dict[str, Any]:
    verdict = draw(st.sampled_from(VERDICTS))
    return judged(
        rule["id"],
        side,
        verdict,
        cases=draw(st.dictionaries(st.sampled_from(VERDICTS), st.integers(1, 999), max_size=3)),
        note="" if verdict in ("pass", "fail") else draw(wire_texts()),
        finding=draw(findings()) if verdict == "fail" else None,
    )


def _some(rules: tuple[dict[str, Any], ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.sampled_from(rules), min_size=1, max_size=6, unique_by=lambda r: r["id"])


@st.composite
def runs(draw: st.DrawFn, rules: tuple[dict[str, Any], ...] | None = None) -> list[dict[str, Any]]:
    """Events of runs: whole, ended early, or cut off before the footer; sides in any order.

    They are over some of the rules given, by default of all there are.
    """
    rules = tuple(draw(_some(rules or rows())))
    target = {
        "name": draw(wire_texts(min_size=1)),
        "account": draw(st.none() | st.just("123456789012")),
        "fingerprint": {"kind": draw(wire_texts()), "version": draw(wire_texts())},
    }
    sides = [(rule, side) for rule in rules for side in rule["sides"]]
    how = draw(st.sampled_from(["whole", "ended early", "cut off"]))
    if how != "whole":
        sides = draw(st.lists(st.sampled_from(sides), unique_by=lambda s: (s[0]["id"], s[1])))
    events = [draw(_judged(rule, side)) for rule, side in draw(st.permutations(sides))]
    ends = {
        "whole": [footer(leftovers=draw(st.integers(0, 3)))],
        "ended early": [footer(complete=False, reason=draw(wire_texts(min_size=1)))],
        "cut off": [],
    }
    return [header(list(rules), **target), *events, *ends[how]]


@st.composite
def two_runs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two runs with rules in common, and now and then other options or statements."""
    rules = tuple(draw(_some(rows())))
    old, new = draw(runs(rules)), draw(runs(rules))
    if draw(st.booleans()):
        new[0]["options"] |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "depth": st.sampled_from(["quick", "standard", "deep"]),
                    "client": st.sampled_from(["requests", "boto3"]),
                    "auth": st.booleans(),
                    "model_limit": st.none() | st.integers(1, 9),
                    "select": st.lists(st.just("CreateModel"), max_size=1),
                },
            )
        )
    if draw(st.booleans()):
        first, *others = new[0]["rules"]
        new[0]["rules"] = [{**first, "statement": "Something else."}, *others]
    return old, new
