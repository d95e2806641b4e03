"""The part of ``lifecycle/`` about DescribeModel beyond the echo of single members.

What every description has, defaults, times, the order of containers and delicate values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.clocks import is_by_own_clock, is_when_answered, seconds_off
from conformance.oracle.echoes import ECHOES, as_json, shown, shown_after, values_at
from conformance.oracle.scenario import (
    Broken,
    Scenario,
    Scene,
    Unsupported,
    accept,
    arn_of,
    created,
    described,
    done,
    scenario,
)
from conformance.wire.reading import REJECTED

#: Epoch seconds that a model can have been made at: since SageMaker exists, and this century.
_POSSIBLE_TIMES = (1_500_000_000, 4_000_000_000)

_LOOKS = 10
_MODEL = "AWS service model of SageMaker, DescribeModelOutput"


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
    body = scene.plain()
    answer = done(scene.ask("CreateModel", body))
    found = shown(scene, body["ModelName"]).get("CreationTime")
    if not is_possible_time(found) and not is_by_own_clock(found, answer):
        raise Broken(f"CreationTime is {found!r}, not a number of seconds since 1970.")


def _time_is_now(scene: Scene) -> None:
    body = scene.plain()
    answer = done(scene.ask("CreateModel", body))
    found = creation_time(shown(scene, body["ModelName"]))
    if is_when_answered(found, answer):
        return
    off = seconds_off(answer)
    if off and is_when_answered(found, answer, off=off):
        said = f"it is {round(off)} seconds off by its Date header, and its times were held to that"
        scene.observe("clock", said)
        return
    away = round(found - answer.ended)
    raise Broken(f"CreationTime is {away} seconds away from when the model was created.")


def _time_stays(scene: Scene) -> None:
    body = scene.plain()
    first = creation_time(shown_after(scene, body))
    for _ in range(_LOOKS):
        again = creation_time(shown(scene, body["ModelName"]))
        if again != first:
            raise Broken(f"CreationTime was {first!r} and is {again!r} at another look.")


def _default(path: str, default: Any) -> Callable[[Scene], None]:
    parent, _, name = path.rpartition(".")

    def play(scene: Scene) -> None:
        members = shown_after(scene, scene.plain())
        holder = members.get(parent) if parent else members
        if not isinstance(holder, Mapping):
            raise NothingToJudge(f"{parent} is not shown")
        found = holder.get(name, "absent")
        if as_json(found) != as_json(default):
            raise Broken(f"{path} was not sent and is {found!r}, not {default!r}.")

    return play


_OPTIONAL = ("Containers", "InferenceExecutionConfig", "VpcConfig")


def _invents_nothing(scene: Scene) -> None:
    members = shown_after(scene, scene.plain())
    if not isinstance(members.get("PrimaryContainer"), Mapping):
        raise NothingToJudge("PrimaryContainer is not shown")
    for name in _OPTIONAL:
        if members.get(name):
            raise Broken(f"{name} was not sent and is {members[name]!r}.")


def _leaves_out(scene: Scene) -> None:
    members = shown_after(scene, scene.plain())
    for name in _OPTIONAL:
        if members.get(name):
            raise NothingToJudge(f"{name} is invented")
        if name in members:
            raise Broken(f"{name} was not sent and is shown as {members[name]!r}.")


def _invents_no_role(scene: Scene) -> None:
    created(scene, scene.plain())
    body = scene.plain()
    del body["ExecutionRoleArn"]
    answer = scene.ask("CreateModel", body)
    if answer.reading.kind == REJECTED:
        raise Unsupported("The target demands a role, and nobody has shown that it must not.")
    done(answer)
    found = shown(scene, body["ModelName"]).get("ExecutionRoleArn")
    if found is not None:
        raise Broken(f"ExecutionRoleArn was not sent and is {found!r}.")


#: Hostnames of a pipeline, in an order that no sorting makes.
_HOSTS = ("second", "first", "third")


def image_like(scene: Scene, mark: str) -> str:
    """Return a legal image told apart by a mark; a user's own image is always the same."""
    resources = scene.resources
    return resources.container_image + ("" if resources.image else f"-{mark}")


def _keeps_order(scene: Scene) -> None:
    sent = {host: _container(scene, host) for host in _HOSTS}
    body = scene.plain(Containers=list(sent.values()))
    del body["PrimaryContainer"]
    containers = shown_after(scene, body).get("Containers")
    found = values_at("Containers[].ContainerHostname", {"Containers": containers})
    if not isinstance(containers, list) or len(containers) != len(_HOSTS):
        raise NothingToJudge("the containers are not all shown")
    if sorted(map(str, found)) != sorted(_HOSTS):
        raise NothingToJudge("the containers are not all shown")
    if found != list(_HOSTS):
        raise Broken(f"The containers are shown in the order {found}, not {list(_HOSTS)}.")
    for each in containers:
        host = each["ContainerHostname"]
        for path in ("Image", "Environment.HOST"):
            _must_be_its_own(path, host, values_at(path, each), sent)


def _container(scene: Scene, host: str) -> dict[str, Any]:
    return {
        "Image": image_like(scene, host),
        "ContainerHostname": host,
        "Environment": {"HOST": host},
    }


def _must_be_its_own(
    path: str, host: str, seen: list[Any], sent: Mapping[str, dict[str, Any]]
) -> None:
    """Demand that a container does not show another's value; a lost one is another rule's."""
    values = {each: values_at(path, container)[0] for each, container in sent.items()}
    if seen and seen[0] in values.values() and seen[0] != values[host]:
        raise Broken(f"The container {host!r} shows {path} {seen[0]!r}, not {values[host]!r}.")


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
    "BOOLEAN": "true",
    "NUMBER": "007",
    "NULL": "null",
    "EXPONENT": "1e3",
}


def _harms_nothing(scene: Scene) -> None:
    body = scene.plain()
    body["PrimaryContainer"] = {**body["PrimaryContainer"], "Environment": dict(_DELICATE)}
    found = values_at("PrimaryContainer.Environment", shown_after(scene, body))
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
        "Containers are described in the order in which they were sent, each with what is its own.",
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
    *ECHOES,
)
