"""Violating cases of a constraint: requests that break it and, where that can be, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.spec.constraints import broken, has_type
from conformance.spec.rules import Rule
from conformance.spec.shapes import Shape, by_path
from strategies.bases import ITEMS, base, typical
from strategies.cases import BEYOND, NEAR_MISS, OVER_LIMIT, Case, Names
from strategies.edits import EDITS
from strategies.examples import legal_values
from strategies.legal import filled, longest_package, shortest_arn, string_of
from strategies.places import Place
from strategies.resources import Resources


class _Absent:
    """Stands for a member that is left out."""


ABSENT = _Absent()

#: A position that is the last in lists as long as their limit allows.
_LAST = 1_000


@dataclass(frozen=True)
class Violation:
    """One illegal value with its nearest legal neighbour; ``repaired`` is ``None`` for typical."""

    reason: str
    label: str
    value: Any
    repaired: Any = None


def violating_cases(
    rule: Rule, shape: Shape, names: Names, resources: Resources, *, thorough: bool
) -> Iterator[Case]:
    """Yield violating cases of a constraint rule, each with its repaired request as control."""
    if shape.path == "":
        yield from _not_an_object(names, resources)
        return
    deep = "[]" in shape.path or shape.path.endswith(("{key}", "{value}"))
    everywhere = range(ITEMS) if deep else range(1)
    turn = 0
    for number, illegal in enumerate(illegal_values(rule, shape, names, resources)):
        if thorough or number == 0:
            places = list(everywhere)
        else:
            places = [turn % len(everywhere)]
            turn += 1
        for at in places:
            yield _planted(illegal, Place(shape.path, at), names, resources)
        if number == 0 and "[]" in shape.path:
            yield _planted(illegal, Place(shape.path, _LAST), names, resources)
    if rule.constraint == "required":
        yield from _nothing_inside(shape, names, resources)


def _planted(illegal: Violation, place: Place, names: Names, resources: Resources) -> Case:
    wide = place.at == _LAST
    body = base(place.path, name=names.fresh(), resources=resources, at=place.at, wide=wide)
    where = ", the last of as many as there may be" if wide else ""
    if place.at and not wide:
        where = f", item {place.at + 1}"
    control = body if illegal.repaired is None else place.put(body, illegal.repaired)
    absent = illegal.value is ABSENT
    request = place.drop(body) if absent else place.put(body, illegal.value)
    return Case(illegal.reason, illegal.label + where, request, (control,))


def _nothing_inside(shape: Shape, names: Names, resources: Resources) -> Iterator[Case]:
    """Yield the request whose structure is empty, where several members are required in it.

    It breaks all of these at once and stands under the first. Code that takes an empty object for
    an absent one accepts it, though it rejects the request in which one member is missing.
    """
    path, _, member = shape.path.rpartition(".")
    around = by_path()[path]
    required = [each for each in around.members if each in around.required]
    if path and len(required) > 1 and required[0] == member:
        body = base(shape.path, name=names.fresh(), resources=resources)
        yield Case(OVER_LIMIT, "an empty object around it", Place(path).put(body, {}), (body,))


def _not_an_object(names: Names, resources: Resources) -> Iterator[Case]:
    plainest = base("", name=names.fresh(), resources=resources)
    for label, body in (
        ("an array around the request", [plainest]),
        ("a string for the request", plainest["ModelName"]),
        ("a number for the request", 5),
        ("true for the request", True),
    ):
        yield Case(OVER_LIMIT, label, body, (plainest,))


def illegal_values(
    rule: Rule, shape: Shape, names: Names, resources: Resources
) -> Iterator[Violation]:
    """Yield values that break a rule at its own shape, those that break it alone first."""
    if rule.constraint == "type":
        yield from _wrong_types(shape, names, resources)
    elif rule.constraint == "required":
        yield Violation(OVER_LIMIT, "left out", ABSENT)
        yield Violation(OVER_LIMIT, "null", None)
    elif rule.constraint == "enum":
        yield from _wrong_words(shape)
    elif rule.constraint == "pattern":
        yield from _near_misses(shape, names, resources)
    elif rule.constraint.endswith("-items"):
        yield from _wrong_counts(rule, shape, resources)
    else:
        yield from _wrong_lengths(rule, shape, names, resources)


def breaks_alone(rule: Rule, shape: Shape, resources: Resources) -> bool:
    """Tell whether some illegal value of the rule breaks no other constraint of its shape."""
    from strategies.cases import CountedNames

    if rule.constraint == "required":
        return True
    return any(
        broken(shape, illegal.value) == (rule.constraint,)
        for illegal in illegal_values(rule, shape, CountedNames(), resources)
    )


def _wrong_types(shape: Shape, names: Names, resources: Resources) -> Iterator[Violation]:
    usual = typical(shape, resources) if shape.path != "ModelName" else names.fresh()
    number = names.number() if shape.path == "ModelName" else 5
    candidates: list[tuple[str, Any]] = [
        ("a number", number),
        ("true", True),
        ("a string", "60" if shape.kind == "integer" else "text"),
        ("an array around it", [usual]),
        ("an empty object", {}),
        ("an empty string", ""),
        ("zero", 0),
        ("false", False),
        ("an empty array", []),
    ]
    if shape.kind == "list":
        candidates.append(("one item without an array", usual[0]))
        candidates.append(("an object of items", {"0": usual[0]}))
    for label, value in candidates:
        if broken(shape, value) == ("type",) and not has_type(shape, value):
            yield Violation(OVER_LIMIT, label, value)


def _wrong_words(shape: Shape) -> Iterator[Violation]:
    first, last = shape.enum[0], shape.enum[-1]
    candidates = {
        "another word": "Other",
        "lower case": first.lower(),
        "upper case": first.upper(),
        "lower case of the last": last.lower(),
        "a prefix of it": first[:-1],
        "a suffix behind it": first + "s",
        "a trailing space": first + " ",
        "a leading space": " " + first,
        "a trailing newline": last + "\n",
        "two of them": ",".join(shape.enum),
        "nothing at all": "",
    }
    for label, word in candidates.items():
        if broken(shape, word) == ("enum",):
            yield Violation(OVER_LIMIT if label == "another word" else NEAR_MISS, label, word)


def _near_misses(shape: Shape, names: Names, resources: Resources) -> Iterator[Violation]:
    """Yield every edit of the first legal value that it makes illegal by the pattern alone."""
    for label, edit in EDITS:
        values = [names.fresh()] if shape.name == "ModelName" else legal_values(shape, resources)
        for value in values:
            changed = edit(value)
            if changed != value and broken(shape, changed) == ("pattern",):
                repaired = value if value != values[0] or shape.name == "ModelName" else None
                yield Violation(NEAR_MISS, label, changed, repaired)
                break


def _wrong_lengths(
    rule: Rule, shape: Shape, names: Names, resources: Resources
) -> Iterator[Violation]:
    if rule.constraint == "min-length":
        assert shape.minimum is not None
        limit, lengths = shape.minimum, [shape.minimum - 1]
        at_limit = shortest_arn(shape, resources)
    else:
        assert shape.maximum is not None
        limit, lengths = shape.maximum, [shape.maximum + 1, shape.maximum * 2]
        at_limit = longest_package(shape, resources)
    at_limit = at_limit or string_of(shape, limit, names, resources)
    for length in lengths:
        value = string_of(shape, length, names, resources)
        if value is None:  # no string of this length breaks the length limit alone
            usual = legal_values(shape, resources)[0]
            value = (usual * (length // len(usual) + 1))[:length]
        reason = OVER_LIMIT if length == lengths[0] else BEYOND
        yield Violation(reason, f"{length} characters", value, at_limit)


def _wrong_counts(rule: Rule, shape: Shape, resources: Resources) -> Iterator[Violation]:
    if rule.constraint == "min-items":
        assert shape.minimum is not None
        limit, counts = shape.minimum, [shape.minimum - 1]
    else:
        assert shape.maximum is not None
        limit, counts = shape.maximum, [shape.maximum + 1, shape.maximum * 2 + 1]
    for count in counts:
        reason = OVER_LIMIT if count == counts[0] else BEYOND
        yield Violation(
            reason,
            f"{count} items",
            filled(shape, count, resources),
            filled(shape, limit, resources),
        )
