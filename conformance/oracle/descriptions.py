"""The part of ``lifecycle/`` about DescribeModel: what was sent is contained in what is shown.

Each member has an echo rule of its own, judged only where the structure around it is shown, so
that a lost structure is one finding. Servers may add members, and lists of a VpcConfig are sets.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    accept,
    arn_of,
    created,
    described,
    done,
    scenario,
)
from conformance.spec import shapes
from conformance.spec.shapes import Shape
from strategies.bases import base, settled
from strategies.places import Place, steps

#: Clocks of two machines may differ by as much before a signed request is refused.
_CLOCKS_APART = 15 * 60

#: Epoch seconds that a model can have been made at: since SageMaker exists, and this century.
_POSSIBLE_TIMES = (1_500_000_000, 4_000_000_000)

_LOOKS = 10
_MODEL = "AWS service model of SageMaker, DescribeModelOutput"


def shown(scene: Scene, name: str) -> Mapping[str, Any]:
    """Return a description as a step on the way; one without the name is another rule's."""
    members = described(scene, name)
    if "ModelName" not in members:
        raise NothingToJudge("the description has no ModelName")
    return members


def _shown_after(scene: Scene, body: Mapping[str, Any]) -> Mapping[str, Any]:
    created(scene, body)
    return shown(scene, body["ModelName"])


# -- echo ---------------------------------------------------------------------------------


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
    left = Counter(map(_as_json, sent)) - Counter(map(_as_json, seen))
    return f"does not show {next(iter(left))}" if left else None


def _as_json(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(float(value) if is_number else value, sort_keys=True)


def _echo(shape: Shape) -> Callable[[Scene], None]:
    parent = shape.path.rpartition(".")[0]

    def play(scene: Scene) -> None:
        for body in _requests(scene, shape):
            members = _shown_after(scene, body)
            if parent and lost(_BY_PATH[parent], *_both(parent, body, members)) is not None:
                raise NothingToJudge(f"{parent} is not shown")
            wrong = lost(shape, *_both(shape.path, body, members))
            if wrong is not None:
                raise Broken(f"{shape.path} {wrong}.")

    return play


def _both(path: str, body: Any, members: Any) -> tuple[list[Any], list[Any]]:
    return values_at(path, body), values_at(path, members)


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


def _echo_rules() -> Iterator[Scenario]:
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


# -- what every description has ------------------------------------------------------------


def _answers(scene: Scene) -> None:
    body = scene.plain()
    created(scene, body)
    accept(scene.ask("DescribeModel", {"ModelName": body["ModelName"]}), "a look at the model")


def _name(scene: Scene) -> None:
    body = scene.plain()
    body["ModelName"] += "-CamelCase"
    created(scene, body)
    found = described(scene, body["ModelName"]).get("ModelName")
    if found != body["ModelName"]:
        raise Broken(f"ModelName is {found!r}, not {body['ModelName']!r}.")


def _arn(scene: Scene) -> None:
    body = scene.plain()
    answered = arn_of(done(scene.ask("CreateModel", body)))
    found = shown(scene, body["ModelName"]).get("ModelArn")
    if found != answered:
        raise Broken(f"ModelArn is {found!r}, not {answered!r} as CreateModel answered.")


def is_possible_time(value: Any) -> bool:
    """Tell whether a value is a number of epoch seconds at which a model can have been made."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and _POSSIBLE_TIMES[0] <= value <= _POSSIBLE_TIMES[1]


def creation_time(members: Mapping[str, Any]) -> float:
    """Return the CreationTime of a description, as a step on the way."""
    value = members.get("CreationTime")
    if not is_possible_time(value):
        raise NothingToJudge("the CreationTime is no number of seconds")
    return float(value or 0)


def _time_is_a_number(scene: Scene) -> None:
    found = _shown_after(scene, scene.plain()).get("CreationTime")
    if not is_possible_time(found):
        raise Broken(f"CreationTime is {found!r}, not a number of seconds since 1970.")


def _time_is_now(scene: Scene) -> None:
    body = scene.plain()
    answer = done(scene.ask("CreateModel", body))
    found = creation_time(shown(scene, body["ModelName"]))
    if not answer.began - _CLOCKS_APART <= found <= answer.ended + _CLOCKS_APART:
        away = round(found - answer.ended)
        raise Broken(f"CreationTime is {away} seconds away from when the model was created.")


def _time_stays(scene: Scene) -> None:
    body = scene.plain()
    first = creation_time(_shown_after(scene, body))
    for _ in range(_LOOKS):
        again = creation_time(shown(scene, body["ModelName"]))
        if again != first:
            raise Broken(f"CreationTime was {first!r} and is {again!r} at another look.")


def _default(path: str, default: Any) -> Callable[[Scene], None]:
    parent, _, name = path.rpartition(".")

    def play(scene: Scene) -> None:
        members = _shown_after(scene, scene.plain())
        holder = members.get(parent) if parent else members
        if not isinstance(holder, Mapping):
            raise NothingToJudge(f"{parent} is not shown")
        found = holder.get(name, "absent")
        if _as_json(found) != _as_json(default):
            raise Broken(f"{path} was not sent and is {found!r}, not {default!r}.")

    return play


_OPTIONAL = ("Containers", "InferenceExecutionConfig", "VpcConfig")


def _invents_nothing(scene: Scene) -> None:
    members = _shown_after(scene, scene.plain())
    if not isinstance(members.get("PrimaryContainer"), Mapping):
        raise NothingToJudge("PrimaryContainer is not shown")
    for name in _OPTIONAL:
        if members.get(name):
            raise Broken(f"{name} was not sent and is {members[name]!r}.")


def _leaves_out(scene: Scene) -> None:
    members = _shown_after(scene, scene.plain())
    for name in _OPTIONAL:
        if members.get(name):
            raise NothingToJudge(f"{name} is invented")
        if name in members:
            raise Broken(f"{name} was not sent and is shown as {members[name]!r}.")


def _invents_no_role(scene: Scene) -> None:
    body = scene.plain()
    del body["ExecutionRoleArn"]
    found = _shown_after(scene, body).get("ExecutionRoleArn")
    if found is not None:
        raise Broken(f"ExecutionRoleArn was not sent and is {found!r}.")


def _keeps_order(scene: Scene) -> None:
    image = scene.resources.container_image
    names = ["second", "first", "third"]
    body = scene.plain(Containers=[{"Image": image, "ContainerHostname": each} for each in names])
    del body["PrimaryContainer"]
    containers = _shown_after(scene, body).get("Containers")
    found = values_at("Containers[].ContainerHostname", {"Containers": containers})
    if sorted(map(str, found)) != sorted(names):
        raise NothingToJudge("the containers are not all shown")
    if found != names:
        raise Broken(f"The containers are shown in the order {found}, not {names}.")


#: Values that a service on the way from JSON to a store and back is known to harm.
_DELICATE = {
    "EMPTY": "",
    "ASTRAL": "\U0001f600 \U00010400",
    "ACCENTS": "größer, 更大, больше",
    "SPACES": "  two before and after  ",
    "LINES": "first\nsecond\r\n\tthird",
    "MARKUP": '<a href="x">&amp;\'</a> %20 \\n ${HOME}',
    "LONG": "0123456789" * 60,
    "camelCase": "a key that is not all capitals",
}


def _harms_nothing(scene: Scene) -> None:
    body = scene.plain()
    body["PrimaryContainer"] = {**body["PrimaryContainer"], "Environment": dict(_DELICATE)}
    found = values_at("PrimaryContainer.Environment", _shown_after(scene, body))
    if not found or not isinstance(found[0], dict):
        raise NothingToJudge("PrimaryContainer.Environment is not shown")
    if len(set(_DELICATE) - set(found[0])) > 1:
        raise NothingToJudge("entries of PrimaryContainer.Environment are lost")
    for name, value in _DELICATE.items():
        if found[0].get(name) != value:
            raise Broken(f"The value {value[:60]!r} of Environment is {found[0].get(name)!r:.80}.")


DESCRIPTIONS: tuple[Scenario, ...] = (
    scenario(
        "lifecycle/describe-created",
        _answers,
        "A model that CreateModel was answered 200 for is described.",
        "capture G1",
    ),
    scenario(
        "lifecycle/describe-name",
        _name,
        "A description has the name under which the model was created.",
        "capture G1",
    ),
    scenario(
        "lifecycle/describe-arn",
        _arn,
        "A description has the ARN that CreateModel answered.",
        "capture G1",
    ),
    scenario(
        "lifecycle/creation-time",
        _time_is_a_number,
        "CreationTime is a JSON number of seconds since 1970.",
        f"{_MODEL} (timestamp) in the protocol awsJson 1.1",
        provenance="model",
    ),
    scenario(
        "lifecycle/creation-time-is-now",
        _time_is_now,
        "CreationTime is when CreateModel was called, give or take 15 minutes between two clocks.",
        f"{_MODEL}, CreationTime",
        provenance="model",
    ),
    scenario(
        "lifecycle/creation-time-stays",
        _time_stays,
        "CreationTime is the same at every look.",
        f"{_MODEL}, CreationTime",
        provenance="model",
    ),
    scenario(
        "lifecycle/default-mode",
        _default("PrimaryContainer.Mode", "SingleModel"),
        "A container whose Mode was not sent has the Mode SingleModel.",
        "capture G1",
    ),
    scenario(
        "lifecycle/default-environment",
        _default("PrimaryContainer.Environment", {}),
        "A container whose Environment was not sent has an empty one.",
        "capture G1",
    ),
    scenario(
        "lifecycle/default-network-isolation",
        _default("EnableNetworkIsolation", False),
        "EnableNetworkIsolation is false where it was not sent.",
        "capture G1",
    ),
    scenario(
        "lifecycle/absent-members",
        _invents_nothing,
        "A member that was not sent and has no default has no value in the description.",
        "capture G1",
    ),
    scenario(
        "lifecycle/absent-members-left-out",
        _leaves_out,
        "A member that was not sent is left out of the description, not shown null or empty.",
        "capture G1; clients read a null as an absent member",
        provenance="inferred",
    ),
    scenario(
        "lifecycle/absent-role",
        _invents_no_role,
        "A model that was accepted without a role is described without one.",
        f"{_MODEL}, ExecutionRoleArn",
        provenance="model",
    ),
    scenario(
        "lifecycle/containers-in-order",
        _keeps_order,
        "Containers are described in the order in which they were sent.",
        "Amazon SageMaker API Reference, CreateModel, Containers: the order is the pipeline's",
        provenance="reference",
    ),
    scenario(
        "lifecycle/environment-unharmed",
        _harms_nothing,
        "Values of Environment come back character by character.",
        f"{_MODEL}, Environment",
        provenance="model",
    ),
    *_echo_rules(),
)
