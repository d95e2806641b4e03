"""A small conformant target, written by hand from the API page and botocore's service model.

It shares nothing with the suite's specification, oracle or reference service: the limits are read
from botocore's tables, how they are applied is written here. Fakes with a vice inherit from it
and override the one method in which they are wrong.
"""

from __future__ import annotations

import itertools
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader

from conformance.wire import Call, Reply

ACCOUNT = "123456789012"
REGION = "us-east-1"
AWS_JSON = "application/x-amz-json-1.1"

_LINE_ENDS = "\n\r\x85\u2028\u2029"


class Refused(Exception):
    """A request is answered with an error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> Refused:
    """Return a ValidationException."""
    return Refused("ValidationException", message)


@cache
def shapes() -> Mapping[str, Any]:
    """Return botocore's shapes of SageMaker."""
    return Loader().load_service_model("sagemaker", "service-2")["shapes"]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _is_tag_text(text: str) -> bool:
    return all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in text)


def _is_url(text: str) -> bool:
    scheme, colon, rest = text.partition("://")
    bucket, _, key = rest.partition("/")
    return (
        scheme in ("https", "s3") and colon != "" and bucket != "" and not set(key) & {*_LINE_ENDS}
    )


def _matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; patterns in which Java differs are spelt out."""
    if "\\p{L}" in pattern:
        return _is_tag_text(text)
    if pattern.startswith("(https|s3)://"):
        return _is_url(text)
    if pattern == ".*":
        return not set(text) & {*_LINE_ENDS}
    return _compiled(pattern).fullmatch(text) is not None


_JSON = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
}


def typed(name: str, value: Any) -> Any:
    """Return a value without nulls and unknown members; raises for a wrong JSON type."""
    shape = shapes()[name]
    kind = shape["type"]
    if kind == "timestamp":
        return value
    if not isinstance(value, _JSON[kind]) or (kind == "integer" and isinstance(value, bool)):
        raise Refused("SerializationException", f"{type(value).__name__} where {kind} belongs")
    if kind == "structure":
        return {
            member: typed(inner["shape"], value[member])
            for member, inner in shape["members"].items()
            if value.get(member) is not None
        }
    if kind == "list":
        return [typed(shape["member"]["shape"], each) for each in value if each is not None]
    if kind == "map":
        inner = shape["value"]["shape"]
        return {key: typed(inner, each) for key, each in value.items() if each is not None}
    return value


def _says(value: Any, path: str, demand: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {demand}"


def complaints(name: str, value: Any, path: str = "") -> Iterator[str]:
    """Yield a sentence in AWS's wording for each limit that a typed value breaks."""
    shape = shapes()[name]
    for demand in demands(shape, value):
        yield _says(value, path, f"Member must {demand}")
    if shape["type"] == "structure":
        for member in shape.get("required", ()):
            if member not in value:
                yield _says("null", _under(path, member), "Member must not be null")
        for member, given in value.items():
            yield from complaints(shape["members"][member]["shape"], given, _under(path, member))
    elif shape["type"] == "list":
        for number, each in enumerate(value, 1):
            yield from complaints(shape["member"]["shape"], each, f"{path}.{number}.member")
    elif shape["type"] == "map":
        for key, each in value.items():
            for part, inner, text in (("keys", "key", key), ("value", "value", each)):
                for demand in demands(shapes()[shape[inner]["shape"]], text):
                    whole = f"Map {part} must satisfy constraint: [Member must {demand}]"
                    yield _says(value, path, whole)


def _under(path: str, member: str) -> str:
    name = member[0].lower() + member[1:]
    return f"{path}.{name}" if path else name


def demands(shape: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Yield what a shape demands of a value and does not get."""
    kind = shape["type"]
    if kind in ("string", "list", "map"):
        if len(value) < shape.get("min", 0):
            yield f"have length greater than or equal to {shape['min']}"
        if len(value) > shape.get("max", len(value)):
            yield f"have length less than or equal to {shape['max']}"
    if kind == "string":
        if "pattern" in shape and not _matches(shape["pattern"], value):
            yield f"satisfy regular expression pattern: {shape['pattern']}"
        if "enum" in shape and value not in shape["enum"]:
            yield f"satisfy enum value set: [{', '.join(shape['enum'])}]"


class Conformant:
    """Creates, describes, lists and deletes models in memory, as the API promises."""

    endpoint = "http://localhost/"

    #: Nothing is waited for: the answer is made in this process.
    waits = False

    def __init__(self) -> None:
        self.name = type(self).__name__
        self.account: str | None = ACCOUNT
        self.region = REGION
        self.models: dict[str, dict[str, Any]] = {}
        self.made: dict[str, float] = {}  # in epoch seconds; what tests put there was made long ago
        self.calls: list[tuple[str, Any]] = []
        self._requests = itertools.count(1)

    # -- the protocol of targets -----------------------------------------------------------

    def send(self, call: Call) -> Reply:
        operation = call.headers["X-Amz-Target"].rpartition(".")[2]
        self.calls.append((operation, json.loads(call.body)))
        try:
            return self.reply(200, self.answer(operation, json.loads(call.body)))
        except Refused as refused:
            return self.refusal(refused)

    def fingerprint(self) -> Mapping[str, str]:
        return {"kind": "fake", "vice": type(self).__name__}

    def close(self) -> None:
        """Nothing is held."""

    # -- what a vice overrides -------------------------------------------------------------

    def reply(self, status: int, body: Mapping[str, Any]) -> Reply:
        headers = (
            ("Content-Type", AWS_JSON),
            ("x-amzn-RequestId", f"00000000-0000-0000-0000-{next(self._requests):012}"),
        )
        return Reply(status, headers, json.dumps(body).encode())

    def refusal(self, refused: Refused) -> Reply:
        return self.reply(refused.status, {"__type": refused.code, "message": refused.message})

    def answer(self, operation: str, body: Any) -> dict[str, Any]:
        handlers = {
            "CreateModel": self.create,
            "DescribeModel": self.describe,
            "DeleteModel": self.delete,
            "ListModels": self.list,
        }
        if operation not in handlers:
            raise Refused("UnknownOperationException", "")
        return handlers[operation](self.checked(operation, body))

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        """Return the members of a request that keeps every limit; raises ``Refused``."""
        members = typed(f"{operation}Input", body)
        found = list(complaints(f"{operation}Input", members))
        if found:
            many = "" if len(found) == 1 else "s"
            raise invalid(f"{len(found)} validation error{many} detected: {'; '.join(found)}")
        return members

    def arn(self, name: Any) -> str:
        return f"arn:aws:sagemaker:{self.region}:{ACCOUNT}:model/{name}"

    def stored_name(self, name: Any) -> Any:
        return name

    # -- operations ------------------------------------------------------------------------

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        pipeline = members.get("Containers", [])
        for container in [members.get("PrimaryContainer", {}), *pipeline]:
            if {"Image", "ModelPackageName"} <= set(container):
                raise invalid("Specify one of either Image and Model Data URL or ModelPackageName")
        if sum(each.get("Mode") == "MultiModel" for each in pipeline) > 1:
            raise invalid("More than one container in MultiModel mode")
        return self.store(members)

    def store(self, members: dict[str, Any]) -> dict[str, Any]:
        name = self.stored_name(members.get("ModelName"))
        if name in self.models:
            raise invalid(f'Cannot create already existing model "{self.arn(name)}".')
        self.models[name], self.made[name] = members, time.time()
        return {"ModelArn": self.arn(name)}

    def found(self, members: dict[str, Any]) -> Any:
        name = members.get("ModelName")
        if name not in self.models:
            raise invalid(f'Could not find model "{self.arn(name)}".')
        return name

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        name = self.found(members)
        made = self.made.get(name, 1.7e9)
        shown = {"ModelName": name, "ModelArn": self.arn(name), "CreationTime": made}
        return {**self.models[name], **shown}

    def delete(self, members: dict[str, Any]) -> dict[str, Any]:
        del self.models[self.found(members)]
        return {}

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        size, start = members.get("MaxResults", 10), int(members.get("NextToken", 0))
        page = [str(name) for name in self.models][start : start + size]
        wanted = members.get("NameContains", "")
        models = [
            {"ModelName": name, "ModelArn": self.arn(name), "CreationTime": 1.7e9}
            for name in page
            if wanted in name
        ]
        more = {"NextToken": str(start + size)} if start + size < len(self.models) else {}
        return {"Models": models, **more}


def creates(target: Conformant) -> list[Any]:
    """Return the bodies of every CreateModel that a target was sent."""
    return [body for operation, body in target.calls if operation == "CreateModel"]
