"""Names that are taken, and what is said about models that are missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_handler,
    on_input,
    with_refusal_filter,
)
from conformance.reference.faults.tables import no_limits
from conformance.reference.messages import Request
from conformance.reference.operations.models import definition_of, tags_of
from conformance.reference.state import Model, RegionState

FAMILY = "lifecycle"


#: The rule that each fault breaks.
_RULES = {
    "duplicate-overwrites": "duplicate-name-is-rejected",
    "duplicate-ignored": "duplicate-name-is-rejected",
    "duplicate-ignored-if-equal": "duplicate-name-is-rejected",
    "duplicate-refused-but-stored": "duplicate-leaves-the-first",
    "duplicate-deletes-the-first": "duplicate-leaves-the-first",
    "duplicate-refused-but-environment-stored": "duplicate-leaves-the-first",
    "duplicate-refused-but-image-stored": "duplicate-leaves-the-first",
    "duplicate-refused-but-vpc-stored": "duplicate-leaves-the-first",
    "duplicate-refused-but-isolation-stored": "duplicate-leaves-the-first",
    "duplicate-refused-but-tags-stored": "duplicate-leaves-the-first",
    "duplicate-refused-but-tags-added": "duplicate-leaves-the-first",
    "duplicate-refused-but-renewed": "duplicate-leaves-the-first",
    "create-stores-nothing": "describe-created",
    "duplicate-message-generic": "duplicate-message",
    "names-ignore-case": "names-differ-in-case",
    "names-cut-at-32": "names-are-told-apart",
    "names-ignore-hyphens": "names-are-told-apart",
    "missing-model-described": "describe-missing",
    "missing-model-deleted": "delete-missing",
    "missing-model-message-other": "missing-message",
    "missing-model-message-empty": "missing-message",
    "missing-model-message-without-arn": "missing-message-arn",
    "describemodel-name-unchecked": "describe-checks-name",
    "deletemodel-name-unchecked": "delete-checks-name",
    "duplicate-code-resource-in-use": "duplicate-code",
    "duplicate-code-conflict": "duplicate-code",
    "duplicate-code-resource-limit-exceeded": "duplicate-code",
    "duplicate-status-200": "duplicate-status",
    "duplicate-status-409": "duplicate-status",
    "duplicate-status-500": "duplicate-status",
    "missing-model-code-resourcenotfound": "missing-code",
    "missing-model-code-resourcenotfoundexception": "missing-code",
    "missing-model-code-validationerror": "missing-code",
    "missing-model-code-notfound": "missing-code",
    "missing-model-status-404": "missing-status",
    "missing-model-status-500": "missing-status",
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    return Fault(name, summary, (f"lifecycle/{_RULES[name]}",), FAMILY, side, change)


# --- names that are taken ---


def _overwriting(_inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        model = state.add_model(call.text("ModelName"), definition_of(call), tags_of(call))
        return {"ModelArn": model.arn}

    return create


def _ignoring_duplicates(inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        taken = state.taken_model(call.text("ModelName"))
        return {"ModelArn": taken.arn} if taken is not None else inner(state, call)

    return create


def _ignoring_equal_duplicates(inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        taken = state.taken_model(call.text("ModelName"))
        if taken is not None and taken.definition == definition_of(call):
            return {"ModelArn": taken.arn}
        return inner(state, call)

    return create


def _refusing_but_overwriting(inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        name = call.text("ModelName")
        if state.has_model(name):
            state.add_model(name, definition_of(call), tags_of(call))
        return inner(state, call)

    return create


def _refusing_but(change: Callable[[RegionState, Model, Call], object]) -> Change:
    """A duplicate is refused after something of the first model was changed."""

    def wrap(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            taken = state.taken_model(call.text("ModelName"))
            if taken is not None:
                change(state, taken, call)
            return inner(state, call)

        return create

    return on_handler("CreateModel", wrap)


def _storing(member: str) -> Callable[[RegionState, Model, Call], object]:
    """A member of the request is stored; one of a container where the first model has one."""

    def change(_state: RegionState, taken: Model, call: Call) -> None:
        old, new = taken.definition, dict(call.parameters)
        if member in ("Image", "Environment"):
            old, new = _primary(old), _primary(new)
        if member in new:
            old[member] = new[member]

    return change


def _primary(definition: dict[str, object]) -> dict[str, object]:
    container = definition.get("PrimaryContainer")
    return container if isinstance(container, dict) else {}


def _storing_tags(state: RegionState, taken: Model, call: Call) -> None:
    state.tags[taken.arn] = tags_of(call)


def _adding_tags(state: RegionState, taken: Model, call: Call) -> None:
    state.tags[taken.arn] = {**tags_of(call), **state.tags[taken.arn]}


def _renewing(state: RegionState, taken: Model, _call: Call) -> None:
    """Store the model as it is once more: it is a moment younger then."""
    time.sleep(0.002)
    state.add_model(taken.name, taken.definition, state.tags[taken.arn])


def _part_faults() -> Iterator[Fault]:
    for name, change in {
        "environment-stored": _storing("Environment"),
        "image-stored": _storing("Image"),
        "vpc-stored": _storing("VpcConfig"),
        "isolation-stored": _storing("EnableNetworkIsolation"),
        "tags-stored": _storing_tags,
        "tags-added": _adding_tags,
        "renewed": _renewing,
    }.items():
        yield _fault(
            f"duplicate-refused-but-{name}",
            f"a second model is refused; of the first one: {name.replace('-', ' ')}",
            _refusing_but(change),
        )


def _refusing_and_deleting(inner: Handler) -> Handler:
    def create(state: RegionState, call: Call) -> Output:
        try:
            return inner(state, call)
        except Refused:
            state.remove_model(call.text("ModelName"))
            raise

    return create


def _duplicate_as(edit: Callable[[Refusal], Refusal]) -> Change:
    def refusal_filter(_request: Request, refusal: Refusal) -> Refusal:
        return edit(refusal) if "already existing model" in (refusal.message or "") else refusal

    return with_refusal_filter(refusal_filter)


def _not_storing(_inner: Handler) -> Handler:
    return lambda state, call: {"ModelArn": state.place.arn("model", call.text("ModelName"))}


def _name_faults() -> Iterator[Fault]:
    for name, summary, wrap in (
        ("duplicate-overwrites", "a second model replaces the first", _overwriting),
        ("duplicate-ignored", "a second model is answered 200", _ignoring_duplicates),
        ("duplicate-ignored-if-equal", "the same request twice is answered 200 twice",
         _ignoring_equal_duplicates),
        ("duplicate-refused-but-stored", "a second model is refused, yet replaces the first",
         _refusing_but_overwriting),
        ("duplicate-deletes-the-first", "a second model is refused and the first one is gone",
         _refusing_and_deleting),
        ("create-stores-nothing", "CreateModel answers 200 and stores nothing", _not_storing),
    ):  # fmt: skip
        yield _fault(name, summary, on_handler("CreateModel", wrap))
    for name, changes in {
        "code-resource-in-use": {"code": "ResourceInUse"},
        "code-conflict": {"code": "ConflictException"},
        "code-resource-limit-exceeded": {"code": "ResourceLimitExceeded"},
    }.items():
        yield _fault(
            f"duplicate-{name}",
            f"a name that is taken: {name}",
            _duplicate_as(_replacing(**changes)),
        )
    for status in (200, 409, 500):
        yield _fault(
            f"duplicate-status-{status}",
            f"a name that is taken is answered {status}",
            _duplicate_as(_with_status(status)),
        )
    yield _fault(
        "duplicate-message-generic",
        "a name that is taken is answered without the model's ARN",
        _duplicate_as(_replacing(message="Model exists.")),
    )
    yield _fault(
        "names-ignore-case", "names that differ only in case are the same",
        _keyed_by(str.lower),
    )  # fmt: skip
    yield _fault(
        "names-cut-at-32", "names are told apart by their first 32 characters",
        _keyed_by(lambda name: name[:32]),
    )  # fmt: skip
    yield _fault(
        "names-ignore-hyphens", "hyphens in names do not tell them apart",
        _keyed_by(lambda name: name.replace("-", "")),
    )  # fmt: skip


def _replacing(**changes: str) -> Callable[[Refusal], Refusal]:
    return lambda refusal: Refusal(
        changes.get("code", refusal.code), changes.get("message", refusal.message), refusal.status
    )


def _with_status(status: int) -> Callable[[Refusal], Refusal]:
    return lambda refusal: replace(refusal, status=status)


def _keyed_by(key: Callable[[str], str]) -> Change:
    return lambda behaviour: replace(behaviour, custom=replace(behaviour.custom, key=key))


# --- models that are missing ---


def _missing_as(edit: Callable[[Refusal], Refusal]) -> Change:
    def refusal_filter(request: Request, refusal: Refusal) -> Refusal:
        concerned = request.target in ("SageMaker.DescribeModel", "SageMaker.DeleteModel")
        missing = (refusal.message or "").startswith("Could not find model")
        return edit(refusal) if concerned and missing else refusal

    return with_refusal_filter(refusal_filter)


def _missing_faults() -> Iterator[Fault]:
    for code in ("ResourceNotFound", "ResourceNotFoundException", "ValidationError", "NotFound"):
        yield _fault(
            f"missing-model-code-{code}".lower(),
            f"describing or deleting a missing model is answered {code}",
            _missing_as(_replacing(code=code)),
        )
    for status in (404, 500):
        yield _fault(
            f"missing-model-status-{status}",
            f"describing or deleting a missing model is answered {status}",
            _missing_as(_with_status(status)),
        )
    for name, message in {
        "other": "Requested resource not found.",
        "empty": "",
        "without-arn": "Could not find model.",
    }.items():
        yield _fault(
            f"missing-model-message-{name}",
            f"the message about a missing model is {message!r}",
            _missing_as(_replacing(message=message)),
        )
    yield _fault(
        "missing-model-described",
        "a missing model is described with its name alone",
        on_handler("DescribeModel", lambda inner: _forgiving(inner, named=True)),
    )
    yield _fault(
        "missing-model-deleted",
        "deleting a missing model is answered 200",
        on_handler("DeleteModel", lambda inner: _forgiving(inner, named=False)),
    )
    for operation in ("DescribeModel", "DeleteModel"):
        yield _fault(
            f"{operation}-name-unchecked".lower(),
            f"{operation} does not look at the limits of ModelName",
            on_input(operation, no_limits),
            "rejects",
        )


def _forgiving(inner: Handler, named: bool) -> Handler:
    def handle(state: RegionState, call: Call) -> Output:
        try:
            return inner(state, call)
        except Refused:
            return {"ModelName": call.text("ModelName")} if named else None

    return handle


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield from _name_faults()
    yield from _part_faults()
    yield from _missing_faults()
