"""An OpenAPI 3.1 document of CreateModel and of the operations that this suite uses beside it.

Every call of awsJson 1.1 is a POST to ``/``; the header X-Amz-Target tells operations apart, which
OpenAPI cannot say. So each has a path of its own, the header's value in a fragment:
``/#X-Amz-Target=SageMaker.CreateModel``. Clients send no fragments, so the path stays ``/``; that
is how other public OpenAPI documents of AWS's JSON services name theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exports.json_schema import schemas
from conformance.spec import documents
from conformance.wire.messages import CONTENT_TYPE, TARGET_PREFIX
from strategies.bases import base, minimal
from strategies.legal import PARTS
from strategies.resources import Resources

OPERATION = "CreateModel"

Document = dict[str, Any]


def openapi(resources: Resources | None = None) -> Document:
    """Return the document; ``resources`` are what its examples name."""
    model, others = documents.model(), documents.siblings()
    operations = {OPERATION: {"input": model["input"], "output": model["output"]}}
    operations |= others["operations"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SageMaker CreateModel",
            "version": model["api_version"],
            "description": (
                f"CreateModel as botocore {model['botocore']} states it, with the operations "
                "beside it that a conformance run uses. Requests are signed with SigV4 for the "
                "service sagemaker, which this document does not say."
            ),
        },
        "servers": [{"url": "http://127.0.0.1:4566"}],
        "paths": {
            path(name): {"post": _operation(name, parts, resources or Resources())}
            for name, parts in operations.items()
        },
        "components": {
            "schemas": {
                **schemas({**others["shapes"], **model["shapes"]}, "#/components/schemas/"),
                "Error": _ERROR,
            }
        },
    }


def path(operation: str) -> str:
    """Return the path of an operation, which only tells it apart."""
    return f"/#X-Amz-Target={TARGET_PREFIX}.{operation}"


_ERROR: Document = {
    "type": "object",
    "properties": {"__type": {"type": "string"}, "message": {"type": "string"}},
    "required": ["__type"],
}


def _operation(name: str, parts: Mapping[str, str], resources: Resources) -> Document:
    body: Document = {"schema": {"$ref": f"#/components/schemas/{parts['input']}"}}
    if name == OPERATION:
        body["examples"] = {each: {"value": value} for each, value in examples(resources).items()}
    return {
        "operationId": name,
        "parameters": [
            {
                "name": "X-Amz-Target",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "enum": [f"{TARGET_PREFIX}.{name}"]},
            }
        ],
        "requestBody": {"required": True, "content": {CONTENT_TYPE: body}},
        "responses": {
            "200": _answer("Done.", parts.get("output")),
            "400": _answer("Rejected.", "Error"),
        },
    }


def _answer(description: str, schema: str | None) -> Document:
    if schema is None:
        return {"description": description}
    content = {CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def examples(resources: Resources) -> dict[str, Document]:
    """Return legal requests by what they show: the plainest, and one with each part."""
    found = {"plainest": minimal("example-plainest", resources)}
    for part in PARTS:
        name = part.replace(".", "-")
        found[name] = base(part, name=f"example-{name}"[:63], resources=resources)
    return found
