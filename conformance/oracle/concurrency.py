"""The ``concurrency/`` family: calls that meet. Each round sends its calls from as many threads.

A race shows only now and then, so that plays have several rounds and stop at the first that shows
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.linearizability import Timed, linearizable
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    created,
    described,
    done,
    is_absent,
    refused,
    scenario,
)
from conformance.oracle.tags import listed_tags
from conformance.wire.reading import ACCEPTED, DENIED, REJECTED, SERVER_FAULT, THROTTLED

_FEW, _MANY = 8, 32

#: Rounds of one play; a quick look has as many as find a race of a millisecond every time.
_ROUNDS = 12


def _judged(answers: Sequence[Answer]) -> Sequence[Answer]:
    """Return answers that say yes or no, as a step on the way."""
    for each in answers:
        if each.reading.kind in (THROTTLED, DENIED):
            raise NothingToJudge(f"the target is too busy or denies access ({each.summary})")
    return answers


def _answered(answers: Sequence[Answer]) -> Sequence[Answer]:
    for each in _judged(answers):
        if each.reading.kind == SERVER_FAULT:
            raise NothingToJudge(f"the target fails when calls meet ({each.summary})")
    return answers


def _one_name(scene: Scene) -> None:
    body = scene.plain()
    created(scene, body)
    refused(scene.ask("CreateModel", body))
    for count, rounds in ((_FEW, _ROUNDS), (_MANY, 3)):
        for _ in range(rounds):
            body = scene.plain()
            answers = _answered(scene.together([("CreateModel", body)] * count))
            winners = [each for each in answers if each.accepted]
            if winners:
                described(scene, body["ModelName"])
            if len(winners) != 1:
                raise Broken(f"Of {count} creates of one name at once {len(winners)} succeeded.")
            scene.ask("DeleteModel", {"ModelName": body["ModelName"]})


def _other_names(scene: Scene) -> None:
    created(scene, scene.plain())
    for count in (_FEW, _MANY):
        bodies = [_marked(scene, str(number)) for number in range(count)]
        for answer in _judged(scene.together([("CreateModel", each) for each in bodies])):
            if not answer.accepted:
                way = "server-fault" if answer.reading.kind == SERVER_FAULT else "refused"
                what = f"Of {count} creates of different names at once one was refused"
                raise Broken(f"{what} ({answer.reading.summary}).", way, answer)
        for body in bodies:
            answer = scene.ask("DescribeModel", {"ModelName": body["ModelName"]})
            if is_absent(answer):
                raise Broken(f"Of {count} models created at once one is not there.")
            if _mark(answer) not in (None, _mark_of(body)):
                raise Broken(f"A model has the content {_mark(answer)!r} of another one.")


def _marked(scene: Scene, mark: str) -> dict[str, Any]:
    body = scene.plain()
    body["PrimaryContainer"] = {**body["PrimaryContainer"], "Environment": {"MARK": mark}}
    return body


def _mark_of(body: Any) -> Any:
    container = body.get("PrimaryContainer")
    environment = container.get("Environment") if isinstance(container, dict) else None
    return environment.get("MARK") if isinstance(environment, dict) else None


def _mark(answer: Answer) -> Any:
    return _mark_of(answer.members)


def _one_deletion(scene: Scene) -> None:
    for _ in range(_ROUNDS):
        body = scene.plain()
        created(scene, body)
        named = {"ModelName": body["ModelName"]}
        answers = _answered(scene.together([("DeleteModel", named)] * _FEW))
        winners = [each for each in answers if each.accepted]
        if len(winners) != 1:
            raise Broken(f"Of {_FEW} deletions of one model at once {len(winners)} succeeded.")


def _tags_at_once(scene: Scene) -> None:
    for _ in range(_ROUNDS):
        arn = created(scene, scene.plain())
        keys = [f"key-{number}" for number in range(_FEW)]
        calls = [
            ("AddTags", {"ResourceArn": arn, "Tags": [{"Key": key, "Value": "v"}]}) for key in keys
        ]
        for answer in _answered(scene.together(calls)):
            done(answer)
        lost = set(keys) - {key for key, _ in listed_tags(scene, arn)}
        if lost:
            raise Broken(f"Of {_FEW} tags added at once {len(lost)} are lost.")


#: What a name holds: nothing, or the mark of the model that was created.
_Held = str | None


class Did(NamedTuple):
    """One call: its operation, the mark that it sent or was shown, and the kind of its answer."""

    operation: str
    mark: str | None
    outcome: str


def possible(held: _Held, did: Did) -> tuple[_Held, ...]:
    """Return what a name can hold after a call that was answered so: none where it cannot be."""
    exists = held is not None
    after = {"CreateModel": did.mark, "DeleteModel": None}.get(did.operation, held)
    if did.outcome == SERVER_FAULT:  # done or not, nobody knows
        return (held, after)
    needs = did.operation != "CreateModel"
    if did.outcome != ACCEPTED:
        return (held,) if exists != needs else ()
    shows_another = did.operation == "DescribeModel" and did.mark not in (None, held)
    return (after,) if exists == needs and not shows_another else ()


def _history(answers: Sequence[Answer]) -> list[Timed[Did]]:
    history = []
    for each in answers:
        shown = each.request if each.operation == "CreateModel" else each.members
        did = Did(each.operation, _mark_of(shown), each.reading.kind)
        history.append(Timed(did, each.began, each.ended))
    return history


def _linearizable(scene: Scene) -> None:
    for _ in range(3):
        body = _marked(scene, "0")
        named = {"ModelName": body["ModelName"]}
        creates = [
            ("CreateModel", {**_marked(scene, mark), "ModelName": body["ModelName"]})
            for mark in "abc"
        ]
        calls = [*creates, ("DescribeModel", named), ("DeleteModel", named)] * 2
        answers = _judged(scene.together(calls))
        known = (ACCEPTED, REJECTED, SERVER_FAULT)
        if any(each.reading.kind not in known for each in answers):
            raise NothingToJudge("an answer is neither yes nor no")
        if not linearizable(_history(answers), None, possible):
            told = ", ".join(f"{each.operation} {each.reading.summary}" for each in answers)
            raise Broken(f"No order of these calls explains their answers: {told}.")
        scene.ask("DeleteModel", named)


CONCURRENCY: tuple[Scenario, ...] = (
    scenario(
        "concurrency/one-name",
        _one_name,
        f"Of {_FEW}, and of {_MANY}, creates of one name at once exactly one succeeds.",
        "capture D1: a second model of the same name is rejected",
        is_race=True,
    ),
    scenario(
        "concurrency/different-names",
        _other_names,
        f"Of {_MANY} creates of different names at once all succeed, each with its own content.",
        "Amazon SageMaker API Reference, CreateModel",
        provenance="reference",
        is_race=True,
    ),
    scenario(
        "concurrency/one-deletion",
        _one_deletion,
        f"Of {_FEW} deletions of one model at once exactly one succeeds.",
        "capture D3: a missing model cannot be deleted; nobody has shown deletions that meet",
        provenance="inferred",
        is_race=True,
    ),
    scenario(
        "concurrency/tags-at-once",
        _tags_at_once,
        f"Of {_FEW} tags added at once none is lost.",
        "nobody has shown it",
        provenance="inferred",
        is_race=True,
    ),
    scenario(
        "concurrency/linearizable",
        _linearizable,
        "Creates, looks and deletions of one name that meet are answered as if one after another.",
        "nobody has shown it",
        provenance="inferred",
        is_race=True,
    ),
)
