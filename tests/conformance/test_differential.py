"""Two independent readings of one specification: the oracle's and the reference service's."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.oracle.catalogue import all_rules
from conformance.oracle.violations import ACCEPT, REJECT, expectation
from conformance.spec.shapes import by_path
from conformance.targets.reference import reference
from conformance.wire import encode, read
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


def disagreements(requests: Iterator[Any]) -> tuple[Counter[str], list[str]]:
    """Send requests to a fresh reference each time; return outcomes counted and who disagreed."""
    target = reference("reference", sigv4=None)
    outcomes: Counter[str] = Counter()
    found: list[str] = []
    for number, body in enumerate(requests):
        if number % 500 == 0:
            target = reference("reference", sigv4=None)
        if isinstance(body, dict) and isinstance(body.get("ModelName"), str):
            suffix = f"-{number}"
            if body["ModelName"].isascii() and body["ModelName"].replace("-", "").isalnum():
                body = {**body, "ModelName": (body["ModelName"] + suffix)[-63:].lstrip("-")}
        expected = expectation(body)
        said = read(target.send(encode("CreateModel", body)))
        if "already existing" in (said.message or ""):
            continue
        outcomes[expected.outcome] += 1
        wanted = {ACCEPT: "accepted", REJECT: "rejected"}.get(expected.outcome, said.kind)
        if said.kind != wanted:
            found.append(f"{body!r:.1500}: {expected.outcome} {sorted(expected.ids())}, {said}")
    return outcomes, found


def test_oracle_and_reference_agree_on_every_boundary_case() -> None:
    """Of all enumerated requests both say the same: accept, reject, or nobody knows."""
    outcomes, found = disagreements(enumerated_requests())
    assert found == []
    assert min(outcomes[each] for each in (ACCEPT, REJECT)) > 1_000


def test_oracle_and_reference_agree_on_random_requests() -> None:
    """Of random requests, many of them broken in several ways, both say the same."""
    outcomes, found = disagreements(random_requests(4_000, seed=1))
    assert found == []
    assert min(outcomes[each] for each in (ACCEPT, REJECT)) > 500


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_oracle_and_reference_agree_on_many_random_requests(seed: int) -> None:
    """Of ten times 5,000 random requests both say the same."""
    _, found = disagreements(random_requests(5_000, seed=seed))
    assert found == []


@pytest.mark.parametrize(
    "member",
    [
        {"Containers": [{"Image": RESOURCES.container_image}, *[None] * 20]},
        {"PrimaryContainer": {"Image": RESOURCES.container_image, "Environment": {"": None}}},
        {"VpcConfig": {"Subnets": [None], "SecurityGroupIds": ["sg-1"]}},
    ],
)
def test_limits_that_depend_on_nulls_are_undecided(member: dict[str, Any]) -> None:
    """Whether a null counts as an item or an entry is unknown, so no must rule is broken by it.

    Found as a disagreement of oracle and reference on random requests.
    """
    body = base("", name="model", resources=RESOURCES) | member
    assert expectation(body).ids("must") == frozenset()
    assert "request/no-null-items" in expectation(body).ids()
