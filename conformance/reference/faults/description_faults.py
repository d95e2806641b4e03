"""What DescribeModel shows: wrong defaults, wrong times, members left out or of another form."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from conformance.reference.behaviour import Change, Output
from conformance.reference.create_model_shapes import CREATE_MODEL
from conformance.reference.faults.fault import Fault, on_output

FAMILY = "descriptions"

Shown = dict[str, object]


#: The rules that each fault breaks.
_RULES: dict[str, tuple[str, ...]] = {
    "absent-members-empty": ("absent-members-left-out",),
    "absent-members-null": ("absent-members-left-out",),
    "another-arn-shown": ("describe-arn",),
    "creation-time-an-hour-ahead": ("creation-time-is-now",),
    "creation-time-an-hour-behind": ("creation-time-is-now",),
    "creation-time-as-string": ("creation-time",),
    "creation-time-in-iso-format": ("creation-time",),
    "creation-time-in-local-time": ("creation-time-is-now",),
    "creation-time-in-milliseconds": ("creation-time",),
    "creation-time-null": ("creation-time",),
    "creation-time-of-the-look": ("creation-time-stays",),
    "creation-time-zero": ("creation-time",),
    "describe-empty": ("describe-name",),
    "describe-in-lower-camel-case": ("describe-name",),
    "describe-nested": ("describe-name",),
    "describe-without-creationtime": ("creation-time",),
    "describe-without-enablenetworkisolation": (
        "default-network-isolation",
        "echo:EnableNetworkIsolation",
    ),
    "describe-without-modelarn": ("describe-arn",),
    "describe-without-modelname": ("describe-name",),
    "environment-defaults-to-null": ("default-environment",),
    "environment-not-defaulted": ("default-environment",),
    "missing-role-invented": ("absent-role",),
    "mode-defaults-to-multi-model": ("default-mode",),
    "mode-not-defaulted": ("default-mode",),
    "name-shown-in-lower-case": ("describe-name",),
    "network-isolation-always-false": ("echo:EnableNetworkIsolation",),
    "network-isolation-always-true": ("default-network-isolation",),
    "network-isolation-as-string": ("default-network-isolation", "echo:EnableNetworkIsolation"),
    "network-isolation-null": ("default-network-isolation",),
    "primary-container-in-containers": ("echo:PrimaryContainer",),
    "vpc-invented": ("absent-members",),
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    return Fault(name, summary, _ids(*_RULES[name]), FAMILY, "holds", change)


def _ids(*names: str) -> tuple[str, ...]:
    return tuple(f"lifecycle/{each}" for each in names)


def _showing(edit: Callable[[Shown], Output]) -> Change:
    return on_output("DescribeModel", lambda _call, output: edit(output))


def _with(name: str, value: Callable[[Shown], object]) -> Change:
    return _showing(lambda output: {**output, name: value(output)})


def _without(name: str) -> Change:
    return _showing(lambda output: {key: each for key, each in output.items() if key != name})


def _containers(edit: Callable[[Shown], Shown]) -> Change:
    def edit_all(output: Shown) -> Output:
        shown = dict(output)
        primary, containers = shown.get("PrimaryContainer"), shown.get("Containers")
        if isinstance(primary, dict):
            shown["PrimaryContainer"] = edit(primary)
        if isinstance(containers, list):
            shown["Containers"] = [
                edit(each) if isinstance(each, dict) else each for each in containers
            ]
        return shown

    return _showing(edit_all)


def _without_default(name: str, default: object) -> Change:
    return _containers(
        lambda container: {
            key: each for key, each in container.items() if key != name or each != default
        }
    )


def _seconds(output: Shown) -> float:
    value = output["CreationTime"]
    assert isinstance(value, float)
    return value


def _iso(output: Shown) -> str:
    return datetime.fromtimestamp(_seconds(output), UTC).isoformat()


def _shown_faults() -> Iterator[Fault]:
    times: dict[str, Callable[[Shown], object]] = {
        "in-milliseconds": lambda output: int(_seconds(output) * 1000),
        "in-iso-format": _iso,
        "as-string": lambda output: str(_seconds(output)),
        "null": lambda output: None,
        "zero": lambda output: 0,
        "an-hour-ahead": lambda output: _seconds(output) + 3600,
        "an-hour-behind": lambda output: _seconds(output) - 3600,
        "in-local-time": lambda output: _seconds(output) + 5.5 * 3600,
        "of-the-look": lambda output: round(time.time() + 1, 3),
    }
    for name, value in times.items():
        yield _fault(
            f"creation-time-{name}",
            f"CreationTime is {name.replace('-', ' ')}",
            _with("CreationTime", value),
        )
    for name in ("CreationTime", "ModelArn", "ModelName", "EnableNetworkIsolation"):
        yield _fault(f"describe-without-{name}".lower(), f"{name} is not shown", _without(name))
    rest: tuple[tuple[str, str, Change], ...] = (
        ("mode-not-defaulted", "Mode is not shown where it was not sent",
         _without_default("Mode", "SingleModel")),
        ("mode-defaults-to-multi-model", "Mode is MultiModel where it was not sent",
         _containers(lambda each: {**each, "Mode": "MultiModel"} if _is_single(each) else each)),
        ("environment-not-defaulted", "Environment is not shown where it is empty",
         _without_default("Environment", {})),
        ("environment-defaults-to-null", "Environment is null where it is empty",
         _containers(lambda each: {**each, "Environment": each.get("Environment") or None})),
        ("network-isolation-always-false", "EnableNetworkIsolation is always false",
         _with("EnableNetworkIsolation", lambda output: False)),
        ("network-isolation-always-true", "EnableNetworkIsolation is always true",
         _with("EnableNetworkIsolation", lambda output: True)),
        ("network-isolation-as-string", "EnableNetworkIsolation is a string",
         _with("EnableNetworkIsolation", lambda output: str(output["EnableNetworkIsolation"]))),
        ("network-isolation-null", "EnableNetworkIsolation is null where it is false",
         _with("EnableNetworkIsolation", lambda output: output["EnableNetworkIsolation"] or None)),
        ("name-shown-in-lower-case", "ModelName is shown in lower case",
         _with("ModelName", lambda output: str(output["ModelName"]).lower())),
        ("another-arn-shown", "DescribeModel shows another ModelArn than CreateModel answered",
         _with("ModelArn", lambda output: str(output["ModelArn"]) + "-1")),
        ("missing-role-invented", "a role that was not sent is shown as another string",
         _with("ExecutionRoleArn", lambda output: output.get("ExecutionRoleArn", "None"))),
        ("absent-members-null", "members that were not sent are shown as null",
         _showing(lambda output: {**dict.fromkeys(_TOP), **output})),
        ("absent-members-empty", "structures that were not sent are shown empty",
         _showing(lambda output: {"VpcConfig": {}, "Containers": [], **output})),
        ("vpc-invented", "a VpcConfig that was not sent is shown",
         _showing(lambda output: {"VpcConfig": _SOME_VPC, **output})),
        ("primary-container-in-containers", "PrimaryContainer is shown as one of Containers",
         _showing(_as_containers)),
        ("describe-in-lower-camel-case", "members are shown in lower camel case",
         _showing(lambda output: {key[0].lower() + key[1:]: each for key, each in output.items()})),
        ("describe-nested", "the description is wrapped in `Model`",
         _showing(lambda output: {"Model": output})),
        ("describe-empty", "the description is empty", _showing(lambda output: {})),
    )  # fmt: skip
    for name, summary, change in rest:
        yield _fault(name, summary, change)


_TOP = tuple(each.name for each in CREATE_MODEL.members if each.name != "Tags")


_SOME_VPC = {"SecurityGroupIds": ["sg-default"], "Subnets": ["subnet-default"]}


def _is_single(container: Shown) -> bool:
    return container.get("Mode") == "SingleModel"


def _as_containers(output: Shown) -> Output:
    shown = dict(output)
    primary = shown.pop("PrimaryContainer", None)
    return shown if primary is None else {**shown, "Containers": [primary]}


def faults() -> Iterator[Fault]:
    """All of this family that are about what is shown."""
    yield from _shown_faults()
