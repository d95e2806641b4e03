"""The ``downstream/`` family: operations that use a model by its name. Nothing is deployed.

CreateEndpointConfig only writes a configuration down. CreateTransformJob starts a job, so that on
AWS itself it is only asked for models that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Answer,
    Broken,
    Scenario,
    Scene,
    Unsupported,
    accept,
    created,
    done,
    refuse,
    refused,
    scenario,
)
from conformance.oracle.verdicts import is_about_resources
from conformance.targets import is_aws

_MODEL = "AWS service model of SageMaker"


@dataclass(frozen=True)
class _Use:
    """An operation that names models: what it makes, the kind of its ARN, and how to send it."""

    operation: str
    named: str
    kind: str
    ask: Callable[[Scene, tuple[str, ...]], Answer]


def _variant(number: int, model: str) -> dict[str, Any]:
    return {
        "VariantName": f"variant-{number}",
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }


def _ask_endpoint_config(scene: Scene, models: tuple[str, ...]) -> Answer:
    name = scene.fresh()
    variants = [_variant(*each) for each in enumerate(models, 1)]
    body = {"EndpointConfigName": name, "ProductionVariants": variants}
    return scene.ask("CreateEndpointConfig", body)


def _ask_transform_job(scene: Scene, models: tuple[str, ...]) -> Answer:
    place = scene.resources.model_prefix
    prefix = {"S3DataType": "S3Prefix", "S3Uri": place}
    body = {
        "TransformJobName": scene.fresh(),
        "ModelName": models[0],
        "TransformInput": {"DataSource": {"S3DataSource": prefix}},
        "TransformOutput": {"S3OutputPath": place},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    return scene.ask("CreateTransformJob", body)


_CONFIG = _Use("CreateEndpointConfig", "EndpointConfigArn", "endpoint-config", _ask_endpoint_config)
_JOB = _Use("CreateTransformJob", "TransformJobArn", "transform-job", _ask_transform_job)


def _used(scene: Scene, use: _Use) -> Answer:
    """Use a model that exists."""
    if use is _JOB and is_aws(scene.call(use.operation, {}).url):
        raise Unsupported("A transform job would really run, and cost money.")
    body = scene.plain()
    created(scene, body)
    return use.ask(scene, (body["ModelName"],))


def _missing(scene: Scene, use: _Use) -> Answer:
    """Use a model that does not exist, after one that does was accepted where that is free."""
    if use is _CONFIG:
        done(_used(scene, use))
    return use.ask(scene, (scene.fresh(),))


def _deleted(scene: Scene) -> str:
    body = scene.plain()
    created(scene, body)
    done(scene.ask("DeleteModel", {"ModelName": body["ModelName"]}))
    refused(scene.ask("DescribeModel", {"ModelName": body["ModelName"]}))
    return str(body["ModelName"])


def _own_words(answer: Answer) -> str:
    """Return an error's text in small letters without what of the request's paths is in it.

    A part of a path is told with a slash behind it or without; where none is before it either, the
    plain words ``model`` and ``models`` are the target's own.
    """
    said = (answer.reading.message or "").lower().replace("model data", "")  # that is in S3
    for path in filter(lambda text: "/" in text, _texts(answer.request)):
        for part in path.lower().split("/"):
            if "model" in part:
                alone = r"(?<=/)" if part in ("model", "models") else r"(?<![\w-])"
                told = rf"(?<![\w-]){re.escape(part)}/|{alone}{re.escape(part)}(?![\w-])"
                said = re.sub(told, "", said)
    return said


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _texts(each)


def _accepts(use: _Use) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = _used(scene, use)
        if is_about_resources(answer.reading) and "model" not in _own_words(answer):
            raise NothingToJudge(f"another resource is missing ({answer.reading.message:.200})")
        accept(answer, "a model that exists")

    return play


def _answers_arn(use: _Use) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        answer = done(_used(scene, use))
        arn = answer.members.get(use.named)
        name = next(iter(answer.request.values()))
        if not isinstance(arn, str) or not arn.endswith(f":{use.kind}/{name}"):
            raise Broken(f"{use.named} is {arn!r:.200}, not the ARN of a {use.kind} named {name}.")

    return play


def _rejects_missing(use: _Use) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        refuse(_missing(scene, use), "a model that does not exist")

    return play


def _rejects_deleted(use: _Use) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        refused(_missing(scene, use))
        refuse(use.ask(scene, (_deleted(scene),)), "a model that was deleted")

    return play


def _looks_at_every_variant(scene: Scene) -> None:
    refused(_missing(scene, _CONFIG))
    body = scene.plain()
    created(scene, body)
    answer = _CONFIG.ask(scene, (body["ModelName"], scene.fresh()))
    refuse(answer, "a second variant with a model that does not exist")


def _missing_code(scene: Scene) -> None:
    code = refused(_missing(scene, _CONFIG)).reading.code
    if code != "ValidationException":
        raise Broken(f"The code is {code}, not ValidationException.")


def _missing_status(scene: Scene) -> None:
    status = refused(_missing(scene, _CONFIG)).reply.status
    if status != 400:
        raise Broken(f"The status is {status}, not 400.")


def _missing_message(scene: Scene) -> None:
    message = refused(_missing(scene, _CONFIG)).reading.message or ""
    if not message.lower().startswith("could not find model"):
        raise Broken(f"The message is {message!r:.200}, not 'Could not find model'.")


def _about(use: _Use, sources: Mapping[str, str]) -> tuple[Scenario, ...]:
    kind = use.kind
    seen = "capture D4a" if use is _CONFIG else "capture D4a shows it for CreateEndpointConfig"
    how = "observed" if use is _CONFIG else "inferred"
    return (
        scenario(
            f"downstream/{kind}-accepts-existing",
            _accepts(use),
            f"{use.operation} accepts a model that exists.",
            sources["accepts"],
            provenance="model",
        ),
        scenario(
            f"downstream/{kind}-arn",
            _answers_arn(use),
            f"{use.operation} answers the ARN of what it makes.",
            sources["accepts"],
            provenance="model",
        ),
        scenario(
            f"downstream/{kind}-rejects-missing",
            _rejects_missing(use),
            f"{use.operation} rejects a model that does not exist.",
            seen,
            provenance=how,
        ),
        scenario(
            f"downstream/{kind}-rejects-deleted",
            _rejects_deleted(use),
            f"{use.operation} rejects a model that was deleted.",
            seen,
            provenance=how,
        ),
    )


DOWNSTREAM: tuple[Scenario, ...] = (
    *_about(_CONFIG, {"accepts": f"{_MODEL}, CreateEndpointConfig"}),
    *_about(_JOB, {"accepts": f"{_MODEL}, CreateTransformJob"}),
    scenario(
        "downstream/endpoint-config-every-variant",
        _looks_at_every_variant,
        "CreateEndpointConfig looks for the model of every variant.",
        "capture D4a",
    ),
    scenario(
        "downstream/missing-model-code",
        _missing_code,
        "CreateEndpointConfig tells a missing model with the code ValidationException.",
        "capture D4a",
    ),
    scenario(
        "downstream/missing-model-status",
        _missing_status,
        "CreateEndpointConfig tells a missing model with the status 400.",
        "capture D4a: a ValidationException; D2 and Common Errors: it has the status 400",
    ),
    scenario(
        "downstream/missing-model-message",
        _missing_message,
        "CreateEndpointConfig tells a missing model in the words of DescribeModel.",
        "capture D4a; AWS may change its prose",
        provenance="inferred",
    ),
)
