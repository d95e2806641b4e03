"""Requests that put a reading of the specification to the test: enumerated ones, random ones."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from conformance.oracle.catalogue import all_rules
from conformance.spec.shapes import by_path
from strategies.bases import base
from strategies.cases import CountedNames, boundary_cases
from strategies.edits import EDITS
from strategies.examples import legal_values
from strategies.resources import Resources

RESOURCES = Resources()

#: Values that find their way into random requests: every JSON type, nulls, empties, extremes.
POOL: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    60,
    2**40,
    1.5,
    "",
    " ",
    "x",
    "x" * 64,
    "x" * 1025,
    "a\n",
    "\u0663" * 12,
    "é",
    "\U0001f600",
    [],
    [None],
    ["x"],
    [[]],
    {},
    {"Key": "k"},
    {"Key": "k", "Value": ""},
    {"Image": "x"},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every place in a JSON value, the value itself first."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def mutated(body: Any, rng: random.Random) -> Any:
    """Return a copy of a request with one value replaced, edited, dropped, doubled or added."""
    body = copy.deepcopy(body)
    path = rng.choice([each for each in places(body) if each] or [()])
    if not path:
        return rng.choice(POOL)
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    key = path[-1]
    how = rng.randrange(5)
    if how == 0:
        holder[key] = copy.deepcopy(rng.choice(POOL))
    elif how == 1 and isinstance(holder[key], str):
        holder[key] = rng.choice(EDITS)[1](holder[key])
    elif how == 2:
        del holder[key]
    elif how == 3 and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(rng.choice((1, 3, 15, 60))))
    elif isinstance(holder, dict):
        shape = by_path()[rng.choice(list(by_path()))]
        name = shape.path.rpartition(".")[2].rstrip("[]")
        values = legal_values(shape, RESOURCES) if shape.kind == "string" else POOL
        holder[name] = copy.deepcopy(rng.choice(values))
    return body


def random_requests(count: int, seed: int) -> Iterator[Any]:
    """Yield base requests with zero to four random changes."""
    rng = random.Random(seed)
    paths = list(by_path())
    for number in range(count):
        body: Any = base(
            rng.choice(paths), name=f"model-{number}", resources=RESOURCES, at=rng.randrange(3)
        )
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            body = mutated(body, rng)
        yield body


def enumerated_requests() -> Iterator[Any]:
    """Yield every boundary case of every rule and side, with its controls."""
    names = CountedNames()
    for rule in all_rules():
        for side in rule.sides:
            if side != "holds":
                for case in boundary_cases(rule, side, names=names, resources=RESOURCES):
                    yield case.request
                    yield from case.controls
