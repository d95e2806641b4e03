"""What sending requests again makes of a comparison: a verdict rests on pairs, not on draws.

Pure, as the comparison itself: what was sent and answered comes in as values of the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.engine.paired import Paired
from conformance.engine.replay import DIFFERENT, FIXED, STILL_FAILING, Replayed
from conformance.oracle.verdicts import PASS
from reports.compare import findings
from reports.comparison import (
    FLAKY,
    NEW,
    NOT_COMPARABLE,
    PASSING,
    UNSETTLED,
    Change,
    Comparison,
    of_finding,
)
from reports.reproduce import reproduction

#: Whom requests were sent to again, as a record's header has it, and the region asked.
Asked = tuple[Mapping[str, Any], str]

#: Outcomes of a replay that tell whether a finding can be shown again.
_TELLING = (STILL_FAILING, DIFFERENT, FIXED)


def with_pairs(comparison: Comparison, pairs: Iterable[Paired], asked: Asked) -> Comparison:
    """Return a comparison in which every rule is new of which a recorded request got worse.

    That request is the evidence, also where the new run's own requests found nothing, and however
    the two runs differ: it was sent to both, and the same oracle judged both answers. A rule that
    passes in both runs, and of which no recorded request could be judged now, is unsettled.
    """
    sent = list(pairs)
    worse = {each.rule: each for each in reversed(sent) if each.finding is not None}
    silent = {each.rule: each.note for each in reversed(sent) if each.says_nothing}

    def settled(change: Change) -> Change:
        if change.rule in worse:
            return _proven(change, worse[change.rule], asked)
        if change.rule in silent and change.kind == PASSING:
            why = f"its recorded requests were sent again and say nothing: {silent[change.rule]}"
            return replace(change, kind=UNSETTLED, why=why)
        return change

    return replace(comparison, changes=tuple(map(settled, comparison.changes)), certain=True)


def _proven(change: Change, pair: Paired, asked: Asked) -> Change:
    was, finding = pair.was, pair.finding
    assert was is not None
    assert finding is not None
    target, region = asked
    now = {"side": pair.side, **finding, "curl": reproduction(target, region, finding)}
    reply = {
        "n": was.number,
        "status": was.reply.status,
        "headers": [list(each) for each in was.reply.headers],
        "body": was.reply.body.decode("utf-8", "replace"),
    }
    sentence = "This very request was answered as it should be."
    before = replace(of_finding({**now, "reply": reply, "way": "", "why": sentence}), verdict=PASS)
    why = f"request {was.number} of the old run was sent again and is answered worse"
    return replace(change, kind=NEW, before=before, after=of_finding(now), why=why, otherwise="")


def to_be_asked_again(
    comparison: Comparison, pairs: Iterable[Paired]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the new run's findings, by rule and side, of what is new but not by pairs."""
    proven = {each.rule for each in pairs if each.finding is not None}
    rules = {rule["id"]: rule for rule in comparison.new["rules"]}
    return {
        each.rule: findings(rules[each.rule])
        for each in comparison.of(NEW)
        if each.rule not in proven
    }


def with_replays(
    comparison: Comparison,
    pairs: Iterable[Paired],
    replayed: Mapping[str, Mapping[str, Replayed]],
) -> Comparison:
    """Return a comparison in which only that is new which can be shown again and is no mere find.

    ``replayed`` says by rule and side what became of the findings ``to_be_asked_again``.
    """
    stands = {(each.rule, each.side) for each in pairs if each.stands}

    changes = tuple(
        _shown_again(each, replayed[each.rule], stands) if each.rule in replayed else each
        for each in comparison.changes
    )
    return replace(comparison, changes=changes, certain=True)


def _shown_again(
    change: Change,
    outcomes: Mapping[str, Replayed],
    stands: Collection[tuple[str, str]],
) -> Change:
    fails = [side for side, each in outcomes.items() if each.outcome in (STILL_FAILING, DIFFERENT)]
    unclear = [each.why for each in outcomes.values() if each.outcome not in _TELLING]
    if not fails and not unclear:
        why = "the new run's finding was sent again and is answered as it should be"
        return replace(change, kind=FLAKY, why=why, otherwise=NEW)
    if fails and not unclear and all((change.rule, side) in stands for side in fails):
        why = "found by a request that the old run did not send; those it sent are answered as then"
        return replace(change, kind=NOT_COMPARABLE, why=why)
    if not fails:
        return replace(
            change, why=f"sent again, its finding says nothing: {unclear[0].rstrip('.')}"
        )
    return replace(change, why="the new run's finding was sent again and fails again")
