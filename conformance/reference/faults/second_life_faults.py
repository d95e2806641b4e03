"""What is said of a model that was deleted, and what a new one of its name has of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    on_handler,
    on_output,
    together,
    with_refusal_filter,
)
from conformance.reference.messages import Request
from conformance.reference.state import Model, RegionState

FAMILY = "lifecycle"


#: The rule that each fault breaks.
_RULES = {
    "deleted-model-described-500": "deleted-is-gone",
    "deleted-model-deleted-again": "delete-missing",
    "deleted-model-code-resourcenotfound": "missing-code",
    "deleted-model-status-404": "missing-status",
    "deleted-model-message-other": "missing-message",
    "recreated-shows-the-deleted": "recreated-is-new",
    "recreated-keeps-vpc": "recreated-is-new",
    "recreated-keeps-environment": "recreated-is-new",
    "recreated-an-hour-older": "recreated-is-new",
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    return Fault(name, summary, (f"lifecycle/{_RULES[name]}",), FAMILY, "holds", change)


Graves = dict[str, Model]


def _remembering(change: Callable[[Graves], Change]) -> Change:
    """A change that knows which models were deleted, by ARN."""

    def changed(behaviour: Behaviour) -> Behaviour:
        graves: Graves = {}

        def deleting(inner: Handler) -> Handler:
            def delete(state: RegionState, call: Call) -> Output:
                model = state.taken_model(call.text("ModelName"))
                output = inner(state, call)
                if model is not None:
                    graves[model.arn] = model
                return output

            return delete

        return together(on_handler("DeleteModel", deleting), change(graves))(behaviour)

    return changed


# --- what is said of a deleted model ---


def _told(edit: Callable[[Refusal], Refusal], *operations: str) -> Change:
    """Another answer where one of these operations says that a deleted model is missing."""
    targets = [f"SageMaker.{each}" for each in operations]

    def change(graves: Graves) -> Change:
        def refusal_filter(request: Request, refusal: Refusal) -> Refusal:
            named = (refusal.message or "").partition('"')[2].rpartition('"')[0]
            return edit(refusal) if named in graves and request.target in targets else refusal

        return with_refusal_filter(refusal_filter)

    return _remembering(change)


def _deleting_again(graves: Graves) -> Change:
    def wrap(inner: Handler) -> Handler:
        def delete(state: RegionState, call: Call) -> Output:
            try:
                return inner(state, call)
            except Refused:
                if state.place.arn("model", call.text("ModelName")) in graves:
                    return None
                raise

        return delete

    return on_handler("DeleteModel", wrap)


def _telling_faults() -> Iterator[Fault]:
    both = ("DescribeModel", "DeleteModel")
    for name, summary, change in (
        ("deleted-model-described-500", "DescribeModel of a deleted model is answered 500",
         _told(lambda _: Refusal("InternalFailure", None, 500), "DescribeModel")),
        ("deleted-model-code-resourcenotfound", "a deleted model is answered ResourceNotFound",
         _told(lambda refusal: replace(refusal, code="ResourceNotFound"), *both)),
        ("deleted-model-status-404", "a deleted model is answered 404",
         _told(lambda refusal: replace(refusal, status=404), *both)),
        ("deleted-model-message-other", "of a deleted model is said that it was deleted",
         _told(lambda refusal: replace(refusal, message="The model was deleted."), *both)),
        ("deleted-model-deleted-again", "a second deletion of a model is answered 200",
         _remembering(_deleting_again)),
    ):  # fmt: skip
        yield _fault(name, summary, change)


# --- what a new model has of a deleted one ---


def _inheriting(edit: Callable[[Call, dict[str, object]], Call]) -> Change:
    """A new model of the name of a deleted one is stored otherwise than it was sent."""

    def change(graves: Graves) -> Change:
        def wrap(inner: Handler) -> Handler:
            def create(state: RegionState, call: Call) -> Output:
                old = graves.get(state.place.arn("model", call.text("ModelName")))
                return inner(state, call if old is None else edit(call, old.definition))

            return create

        return on_handler("CreateModel", wrap)

    return _remembering(change)


def _with_environment(call: Call, old: dict[str, object]) -> Call:
    mine, theirs = call.parameters.get("PrimaryContainer"), old.get("PrimaryContainer")
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return call
    merged = {**theirs.get("Environment", {}), **mine.get("Environment", {})}
    return call.having(PrimaryContainer={**mine, "Environment": merged})


def _older(graves: Graves) -> Change:
    def edit(_call: Call, output: dict[str, object]) -> Output:
        seconds = output.get("CreationTime")
        if output.get("ModelArn") in graves and isinstance(seconds, float):
            return {**output, "CreationTime": seconds - 3600}
        return output

    return on_output("DescribeModel", edit)


def _inheriting_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("recreated-shows-the-deleted", "a new model has the content of a deleted one of its name",
         _inheriting(lambda call, old: call.having(**old))),
        ("recreated-keeps-vpc", "a new model has the VpcConfig of a deleted one of its name",
         _inheriting(lambda call, old: call.having(
             VpcConfig=call.parameters.get("VpcConfig", old.get("VpcConfig"))))),
        ("recreated-keeps-environment", "entries of a deleted model stay for one of its name",
         _inheriting(_with_environment)),
        ("recreated-an-hour-older", "a new model is older than the deleted one of its name",
         _remembering(_older)),
    ):  # fmt: skip
        yield _fault(name, summary, change)


def faults() -> Iterator[Fault]:
    """All of these."""
    yield from _telling_faults()
    yield from _inheriting_faults()
