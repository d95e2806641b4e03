"""The ``response/`` family: how CreateModel answers when it accepted a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.oracle.behaviour import (
    SAMPLE_REQUESTS,
    Behaviour,
    NothingToJudge,
    Seen,
    behaviour_rule,
)
from conformance.oracle.headers import content_type, request_id
from conformance.spec import documents, shapes
from conformance.spec.patterns import matches
from conformance.spec.regions import is_of_known_partition, partition_of
from conformance.spec.rules import INFO, MUST

_SECTION = "Amazon SageMaker API Reference, CreateModel, Response Elements"
_ARN_SOURCE = f"{_SECTION}, ModelArn"


def _arn(seen: Seen) -> str:
    """Return the ModelArn of the answer; without one there is nothing to judge here."""
    payload: Any = seen.reading.payload
    arn = payload.get("ModelArn") if isinstance(payload, dict) else None
    if not isinstance(arn, str) or not arn:
        raise NothingToJudge("the answer has no ModelArn")
    return arn


def _part(seen: Seen, index: int) -> str:
    """Return one colon-separated part of the ARN (0 is ``arn``); the name may hold colons."""
    parts = _arn(seen).split(":", 5)
    if len(parts) < 6:
        raise NothingToJudge("the ModelArn is not an ARN")
    return parts[index]


def _status(seen: Seen) -> str | None:
    promised = documents.reference()["response"]["status"]
    status = seen.reply.status
    return None if status == promised else f"The status is {status}, not {promised}."


def _model_arn(seen: Seen) -> str | None:
    try:
        _arn(seen)
    except NothingToJudge:
        return "The answer is no JSON object with a string ModelArn."
    return None


def _length(seen: Seen) -> str | None:
    shape, length = shapes.response().members["ModelArn"], len(_arn(seen))
    assert shape.minimum is not None
    assert shape.maximum is not None
    if shape.minimum <= length <= shape.maximum:
        return None
    return f"ModelArn has {length} characters, not {shape.minimum} to {shape.maximum}."


def _pattern(seen: Seen) -> str | None:
    pattern = shapes.response().members["ModelArn"].pattern
    assert pattern is not None
    return None if matches(pattern, _arn(seen)) else f"ModelArn does not match {pattern}"


def _partition(seen: Seen) -> str | None:
    wanted, found = partition_of(seen.region), _part(seen, 1)
    if not is_of_known_partition(seen.region):
        raise NothingToJudge(f"the partition of {seen.region} is not known")
    return None if found == wanted else f"The ARN's partition is {found!r}, not {wanted!r}."


def _region(seen: Seen) -> str | None:
    found = _part(seen, 3)
    return None if found == seen.region else f"The ARN's region is {found!r}, not {seen.region!r}."


def _account(seen: Seen) -> str | None:
    found = _part(seen, 4)
    if seen.account is None:
        raise NothingToJudge("the target's account is not known: give --account")
    return None if found == seen.account else f"The account is {found!r}, not {seen.account!r}."


def _name(seen: Seen) -> str | None:
    wanted = f"model/{seen.request['ModelName']}"
    found = _part(seen, 5)
    if found.lower() == wanted.lower():
        return None
    return f"The ARN ends in {found!r}, not {wanted!r}."


def _name_case(seen: Seen) -> str | None:
    wanted, found = f"model/{seen.request['ModelName']}", _part(seen, 5)
    if found.lower() != wanted.lower():
        raise NothingToJudge("the ARN has another name")
    return None if found == wanted else f"The ARN has the name in another case: {found!r}."


def _response(
    name: str,
    check: Callable[[Seen], str | None],
    statement: str,
    source: str,
    *,
    provenance: str = "reference",
) -> Behaviour:
    rule = behaviour_rule(
        f"response/{name}",
        level=INFO if provenance == "inferred" else MUST,
        provenance=provenance,
        source=source,
        statement=statement,
        member="ModelArn" if name.startswith("model-arn") else "",
    )
    return Behaviour(rule, SAMPLE_REQUESTS, False, check, any_kind=name == "status")


RESPONSE: tuple[Behaviour, ...] = (
    _response("status", _status, "An accepted request is answered with status 200.", _SECTION),
    _response(
        "content-type",
        content_type,
        "The answer has the Content-Type application/x-amz-json-1.1.",
        "capture F4: headers of a CreateModel answer, seen verbatim",
        provenance="observed",
    ),
    _response(
        "request-id",
        request_id,
        "The answer carries an x-amzn-RequestId header.",
        "capture F4: headers of a CreateModel answer, seen verbatim",
        provenance="observed",
    ),
    _response("model-arn", _model_arn, "The answer is a JSON object with ModelArn.", _ARN_SOURCE),
    _response("model-arn-length", _length, "ModelArn has 20 to 2048 characters.", _ARN_SOURCE),
    _response("model-arn-pattern", _pattern, "ModelArn matches the page's pattern.", _ARN_SOURCE),
    _response(
        "model-arn-partition",
        _partition,
        "ModelArn has the partition of the region that was asked.",
        "captures D1 (aws) and D5 (aws-cn for cn-northwest-1)",
        provenance="observed",
    ),
    _response(
        "model-arn-region",
        _region,
        "ModelArn has the region that was asked.",
        "captures D1, G1: ARNs of models",
        provenance="observed",
    ),
    _response(
        "model-arn-account",
        _account,
        "ModelArn has the account of the target, always the same.",
        "captures D1, G1: ARNs of models",
        provenance="observed",
    ),
    _response(
        "model-arn-name",
        _name,
        "ModelArn ends in model/ and the name, upper and lower case aside.",
        "captures D1, G1: ARNs of models",
        provenance="observed",
    ),
    _response(
        "model-arn-name-case",
        _name_case,
        "ModelArn has the name in the case in which it was sent.",
        "some SageMaker ARNs come back in lower case; for models nobody has shown it",
        provenance="inferred",
    ),
)
