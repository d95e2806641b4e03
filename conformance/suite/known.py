"""What a list of known findings makes of one item: one side of one rule, judged alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.verdicts import PASS
from conformance.spec.rules import Rule
from reports.known.marks import is_known

KNOWN, STALE, EXPIRED = "known", "stale", "expired"


def standing(
    known: Mapping[str, Any], rule: Rule, side: str, verdict: str, day: str
) -> tuple[str, str]:
    """Return how an item stands to a list (a record's ``known``) and the sentence for it.

    ``known``: it is listed and may fail. ``stale``: it passes, and its entry is about this side
    alone; an entry for both sides of a rule may stand for the other. ``expired``: it is listed,
    but the entry's day is over on ``day``: it counts as not listed. Else two empty strings.
    """
    entry = _entry(known, rule.id, side)
    if entry is None:
        return "", ""
    place = f"{known['file']}, line {entry['line']}"
    if verdict == PASS:
        alone = entry["side"] == side or len(rule.sides) == 1
        if entry["flaky"] or not alone:
            return "", ""
        about = f"{rule.id} ({entry['side']})" if entry["side"] else rule.id
        if entry["covers"] == [rule.id]:
            return STALE, f"{place}: {about} passes now: delete this entry"
        return STALE, f"{place}: {entry['rule']} covers what passes now: {about}"
    if not is_known(verdict, entry):
        return "", ""
    if entry["expires"] and entry["expires"] < day:
        sentence = f"{entry['rule']} was known until {entry['expires']}"
        return EXPIRED, f"{place}: {sentence}: mend it, or give it another day"
    issue = f" ({entry['issue']})" if entry["issue"] else ""
    return KNOWN, f"{place}: {entry['reason']}{issue}"


def _entry(known: Mapping[str, Any], rule: str, side: str) -> Mapping[str, Any] | None:
    """Return the one entry for a side of a rule: lists with two are refused."""
    return next(
        (
            entry
            for entry in known["entries"]
            if rule in entry["covers"] and entry["side"] in (None, side)
        ),
        None,
    )
