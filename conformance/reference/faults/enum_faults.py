"""Sets of values that are open, ignore case or lack a value; required members that may be left
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.reference.faults.fault import Fault, Side, constraint_rules
from conformance.reference.faults.places import Group, at_paths, groups, kebab, members_at
from conformance.reference.json_types import WrongType
from conformance.reference.patterns import Matches
from conformance.reference.shapes import Enumeration, Shape, String

ENUMS = "enums"
REQUIRED = "required"


def enum_faults(group: Group, paths: tuple[str, ...], prefix: str) -> Iterator[Fault]:
    """The faults of a place's set of values, made at these paths."""
    enum = group.shape.enum if isinstance(group.shape, String) else None
    if enum is None:
        return
    lowered = frozenset(each.lower() for each in enum.values)
    known = enum.contains

    def fault(name: str, summary: str, side: Side, changed: Enumeration | None) -> Fault:
        return Fault(
            f"{prefix}-enum-{name}",
            f"{', '.join(paths)}: {summary}",
            constraint_rules(paths, "enum"),
            ENUMS,
            side,
            at_paths(paths, lambda shape: _with_enum(shape, changed)),
        )

    def varied(contains: Matches) -> Enumeration:
        return replace(enum, contains=contains)

    yield fault("open", "any string is let through", "rejects", None)
    yield fault(
        "case-ignored",
        "case is ignored",
        "rejects",
        varied(lambda text: text.lower() in lowered),
    )
    yield fault(
        "trimmed",
        "white space around is ignored",
        "rejects",
        varied(lambda text: known(text.strip())),
    )
    yield fault(
        "empty-allowed",
        "an empty string counts as absent",
        "rejects",
        varied(lambda text: text == "" or known(text)),
    )
    for value in enum.values:
        rest = tuple(each for each in enum.values if each != value)
        yield fault(
            f"without-{kebab(value)}",
            f"{value} is not known",
            "accepts",
            Enumeration.of(*rest),
        )


def _with_enum(shape: Shape, enum: Enumeration | None) -> Shape:
    assert isinstance(shape, String)
    return replace(shape, enum=enum)


def made_optional(name: str, paths: tuple[str, ...]) -> Fault:
    """A fault by which the required members at these paths may be left out."""
    return Fault(
        name,
        f"{', '.join(paths)} may be left out",
        constraint_rules(paths, "required"),
        REQUIRED,
        "rejects",
        members_at(paths, lambda member: replace(member, required=False)),
    )


def made_required(name: str, paths: tuple[str, ...]) -> Fault:
    """A fault that demands the optional members at these paths."""
    return Fault(
        name,
        f"{', '.join(paths)} must not be left out",
        (),  # which rule's legal requests lack the member is for the suite to say
        REQUIRED,
        "accepts",
        members_at(paths, lambda member: replace(member, required=True)),
    )


def refused_altogether(name: str, paths: tuple[str, ...]) -> Fault:
    """A fault that refuses members it does not know, as an implementation of an older revision
    may.
    """
    return Fault(
        name,
        f"{', '.join(paths)} is refused whatever it holds",
        constraint_rules(paths, "type"),
        "unknown-members",
        "accepts",
        at_paths(paths, lambda shape: replace(shape, read=_refuse_type)),
    )


def _refuse_type(_value: object) -> object:
    raise WrongType("Unknown member")


def faults() -> Iterator[Fault]:
    """All of both families, and the members that are refused altogether."""
    for group in groups():
        yield from enum_faults(group, group.paths, group.name)
        if group.required:
            yield made_optional(f"{group.name}-optional", group.paths)
        if group.name in _DEMANDED:
            yield made_required(f"{group.name}-demanded", group.paths)
        if group.name in _UNKNOWN:
            yield refused_altogether(f"{group.name}-unknown", group.paths)


# Optional members that implementations are known or likely to demand.
_DEMANDED = frozenset(
    {
        "primary-container",
        "execution-role-arn",
        "tags",
        "vpc-config",
        "container-image",
        "container-model-data-url",
        "container-mode",
        "container-environment",
        "repository-auth-config",
        "image-config-repository-auth-config",
        "s3-model-data-source-model-access-config",
        "metrics-endpoint-metric-publish-frequency-in-seconds",
        "model-data-source-s3-data-source",
        "multi-model-config-model-cache-setting",
    }
)

# Members that came with later revisions of the API, or that small implementations leave out.
_UNKNOWN = frozenset(
    {
        "tags",
        "containers",
        "inference-execution-config",
        "vpc-config",
        "enable-network-isolation",
        "container-image-config",
        "container-mode",
        "container-model-data-source",
        "container-additional-model-data-sources",
        "container-model-package-name",
        "container-inference-specification-name",
        "container-multi-model-config",
        "container-metrics-config",
        "s3-model-data-source-hub-access-config",
        "s3-model-data-source-model-access-config",
        "s3-model-data-source-manifest-s3-uri",
        "s3-model-data-source-e-tag",
        "s3-model-data-source-manifest-etag",
        "image-config-repository-auth-config",
        "metrics-endpoint-metric-publish-frequency-in-seconds",
    }
)
