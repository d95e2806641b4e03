"""Holds a run against the list of known findings that it was given: what is news, what is stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.oracle.verdicts import ERROR, FAIL, ORDER, PASS
from reports.causes import causes

#: What an entry keeps in a report, beside the findings that it stands for.
_SHOWN = ("line", "rule", "side", "reason", "issue", "expires")

_OPEN = ("inconclusive", "not-run")

Rules = Sequence[Mapping[str, Any]]


def marks(known: Mapping[str, Any], rules: Rules, day: str) -> dict[str, Any]:
    """Return what a list of known findings (the header's ``known``) says of a report's rules.

    ``new`` are the ids of must rules that fail and are not known to; ``known`` maps ids to their
    entries, also of rules that could not be judged; ``open`` are the ids of rules that could not
    be judged and are not listed. ``stale`` and ``expired`` are entries; ``stale`` ones say which
    of their rules pass (``rules``) and whether all do (``whole``). ``day`` is when the run began.
    """
    must = {rule["id"]: rule for rule in rules if rule["level"] == "must"}
    covered: dict[tuple[str, str], Mapping[str, Any]] = {}
    stale: list[dict[str, Any]] = []
    for entry in known["entries"]:
        there = [must[each] for each in entry["covers"] if each in must]
        passing = [rule["id"] for rule in there if _worst(rule, entry) == PASS]
        if passing and not entry["flaky"]:
            whole = len(passing) == len(there)
            stale.append({**_shown(entry), "rules": passing, "whole": whole})
        for rule in there:
            for side in _sides(rule, entry):
                if is_known(rule["sides"][side]["verdict"], entry):
                    covered[rule["id"], side] = entry
    news = [each for each, rule in must.items() if _uncovered(rule, covered, (FAIL,))]
    unclear = [
        each
        for each, rule in must.items()
        if rule["verdict"] in _OPEN and _uncovered(rule, covered, _OPEN)
    ]
    expired = [each for each in known["entries"] if each["expires"] and each["expires"] < day]
    return {
        "file": known["file"],
        "known": {rule: _shown(entry) for (rule, _), entry in covered.items()},
        "new": news,
        "open": unclear,
        "stale": stale,
        "expired": [_shown(entry) for entry in expired],
    }


def standing(report: Mapping[str, Any], rule_id: str) -> tuple[str, str]:
    """Return how a rule of a report stands to the list, and why, in words.

    ``known``, ``new``, ``stale`` or ``expired``; nothing where there is no list or it is silent.
    """
    marked = report["known"]
    if marked is None:
        return "", ""
    if rule_id in marked["new"]:
        return "new", "not in the list of known findings"
    for entry in marked["stale"]:
        if rule_id in entry["rules"]:
            return "stale", f"{marked['file']}, line {entry['line']}: it passes now"
    entry = marked["known"].get(rule_id)
    if entry is None:
        return "", ""
    if any(each["line"] == entry["line"] for each in marked["expired"]):
        return "expired", f"{marked['file']}, line {entry['line']}: until {entry['expires']}"
    issue = f" ({entry['issue']})" if entry["issue"] else ""
    return "known", f"{entry['reason']}{issue}"


def causes_of_news(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the causes of a report's findings; with a list, of those that it does not know."""
    if report["known"] is None:
        found: list[dict[str, Any]] = report["causes"]
        return found
    unknown = set(report["known"]["new"])
    return causes(rule for rule in report["rules"] if rule["id"] in unknown)


def is_news(marked: Mapping[str, Any]) -> bool:
    """Tell whether there is something that the list does not allow for."""
    return bool(marked["new"] or marked["stale"] or marked["expired"])


def news(marked: Mapping[str, Any]) -> Iterable[str]:
    """Yield a sentence for each entry that must be changed, with its line."""
    for entry in marked["stale"]:
        place = f"{marked['file']}, line {entry['line']}"
        side = f" ({entry['side']})" if entry["side"] else ""
        if entry["whole"]:
            yield f"{place}: {entry['rule']}{side} passes now: delete this entry"
        else:
            passing = ", ".join(entry["rules"][:3])
            more = f" and {len(entry['rules']) - 3} more" if len(entry["rules"]) > 3 else ""
            yield f"{place}: {entry['rule']}{side} covers what passes now: {passing}{more}"
    for entry in marked["expired"]:
        yield (
            f"{marked['file']}, line {entry['line']}: {entry['rule']} was known until "
            f"{entry['expires']}: mend it, or give it another day"
        )


def _shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in _SHOWN}


def _sides(rule: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    return [side for side in rule["sides"] if entry["side"] in (None, side)]


def _worst(rule: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    verdicts = [rule["sides"][side]["verdict"] for side in _sides(rule, entry)]
    if PASS in verdicts and set(verdicts) - {PASS, FAIL, ERROR}:
        return "not-run"  # half of what the entry is about says nothing about all of it
    return max(verdicts, key=ORDER.index, default="not-run")


def is_known(verdict: str, entry: Mapping[str, Any]) -> bool:
    """Tell whether a verdict is what the entry says of the rule, or less."""
    return verdict not in (PASS, ERROR) and (verdict != FAIL or entry["verdict"] == FAIL)


def _uncovered(
    rule: Mapping[str, Any],
    covered: Mapping[tuple[str, str], Mapping[str, Any]],
    verdicts: tuple[str, ...],
) -> bool:
    return any(
        judged["verdict"] in verdicts and (rule["id"], side) not in covered
        for side, judged in rule["sides"].items()
    )
