"""Steps that plays of the ``wire/`` family have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    NoAnswer,
    Scene,
    Unsupported,
    created,
    done,
    refused,
)
from conformance.wire import Call
from conformance.wire.reading import ODD, SERVER_FAULT, THROTTLED, UNSUPPORTED

COMMON_ERRORS = "Common Errors, InternalFailure"
PROTOCOL = "service model: protocol json 1.1; Smithy 2.0, AWS JSON 1.1 protocol"
JSON_FORMAT = "API Reference, CreateModel, Request Parameters: JSON format; RFC 8259"

#: Bodies that no reader of JSON takes for JSON.
NOT_JSON = (b"this is not JSON", b'{"MaxResults" 1}')

_PLAINEST = {"MaxResults": 1}


def listing(scene: Scene) -> Call:
    """Return a plain call of ListModels, which changes nothing however it is misunderstood.

    It demands no member: a target that takes what it cannot read for ``{}`` accepts it.
    """
    return scene.call("ListModels", _PLAINEST)


def lists(scene: Scene) -> None:
    """Have the plain call of ListModels accepted, as a step on the way."""
    answer = done(scene.ask("ListModels", _PLAINEST))
    if "Models" not in answer.members:
        raise NothingToJudge("the answer to ListModels has no Models")


def answer_to(scene: Scene, call: Call, what: str, *, is_plainest: bool = False) -> Answer:
    """Send a strange call and return its answer; none at all, while plain calls have one, is wrong.

    A target that is gone altogether is not judged by this, nor one that does not answer the
    plainest strange body either: that is ``wire/malformed-json``'s business.
    """
    try:
        return scene.send(call)
    except NoAnswer as none:
        lists(scene)
        if not is_plainest:
            reads_json(scene)
        why = f"{what} gets no answer ({none}), and plain requests do."
        raise Broken(why, "no-answer", none) from none


def reads_json(scene: Scene) -> None:
    """Have a body that is no JSON rejected, as a step on the way.

    A target that accepts it might do anything with a body that is nearly JSON.
    """
    answer = scene.send(replace(listing(scene), body=NOT_JSON[0]))
    if answer.reading.kind == UNSUPPORTED:
        raise Unsupported(f"The target does not support ListModels ({answer.summary}).")
    refused(answer)


def with_headers(call: Call, **headers: str | None) -> Call:
    """Return a call with headers set (``_`` stands for a hyphen), or left out where ``None``."""
    changed: dict[str, str | None] = {**call.headers}
    changed |= {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(call, headers={k: v for k, v in changed.items() if v is not None})


def rewritten(
    scene: Scene, edit: Callable[[bytes], bytes], members: Mapping[str, Any] | None = None
) -> Answer:
    """Send a plain CreateModel whose body was edited; one that was not edited is accepted first."""
    created(scene, scene.plain(**(members or {})))
    call = scene.call("CreateModel", scene.plain(**(members or {})))
    return answer_to(scene, replace(call, body=edit(call.body)), "The edited body")


def answered(answer: Answer, what: str) -> Answer:
    """Return an answer of the service, yes or no; a failure of it breaks the rule."""
    ways = {SERVER_FAULT: "server-fault", ODD: "odd"}
    if answer.reading.kind in ways:
        way = ways[answer.reading.kind]
        raise Broken(f"{what} makes the target fail ({answer.reading.summary}).", way, answer)
    return answer


def unaccepted(answer: Answer, what: str) -> None:
    """Demand that the target does not say yes; that it does not fail is another rule's business."""
    if not answer.accepted:
        refused(answer)
        return
    if not isinstance(answer.reading.payload, dict):
        raise NothingToJudge("the answer is none of the service's")
    raise Broken(f"{what} is accepted ({answer.reading.summary}).", "accepted", answer)


def still_creates(scene: Scene, after: str) -> None:
    """Demand that a plain CreateModel is accepted, which was accepted before.

    It is tried three times: a target that fails now and then has not been brought down.
    """
    for _ in range(3):
        answer = scene.ask("CreateModel", scene.plain())
        if answer.accepted:
            return
        if answer.reading.kind == THROTTLED:
            raise NothingToJudge(f"the target was busy ({answer.summary})")
    raise Broken(
        f"After {after} a plain request is not accepted ({answer.reading.summary}).",
        "brought-down",
        answer,
    )
