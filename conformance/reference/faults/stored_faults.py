"""Values on their way into the store: members lost one by one, others mangled or mixed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Call, Change
from conformance.reference.faults.fault import Fault, on_call
from conformance.reference.faults.places import groups, kebab_path, steps

FAMILY = "descriptions"
LOST = "lost-members"

Shown = dict[str, object]


#: The rules that each fault breaks.
_RULES: dict[str, tuple[str, ...]] = {
    "astral-characters-mangled": ("environment-unharmed",),
    "containers-last-lost": ("echo:Containers",),
    "containers-reversed": ("containers-in-order",),
    "containers-sorted": ("containers-in-order",),
    "environment-empty-values-lost": ("environment-unharmed",),
    "environment-first-entry-kept": (
        "echo:PrimaryContainer.Environment",
        "echo:Containers[].Environment",
    ),
    "environment-keys-in-capitals": ("environment-unharmed",),
    "line-ends-changed": ("environment-unharmed",),
    "non-ascii-mangled": ("environment-unharmed",),
    "security-groups-only-first-kept": ("echo:VpcConfig.SecurityGroupIds",),
    "strings-escaped": ("environment-unharmed",),
    "strings-cut-at-255": ("environment-unharmed",),
    "strings-trimmed": ("environment-unharmed",),
    "subnets-only-first-kept": ("echo:VpcConfig.Subnets",),
    "environments-exchanged": ("containers-in-order",),
    "environment-of-the-first-for-all": ("containers-in-order",),
    "environment-of-the-last-for-all": ("containers-in-order",),
    "images-exchanged": ("containers-in-order",),
    "environment-numbers-normalised": ("environment-unharmed",),
    "environment-booleans-in-capitals": ("environment-unharmed",),
    "environment-nulls-lost": ("environment-unharmed",),
    "environment-values-parsed": ("environment-unharmed",),
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


def _as_number(text: str) -> str:
    """A number as a store that takes it for one writes it: 007 becomes 7, 1e3 becomes 1000."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else str(number)


def _as_boolean(text: str) -> str:
    return text.capitalize() if text in ("true", "false") else text


def _parsed(text: str) -> object:
    return {"true": True, "false": False, "null": None}.get(text, text)


def _each_value(edit: Callable[[str], object]) -> Change:
    return _in_environments(
        lambda entries: {key: edit(str(value)) for key, value in entries.items()}
    )


def _with_each_others(name: str, pick: Callable[[list[object]], list[object]]) -> Change:
    """A member of all containers, taken together and given out in another way."""

    def edit(items: list[object]) -> list[object]:
        containers = [each for each in items if isinstance(each, dict)]
        if not containers or not all(name in each for each in containers):
            return items
        values = pick([each[name] for each in containers])
        return [{**each, name: value} for each, value in zip(containers, values, strict=True)]

    return _in_lists("Containers", edit)


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


def _mixed_up_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("environments-exchanged", "the Environments of containers are given out in reverse",
         _with_each_others("Environment", lambda values: values[::-1])),
        ("environment-of-the-first-for-all", "all containers have the Environment of the first",
         _with_each_others("Environment", lambda values: [values[0]] * len(values))),
        ("environment-of-the-last-for-all", "all containers have the Environment of the last",
         _with_each_others("Environment", lambda values: [values[-1]] * len(values))),
        ("images-exchanged", "the Images of containers are given out in reverse",
         _with_each_others("Image", lambda values: values[::-1])),
        ("environment-numbers-normalised", "values that look like numbers are written anew",
         _each_value(_as_number)),
        ("environment-booleans-in-capitals", "true and false become True and False",
         _each_value(_as_boolean)),
        ("environment-nulls-lost", "entries of the value null are lost",
         _in_environments(lambda entries: {k: v for k, v in entries.items() if v != "null"})),
        ("environment-values-parsed", "true, false and null are shown as JSON has them",
         _each_value(_parsed)),
    ):  # fmt: skip
        yield _fault(name, summary, change)


def faults() -> Iterator[Fault]:
    """All of both families that are about what is stored."""
    yield from _lost_faults()
    yield from _mangled_faults()
    yield from _mixed_up_faults()
