"""CreateModel says yes in the wrong way: status, headers, body and above all the ARN."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conformance.reference.behaviour import Call, Change
from conformance.reference.faults.fault import (
    Fault,
    on_create_model_replies,
    on_output,
    with_body,
    with_field,
    with_status,
)
from conformance.reference.messages import Reply

FAMILY = "responses"


def _fault(name: str, summary: str, rules: tuple[str, ...], change: Change) -> Fault:
    return Fault(name, summary, rules, FAMILY, "holds", change)


# --- the ARN; its parts are arn, partition, service, region, account, resource ---


def _arn(call: Call, **parts: str) -> str:
    place = call.place
    kind, name = parts.get("kind", "model"), parts.get("name", call.text("ModelName"))
    return ":".join(
        (
            parts.get("arn", "arn"),
            parts.get("partition", place.partition),
            parts.get("service", "sagemaker"),
            parts.get("region", place.region),
            parts.get("account", place.account),
            f"{kind}/{name}",
        )
    )


_ARNS: dict[str, tuple[Callable[[Call], object], tuple[str, ...]]] = {
    "of-another-model": (
        lambda call: _arn(call, name=call.text("ModelName") + "-1"),
        ("response/model-arn-name",),
    ),
    "of-no-model": (lambda call: _arn(call, name=""), ("response/model-arn-name",)),
    "with-a-suffix": (
        lambda call: _arn(call) + "/0a1b2c3d",
        ("response/model-arn-name",),
    ),
    "name-in-lower-case": (
        lambda call: _arn(call, name=call.text("ModelName").lower()),
        ("response/model-arn-name-case",),
    ),
    "of-another-account": (
        lambda call: _arn(call, account="210987654321"),
        ("response/model-arn-account",),
    ),
    "without-account": (
        lambda call: _arn(call, account=""),
        ("response/model-arn-pattern",),
    ),
    "account-of-eleven-digits": (
        lambda call: _arn(call, account=call.place.account[:11]),
        ("response/model-arn-pattern",),
    ),
    "of-another-region": (
        lambda call: _arn(call, region="xx-other-1"),
        ("response/model-arn-region",),
    ),
    "without-region": (lambda call: _arn(call, region=""), ("response/model-arn-region",)),
    "of-another-partition": (
        lambda call: _arn(call, partition="aws-cn" if call.place.partition == "aws" else "aws"),
        ("response/model-arn-partition",),
    ),
    "partition-not-of-aws": (
        lambda call: _arn(call, partition="local"),
        ("response/model-arn-pattern",),
    ),
    "of-another-service": (
        lambda call: _arn(call, service="iam"),
        ("response/model-arn-pattern",),
    ),
    "of-another-kind": (
        lambda call: _arn(call, kind="endpoint"),
        ("response/model-arn-pattern",),
    ),
    "of-kind-in-capitals": (
        lambda call: _arn(call, kind="Model"),
        ("response/model-arn-pattern",),
    ),
    "with-a-colon-for-a-slash": (
        lambda call: _arn(call).replace(":model/", ":model:"),
        ("response/model-arn-pattern",),
    ),
    "not-an-arn": (lambda call: f"model/{call.text('ModelName')}", ("response/model-arn-pattern",)),
    "of-nineteen-characters": (lambda call: _arn(call)[:19], ("response/model-arn-length",)),
    "of-2049-characters": (
        lambda call: _arn(call).ljust(2049, "x"),
        ("response/model-arn-length",),
    ),
    "with-a-line-feed": (lambda call: _arn(call) + "\n", ("response/model-arn-pattern",)),
    "with-a-space-before": (lambda call: " " + _arn(call), ("response/model-arn-pattern",)),
    "null": (lambda call: None, ("response/model-arn",)),
    "empty": (lambda call: "", ("response/model-arn",)),
    "number": (lambda call: 1, ("response/model-arn",)),
    "in-a-list": (lambda call: [_arn(call)], ("response/model-arn",)),
}


def _answering(arn: Callable[[Call], object]) -> Change:
    return on_output("CreateModel", lambda call, output: {**output, "ModelArn": arn(call)})


def _calling_it(key: str) -> Change:
    return on_output("CreateModel", lambda call, output: {key: output["ModelArn"]})


def _arn_faults() -> Iterator[Fault]:
    for name, (arn, rules) in _ARNS.items():
        yield _fault(
            f"arn-{name}",
            f"the ModelArn that CreateModel answers is {name.replace('-', ' ')}",
            rules,
            _answering(arn),
        )
    yield _fault(
        "arn-missing",
        "CreateModel answers without ModelArn",
        ("response/model-arn",),
        on_output("CreateModel", lambda call, output: {}),
    )
    for key in ("modelArn", "Arn", "ModelARN"):
        yield _fault(
            f"arn-called-{key}",
            f"ModelArn is called {key}",
            ("response/model-arn",),
            _calling_it(key),
        )
    yield _fault(
        "arn-nested",
        "ModelArn is wrapped in the name of the output's shape",
        ("response/model-arn",),
        on_output("CreateModel", lambda call, output: {"CreateModelOutput": output}),
    )


# --- status, headers, body ---


def _reply_fault(
    name: str, summary: str, rules: tuple[str, ...], edit: Callable[[Reply], Reply]
) -> Fault:
    return _fault(name, summary, rules, on_create_model_replies(edit))


def _reply_faults() -> Iterator[Fault]:
    for status in (201, 202, 204, 302):
        yield _reply_fault(
            f"success-status-{status}",
            f"CreateModel answers {status} for 200",
            ("response/status",),
            with_status(status),
        )
    for name, value in {"html": "text/html", "plain": "text/plain", "absent": None}.items():
        yield _reply_fault(
            f"success-content-type-{name}",
            f"CreateModel answers with the content type {value}",
            ("response/content-type",),
            with_field("Content-Type", value),
        )
    for name, value in {"absent": None, "empty": ""}.items():
        yield _reply_fault(
            f"success-request-id-{name}",
            f"the request id of CreateModel's answer is {name}",
            ("response/request-id",),
            with_field("x-amzn-RequestId", value),
        )
    for name, body in _SUCCESS_BODIES.items():
        yield _reply_fault(
            f"success-body-{name}",
            f"the body of CreateModel's answer is {name.replace('-', ' ')}",
            ("response/model-arn",),
            with_body(body),
        )


_SUCCESS_BODIES: dict[str, Callable[[Reply], bytes]] = {
    "empty": lambda reply: b"",
    "null": lambda reply: b"null",
    "plain-text": lambda reply: b"OK",
    "html": lambda reply: b"<html><body>OK</body></html>",
    "xml": lambda reply: b"<CreateModelResponse/>",
    "the-arn-alone": lambda reply: json.dumps(json.loads(reply.body).get("ModelArn")).encode(),
    "an-array": lambda reply: b"[" + reply.body + b"]",
    "cut-short": lambda reply: reply.body[:-2],
    "twice-encoded": lambda reply: json.dumps(reply.body.decode()).encode(),
}


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield from _arn_faults()
    yield from _reply_faults()
