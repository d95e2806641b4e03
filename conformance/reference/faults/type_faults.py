"""JSON types taken for one another, types not looked at, legal values of a type refused; items
that are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.reference.faults.fault import Fault, Side, constraint_rules
from conformance.reference.faults.places import Group, at_paths, groups
from conformance.reference.json_types import Read, WrongType, read_anything
from conformance.reference.shapes import (
    Boolean,
    Document,
    Examined,
    Integer,
    List,
    Map,
    Shape,
    String,
    Structure,
)

FAMILY = "types"
ITEMS = "items"


# --- readers that are too kind ---


def text_of_scalars(value: object) -> object:
    """Numbers and Booleans become strings: 5 is as good as "5"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _strictly(value, str)


def boolean_of_scalars(value: object) -> object:
    """ "true", "false", 1 and 0 are Booleans."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return bool(value) if isinstance(value, int | float) else _strictly(value, bool)


def integer_of_scalars(value: object) -> object:
    """ "5" and true are integers."""
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdecimal():
        return int(value)
    return int(value) if isinstance(value, int | float) else _strictly(value, int)


def list_of_one(value: object) -> object:
    """A value that is no list becomes a list of itself."""
    return value if isinstance(value, list) else [value]


def object_or_nothing(value: object) -> object:
    """What is no object counts as an empty one."""
    return value if isinstance(value, dict) else {}


def _strictly(value: object, wanted: type) -> object:
    if isinstance(value, wanted):
        return value
    raise WrongType("Expected another type")


# --- readers that refuse legal values ---


def true_only(value: object) -> object:
    """False is refused, as by a test for truth where one for presence was meant."""
    return value if _strictly(value, bool) else _refuse()


def false_only(value: object) -> object:
    """True is refused."""
    return _refuse() if _strictly(value, bool) else value


def positive_only(value: object) -> object:
    """Zero and negative numbers are refused."""
    return value if type(value) is int and value > 0 else _refuse()


def filled_list(value: object) -> object:
    """An empty list is refused."""
    return _strictly(value, list) or _refuse()


def filled_object(value: object) -> object:
    """An empty object is refused."""
    return _strictly(value, dict) or _refuse()


def _refuse() -> object:
    raise WrongType("Unexpected value")


def _read_as(name: str, paths: tuple[str, ...], read: Read, side: Side) -> Fault:
    summary = " ".join((read.__doc__ or "").split()).rstrip(".")
    return Fault(
        name,
        f"{', '.join(paths)}: {summary}",
        constraint_rules(paths, "type"),
        FAMILY,
        side,
        at_paths(paths, lambda shape: replace(shape, read=read)),
    )


def _coercion(shape: Shape) -> Read | None:
    """The kind reading of a shape; None where what it makes would break another limit all the
    same.
    """
    if isinstance(shape, String):
        legal = shape.pattern is None or shape.pattern.matches("5")
        return text_of_scalars if legal and shape.enum is None else None
    if isinstance(shape, Boolean):
        return boolean_of_scalars
    if isinstance(shape, Integer):
        return integer_of_scalars
    if isinstance(shape, List):
        return None if _demands_members(shape.item) else list_of_one
    if isinstance(shape, Structure | Map):
        return None if _demands_members(shape) else object_or_nothing
    return None


def has_type_rule(path: str) -> bool:
    """Whether a place can have a wrong type: a map's keys cannot, JSON makes them strings."""
    return not path.endswith("{key}")


def type_faults(group: Group, paths: tuple[str, ...], prefix: str) -> Iterator[Fault]:
    """Types taken for others at these paths."""
    if not all(map(has_type_rule, paths)):
        return
    yield _read_as(f"{prefix}-type-unchecked", paths, read_anything, "rejects")
    read = _coercion(group.shape)
    if read is not None:
        yield _read_as(f"{prefix}-type-coerced", paths, read, "rejects")


def refusals(group: Group, paths: tuple[str, ...], name: str) -> Iterator[Fault]:
    """Legal values of the right type that are refused at these paths."""
    shape = group.shape
    if isinstance(shape, Boolean):
        yield _read_as(f"{name}-false-refused", paths, true_only, "accepts")
        yield _read_as(f"{name}-true-refused", paths, false_only, "accepts")
    elif isinstance(shape, Integer):
        yield _read_as(f"{name}-negative-refused", paths, positive_only, "accepts")
    elif isinstance(shape, List) and not shape.min_items:
        yield _read_as(f"{name}-empty-refused", paths, filled_list, "accepts")
    elif isinstance(shape, Structure | Map) and not _demands_members(shape):
        yield _read_as(f"{name}-empty-refused", paths, filled_object, "accepts")


def _demands_members(shape: Shape) -> bool:
    return isinstance(shape, Structure) and any(each.required for each in shape.members)


# --- items that are passed over ---


def first_item(items: Sequence[object]) -> Sequence[tuple[int, object]]:
    """Only the first item is looked at."""
    return list(enumerate(items, 1))[:1]


def last_item(items: Sequence[object]) -> Sequence[tuple[int, object]]:
    """Only the last item is looked at."""
    return list(enumerate(items, 1))[-1:]


def no_item(_items: Sequence[object]) -> Sequence[tuple[int, object]]:
    """No item is looked at."""
    return []


def _examining(group: Group, vice: str, examined: Examined) -> Fault:
    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, List | Map)
        return replace(shape, examined=examined)

    return Fault(
        f"{group.name}-{vice}",
        f"{', '.join(group.paths)}: {(examined.__doc__ or '').rstrip('.')}",
        _item_rules(group),
        ITEMS,
        "rejects",
        at_paths(group.paths, edit),
    )


def _item_rules(group: Group) -> tuple[str, ...]:
    shape = group.shape
    if isinstance(shape, Map):
        return constraint_rules((f"{path}{{key}}" for path in group.paths), "pattern")
    assert isinstance(shape, List)
    if isinstance(shape.item, String):
        return constraint_rules((f"{path}[]" for path in group.paths), "pattern", "max-length")
    assert isinstance(shape.item, Structure)
    return tuple(
        rule
        for member in shape.item.members
        if isinstance(member.shape, String) and member.shape.pattern is not None
        for rule in constraint_rules((f"{path}[].{member.name}" for path in group.paths), "pattern")
    )


def _unlooked_at(name: str, path: str, *rules: str) -> Fault:
    return Fault(
        name,
        f"{path} is stored without a look at it",
        rules,
        ITEMS,
        "rejects",
        at_paths([path], lambda shape: Document(shape.name)),
    )


def faults() -> Iterator[Fault]:
    """All of both families."""
    for group in groups():
        yield from type_faults(group, group.paths, group.name)
        yield from refusals(group, group.paths, group.name)
        if isinstance(group.shape, List | Map):
            if group.shape.max_items != 1:
                yield _examining(group, "only-first-item-checked", first_item)
                yield _examining(group, "only-last-item-checked", last_item)
            yield _examining(group, "items-unchecked", no_item)
    for name, path, inner in (
        ("primary-container-unchecked", "PrimaryContainer", "PrimaryContainer."),
        ("containers-unchecked", "Containers", "Containers[]."),
        ("vpc-config-unchecked", "VpcConfig", "VpcConfig."),
        ("tags-unchecked", "Tags", "Tags[]."),
    ):
        below = {
            "VpcConfig": constraint_rules(
                ["VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"], "required"
            ),
            "Tags": constraint_rules(["Tags[].Key", "Tags[].Value"], "required", "pattern"),
        }
        yield _unlooked_at(
            name,
            path,
            *below.get(path, constraint_rules([f"{inner}Image"], "pattern", "max-length", "type")),
        )
