"""Lengths and numbers of items: every limit of CreateModel one too high, one too low and absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.reference.faults.fault import Fault, Side, constraint_rules
from conformance.reference.faults.places import Group, at_paths, groups
from conformance.reference.shapes import List, Map, Shape, String

FAMILY = "limits"


def has_separable_minimum(shape: Shape) -> bool:
    """Whether a value below the minimum length breaks nothing else: not where the pattern says as
    much.
    """
    return (
        isinstance(shape, String)
        and shape.min_length == 1
        and (shape.pattern is None or shape.pattern.matches(""))
    )


def limit_faults(group: Group, paths: tuple[str, ...], prefix: str) -> Iterator[Fault]:
    """The faults of a place's own limits, made at these paths."""
    shape = group.shape
    if isinstance(shape, String):
        if shape.max_length is not None:
            yield from _maximum(prefix, paths, "length", shape.max_length)
        if shape.min_length:
            yield _limit(prefix, paths, "min-length", _shortest(shape) + 1, "accepts")
        if has_separable_minimum(shape):
            yield _limit(prefix, paths, "min-length", None, "rejects")
    elif isinstance(shape, List | Map):
        if shape.max_items is not None:
            yield from _maximum(prefix, paths, "items", shape.max_items)
        if isinstance(shape, List) and shape.min_items:
            yield _limit(prefix, paths, "min-items", shape.min_items + 1, "accepts")
            yield _limit(prefix, paths, "min-items", None, "rejects")


_SHORT_ARNS = {
    "RoleArn": "arn:aws:iam::123456789012:role/x",
    "RepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
}


def _shortest(shape: String) -> int:
    """The length of the shortest string that nobody refuses: of what is called an ARN, an ARN's."""
    return len(_SHORT_ARNS[shape.name]) if shape.name in _SHORT_ARNS else shape.min_length


def _maximum(prefix: str, paths: tuple[str, ...], unit: str, limit: int) -> Iterator[Fault]:
    yield _limit(prefix, paths, f"max-{unit}", limit + 1, "rejects")
    yield _limit(prefix, paths, f"max-{unit}", limit - 1, "accepts")
    yield _limit(prefix, paths, f"max-{unit}", None, "rejects")


def _limit(prefix: str, paths: tuple[str, ...], kind: str, limit: int | None, side: Side) -> Fault:
    field = kind.replace("-", "_")

    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, String | List | Map)
        absent = None if field.startswith("max") else 0
        changes: dict[str, Any] = {field: absent if limit is None else limit}
        return replace(shape, **changes)

    shown = "absent" if limit is None else str(limit)
    return Fault(
        f"{prefix}-{kind}-{shown}",
        f"the {kind} of {', '.join(paths)} is {shown}",
        constraint_rules(paths, kind),
        FAMILY,
        side,
        at_paths(paths, edit),
    )


def _older_limit(name: str, limit: int, *paths: str) -> Fault:
    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, List | Map)
        return replace(shape, max_items=limit)

    return Fault(
        f"{name}-max-items-of-an-older-revision",
        f"{' and '.join(paths)} hold {limit} at most, as in an older revision of the API",
        constraint_rules(paths, "max-items"),
        FAMILY,
        "accepts",
        at_paths(paths, edit),
    )


def _in_bytes(name: str, *paths: str) -> Fault:
    def edit(shape: Shape) -> Shape:
        assert isinstance(shape, String)
        return replace(shape, length=_utf8_length)

    return Fault(
        f"{name}-length-in-bytes",
        f"the length of {' and '.join(paths)} is counted in bytes of UTF-8",
        # Seen only where the longest legal value holds characters beyond ASCII.
        constraint_rules(paths, "max-length"),
        FAMILY,
        "accepts",
        at_paths(paths, edit),
    )


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def faults() -> Iterator[Fault]:
    """All of this family."""
    for group in groups():
        yield from limit_faults(group, group.paths, group.name)
    for form, name in (("PrimaryContainer", "primary-container"), ("Containers[]", "containers")):
        paths = (
            f"{form}.ModelPackageName",
        )  # what packages are called is shorter than they may be
        yield _limit(f"{name}-model-package-name", paths, "max-length", 100, "accepts")
    yield _older_limit("containers", 5, "Containers")
    yield _older_limit(
        "container-environment", 16, "PrimaryContainer.Environment", "Containers[].Environment"
    )
    yield _in_bytes("tag-key", "Tags[].Key")
    yield _in_bytes("tag-value", "Tags[].Value")
    yield _in_bytes(
        "container-environment-value",
        "PrimaryContainer.Environment{value}",
        "Containers[].Environment{value}",
    )
