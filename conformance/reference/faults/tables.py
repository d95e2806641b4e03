"""The table of CreateModel as a whole: all its rules, and the table with everything of a kind
taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.faults.fault import constraint_rules
from conformance.reference.faults.limits import has_separable_minimum
from conformance.reference.faults.places import groups
from conformance.reference.faults.type_faults import has_type_rule
from conformance.reference.json_types import read_anything
from conformance.reference.patterns import ENVIRONMENT_VALUE
from conformance.reference.shapes import Document, List, Map, Member, Shape, String, Structure

# --- which rules a service breaks that looks at nothing, or refuses all ---


def every_rule(*, types: bool = True, limits: bool = True) -> tuple[str, ...]:
    """The ids of all rules about a limit of CreateModel that can be broken alone."""
    return tuple(
        rule
        for group in groups()
        for kind in _kinds(group.shape, group.required, types, limits)
        for rule in constraint_rules(group.paths, kind)
        if kind != "type" or has_type_rule(rule.rpartition(":")[0])
    )


def _kinds(shape: Shape, required: bool, types: bool, limits: bool) -> Iterator[str]:
    if types:
        yield "type"
    if not limits:
        return
    if required:
        yield "required"
    if isinstance(shape, String):
        if shape.max_length is not None:
            yield "max-length"
        if has_separable_minimum(shape):
            yield "min-length"
        if shape.pattern not in (None, ENVIRONMENT_VALUE):
            yield "pattern"
        if shape.enum is not None:
            yield "enum"
    elif isinstance(shape, List | Map):
        if shape.max_items is not None:
            yield "max-items"
        if isinstance(shape, List) and shape.min_items:
            yield "min-items"


# --- tables without limits or types ---


def unlimited(shape: Shape) -> Shape:
    """The shape and all below it without any limit; types stay."""
    if isinstance(shape, String):
        return String(shape.name, read=shape.read)
    if isinstance(shape, List):
        return List(shape.name, unlimited(shape.item), read=shape.read)
    if isinstance(shape, Map):
        return Map(shape.name, String("key"), String("value"), read=shape.read)
    if isinstance(shape, Structure):
        return with_members(shape, unlimited, required=False)
    return shape


def untyped(shape: Shape) -> Shape:
    """The shape and all below it taking any JSON value; limits are looked at where they can be."""
    if isinstance(shape, Structure):
        return replace(with_members(shape, untyped), read=read_anything)
    if isinstance(shape, List):
        return replace(shape, item=untyped(shape.item), read=read_anything)
    if isinstance(shape, Map):
        value = replace(shape.value, read=read_anything)
        return replace(shape, value=value, read=read_anything)
    return replace(shape, read=read_anything)


def shallow(shape: Shape) -> Shape:
    """A structure whose members are not looked into, as where only the top level was written."""
    if isinstance(shape, Structure | List | Map):
        return Document(shape.name)
    return shape


def with_members(
    shape: Structure, edit: Callable[[Shape], Shape], required: bool | None = None
) -> Structure:
    """A structure with each member's shape changed, and all of them required or not where given."""
    return replace(
        shape,
        members=tuple(
            Member(
                each.name,
                edit(each.shape),
                each.required if required is None else required,
            )
            for each in shape.members
        ),
    )


def no_limits(table: Structure) -> Structure:
    """An operation's table without any limit; types stay."""
    return with_members(table, unlimited, required=False)
