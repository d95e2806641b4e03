"""JSON Schemas (2020-12) of requests, made from the pinned specification.

A request that breaks a ``must`` rule is invalid, one that breaks no rule is valid. Where nobody
has shown what AWS answers (``info`` rules) a schema is as lenient as the documents are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.spec import documents
from conformance.spec.ecma import ecma
from conformance.spec.patterns import UNIVERSAL, unanchored

Schema = dict[str, Any]
_Facts = Mapping[str, Any]

_TYPES = {
    "structure": "object",
    "map": "object",
    "list": "array",
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "timestamp": "number",
}


def request_schema() -> Schema:
    """Return the schema of a CreateModel request body, complete in itself."""
    model = documents.model()
    made = schemas(model["shapes"], "#/$defs/")
    root = made.pop(model["input"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "CreateModel request",
        "description": (
            f"The body of a SageMaker CreateModel request, as botocore {model['botocore']} states "
            "it and as public captures show AWS to judge it. A null member is an absent one, and "
            "unknown members are ignored."
        ),
        **root,
        "$defs": {name: made[name] for name in sorted(_used(root, made))},
    }


def schemas(shapes: Mapping[str, _Facts], refer: str) -> dict[str, Schema]:
    """Return the schema of every shape by name; ``refer`` stands before a name in references."""
    made = {name: _shape(facts, shapes, refer) for name, facts in shapes.items()}
    if "ContainerDefinition" in made:
        made["ContainerDefinition"] |= _IMAGE_OR_PACKAGE
    if "CreateModelInput" in made:
        made["CreateModelInput"]["properties"]["Containers"]["anyOf"][0] = {
            **made["CreateModelInput"]["properties"]["Containers"]["anyOf"][0],
            **_ONE_MULTI_MODEL,
        }
    return made


#: request/image-or-model-package (public capture E1): members that are null are absent.
_IMAGE_OR_PACKAGE: Schema = {
    "not": {
        "required": ["Image", "ModelPackageName"],
        "properties": {"Image": {"type": "string"}, "ModelPackageName": {"type": "string"}},
    }
}

#: request/one-multi-model-container (public capture E10).
_ONE_MULTI_MODEL: Schema = {
    "contains": {
        "type": "object",
        "required": ["Mode"],
        "properties": {"Mode": {"const": "MultiModel"}},
    },
    "minContains": 0,
    "maxContains": 1,
}


def _shape(facts: _Facts, shapes: Mapping[str, _Facts], refer: str) -> Schema:
    kind = facts["type"]
    made: Schema = {"type": _TYPES[kind]}
    if kind == "structure":
        required = [name for name in facts["members"] if name in facts.get("required", ())]
        made["properties"] = {
            name: _member(member, refer, nullable=name not in required)
            for name, member in facts["members"].items()
        }
        if required:
            made["required"] = required
    elif kind == "list":
        made["items"] = {"$ref": refer + facts["member"]}
    elif kind == "map":
        made["propertyNames"] = {"$ref": refer + facts["key"]}
        made["additionalProperties"] = {"$ref": refer + facts["value"]}
    elif kind == "string":
        if "pattern" in facts and unanchored(facts["pattern"]) not in UNIVERSAL:
            made["pattern"] = ecma(facts["pattern"])
        if "enum" in facts:
            made["enum"] = list(facts["enum"])
    return made | _limits(kind, facts)


def _member(name: str, refer: str, *, nullable: bool) -> Schema:
    shape: Schema = {"$ref": refer + name}
    return {"anyOf": [shape, {"type": "null"}]} if nullable else shape


def _limits(kind: str, facts: _Facts) -> Schema:
    words = {"string": "Length", "list": "Items", "map": "Properties"}
    if kind in words:
        found = {f"{limit}{words[kind]}": facts.get(limit) for limit in ("min", "max")}
    elif _TYPES[kind] in ("integer", "number"):
        found = {"minimum": facts.get("min"), "maximum": facts.get("max")}
    else:
        return {}
    return {key: value for key, value in found.items() if value is not None and value != 0}


def _used(schema: Any, made: Mapping[str, Schema]) -> set[str]:
    """Return the names that a schema refers to, at any remove."""
    found: set[str] = set()
    left = [schema]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                left.append(made[name])
            left += node.values()
    return found
