"""Compares two runs rule by rule: what became worse, what became better, and what nobody can tell.

Pure: two reports in (see ``reports.summary``), a value out. How it is shown is written elsewhere,
and what sending requests again makes of it in ``reports.certainty``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.oracle.verdicts import FAIL, NOT_RUN, PASS
from reports.comparison import (
    CHANGED,
    FIXED,
    FLAKY,
    NEW,
    NOT_COMPARABLE,
    OPEN,
    PASSING,
    SETTLED,
    STILL,
    UNSETTLED,
    Change,
    Comparison,
    Judged,
    Report,
    answer,
    of_finding,
    reply_of,
)

Rule = Mapping[str, Any]

#: Options of a run that decide what is found, with what they are when a record does not say.
_DECIDING = {
    "depth": None,
    "seeds": 1,
    "requirements": None,
    "client": "requests",
    "auth": False,
    "model_limit": None,
}
_SELECTING = ("select", "deselect")


def compare(old: Report, new: Report) -> Comparison:
    """Compare two reports rule by rule; ``info`` rules decide nothing and are left out."""
    before, after = _by_id(old), _by_id(new)
    differing = _differing(old, new, _DECIDING)
    selected_otherwise = bool(_differing(old, new, dict.fromkeys(_SELECTING)))
    changes = []
    for rule_id in dict.fromkeys((*before, *after)):
        was, now = before.get(rule_id), after.get(rule_id)
        if all(each is None or each["level"] != "must" for each in (was, now)):
            continue
        if was is not None and now is not None:
            changes.append(_change(was, now, differing))
        elif was is not None:
            why, otherwise = "only the old run has this rule", ""
            if selected_otherwise:  # then it is the user, not the suite, who left it out
                why, otherwise = f"{why}: other rules were selected", UNSETTLED
            changes.append(_not_comparable(was, now, why, otherwise))
        else:
            changes.append(_not_comparable(was, now, "only the new run has this rule"))
    return Comparison(tuple(changes), tuple(_carefuls(old, new, differing)), old, new)


def judged(rule: Rule, side: str = "") -> Judged:
    """Return what a report says of a rule; ``side`` chooses between two findings."""
    if rule["verdict"] != FAIL:
        notes = (side["note"] for side in rule["sides"].values())
        return Judged(rule["verdict"], sentence=next(filter(None, notes), ""))
    found = findings(rule)
    return of_finding(found.get(side) or next(iter(found.values())))


def findings(rule: Rule) -> dict[str, Mapping[str, Any]]:
    """Return the findings of a rule by side."""
    return {each["side"]: each for each in (rule["finding"], rule["other_finding"]) if each}


def _by_id(report: Report) -> dict[str, Rule]:
    return {rule["id"]: rule for rule in report["rules"]}


# -- one rule ------------------------------------------------------------------------------


def _change(was: Rule, now: Rule, differing: str) -> Change:
    """Return what became of a rule that is in both runs."""
    counted = _counted(was["verdict"], now["verdict"])
    if counted:
        return _of(counted, was, now)
    different = [each for each in ("statement", "level", "sides") if _differs(was, now, each)]
    if different:
        return _not_comparable(was, now, f"the runs describe it differently ({different[0]})")
    if now["verdict"] == FAIL and was["verdict"] == FAIL:
        return _failing_twice(was, now)
    if now["verdict"] == FAIL and not _looked_at(was, now):
        return _not_comparable(was, now, "it was not judged in the old run")
    kind, concerned = UNSETTLED, was
    if now["verdict"] == FAIL:
        kind, concerned = NEW, now
    elif was["verdict"] == FAIL and now["verdict"] == PASS:
        kind = FIXED
    if kind != UNSETTLED and all(each.get("flaky") for each in findings(concerned).values()):
        which = "new" if kind == NEW else "old"
        why = f"the {which} run's finding is flaky: the target does not answer the same every time"
        return _of(FLAKY, was, now, why, kind)
    if differing:
        return _not_comparable(was, now, differing, kind)
    return _of(kind, was, now, "it could not be judged any more" if kind == UNSETTLED else "")


def _counted(was: str, now: str) -> str:
    """Return the kind of a rule that is only counted, else nothing."""
    if now == PASS:
        return PASSING if was == PASS else "" if was == FAIL else SETTLED
    return OPEN if was not in (PASS, FAIL) and now != FAIL else ""


def _differs(was: Rule, now: Rule, what: str) -> bool:
    return list(was[what]) != list(now[what])


def _looked_at(was: Rule, now: Rule) -> bool:
    """Tell whether the old run looked at a side that fails now; none of its failed."""
    return any(was["sides"][side]["verdict"] != NOT_RUN for side in findings(now))


def _failing_twice(was: Rule, now: Rule) -> Change:
    before, after = findings(was), findings(now)
    told = [f"it is the side {side} now that fails, too" for side in after if side not in before]
    told += [f"the side {side} does not fail any more" for side in before if side not in after]
    for side in before:
        then, since = of_finding(before[side]), of_finding(after.get(side, before[side]))
        if reply_of(then) != reply_of(since):
            told.append(f"another answer: {answer(then)}, now {answer(since)}")
            return _of(CHANGED, was, now, "; ".join(told), side=side)
    return _of(CHANGED if told else STILL, was, now, "; ".join(told))


def _not_comparable(was: Rule | None, now: Rule | None, why: str, otherwise: str = "") -> Change:
    return _of(NOT_COMPARABLE, was, now, why, otherwise)


def _of(
    kind: str,
    was: Rule | None,
    now: Rule | None,
    why: str = "",
    otherwise: str = "",
    side: str = "",
) -> Change:
    rule = now if now is not None else was
    assert rule is not None
    return Change(
        kind,
        rule["id"],
        judged(was, side) if was is not None else None,
        judged(now, side) if now is not None else None,
        why,
        otherwise,
        rule["statement"],
    )


# -- both runs -----------------------------------------------------------------------------


def _differing(old: Report, new: Report, options: Mapping[str, Any]) -> str:
    """Return in words in which of some options two runs differ, else nothing."""
    found = []
    for option, unsaid in options.items():
        was, now = (run["options"].get(option) or unsaid for run in (old, new))
        if was != now:
            found.append(f"{option.replace('_', ' ')} ({_word(was)}, now {_word(now)})")
    return f"the runs differ in {' and '.join(found)}" if found else ""


def _word(value: Any) -> str:
    words = {None: "none", False: "off", True: "on"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _carefuls(old: Report, new: Report, differing: str) -> Iterator[str]:
    """Yield what makes two runs hard to compare, a sentence each without its full stop."""
    for which, run in (("OLD", old), ("NEW", new)):
        if not run["complete"]:
            yield f"{which} is partial, the run did not go to its end"
    if differing:
        yield differing
    if old["spec"]["digest"] != new["spec"]["digest"]:
        yield "the two runs used different specifications"
    for what, key, inner in (
        ("versions of the suite", "suite", "version"),
        ("targets", "target", "name"),
    ):
        was, now = old[key].get(inner, "?"), new[key].get(inner, "?")
        if was != now:
            yield f"the two runs are of different {what} ({was}, now {now})"
