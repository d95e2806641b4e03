"""Operations that use models: endpoint configurations and transform jobs. Nothing is deployed and
nothing runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.reference.behaviour import Call, Output
from conformance.reference.errors import Refusal, Refused, invalid
from conformance.reference.operations.models import (
    missing_model,
    page_size,
    selection_of,
    tags_of,
)
from conformance.reference.paging import ModelOrder, Position
from conformance.reference.state import EndpointConfig, RegionState


def create_endpoint_config(state: RegionState, call: Call) -> Output:
    """Keep a configuration whose models all exist (D4a) and whose name is free (D5)."""
    name = call.text("EndpointConfigName")
    arn = state.place.arn("endpoint-config", name)
    with state.lock:
        for each in _models_of_variants(call):
            _demand_model(state, each)
        if name in state.endpoint_configs:
            raise invalid(f'Cannot create already existing endpoint configuration "{arn}".')
        definition = {key: each for key, each in call.parameters.items() if key != "Tags"}
        state.endpoint_configs[name] = EndpointConfig(name, arn, state.time(), definition)
        state.tags[arn] = tags_of(call)
    return {"EndpointConfigArn": arn}


def describe_endpoint_config(state: RegionState, call: Call) -> Output:
    """What was sent at creation."""
    config = state.endpoint_configs.get(call.text("EndpointConfigName"))
    if config is None:
        raise _missing_config(state, call)
    return {
        **config.definition,
        "EndpointConfigArn": config.arn,
        "CreationTime": config.creation_time,
    }


def delete_endpoint_config(state: RegionState, call: Call) -> Output:
    """Forget a configuration; the answer has an empty body."""
    with state.lock:
        config = state.endpoint_configs.pop(call.text("EndpointConfigName"), None)
        if config is None:
            raise _missing_config(state, call)
        state.tags.pop(config.arn, None)
    return None


def list_endpoint_configs(state: RegionState, call: Call) -> Output:
    """One page of configurations; NameContains sifts the page after it was taken."""
    selection, size = selection_of(state, call), page_size(call)
    with state.lock:
        order = ModelOrder()
        for each in state.endpoint_configs.values():
            order.add(Position(round(each.creation_time * 1000), 0, each.name))
        positions, more = order.page(selection, size)
        configs = [state.endpoint_configs[one.name] for one in positions]
    part = call.text("NameContains")
    shown = [
        {
            "EndpointConfigName": each.name,
            "EndpointConfigArn": each.arn,
            "CreationTime": each.creation_time,
        }
        for each in configs
        if part in each.name
    ]
    output: dict[str, object] = {"EndpointConfigs": shown}
    if more and positions:
        output["NextToken"] = state.tokens.token(positions[-1])
    return output


def create_transform_job(state: RegionState, call: Call) -> Output:
    """Note the job's name where its model exists; nothing is transformed."""
    name = call.text("TransformJobName")
    arn = state.place.arn("transform-job", name)
    with state.lock:
        _demand_model(state, call.text("ModelName"))
        if name in state.transform_jobs:
            raise Refused(
                Refusal("ResourceInUse", f"Job name must be unique: {arn} exists already.")
            )
        state.transform_jobs[name] = arn
        state.tags[arn] = tags_of(call)
    return {"TransformJobArn": arn}


def _models_of_variants(call: Call) -> list[str]:
    variants = call.structures("ProductionVariants") + call.structures("ShadowProductionVariants")
    return [str(each["ModelName"]) for each in variants if "ModelName" in each]


# The operations that demand models, and which models a call of them names.
CREATES_FROM_MODEL: Mapping[str, Callable[[Call], list[str]]] = {
    "CreateEndpointConfig": _models_of_variants,
    "CreateTransformJob": lambda call: [call.text("ModelName")],
}


def _demand_model(state: RegionState, name: str) -> None:
    if not state.has_model(name):
        raise missing_model(state, name)


def _missing_config(state: RegionState, call: Call) -> Refused:
    arn = state.place.arn("endpoint-config", call.text("EndpointConfigName"))
    return invalid(f'Could not find endpoint configuration "{arn}".')
