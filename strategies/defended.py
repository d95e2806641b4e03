"""Makes of a legal request one that a faithful AWS would accept, and that is as like it as can be.

The service model lets an image be any string without a space; AWS looks for it in a registry.
What a generator that knows the model alone calls legal proves nothing where it is refused. With
the resources of ours in its place, and without what nobody has shown to be accepted, it does.
"""

from __future__ import annotations

from typing import Any

from conformance.spec import shapes
from conformance.spec.constraints import has_type
from conformance.spec.container_fields import ENTRY_BYTES
from conformance.spec.shapes import Shape
from strategies.bases import settled, typical
from strategies.resources import Resources

#: Strings that name nothing outside the request: any legal value is as good as another.
_FREE = frozenset(
    {
        "ModelName",
        "ContainerHostname",
        "AdditionalModelChannelName",
        "EnvironmentKey",
        "EnvironmentValue",
        "TagValue",
    }
)


def defended(body: dict[str, Any], resources: Resources) -> dict[str, Any]:
    """Return the request with known resources, and without null, empty and unknown members."""
    made = _value(shapes.request(), body, resources, 0)
    made["ExecutionRoleArn"] = resources.role
    if "PrimaryContainer" not in made and not made.get("Containers"):
        made["PrimaryContainer"] = {"Image": resources.container_image}
    return settled(made, resources)


def _value(shape: Shape, value: Any, resources: Resources, index: int) -> Any:
    if not has_type(shape, value):
        return typical(shape, resources, index=index)
    if shape.members:
        made = {
            name: _value(member, value[name], resources, index)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
        return {name: each for name, each in made.items() if each not in ({}, [])}
    if shape.item is not None:
        return [
            _value(shape.item, each, resources, number)
            for number, each in enumerate(each for each in value if each is not None)
        ]
    if shape.key is not None and shape.value is not None:
        inside = shape.value
        given = ((key, each) for key, each in value.items() if each is not None)
        return {key: _value(inside, each, resources, index) for key, each in given}
    if shape.name == "EnvironmentValue" and len(_bytes(value)) > ENTRY_BYTES:
        return _bytes(value)[:ENTRY_BYTES].decode(errors="ignore")
    if shape.kind == "integer" or (shape.kind == "string" and _names_something(shape)):
        return typical(shape, resources, index=index)
    return value


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _names_something(shape: Shape) -> bool:
    return not shape.enum and shape.name not in _FREE
