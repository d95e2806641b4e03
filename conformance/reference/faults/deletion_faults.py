"""Models that do not go when they are deleted, or that take something along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import Refused, invalid
from conformance.reference.faults.fault import (
    Fault,
    on_call,
    on_handler,
    together,
    with_reply_filter,
    with_status,
)
from conformance.reference.messages import Reply, Request
from conformance.reference.operations.models import missing_model
from conformance.reference.state import Model, RegionState

FAMILY = "lifecycle"


#: The rule that each fault breaks.
_RULES = {
    "third-life-refused": "stateful/model-agrees",
    "delete-keeps-model": "deleted-is-gone",
    "delete-refused": "delete-existing",
    "delete-takes-neighbours": "delete-spares-others",
    "delete-undone": "deleted-stays-gone",
    "deleted-name-used-up": "deleted-name-is-free",
    "delete-status-204": "delete-status",
    "delete-body-not-empty": "delete-body",
    "delete-in-lower-case": "delete-existing",
    "delete-refused-for-pipelines": "delete-existing",
    "delete-refused-for-tagged-models": "delete-existing",
    "delete-refused-for-models-in-a-vpc": "delete-existing",
    "delete-keeps-pipelines": "deleted-is-gone",
    "delete-keeps-tagged-models": "deleted-is-gone",
    "delete-keeps-models-in-a-vpc": "deleted-is-gone",
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    rule = _RULES[name]
    rules = (rule if "/" in rule else f"lifecycle/{rule}",)
    return Fault(name, summary, rules, FAMILY, "holds", change)


def _keeping(_inner: Handler) -> Handler:
    def delete(state: RegionState, call: Call) -> Output:
        if not state.has_model(call.text("ModelName")):
            raise missing_model(state, call.text("ModelName"))
        return None

    return delete


def _refusing_delete(_inner: Handler) -> Handler:
    def delete(_state: RegionState, _call: Call) -> Output:
        raise invalid("Cannot delete model.")

    return delete


def _deleting_all(inner: Handler) -> Handler:
    def delete(state: RegionState, call: Call) -> Output:
        output = inner(state, call)
        prefix = call.text("ModelName")[:4]
        for name in state.names():
            if name.startswith(prefix):
                state.remove_model(name)
        return output

    return delete


def _third_life_refused(behaviour: Behaviour) -> Behaviour:
    """A name that was deleted twice cannot be used again."""
    deleted: Counter[str] = Counter()

    def creating(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            arn = state.place.arn("model", call.text("ModelName"))
            if deleted[arn] > 1:
                raise invalid(f'Cannot create already existing model "{arn}".')
            return inner(state, call)

        return create

    def deleting(inner: Handler) -> Handler:
        def delete(state: RegionState, call: Call) -> Output:
            output = inner(state, call)
            deleted[state.place.arn("model", call.text("ModelName"))] += 1
            return output

        return delete

    return together(on_handler("CreateModel", creating), on_handler("DeleteModel", deleting))(
        behaviour
    )


def _names_used_up(behaviour: Behaviour) -> Behaviour:
    used: set[str] = set()

    def creating(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            arn = state.place.arn("model", call.text("ModelName"))
            if arn in used:
                raise invalid(f'Cannot create already existing model "{arn}".')
            return inner(state, call)

        return create

    def deleting(inner: Handler) -> Handler:
        def delete(state: RegionState, call: Call) -> Output:
            output = inner(state, call)
            used.add(state.place.arn("model", call.text("ModelName")))
            return output

        return delete

    return together(on_handler("CreateModel", creating), on_handler("DeleteModel", deleting))(
        behaviour
    )


def _undone(behaviour: Behaviour) -> Behaviour:
    """The deleted model is gone for the first look at it and back for the second."""
    gone: dict[str, Model] = {}

    def deleting(inner: Handler) -> Handler:
        def delete(state: RegionState, call: Call) -> Output:
            model = state.taken_model(call.text("ModelName"))
            output = inner(state, call)
            if model is not None:
                gone[model.arn] = model
            return output

        return delete

    def describing(inner: Handler) -> Handler:
        def describe(state: RegionState, call: Call) -> Output:
            try:
                return inner(state, call)
            except Refused:
                model = gone.pop(state.place.arn("model", call.text("ModelName")), None)
                if model is not None:
                    state.add_model(model.name, model.definition, {})
                raise

        return describe

    return together(on_handler("DeleteModel", deleting), on_handler("DescribeModel", describing))(
        behaviour
    )


Sort = Callable[[RegionState, Model], bool]

_SORTS: dict[str, Sort] = {
    "pipelines": lambda _, model: "Containers" in model.definition,
    "tagged-models": lambda state, model: bool(state.tags.get(model.arn)),
    "models-in-a-vpc": lambda _, model: "VpcConfig" in model.definition,
}


def _for_some(sort: Sort, instead: Callable[[Handler], Handler]) -> Change:
    """DeleteModel does something else for models of a sort."""

    def wrap(inner: Handler) -> Handler:
        other = instead(inner)

        def delete(state: RegionState, call: Call) -> Output:
            model = state.taken_model(call.text("ModelName"))
            concerned = model is not None and sort(state, model)
            return other(state, call) if concerned else inner(state, call)

        return delete

    return on_handler("DeleteModel", wrap)


def _sort_faults() -> Iterator[Fault]:
    for name, sort in _SORTS.items():
        words = name.replace("-", " ")
        yield _fault(
            f"delete-refused-for-{name}",
            f"DeleteModel is refused for {words}",
            _for_some(sort, _refusing_delete),
        )
        yield _fault(
            f"delete-keeps-{name}", f"DeleteModel keeps {words}", _for_some(sort, _keeping)
        )


def faults() -> Iterator[Fault]:
    """All deletions that go wrong."""
    yield from _sort_faults()
    for name, summary, wrap in (
        ("delete-keeps-model", "DeleteModel answers 200 and deletes nothing", _keeping),
        ("delete-refused", "DeleteModel is always refused", _refusing_delete),
        ("delete-takes-neighbours", "DeleteModel deletes models whose names begin alike",
         _deleting_all),
    ):  # fmt: skip
        yield _fault(name, summary, on_handler("DeleteModel", wrap))
    yield _fault("delete-undone", "a deleted model is back after one look at it", _undone)
    yield _fault(
        "deleted-name-used-up", "a deleted model's name cannot be used again", _names_used_up
    )
    yield _fault(
        "third-life-refused", "a name that was deleted twice is used up", _third_life_refused
    )
    yield _fault(
        "delete-status-204", "DeleteModel answers 204 for 200", _on_delete(with_status(204))
    )
    yield _fault(
        "delete-body-not-empty", "DeleteModel answers with the model's name",
        _on_delete(lambda reply: replace(reply, body=b'{"ModelName":"deleted"}')),
    )  # fmt: skip
    yield _fault(
        "delete-in-lower-case", "DeleteModel looks for the name in lower case",
        on_call("DeleteModel", lambda call: call.having(ModelName=call.text("ModelName").lower())),
    )  # fmt: skip


def _on_delete(edit: Callable[[Reply], Reply]) -> Change:
    def reply_filter(request: Request, reply: Reply) -> Reply:
        said_yes = request.target == "SageMaker.DeleteModel" and reply.status == 200
        return edit(reply) if said_yes else reply

    return with_reply_filter(reply_filter)
