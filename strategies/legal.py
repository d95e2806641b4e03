"""Legal cases of a constraint: requests at and inside its limit, which must be accepted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any

from conformance.spec.constraints import broken
from conformance.spec.patterns import UNIVERSAL
from conformance.spec.rules import Rule
from conformance.spec.shapes import Shape, by_path
from strategies.bases import ITEMS, Body, base, entries, items, minimal, settled, variants
from strategies.cases import AT_LIMIT, INSIDE, Case, Names
from strategies.examples import legal_values, resized
from strategies.places import Place, steps
from strategies.resources import Resources

#: Members that a request may have in any combination, for the request's own rule.
PARTS = (
    "Containers",
    "EnableNetworkIsolation",
    "Tags",
    "VpcConfig",
    "PrimaryContainer.ContainerHostname",
    "PrimaryContainer.Environment",
    "PrimaryContainer.ImageConfig",
    "PrimaryContainer.Mode",
    "PrimaryContainer.ModelDataUrl",
    "PrimaryContainer.ModelDataSource",
    "PrimaryContainer.AdditionalModelDataSources",
    "PrimaryContainer.ContainerMetricsConfig",
    "PrimaryContainer.MultiModelConfig",
    "InferenceExecutionConfig",
)

#: Not in one request: two forms of model data, two forms of containers.
_APART = (
    {"PrimaryContainer.ModelDataUrl", "PrimaryContainer.ModelDataSource"},
    {"PrimaryContainer.MultiModelConfig", "PrimaryContainer.ModelDataSource"},
    {"PrimaryContainer.MultiModelConfig", "PrimaryContainer.ModelDataUrl"},
    {"PrimaryContainer.MultiModelConfig", "PrimaryContainer.Mode"},
    {"PrimaryContainer.MultiModelConfig", "PrimaryContainer.AdditionalModelDataSources"},
    {"PrimaryContainer.ModelDataUrl", "PrimaryContainer.AdditionalModelDataSources"},
)


def legal_cases(rule: Rule, shape: Shape, names: Names, resources: Resources) -> Iterator[Case]:
    """Yield legal cases for a constraint rule, each with typical requests as its controls."""
    if shape.path == "":
        yield from _whole_requests(names, resources)
    elif rule.constraint in ("type", "required"):
        yield from _present(rule, shape, names, resources)
    else:
        control = base(shape.path, name=names.fresh(), resources=resources)
        for at, (reason, label, value) in enumerate(_values(rule, shape, names, resources)):
            place = Place(shape.path, at % ITEMS)
            body = base(shape.path, name=names.fresh(), resources=resources, at=place.at)
            request = settled(place.put(body, value), resources)
            yield Case(reason, label, request, (control,))


def _present(rule: Rule, shape: Shape, names: Names, resources: Resources) -> Iterator[Case]:
    """Yield requests with the member; their control is the same request without it.

    What cannot be left out (required members, items) is its own control: that it is accepted is
    the business of the rule of what is around it. Both values of a Boolean are looked at.
    """
    is_boolean = shape.kind == "boolean" and rule.constraint == "type"
    left_out = shape.path
    while is_boolean and _is_required(left_out):
        left_out = _around(left_out)
    around = _around(left_out)

    def others(at: int) -> Iterator[Body]:
        place = Place(shape.path, at)
        for value in variants(shape, resources):
            body = base(shape.path, name=names.fresh(), resources=resources, at=at)
            yield settled(place.put(body, value), resources)

    for at in range(ITEMS if "[]" in shape.path else 1):
        beside = _companion(shape.path)
        without = base(around, *beside, name=names.fresh(), resources=resources, at=at)
        request = base(shape.path, name=names.fresh(), resources=resources, at=at)
        # A fixed model name may be somebody's; a Boolean's other value is a case of its own.
        has_none = is_boolean or shape.path == "ModelName"
        alternatives = None if has_none else partial(others, at)
        yield Case(INSIDE, "a typical value", request, (without,), alternatives)
        if is_boolean:
            other = base(shape.path, name=names.fresh(), resources=resources, at=at)
            yield Case(INSIDE, "false", Place(shape.path, at).put(other, False), (without,))


def _companion(path: str) -> tuple[str, ...]:
    """Return what settled requests with this member also have, so that its control has it too."""
    if not path.endswith(".AdditionalModelDataSources"):
        return ()
    return (f"{path.rpartition('.')[0]}.ModelDataSource",)


def _around(path: str) -> str:
    """Return the path of what a member, an item or an entry is part of."""
    within = path.removesuffix("[]").removesuffix("{value}").removesuffix("{key}")
    return within if within != path else path.rpartition(".")[0]


def _is_required(path: str) -> bool:
    return path.rpartition(".")[2] in by_path()[_around(path)].required


def _values(
    rule: Rule, shape: Shape, names: Names, resources: Resources
) -> Iterator[tuple[str, str, Any]]:
    """Yield (reason, label, legal value) for a length, items, pattern or enum constraint."""
    if rule.constraint == "enum":
        yield from ((INSIDE, value, value) for value in shape.enum)
    elif rule.constraint == "pattern":
        yield from _patterned(shape, names, resources)
    elif rule.constraint.endswith("-length"):
        yield from _lengths(rule, shape, names, resources)
    else:
        yield from _counts(rule, shape, resources)


def _patterned(shape: Shape, names: Names, resources: Resources) -> Iterator[tuple[str, str, str]]:
    if shape.name != "ModelName":
        yield from ((INSIDE, repr(v), v) for v in legal_values(shape, resources))
        return
    endings = {"": "letters, digits and hyphens", "--b": "two hyphens in a row", "-ABC": "capitals"}
    for ending, label in endings.items():
        yield INSIDE, label, names.fresh() + ending
    yield INSIDE, "a digit first", f"7{names.fresh()}"
    yield INSIDE, "a digit last", f"{names.fresh()}7"
    yield INSIDE, "digits alone", str(names.number())
    short = names.short()
    if short is not None:
        yield AT_LIMIT, "one character", short


#: Strings of any script whose limits count characters, not bytes.
_ANY_SCRIPT = ("TagKey", "TagValue")


def _lengths(
    rule: Rule, shape: Shape, names: Names, resources: Resources
) -> Iterator[tuple[str, str, str]]:
    limit = shape.minimum if rule.constraint == "min-length" else shape.maximum
    assert limit is not None
    inward = 1 if rule.constraint == "min-length" else -1
    if inward == -1 and (longest := longest_package(shape, resources)) is not None:
        yield INSIDE, f"{len(longest)} characters", longest
        return
    if inward == 1 and (arn := shortest_arn(shape, resources)) is not None:
        yield INSIDE, f"{len(arn)} characters", arn
        return
    for reason, length in ((AT_LIMIT, limit), (INSIDE, limit + inward)):
        value = string_of(shape, length, names, resources)
        if value is not None:
            yield reason, f"{length} characters", value
    if rule.constraint == "max-length" and shape.name in _ANY_SCRIPT:
        yield AT_LIMIT, f"{limit} characters, two bytes each", "é" * limit
    if rule.constraint == "max-length" and shape.name == "EnvironmentValue":  # bytes, perhaps
        yield AT_LIMIT, f"{limit // 2} characters, two bytes each", "é" * (limit // 2)
    if rule.constraint == "max-length" and shape.pattern in UNIVERSAL:  # no rule of its own
        yield from ((INSIDE, repr(value), value) for value in legal_values(shape, resources))


def shortest_arn(shape: Shape, resources: Resources) -> str | None:
    """Return the shortest legal value of a shape that is called an ARN, ``None`` for any other.

    Shorter strings may be legal by the letter, but nobody can be blamed for refusing them.
    """
    values = legal_values(shape, resources)
    if not all(value.startswith("arn:") for value in values):
        return None
    return min(values, key=len)


def longest_package(shape: Shape, resources: Resources) -> str | None:
    """Return the longest ARN that a model package can have, ``None`` for any other shape.

    Longer strings are legal by the letter alone, as above.
    """
    if shape.name != "VersionedArnOrName":
        return None
    return f"{resources.model_package.rpartition('example')[0]}{'P' * 63}/999999999"


def string_of(shape: Shape, length: int, names: Names, resources: Resources) -> str | None:
    """Return a string of this length that breaks nothing but length limits, or ``None``."""
    if shape.name == "ModelName":
        stem = names.fresh()
        return stem + "a" * (length - len(stem)) if length >= len(stem) else None
    return resized(shape, length, resources)


def _counts(rule: Rule, shape: Shape, resources: Resources) -> Iterator[tuple[str, str, Any]]:
    limit = shape.minimum if rule.constraint == "min-items" else shape.maximum
    assert limit is not None
    inward = limit + 1 if rule.constraint == "min-items" else limit - 1
    counts = [(AT_LIMIT, limit), (INSIDE, inward)]
    if not shape.minimum and shape.path != "Containers":  # no container at all: nobody knows
        counts.append((AT_LIMIT, 0))
    for reason, count in counts:
        if not broken(shape, filled(shape, count, resources)):
            yield reason, f"{count} items", filled(shape, count, resources)


def filled(shape: Shape, count: int, resources: Resources) -> Any:
    """Return a list or map shape's value with this many typical items or entries."""
    make = items if shape.item is not None else entries
    return make(shape, resources, count)


def _whole_requests(names: Names, resources: Resources) -> Iterator[Case]:
    """Yield valid requests: the plainest, every part alone, every two parts, all, and large ones.

    A combination proves something only where each of its parts alone is accepted.
    """
    yield Case(INSIDE, "the plainest request", minimal(names.fresh(), resources))
    alone = {part: base(part, name=names.fresh(), resources=resources) for part in PARTS}
    plainest = minimal(names.fresh(), resources)
    for part, request in alone.items():
        others = partial(_with_variants, part, names, resources)
        yield Case(INSIDE, part, request, (plainest,), others)
    for pair in combinations(PARTS, 2):
        if not clash(pair):
            controls = tuple(alone[part] for part in pair)
            yield Case(INSIDE, " with ".join(pair), _together(pair, names, resources), controls)
    for form in ("PrimaryContainer", "Containers"):
        parts = tuple(p for p in PARTS if _belongs(p, form) and p not in _LEFT_OUT)
        controls = tuple(alone[part] for part in parts)
        yield Case(INSIDE, f"{form} with all parts", _together(parts, names, resources), controls)
    yield from _large_requests(alone, names, resources)


def _with_variants(part: str, names: Names, resources: Resources) -> Iterator[Body]:
    for value in variants(by_path()[part], resources):
        body = base(part, name=names.fresh(), resources=resources)
        yield settled(Place(part).put(body, value), resources)


def _large_requests(alone: dict[str, Body], names: Names, resources: Resources) -> Iterator[Case]:
    """Yield requests of 20 and 30 KB in which no limit is passed, each with a small control."""
    tags = [{"Key": f"{n:02}".ljust(128, "k"), "Value": "v" * 256} for n in range(50)]
    body = _together(("Tags",), names, resources)
    yield Case(AT_LIMIT, "20 KB of tags", {**body, "Tags": tags}, (alone["Tags"],))
    body = _together(("Containers",), names, resources)
    environment = {f"KEY_{letter}": "x" * 990 for letter in "AB"}
    container = {"Image": resources.container_image, "Environment": environment}
    body["Containers"] = [container for _ in range(15)]
    yield Case(AT_LIMIT, "30 KB of environment", body, (alone["Containers"],))
    body = _together(("Containers",), names, resources)
    for container in body["Containers"]:
        container["Environment"] = {f"KEY_{n}": "value" for n in range(60)}
    label = "60 entries of environment in each of three containers"
    yield Case(INSIDE, label, body, (alone["Containers"],))


_LEFT_OUT = (
    "PrimaryContainer.ModelDataUrl",
    "PrimaryContainer.MultiModelConfig",
)


def _belongs(part: str, form: str) -> bool:
    head = steps(part)[0]
    return head in ("EnableNetworkIsolation", "Tags", "VpcConfig", form) or (
        form == "Containers" and head == "InferenceExecutionConfig"
    )


def clash(parts: tuple[str, ...]) -> bool:
    """Tell whether these parts do not go into one request."""
    chosen = set(parts)
    pipeline = chosen & {"Containers", "InferenceExecutionConfig"}
    single = any(part.startswith("PrimaryContainer.") for part in parts)
    return bool(pipeline and single) or any(pair <= chosen for pair in _APART)


def _together(parts: tuple[str, ...], names: Names, resources: Resources) -> Body:
    return base(*parts, name=names.fresh(), resources=resources)
