"""What DescribeModel shows: members lost one by one, wrong defaults, wrong times, values mangled
on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from conformance.reference.behaviour import Call, Change, Output
from conformance.reference.create_model_shapes import CREATE_MODEL
from conformance.reference.faults.fault import Fault, on_call, on_output
from conformance.reference.faults.places import groups, kebab_path, steps

FAMILY = "descriptions"
LOST = "lost-members"

Shown = dict[str, object]


#: The rules that each fault breaks.
_RULES: dict[str, tuple[str, ...]] = {
    "absent-members-empty": ("absent-members-left-out",),
    "absent-members-null": ("absent-members-left-out",),
    "another-arn-shown": ("describe-arn",),
    "astral-characters-mangled": ("environment-unharmed",),
    "containers-last-lost": ("echo:Containers",),
    "containers-reversed": ("containers-in-order",),
    "containers-sorted": ("containers-in-order",),
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
    "environment-empty-values-lost": ("environment-unharmed",),
    "environment-first-entry-kept": (
        "echo:PrimaryContainer.Environment",
        "echo:Containers[].Environment",
    ),
    "environment-keys-in-capitals": ("environment-unharmed",),
    "environment-not-defaulted": ("default-environment",),
    "line-ends-changed": ("environment-unharmed",),
    "missing-role-invented": ("absent-role",),
    "mode-defaults-to-multi-model": ("default-mode",),
    "mode-not-defaulted": ("default-mode",),
    "name-shown-in-lower-case": ("describe-name",),
    "network-isolation-always-false": ("echo:EnableNetworkIsolation",),
    "network-isolation-always-true": ("default-network-isolation",),
    "network-isolation-as-string": ("default-network-isolation", "echo:EnableNetworkIsolation"),
    "network-isolation-null": ("default-network-isolation",),
    "non-ascii-mangled": ("environment-unharmed",),
    "primary-container-in-containers": ("echo:PrimaryContainer",),
    "security-groups-only-first-kept": ("echo:VpcConfig.SecurityGroupIds",),
    "strings-escaped": ("environment-unharmed",),
    "strings-cut-at-255": ("environment-unharmed",),
    "strings-trimmed": ("environment-unharmed",),
    "subnets-only-first-kept": ("echo:VpcConfig.Subnets",),
    "vpc-invented": ("absent-members",),
}


def _fault(name: str, summary: str, change: Change) -> Fault:
    return Fault(name, summary, _ids(*_RULES[name]), FAMILY, "holds", change)


def _ids(*names: str) -> tuple[str, ...]:
    return tuple(f"lifecycle/{each}" for each in names)


def _lost(name: str, paths: tuple[str, ...]) -> Fault:
    shown = _ids(*(f"echo:{path}" for path in paths))
    rules = ("tags/created-are-listed",) if paths == ("Tags",) else shown
    summary = f"{', '.join(paths)} is accepted and forgotten"
    return Fault(f"loses-{name}", summary, rules, LOST, "holds", _losing(paths))


# --- values on their way into the store ---


def at_path(value: object, path: list[str], edit: Callable[[Shown, str], object]) -> object:
    """A copy of a value; `edit` gets a copy of the structure that holds the last step, and the
    step.
    """
    if isinstance(value, list):
        rest = path[1:] if path[0] == "[]" else path
        return [at_path(each, rest, edit) for each in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    copy = dict(value)
    if len(path) == 1:
        edit(copy, path[0])
    else:
        copy[path[0]] = at_path(copy[path[0]], path[1:], edit)
    return copy


def _lose(holder: Shown, name: str) -> None:
    del holder[name]


def _storing(edit: Callable[[Shown], object]) -> Change:
    def edit_call(call: Call) -> Call:
        edited = edit(dict(call.parameters))
        assert isinstance(edited, dict)
        return replace(call, parameters=edited)

    return on_call("CreateModel", edit_call)


def _losing(paths: tuple[str, ...]) -> Change:
    def edit(parameters: Shown) -> object:
        value: object = parameters
        for path in paths:
            value = at_path(value, steps(path), _lose)
        return value

    return _storing(edit)


def _every_string(value: object, edit: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return edit(value)
    if isinstance(value, list):
        return [_every_string(each, edit) for each in value]
    if isinstance(value, dict):
        return {key: _every_string(each, edit) for key, each in value.items()}
    return value


def _mangling(edit: Callable[[str], str]) -> Change:
    """Strings below the top level are changed as they are stored; name and role are left alone."""

    def edit_all(parameters: Shown) -> object:
        return {
            name: each if isinstance(each, str) else _every_string(each, edit)
            for name, each in parameters.items()
        }

    return _storing(edit_all)


def _in_lists(name: str, edit: Callable[[list[object]], list[object]]) -> Change:
    def change(holder: Shown, last: str) -> None:
        items = holder[last]
        if isinstance(items, list):
            holder[last] = edit(items)

    return _storing(lambda parameters: at_path(parameters, steps(name), change))


def _in_environments(edit: Callable[[dict[str, object]], dict[str, object]]) -> Change:
    def change(holder: Shown, last: str) -> None:
        entries = holder[last]
        if isinstance(entries, dict):
            holder[last] = edit(entries)

    def edit_all(parameters: Shown) -> object:
        value: object = parameters
        for path in ("PrimaryContainer.Environment", "Containers[].Environment"):
            value = at_path(value, steps(path), change)
        return value

    return _storing(edit_all)


def _lost_faults() -> Iterator[Fault]:
    for group in groups():
        name = steps(group.paths[0])[-1]
        is_member = name not in ("[]", "{key}", "{value}")
        if is_member and group.name not in ("model-name", "tag-key", "tag-value"):
            yield _lost(group.name, group.paths)
            if len(group.paths) > 1:
                yield from (_lost(f"only-{kebab_path(path)}", (path,)) for path in group.paths)


def _mangled_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("containers-reversed", "the order of Containers is turned round",
         _in_lists("Containers", lambda items: items[::-1])),
        ("containers-last-lost", "the last of several Containers is lost",
         _in_lists("Containers", lambda items: items[:-1] or items)),
        ("containers-sorted", "Containers are sorted by their text",
         _in_lists("Containers", lambda items: sorted(items, key=str))),
        ("subnets-only-first-kept", "of several subnets the first is kept",
         _in_lists("VpcConfig.Subnets", lambda items: items[:1])),
        ("security-groups-only-first-kept", "of several security groups the first is kept",
         _in_lists("VpcConfig.SecurityGroupIds", lambda items: items[:1])),
        ("environment-keys-in-capitals", "the keys of Environment are stored in capitals",
         _in_environments(lambda entries: {key.upper(): each for key, each in entries.items()})),
        ("environment-first-entry-kept", "of several entries of Environment the first is kept",
         _in_environments(lambda entries: dict(list(entries.items())[:1]))),
        ("environment-empty-values-lost", "empty values of Environment are lost",
         _in_environments(lambda entries: {key: each for key, each in entries.items() if each})),
        ("astral-characters-mangled", "characters beyond the basic plane become question marks",
         _mangling(lambda text: "".join(c if ord(c) < 0x10000 else "?" for c in text))),
        ("non-ascii-mangled", "UTF-8 is read as Latin-1",
         _mangling(lambda text: text.encode("utf-8", "replace").decode("latin-1"))),
        ("strings-trimmed", "white space around strings is lost", _mangling(str.strip)),
        ("strings-escaped", "strings are escaped as for HTML",
         _mangling(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))),
        ("line-ends-changed", "line feeds become spaces",
         _mangling(lambda text: text.replace("\n", " "))),
        ("strings-cut-at-255", "strings are cut after 255 characters",
         _mangling(lambda text: text[:255])),
    ):  # fmt: skip
        yield _fault(name, summary, change)


# --- values on their way out ---


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
    """All of both families."""
    yield from _lost_faults()
    yield from _mangled_faults()
    yield from _shown_faults()
