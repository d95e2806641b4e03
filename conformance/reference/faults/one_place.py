"""Limits that hold in one of the places of a container and not in the other.

A container's shape occurs under PrimaryContainer and under Containers[], an S3 data source under
two members of each. Implementations that check by hand forget one of them; each of these faults
breaks one side of one limit at one path, so that exactly one rule can see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.reference.faults.enum_faults import (
    enum_faults,
    made_optional,
    refused_altogether,
)
from conformance.reference.faults.expectations import settled
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.limits import limit_faults
from conformance.reference.faults.pattern_faults import demands_of, pattern_faults, tightened
from conformance.reference.faults.places import Group, groups, kebab_path
from conformance.reference.faults.type_faults import refusals, type_faults
from conformance.reference.shapes import Boolean

FAMILY = "one-place"


def faults() -> Iterator[Fault]:
    """One fault for each side of each limit, for each path of a place that has several."""
    for group in groups():
        if len(group.paths) > 1:
            for path in group.paths:
                yield from _at(group, path)


def _at(group: Group, path: str) -> Iterator[Fault]:
    prefix, paths = f"only-{kebab_path(path)}", (path,)
    yield from _one_a_side(limit_faults(group, paths, prefix))
    yield from _one_a_side(pattern_faults(group, paths, prefix, ("absent",)))
    stricter = [tightened(f"{prefix}-pattern-{n}", paths, d) for n, d in demands_of(group)]
    for each in [each for each in stricter if settled(each).expect == "fail"][:1]:
        yield _here(each)
    yield from _one_a_side(enum_faults(group, paths, prefix))
    yield from _one_a_side(type_faults(group, paths, prefix))
    if isinstance(group.shape, Boolean):
        yield from map(_here, refusals(group, paths, prefix))
    if group.required:
        yield _here(made_optional(f"{prefix}-optional", paths))
    elif _can_be_left_out(path):
        yield _here(refused_altogether(f"{prefix}-unknown", paths))


def _can_be_left_out(path: str) -> bool:
    """Whether legal requests make sense without what is at this path, though not required."""
    name = path.rpartition(".")[2]
    indispensable = ("Image", "S3DataSource", "ModelCacheSetting", "MetricsEndpoints")
    return name not in indispensable and not name.endswith(("]", "}"))


def _one_a_side(candidates: Iterator[Fault]) -> Iterator[Fault]:
    seen: set[tuple[tuple[str, ...], str]] = set()
    for each in candidates:
        if (each.rules, each.side) not in seen:
            seen.add((each.rules, each.side))
            yield _here(each)


def _here(fault: Fault) -> Fault:
    return replace(fault, family=FAMILY)
