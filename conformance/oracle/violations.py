"""What a request breaks: any JSON value in, the violated rules out, in specification order.

Nothing is remembered from how a request was made: the engine asks here about the body as sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.spec.constraints import (
    broken,
    has_type,
    is_undecided_length,
    is_undecided_type,
)
from conformance.spec.crossfield import (
    UNDECIDED_LENGTH,
    UNDECIDED_NULL,
    UNDECIDED_TYPE,
    cross_field_rules,
    request_rules,
)
from conformance.spec.rules import INFO, MUST, Rule, constraint_rules
from conformance.spec.shapes import Shape, request

Path = tuple[str | int, ...]

ACCEPT = "accept"
REJECT = "reject"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Violation:
    """One rule that a request breaks and where: ``path`` holds member names and list indices.

    The path of a map key is that of its entry; of a cross-field rule it is ().
    """

    rule: Rule
    path: Path = ()

    @property
    def place(self) -> str:
        """The path as people write it: ``Containers[2].Image``."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".") or "the request"


@dataclass(frozen=True)
class Expectation:
    """What should happen to a request, and every rule that it breaks.

    ``outcome`` is ``accept``, ``reject`` (a ``must`` rule is broken) or ``unknown`` (only ``info``
    rules are: nobody has shown what AWS answers).
    """

    outcome: str
    violations: tuple[Violation, ...]

    def ids(self, level: str | None = None) -> frozenset[str]:
        """Return the ids of the violated rules, of one level or of both."""
        return frozenset(v.rule.id for v in self.violations if level in (None, v.rule.level))


@cache
def _rules() -> dict[tuple[str, str], Rule]:
    return {(rule.member, rule.constraint): rule for rule in constraint_rules()}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [each for each in value if each is not None]
    return {key: each for key, each in value.items() if each is not None}


def _has_nulls(value: Any) -> bool:
    if isinstance(value, list):
        return None in value
    return isinstance(value, dict) and None in value.values()


def _in_value(shape: Shape, value: Any, path: Path) -> Iterator[Violation]:
    rules = _rules()
    if is_undecided_type(shape, value):
        yield Violation(UNDECIDED_TYPE, path)
    kinds = broken(shape, value)
    if kinds and _has_nulls(value):  # whether nulls count is unknown
        without = broken(shape, _without_nulls(value))
        kinds = tuple(kind for kind in kinds if kind in without)
    for kind in kinds:
        yield Violation(rules[shape.path, kind], path)
    if not has_type(shape, value):
        return
    if shape.kind == "string" and is_undecided_length(shape, value):
        yield Violation(UNDECIDED_LENGTH, path)
    for name, member in shape.members.items():
        given = value.get(name)
        if given is not None:
            yield from _in_value(member, given, (*path, name))
        elif name in shape.required:
            yield Violation(rules[member.path, "required"], (*path, name))
    if shape.item is not None:
        for index, item in enumerate(value):
            if item is None:
                yield Violation(UNDECIDED_NULL, (*path, index))
            else:
                yield from _in_value(shape.item, item, (*path, index))
    if shape.key is not None and shape.value is not None:
        for key, entry in value.items():
            if entry is None:
                yield Violation(UNDECIDED_NULL, (*path, key))
            else:
                yield from _in_value(shape.key, key, (*path, key))
                yield from _in_value(shape.value, entry, (*path, key))


@cache
def _order() -> dict[str, int]:
    return {rule.id: n for n, rule in enumerate((*constraint_rules(), *request_rules()))}


def _well_typed(shape: Shape, value: Any) -> Any:
    """Return the value without the branches whose JSON type is wrong, for cross-field checks."""
    if value is None or not has_type(shape, value):
        return None
    if shape.members:
        return {
            name: _well_typed(member, value[name])
            for name, member in shape.members.items()
            if name in value
        }
    if shape.item is not None:
        return [_well_typed(shape.item, item) for item in value]
    if shape.value is not None:
        return {key: _well_typed(shape.value, entry) for key, entry in value.items()}
    return value


def violations(body: Any) -> tuple[Violation, ...]:
    """Return every rule that a request body breaks, in the order of the specification.

    ``body`` is any JSON value as ``json.loads`` gives it. A null member is an absent one, a null
    item of a list or map is passed over, unknown members are ignored. What is inside a value of
    the wrong JSON type is not looked at. ``null`` as the whole body breaks the request's type.
    """
    if body is None:
        return (Violation(_rules()["", "type"]),)
    found = list(_in_value(request(), body, ()))
    if isinstance(body, dict):
        right = not any(v.rule.constraint in ("type", UNDECIDED_TYPE.constraint) for v in found)
        typed = body if right else _well_typed(request(), body)
        found += [Violation(c.rule) for c in cross_field_rules() if c.is_broken(typed)]
    return tuple(sorted(found, key=lambda v: _order()[v.rule.id]))


def expectation(body: Any) -> Expectation:
    """Return what should happen to a request body and why."""
    found = violations(body)
    levels = {violation.rule.level for violation in found}
    outcome = REJECT if MUST in levels else UNKNOWN if INFO in levels else ACCEPT
    return Expectation(outcome, found)
