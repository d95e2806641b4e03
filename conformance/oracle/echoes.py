"""The part of ``lifecycle/`` that DescribeModel shows each member as it was sent.

Each member has an echo rule of its own, judged only where the structure around it is shown, so
that a lost structure is one finding. Servers may add members, and lists of a VpcConfig are sets.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Broken, Scenario, Scene, created, described, scenario
from conformance.spec import shapes
from conformance.spec.shapes import Shape
from strategies.bases import base, settled
from strategies.places import Place, steps

_MODEL = "AWS service model of SageMaker, DescribeModelOutput"


def shown(scene: Scene, name: str) -> Mapping[str, Any]:
    """Return a description as a step on the way; one without the name is another rule's."""
    members = described(scene, name)
    if "ModelName" not in members:
        raise NothingToJudge("the description has no ModelName")
    return members


def shown_after(scene: Scene, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a model and return its description, as steps on the way."""
    created(scene, body)
    return shown(scene, body["ModelName"])


def values_at(path: str, body: Any) -> list[Any]:
    """Return every value at a shape's path in a request or a description, absent ones left out."""
    found = [body]
    for step in steps(path):
        below: list[Any] = []
        for each in found:
            if step == "[]":
                below += each if isinstance(each, list) else []
            elif step in ("{key}", "{value}"):
                entries = each if isinstance(each, dict) else {}
                below += entries if step == "{key}" else entries.values()
            elif isinstance(each, dict) and each.get(step) is not None:
                below.append(each[step])
        found = below
    return found


def lost(shape: Shape, sent: list[Any], seen: list[Any]) -> str | None:
    """Return what of the values sent at a shape is not among those seen, in words, or ``None``."""
    if len(seen) < len(sent):
        return "is not shown"
    if shape.kind == "structure":
        return None if all(isinstance(each, dict) for each in seen) else "is not shown as an object"
    if shape.item is not None and shape.item.kind == "structure":
        if not all(isinstance(each, list) for each in seen):
            return "is not shown as a list"
        wanted, found = sum(map(len, sent)), sum(map(len, seen))
        return f"has {found} of {wanted} items" if found < wanted else None
    if shape.item is not None:
        return _missing(_within(sent), _within(seen))
    if shape.key is not None:
        keys = [list(each) if isinstance(each, dict) else [] for each in seen]
        return _missing(_within(map(list, sent)), _within(keys))
    return _missing(sent, seen)


def _within(lists: Any) -> list[Any]:
    return [item for each in lists if isinstance(each, list) for item in each]


def _missing(sent: list[Any], seen: list[Any]) -> str | None:
    left = Counter(map(as_json, sent)) - Counter(map(as_json, seen))
    return f"does not show {next(iter(left))}" if left else None


def as_json(value: Any) -> str:
    """Return a value as text, alike for equal values: 1 and 1.0 are, 1 and true are not."""
    is_whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if is_whole else value, sort_keys=True)


def _echo(shape: Shape) -> Callable[[Scene], None]:
    parent = shape.path.rpartition(".")[0]

    def play(scene: Scene) -> None:
        for body in _requests(scene, shape):
            members = shown_after(scene, body)
            if parent and lost(_BY_PATH[parent], *_both(parent, body, members)) is not None:
                raise NothingToJudge(f"{parent} is not shown")
            wrong = lost(shape, *_both(shape.path, body, members))
            if wrong is not None:
                raise Broken(f"{shape.path} {wrong}.")

    return play


def _both(path: str, body: Any, members: Any) -> tuple[list[Any], list[Any]]:
    """Return what was sent at a path and what is shown there, or in what may stand for it."""
    return values_at(path, body), values_at(path, members) + _instead(path, members)


def _instead(path: str, members: Any) -> list[Any]:
    """Return what else shows the value: of a ModelDataUrl the source (aws_facts, DescribeModel)."""
    holder, _, name = path.rpartition(".")
    if name != "ModelDataUrl":
        return []
    return values_at(f"{holder}.ModelDataSource.S3DataSource.S3Uri", members)


#: What a target shows of a member that was not sent: no evidence that it kept what was sent.
_DEFAULTS = {"ContainerMode": "SingleModel"}


def _requests(scene: Scene, shape: Shape) -> Iterator[dict[str, Any]]:
    """Yield requests with the member, with every value of an enumeration but the default."""
    body = base(shape.path, name=scene.fresh(), resources=scene.resources)
    if not shape.enum:
        yield body
    for value in shape.enum:
        if value != _DEFAULTS.get(shape.name):
            yield _with(scene, shape, value)


def _with(scene: Scene, shape: Shape, value: str) -> dict[str, Any]:
    body = base(shape.path, name=scene.fresh(), resources=scene.resources)
    request: dict[str, Any] = Place(shape.path).put(body, value)
    return settled(request, scene.resources)


_BY_PATH = shapes.by_path()

#: aws_facts: a RepositoryAuthConfig may come back as an empty object.
_MAY_BE_HIDDEN = ("RepositoryCredentialsProviderArn",)


def _is_echoed(shape: Shape) -> bool:
    """Tell whether DescribeModel shows a member: all but the tags; the name has its own rule."""
    is_member = bool(shape.path) and shape.path[-1] not in "]}"
    return is_member and shape.path != "ModelName" and not shape.path.startswith("Tags")


def _rules() -> Iterator[Scenario]:
    for shape in shapes.request().walk():
        if _is_echoed(shape):
            hidden = shape.path.endswith(_MAY_BE_HIDDEN)
            yield scenario(
                f"lifecycle/echo:{shape.path}",
                _echo(shape),
                f"DescribeModel shows {shape.path} as it was sent.",
                f"{_MODEL}; capture G1",
                provenance="inferred" if hidden else "model",
                member=shape.path,
            )


ECHOES: tuple[Scenario, ...] = tuple(_rules())
