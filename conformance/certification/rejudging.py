"""Judges the record of a frozen run again, from its exchanges alone, passes included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import dropwhile, groupby, takewhile
from typing import Any

from conformance.certification.playback import Playback
from conformance.engine.conversation import TargetGone
from conformance.engine.exchanges import Record, exchanges_digest
from conformance.engine.journalling import there_at_start
from conformance.engine.judge import Bench, judge_side
from conformance.engine.names import PREFIX
from conformance.engine.run import introduce
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetProblem
from strategies.resources import Resources

#: A name of a run's introduction; a certificate is made by one process, whose letter is the first.
_NAME = re.compile(rf"({PREFIX}[a-z]{{10}})a-[0-9]{{6}}-conformance")

Event = Mapping[str, Any]


class CannotRejudge(Exception):
    """A record is not one that this suite can judge again; the message says why."""


def judged_again(
    header: Event, judged: Iterable[Event], exchanges: Iterable[Event]
) -> Iterator[str]:
    """Yield a sentence for everything in a record that its own replies do not support.

    Every side is judged by this suite as it would be judged live, against a target that answers
    with the recorded replies. What the suite sends then must be what was recorded, and what it
    concludes what the events say. Raises ``CannotRejudge``.
    """
    groups = groupby(exchanges, lambda each: (each["rule"], each["side"]))
    key, introduction = next(groups, (("", ""), iter(())))
    # A run that keeps a journal first looks what is there, for names that it must not take.
    said_first = list(introduction)
    first = list(dropwhile(_is_list, said_first))
    if key != ("", "introduction") or not first:
        raise CannotRejudge("the exchanges do not begin with an introduction")
    target = Playback(str(header["target"]["endpoint"]))
    bench = _bench(header, first, target)
    number = 0
    if opening := list(takewhile(_is_list, said_first)):
        target.load(opening)
        _, bench.talk.ledger.before = there_at_start(bench.talk, bench.talk.prefix[:-1])
        bench.talk.drain()
    target.load(first)
    try:
        introduce(bench)
    except (TargetProblem, TargetGone) as problem:
        raise CannotRejudge(f"the introduction does not hold: {problem}") from problem
    for event in judged:
        key, group = next(groups, (("", ""), iter(())))
        said = list(group)
        number = number or (first[-1]["n"] if first else 0)
        name = f"{event['rule']} ({event['side']})"
        if key != (event["rule"], event["side"]):
            raise CannotRejudge(f"the exchanges of {name} are missing")
        if [each["n"] for each in said] != list(range(number + 1, number + 1 + len(said))):
            yield f"{name}: its exchanges are not numbered one after the other"
        number = said[-1]["n"] if said else number
        yield from (f"{name}: {wrong}" for wrong in _side(event, said, bench, target))
    key, _ = next(groups, (("", "clean-up"), iter(())))
    if key != ("", "clean-up") or next(groups, None) is not None:
        yield "there are exchanges of rules that were not judged"


def _is_list(exchange: Event) -> bool:
    return bool(exchange["operation"] == "ListModels")


def _bench(header: Event, introduction: list[Any], target: Playback) -> Bench:
    options = header["options"]
    named = _NAME.search(introduction[0]["request"])
    if named is None or options.get("resources") is None or options.get("requirements") is None:
        raise CannotRejudge("this is not the record of a run over frozen requirements")
    return Bench.at(
        target,
        resources=Resources.of(options["resources"]),
        depth=options["depth"],
        seed=options["seed"],
        account=header["target"]["account"],
        prefix=named[1],
        shares=options["workers"] + 1,
        demands_auth=options["auth"],
        model_limit=options["model_limit"],
        requirements=options["requirements"],
    )


def _side(event: Event, said: list[Event], bench: Bench, target: Playback) -> Iterator[str]:
    """Yield what does not hold of one judged side."""
    recorded: list[Record] = [
        {key: value for key, value in each.items() if key not in ("rule", "side")} for each in said
    ]
    if exchanges_digest(recorded) != event["exchanges"]:
        yield "its exchanges are not those of which the digest was taken"
    target.load(said)
    try:
        again = judge_side(rule_by_id(event["rule"]), event["side"], bench)
    except TargetGone:
        bench.talk.drain()
        yield f"it cannot be judged again: {target.wrong or 'the target had gone'}"
        return
    if target.wrong:
        yield target.wrong
    elif target.left:
        yield f"{target.left} exchange(s) that the suite does not send"
    elif again.verdict != event["verdict"]:
        why = again.finding["why"] if again.finding else again.note
        said_to = _does(event["verdict"])
        yield f"it was said to {said_to}, but its replies say {again.verdict}. {why}"
    elif _told(again.as_event()) != _told(event):
        yield "what was said of its cases does not follow from its replies"
    elif _content(again.exchanges) != _content(recorded):
        yield "what was recorded of its exchanges is not what such exchanges leave"


def _does(verdict: str) -> str:
    return verdict if verdict in ("pass", "fail") else f"be {verdict}"


def _told(event: Event) -> Event:
    return {key: value for key, value in event.items() if key != "exchanges"}


def _content(records: Iterable[Record]) -> list[str]:
    """Return exchanges for comparing: calls that met may have swapped the same call's answers."""
    kept = [
        {
            key: value
            for key, value in each.items()
            if key != "n" and not (key in ("began", "ended") and "fault" in each)
        }
        for each in records
    ]
    return sorted(json.dumps(each, sort_keys=True) for each in kept)
