"""The ``limits/`` family: a target that says that it is full.

Nobody knows how many models a target holds but its owner, so that without ``--model-limit``
these rules are unsupported. Who says it is held to it.
"""

from __future__ import annotations

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    Unsupported,
    created,
    refuse,
    refused,
    scenario,
)
from conformance.wire.reading import DENIED

#: A play creates no more models than this.
_MOST = 200


def _one_too_many(scene: Scene) -> Answer:
    """Return the first refusal of a target that fills up, or the answer to one model too many."""
    if scene.model_limit is None:
        raise Unsupported("How many models fit is not known: say it with --model-limit.")
    if scene.model_limit > _MOST:
        raise Unsupported(f"More than {_MOST} models are not created.")
    created(scene, scene.plain())
    for _ in range(scene.model_limit):
        answer = scene.ask("CreateModel", scene.plain())
        if not answer.accepted:
            break
    return answer


def _is_full(scene: Scene) -> None:
    refuse(_one_too_many(scene), "a model more than fit")


def _says_full(scene: Scene) -> Answer:
    """Return how a full target refuses, as a step on the way; one that is busy does not say."""
    answer = refused(_one_too_many(scene))
    if answer.reading.kind == DENIED:
        raise NothingToJudge(f"the target denied access ({answer.summary})")
    return answer


def _code(scene: Scene) -> None:
    answer = _says_full(scene)
    if answer.reading.code != "ResourceLimitExceeded":
        raise Broken(f"The code is {answer.reading.code}, not ResourceLimitExceeded.")


def _status(scene: Scene) -> None:
    answer = _says_full(scene)
    if answer.reply.status != 400:
        raise Broken(f"The status is {answer.reply.status}, not 400.")


_SOURCE = "Amazon SageMaker API Reference, CreateModel, Errors"

LIMITS: tuple[Scenario, ...] = (
    scenario(
        "limits/model-limit",
        _is_full,
        "A target that is full rejects another model.",
        _SOURCE,
        provenance="reference",
    ),
    scenario(
        "limits/code",
        _code,
        "A target that is full says so with the code ResourceLimitExceeded.",
        _SOURCE,
        provenance="reference",
    ),
    scenario(
        "limits/status",
        _status,
        "A target that is full says so with the status 400.",
        _SOURCE,
        provenance="reference",
    ),
)
