"""Two independent readings of one specification: the oracle's and the reference service's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.requests import RESOURCES, enumerated_requests, random_requests

from conformance.oracle.violations import ACCEPT, REJECT, expectation
from conformance.targets.reference import reference
from conformance.wire import encode, read
from strategies.bases import minimal


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
    body = minimal("model", RESOURCES) | member
    assert expectation(body).ids("must") == frozenset()
    assert "request/no-null-items" in expectation(body).ids()
