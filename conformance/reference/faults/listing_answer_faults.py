"""What ListModels shows of the models on a page, and which models never show."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_handler,
    on_output,
    together,
)
from conformance.reference.operations.models import summary
from conformance.reference.state import RegionState

FAMILY = "listing"


#: The rule that each fault breaks.
_RULES = {
    "list-without-modelname": "form",
    "list-without-modelarn": "arn",
    "list-without-creationtime": "creation-time",
    "list-twice": "each-once",
    "list-empty": "created-are-listed",
    "list-turned-round-within-pages": "newest-first",
    "list-names-in-lower-case": "name",
    "list-another-arn": "arn",
    "list-times-in-milliseconds": "creation-time",
    "list-times-as-strings": "creation-time",
    "list-token-null": "last-page-token",
    "list-token-empty": "last-page-token",
    "list-in-lower-camel-case": "form",
    "some-never-listed": "created-are-listed",
    "deleted-still-listed": "deleted-are-not",
}


#: What a fault breaks beside that rule.
_ALSO = {"list-turned-round-within-pages": ("list/sort-by-creation-time",)}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    rules = (f"list/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, (*rules, *_ALSO.get(name, ())), FAMILY, side, change)


Summaries = list[dict[str, object]]


def _showing(edit: Callable[[Summaries], object]) -> Change:
    def edit_output(_call: Call, output: dict[str, object]) -> Output:
        models = output["Models"]
        assert isinstance(models, list)
        return {**output, "Models": edit(models)}

    return on_output("ListModels", edit_output)


def _each(edit: Callable[[dict[str, object]], dict[str, object]]) -> Change:
    return _showing(lambda models: [edit(each) for each in models])


def _without(name: str) -> Change:
    return _each(lambda model: {key: each for key, each in model.items() if key != name})


def _forgetful(behaviour: Behaviour) -> Behaviour:
    """Every fifth model is never listed."""
    numbers = itertools.count(1)
    unlisted: set[str] = set()

    def creating(inner: Handler) -> Handler:
        def create(state: RegionState, call: Call) -> Output:
            output = inner(state, call)
            if next(numbers) % 5 == 0:
                unlisted.add(call.text("ModelName"))
            return output

        return create

    hiding = _showing(lambda models: [each for each in models if each["ModelName"] not in unlisted])
    return together(on_handler("CreateModel", creating), hiding)(behaviour)


def _still_listing(behaviour: Behaviour) -> Behaviour:
    """Deleted models stay on the first page."""
    gone: Summaries = []

    def deleting(inner: Handler) -> Handler:
        def delete(state: RegionState, call: Call) -> Output:
            model = state.taken_model(call.text("ModelName"))
            output = inner(state, call)
            if model is not None:
                gone.append(summary(model))
            return output

        return delete

    return together(on_handler("DeleteModel", deleting), _showing(lambda models: models + gone))(
        behaviour
    )


def faults() -> Iterator[Fault]:
    """All lists that show the wrong thing."""
    for name in ("ModelName", "ModelArn", "CreationTime"):
        yield _fault(
            f"list-without-{name}".lower(), f"ListModels does not show {name}", _without(name)
        )
    for name, summary_, change in (
        ("list-twice", "ListModels shows each model twice",
         _showing(lambda models: [each for each in models for _ in range(2)])),
        ("list-empty", "ListModels shows no models", _showing(lambda models: [])),
        ("list-turned-round-within-pages", "each page is in the opposite order",
         _showing(lambda models: models[::-1])),
        ("list-names-in-lower-case", "ListModels shows names in lower case",
         _each(lambda each: {**each, "ModelName": str(each["ModelName"]).lower()})),
        ("list-another-arn", "ListModels shows another ARN than CreateModel answered",
         _each(lambda each: {**each, "ModelArn": str(each["ModelArn"]) + "-1"})),
        ("list-times-in-milliseconds", "ListModels shows CreationTime in milliseconds",
         _each(lambda each: {**each, "CreationTime": _milliseconds(each)})),
        ("list-times-as-strings", "ListModels shows CreationTime as a string",
         _each(lambda each: {**each, "CreationTime": str(each["CreationTime"])})),
        ("list-token-null", "the last page has a token of null",
         on_output("ListModels", lambda call, output: {"NextToken": None, **output})),
        ("list-token-empty", "the last page has an empty token",
         on_output("ListModels", lambda call, output: {"NextToken": "", **output})),
        ("list-in-lower-camel-case", "members are shown in lower camel case",
         on_output("ListModels", lambda call, output: {
             key[0].lower() + key[1:]: each for key, each in output.items()})),
        ("some-never-listed", "every fifth model is never listed", _forgetful),
        ("deleted-still-listed", "deleted models are still listed", _still_listing),
    ):  # fmt: skip
        yield _fault(name, summary_, change)


def _milliseconds(model: dict[str, object]) -> int:
    seconds = model["CreationTime"]
    assert isinstance(seconds, float)
    return int(seconds * 1000)
