"""What AWS's service model changed against the pinned one, for a terminal, for CI and as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from conformance.spec.diff import (
    ADDED,
    API,
    ERRORS,
    LOOSENED,
    REMOVED,
    REQUEST,
    RESPONSE,
    TIGHTENED,
    Change,
    diff,
)
from conformance.spec.rules import Rule
from reports.markdown import MOST
from reports.safe import cell, safe

_REFRESH = "python -m conformance.spec.refresh"
_LONGEST_CELL = 400

#: Changes on which every rule of the member and of what is below it rests, not one alone.
_WHOLE = {REQUEST: ("member", "type"), RESPONSE: ("member", "type", "required")}


def document(
    pinned: Mapping[str, Any], installed: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[str, Any]:
    """Return what ``spec diff --json`` prints, from two snapshots and the rules there are."""
    known = tuple(rules)
    return {
        **{
            which: {"botocore": snapshot["botocore"], "api_version": snapshot["api_version"]}
            for which, snapshot in (("pinned", pinned), ("installed", installed))
        },
        "changes": [_described(change, known) for change in diff(pinned, installed)],
    }


def _described(change: Change, rules: Iterable[Rule]) -> dict[str, Any]:
    facts = asdict(change)
    return {
        "kind": facts.pop("kind"),
        "part": facts.pop("part"),
        "member": facts.pop("path"),
        **{
            fact: list(value) if isinstance(value, tuple) else value
            for fact, value in facts.items()
        },
        "rules": list(concerned(change, rules)),
    }


def concerned(change: Change, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the ids of the rules that rest on what a change changed.

    A limit has the rule of that limit; a member that is gone, or is of another type, every rule
    on it and below it; an error those that name it. What is new has no rule yet.
    """
    if change.part == API or (change.kind == ADDED and change.constraint == "member"):
        return ()
    return tuple(rule.id for rule in rules if _rests_on(rule, change))


def _rests_on(rule: Rule, change: Change) -> bool:
    if change.part == ERRORS:
        error = str(change.before or change.after)
        return re.search(rf"\b{re.escape(error)}\b", rule.statement) is not None
    if (rule.family == RESPONSE) != (change.part == RESPONSE):
        return False
    if change.constraint in _WHOLE[change.part]:
        return _is_within(rule.member, change.path)
    if rule.member != change.path:
        return False
    if change.part == REQUEST:
        return rule.family == "CreateModel" and rule.constraint == change.constraint
    # Of a response one rule stands for both ends of a length.
    return rule.constraint.endswith(f"-{change.constraint.rpartition('-')[2]}")


def _is_within(member: str, path: str) -> bool:
    return bool(member) and re.match(rf"{re.escape(path)}($|[.\[{{])", member) is not None


def text(found: Mapping[str, Any]) -> str:
    """Return a document for a terminal: both versions, a line a change, what to do."""
    lines = [_title(found)]
    for change in found["changes"]:
        named = f"  ({_rules(change)})" if change["rules"] else ""
        lines.append(safe(f"{change['kind']:<9}  {_where(change)}  {_what(change)}{named}"))
    lines.append(_advice(found, _REFRESH))
    return "\n".join(lines) + "\n"


def markdown(found: Mapping[str, Any]) -> str:
    """Return a document as a step summary or a comment, shorter than 64 kB."""
    sign = "\u26a0" if found["changes"] else "\u2705"
    head = f"## {sign} CreateModel in {cell(_title(found), longest=_LONGEST_CELL)}\n\n"
    tail = f"\n{_advice(found, f'`{_REFRESH}`')}\n"
    table = "| change | where | what | rules |\n| --- | --- | --- | --- |\n"
    for position, change in enumerate(found["changes"]):
        columns = (change["kind"], _where(change), _what(change), _rules(change))
        row = f"| {' | '.join(cell(each, longest=_LONGEST_CELL) for each in columns)} |\n"
        if len((head + table + row + tail).encode()) > MOST:
            table += f"| | {len(found['changes']) - position} more | | |\n"
            break
        table += row
    return head + (table if found["changes"] else "") + tail


def _title(found: Mapping[str, Any]) -> str:
    return safe(
        f"botocore {found['pinned']['botocore']} (pinned) and "
        f"{found['installed']['botocore']} (installed): {_count(len(found['changes']))}"
    )


def _count(changes: int) -> str:
    return f"{changes or 'no'} change{'' if changes == 1 else 's'}"


def _advice(found: Mapping[str, Any], command: str) -> str:
    if not found["changes"]:
        return "Nothing to do."
    pinned, installed = (_release(found[which]["botocore"]) for which in ("pinned", "installed"))
    if installed < pinned:  # to pin it would be a step back
        return "The installed botocore is older than the pinned one: upgrade it and compare again."
    return f"{command} takes the snapshot anew."


def _release(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall("[0-9]+", version)))


def _where(change: Mapping[str, Any]) -> str:
    names = {REQUEST: "the request", RESPONSE: "the response", ERRORS: "errors", API: "the API"}
    name = names[change["part"]]
    if not change["member"]:
        return name
    return change["member"] if change["part"] == REQUEST else f"{name}'s {change['member']}"


def _what(change: Mapping[str, Any]) -> str:
    kind, before, after = change["kind"], change["before"], change["after"]
    if change["constraint"] == "enum" and kind == LOOSENED:
        return f"enum: gained {_words(each for each in after if each not in before)}"
    if change["constraint"] == "enum" and kind == TIGHTENED:
        return f"enum: lost {_words(each for each in before if each not in after)}"
    if kind in (ADDED, REMOVED):
        return f"{change['constraint']}: {_words(after if kind == ADDED else before)}"
    return f"{change['constraint']}: {_words(before)} -> {_words(after)}"


def _words(fact: Any) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return str(fact) if isinstance(fact, str | int | float) else ", ".join(map(str, fact))


def _rules(change: Mapping[str, Any]) -> str:
    rules = change["rules"]
    return f"{rules[0]} and {len(rules) - 1} more" if len(rules) > 1 else "".join(rules)
