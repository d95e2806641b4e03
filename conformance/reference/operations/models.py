"""CreateModel, DescribeModel, DeleteModel and ListModels."""

from __future__ import annotations

from conformance.reference.behaviour import Call, Output
from conformance.reference.errors import Refused, invalid
from conformance.reference.paging import Position, Selection
from conformance.reference.state import Model, RegionState, Tags

DEFAULT_PAGE = 10


def missing_model(state: RegionState, name: str) -> Refused:
    """The answer of every operation that needs a model which is not there (D2, D3, D4a)."""
    return invalid(f'Could not find model "{state.place.arn("model", name)}".')


def tags_of(call: Call) -> Tags:
    """The tags of a request; of several with the same key the last one stays."""
    return {
        str(each.get("Key", "")): str(each.get("Value", "")) for each in call.structures("Tags")
    }


def definition_of(call: Call) -> dict[str, object]:
    """What is kept of a CreateModel request beside name and tags."""
    return {
        name: each for name, each in call.parameters.items() if name not in ("ModelName", "Tags")
    }


def create_model(state: RegionState, call: Call) -> Output:
    """Keep the model unless its name is taken (D1)."""
    name = call.text("ModelName")
    with state.lock:
        if state.has_model(name):
            arn = state.place.arn("model", name)
            raise invalid(f'Cannot create already existing model "{arn}".')
        model = state.add_model(name, definition_of(call), tags_of(call))
    return {"ModelArn": model.arn}


def describe_model(state: RegionState, call: Call) -> Output:
    """What was sent at creation, with the defaults of G1."""
    name = call.text("ModelName")
    model = state.model(name)
    if model is None:
        raise missing_model(state, name)
    return shown(model)


def shown(model: Model) -> dict[str, object]:
    """A model as DescribeModel shows it: members that were not sent are absent."""
    definition = model.definition
    result: dict[str, object] = {"ModelName": model.name}
    for member in ("PrimaryContainer", "Containers"):
        if member in definition:
            result[member] = _with_defaults(definition[member])
    for member in ("InferenceExecutionConfig", "ExecutionRoleArn", "VpcConfig"):
        if member in definition:
            result[member] = definition[member]
    result["CreationTime"] = model.creation_time
    result["ModelArn"] = model.arn
    result["EnableNetworkIsolation"] = definition.get("EnableNetworkIsolation", False)
    return result


def _with_defaults(containers: object) -> object:
    if isinstance(containers, list):
        return [_with_defaults(each) for each in containers]
    if isinstance(containers, dict):
        return {"Mode": "SingleModel", "Environment": {}, **containers}
    return containers


def delete_model(state: RegionState, call: Call) -> Output:
    """Forget the model and its tags; the answer has an empty body (G3)."""
    name = call.text("ModelName")
    if state.remove_model(name) is None:
        raise missing_model(state, name)
    return None


def list_models(state: RegionState, call: Call) -> Output:
    """One page of models; NameContains sifts the page after it was taken, so pages may be short or
    empty.
    """
    models, more = state.page(selection_of(state, call), page_size(call))
    part = call.text("NameContains")
    output: dict[str, object] = {"Models": [summary(each) for each in models if part in each.name]}
    if more and models:
        output["NextToken"] = state.tokens.token(models[-1].position)
    return output


def page_size(call: Call) -> int:
    """MaxResults, or its default."""
    return int(call.number("MaxResults", DEFAULT_PAGE))


def selection_of(state: RegionState, call: Call) -> Selection:
    """What a ListModels request asks for. Raises Refused for a token that was not made here."""
    return Selection(
        by_name=call.text("SortBy", "CreationTime") == "Name",
        descending=call.text("SortOrder", "Descending") == "Descending",
        since=_milliseconds(call.number("CreationTimeAfter", float("-inf"))),
        before=_milliseconds(call.number("CreationTimeBefore", float("inf"))),
        after=_position(state, call.text("NextToken")),
    )


def summary(model: Model) -> dict[str, object]:
    """A model as ListModels shows it."""
    return {
        "ModelName": model.name,
        "ModelArn": model.arn,
        "CreationTime": model.creation_time,
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)  # the product alone may miss the millisecond by a hair


def _position(state: RegionState, token: str) -> Position | None:
    if token == "":
        return None
    position = state.tokens.position(token)
    if position is None:
        raise invalid("Invalid pagination token.")
    return position
