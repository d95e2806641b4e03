"""Where the limits of CreateModel are: every place in the table by its path, and changes at a path.

A path is written as rules write it: `Containers[].Environment{key}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from conformance.reference.behaviour import Change
from conformance.reference.create_model_shapes import CREATE_MODEL
from conformance.reference.faults.fault import on_create_model
from conformance.reference.shapes import List, Map, Member, Shape, String, Structure

# How faults call the structures that members belong to.
_OWNERS = {
    "CreateModelInput": "",
    "ContainerDefinition": "container",
    "ImageConfig": "image-config",
    "RepositoryAuthConfig": "repository-auth-config",
    "ModelDataSource": "model-data-source",
    "S3ModelDataSource": "s3-model-data-source",
    "ModelAccessConfig": "model-access-config",
    "InferenceHubAccessConfig": "hub-access-config",
    "AdditionalModelDataSource": "additional-model-data-source",
    "MultiModelConfig": "multi-model-config",
    "ContainerMetricsConfig": "container-metrics-config",
    "MetricsEndpoint": "metrics-endpoint",
    "InferenceExecutionConfig": "inference-execution-config",
    "Tag": "tag",
    "VpcConfig": "vpc-config",
}
_STEPS = {"[]": "-item", "{key}": "-key", "{value}": "-value"}


@dataclass(frozen=True, slots=True)
class Group:
    """One place of the table by the structure it belongs to; containers put it under several
    paths.
    """

    name: str
    shape: Shape
    required: bool
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    shape: Shape
    required: bool
    path: str


def groups(table: Structure = CREATE_MODEL) -> tuple[Group, ...]:
    """Every place of a table, in its order."""
    by_name: dict[str, list[_Found]] = {}
    for each in _walk(table, ""):
        by_name.setdefault(each.name, []).append(each)
    return tuple(
        Group(name, found[0].shape, found[0].required, tuple(each.path for each in found))
        for name, found in by_name.items()
    )


def _walk(structure: Structure, prefix: str) -> Iterator[_Found]:
    for member in structure.members:
        name = _name(structure, member)
        path = prefix + member.name
        yield _Found(name, member.shape, member.required, path)
        yield from _below(member.shape, name, path)


def _below(shape: Shape, name: str, path: str) -> Iterator[_Found]:
    if isinstance(shape, Structure):
        yield from _walk(shape, f"{path}.")
    elif isinstance(shape, List):
        yield _Found(name + _STEPS["[]"], shape.item, False, f"{path}[]")
        yield from _below(shape.item, name + _STEPS["[]"], f"{path}[]")
    elif isinstance(shape, Map):
        yield _Found(name + _STEPS["{key}"], shape.key, False, path + "{key}")
        yield _Found(name + _STEPS["{value}"], shape.value, False, path + "{value}")


def _name(structure: Structure, member: Member) -> str:
    owner, own = _OWNERS[structure.name], kebab(member.name)
    if owner == "" or own.startswith(owner):
        return own
    return f"{owner}-{own}"


def kebab(name: str) -> str:
    """A member's name in lower case with hyphens: S3DataSource becomes s3-data-source."""
    result = ""
    for position, character in enumerate(name):
        before = name[position - 1] if position else ""
        after = name[position + 1] if position + 1 < len(name) else ""
        starts_word = character.isupper() and (not before.isupper() or after.islower())
        result += ("-" if position and starts_word else "") + character.lower()
    return result


def kebab_path(path: str) -> str:
    """A whole path in lower case with hyphens."""
    return "-".join(_STEPS.get(step, f"-{kebab(step)}")[1:] for step in steps(path))


def steps(path: str) -> list[str]:
    """A path's steps: names, `[]`, `{key}` and `{value}`."""
    return path.replace("[]", ".[]").replace("{", ".{").split(".")


def reshape(shape: Shape, path: list[str], edit: Callable[[Shape], Shape]) -> Shape:
    """The shape with the one at the end of a path changed. Raises KeyError where the path leads
    nowhere.
    """
    if not path:
        return edit(shape)
    step, rest = path[0], path[1:]
    if isinstance(shape, Structure):
        member = shape.member(step)
        changed = replace(member, shape=reshape(member.shape, rest, edit))
        return replace(
            shape, members=tuple(changed if each is member else each for each in shape.members)
        )
    if isinstance(shape, List) and step == "[]":
        return replace(shape, item=reshape(shape.item, rest, edit))
    if isinstance(shape, Map) and step in ("{key}", "{value}"):
        part = step[1:-1]
        changed_part = reshape(getattr(shape, part), rest, edit)
        assert isinstance(changed_part, String)
        return (
            replace(shape, key=changed_part)
            if part == "key"
            else replace(shape, value=changed_part)
        )
    raise KeyError(f"{shape.name} has no {step}")


def at_paths(paths: Iterable[str], edit: Callable[[Shape], Shape]) -> Change:
    """A change of CreateModel's table at these paths."""
    return on_create_model(lambda table: edited(table, paths, edit))


def edited(table: Structure, paths: Iterable[str], edit: Callable[[Shape], Shape]) -> Structure:
    """A table changed at these paths."""
    result: Shape = table
    for each in paths:
        result = reshape(result, steps(each), edit)
    assert isinstance(result, Structure)
    return result


def members_at(paths: Iterable[str], edit: Callable[[Member], Member | None]) -> Change:
    """A change of the members at these paths; a member that becomes None is taken out of the
    table.
    """

    def change_table(table: Structure) -> Structure:
        result: Shape = table
        for path in paths:
            *parent, name = steps(path)
            result = reshape(result, parent, partial(_with_member, name=name, edit=edit))
        assert isinstance(result, Structure)
        return result

    return on_create_model(change_table)


def _with_member(shape: Shape, *, name: str, edit: Callable[[Member], Member | None]) -> Shape:
    assert isinstance(shape, Structure)
    changed = [edit(each) if each.name == name else each for each in shape.members]
    return replace(shape, members=tuple(each for each in changed if each is not None))
