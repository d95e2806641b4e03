"""Endpoint configurations and transform jobs that do not mind which models there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_call,
    on_handler,
    on_output,
    with_refusal_filter,
)
from conformance.reference.messages import Request
from conformance.reference.operations.downstream import CREATES_FROM_MODEL
from conformance.reference.state import RegionState

FAMILY = "downstream"
_CONFIG = "CreateEndpointConfig"
_JOB = "CreateTransformJob"


#: The rule that each fault breaks.
_RULES = {
    "endpoint-config-of-missing-model-accepted": "endpoint-config-rejects-missing",
    "endpoint-config-of-deleted-model-accepted": "endpoint-config-rejects-deleted",
    "endpoint-config-of-any-model-refused": "endpoint-config-accepts-existing",
    "endpoint-config-answers-no-arn": "endpoint-config-arn",
    "endpoint-config-answers-another-arn": "endpoint-config-arn",
    "transform-job-of-missing-model-accepted": "transform-job-rejects-missing",
    "transform-job-of-deleted-model-accepted": "transform-job-rejects-deleted",
    "transform-job-of-any-model-refused": "transform-job-accepts-existing",
    "transform-job-answers-no-arn": "transform-job-arn",
    "transform-job-answers-another-arn": "transform-job-arn",
    "endpoint-config-looks-at-first-variant": "endpoint-config-every-variant",
    "missing-model-downstream-code": "missing-model-code",
    "missing-model-downstream-status": "missing-model-status",
    "missing-model-downstream-fails": "endpoint-config-rejects-missing",
    "missing-model-downstream-message": "missing-model-message",
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    rules = (f"downstream/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, rules, FAMILY, side, change)


def _any_model(operation: str) -> Change:
    """Models that the operation names exist for as long as it looks."""

    def wrap(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            with state.lock:
                missing = [
                    each
                    for each in CREATES_FROM_MODEL[operation](call)
                    if not state.has_model(each)
                ]
                for each in missing:
                    state.add_model(each, {}, {})
                try:
                    return inner(state, call)
                finally:
                    for each in missing:
                        state.remove_model(each)

        return create

    return on_handler(operation, wrap)


def _first_variant_only(call: Call) -> Call:
    variants = call.structures("ProductionVariants")
    first = str(variants[0].get("ModelName", "")) if variants else ""
    return call.having(ProductionVariants=[{**each, "ModelName": first} for each in variants])


def _no_model(operation: str) -> Change:
    def create(state: RegionState, call: Call) -> Output:
        name = next(iter(CREATES_FROM_MODEL[operation](call)), "")
        arn = state.place.arn("model", name)
        raise Refused(Refusal("ValidationException", f'Could not find model "{arn}".'))

    return on_handler(operation, lambda inner: create)


def _missing_as(code: str | None = None, status: int = 400, message: str | None = None) -> Change:
    def refusal_filter(request: Request, refusal: Refusal) -> Refusal:
        concerned = request.target in (f"SageMaker.{_CONFIG}", f"SageMaker.{_JOB}")
        if not concerned or not (refusal.message or "").startswith("Could not find model"):
            return refusal
        return Refusal(code or refusal.code, message or refusal.message, status)

    return with_refusal_filter(refusal_filter)


def _overwriting(inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        with state.lock:
            state.endpoint_configs.pop(call.text("EndpointConfigName"), None)
            return inner(state, call)

    return create


def _remembering(operation: str) -> Change:
    """A model that was there once is there for good."""

    def change(behaviour: Behaviour) -> Behaviour:
        seen: set[str] = set()

        def creating(inner: Handler) -> Handler:
            def create(state: RegionState, call: Call) -> Output:
                output = inner(state, call)
                seen.add(call.text("ModelName"))
                return output

            return create

        def using(inner: Handler) -> Handler:
            lenient = _any_model(operation)(behaviour).handlers[operation]

            def create(state: RegionState, call: Call) -> Output:
                known = all(each in seen for each in CREATES_FROM_MODEL[operation](call))
                return (lenient if known else inner)(state, call)

            return create

        return on_handler(operation, using)(on_handler("CreateModel", creating)(behaviour))

    return change


def _forgiving(_inner: Handler) -> Handler:
    def delete(state: RegionState, call: Call) -> Output:
        state.endpoint_configs.pop(call.text("EndpointConfigName"), None)
        return None

    return delete


def _keeping(inner: Handler) -> Handler:
    def delete(state: RegionState, call: Call) -> Output:
        config = state.endpoint_configs.get(call.text("EndpointConfigName"))
        output = inner(state, call)
        if config is not None:
            state.endpoint_configs[config.name] = config
        return output

    return delete


def _losing(name: str) -> Change:
    return on_output(
        "DescribeEndpointConfig",
        lambda _call, output: {key: each for key, each in output.items() if key != name},
    )


def _answering(operation: str, edit: Callable[[str], str | None]) -> Change:
    def edit_output(_call: Call, output: dict[str, object]) -> Output:
        return {key: edit(str(each)) for key, each in output.items() if edit(str(each)) is not None}

    return on_output(operation, edit_output)


def _without_operation(operation: str) -> Change:
    return lambda behaviour: replace(
        behaviour,
        inputs={name: each for name, each in behaviour.inputs.items() if name != operation},
    )


def faults() -> Iterator[Fault]:
    """All of this family."""
    for operation in (_CONFIG, _JOB):
        name = {_CONFIG: "endpoint-config", _JOB: "transform-job"}[operation]
        yield _fault(
            f"{name}-of-missing-model-accepted", f"{operation} accepts a model that does not exist",
            _any_model(operation), "rejects",
        )  # fmt: skip
        yield _fault(
            f"{name}-of-deleted-model-accepted", f"{operation} accepts a model that was deleted",
            _remembering(operation), "rejects",
        )  # fmt: skip
        yield _fault(
            f"{name}-of-any-model-refused",
            f"{operation} finds no model",
            _no_model(operation),
            "accepts",
        )
        yield _fault(
            f"{name}-not-built", f"{operation} is not known",
            # Makes rules unsupported, which is not a failure.
            _without_operation(operation),
        )  # fmt: skip
        yield _fault(
            f"{name}-answers-no-arn", f"{operation} answers without ARN",
            _answering(operation, lambda arn: None),
        )  # fmt: skip
        yield _fault(
            f"{name}-answers-another-arn", f"{operation} answers the ARN of something else",
            _answering(operation, lambda arn: arn + "-1"),
        )  # fmt: skip
    for name, summary, change in (
        ("endpoint-config-looks-at-first-variant", "only the first variant's model has to exist",
         on_call(_CONFIG, _first_variant_only)),
        ("endpoint-config-duplicate-overwrites", "a second configuration replaces the first",
         on_handler(_CONFIG, _overwriting)),
        ("missing-model-downstream-code", "a missing model is ResourceNotFound downstream",
         _missing_as(code="ResourceNotFound")),
        ("missing-model-downstream-status", "a missing model is answered 404 downstream",
         _missing_as(status=404)),
        ("missing-model-downstream-fails", "a missing model is answered 500 downstream",
         _missing_as(code="InternalFailure", status=500)),
        ("missing-model-downstream-message", "a missing model has no ARN in the message downstream",
         _missing_as(message="Could not find the model.")),
        ("endpoint-config-delete-missing", "deleting a missing configuration is answered 200",
         on_handler("DeleteEndpointConfig", _forgiving)),
        ("endpoint-config-delete-keeps", "DeleteEndpointConfig deletes nothing",
         on_handler("DeleteEndpointConfig", _keeping)),
        ("endpoint-config-loses-variants", "DescribeEndpointConfig shows no variants",
         _losing("ProductionVariants")),
        ("endpoint-config-loses-arn", "DescribeEndpointConfig shows no ARN",
         _losing("EndpointConfigArn")),
    ):  # fmt: skip
        yield _fault(name, summary, change)
