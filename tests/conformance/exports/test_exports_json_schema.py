"""The JSON Schema of the request: a third reading of the specification, and it agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from fakes.ecma import validator
from fakes.requests import enumerated_requests, random_requests

from conformance.exports.json_schema import request_schema
from conformance.oracle.violations import ACCEPT, REJECT, expectation

SCHEMA = validator(request_schema())


def disagreements(requests: Iterator[Any]) -> tuple[Counter[str], list[Any]]:
    """Outcomes counted, and requests on which oracle and schema differ.

    The oracle agrees with the reference on such requests (test_differential): so all three do.
    """
    outcomes: Counter[str] = Counter()
    found = []
    for body in requests:
        expected = expectation(body)
        outcomes[expected.outcome] += 1
        is_valid = SCHEMA.is_valid(body)
        if expected.outcome in (ACCEPT, REJECT) and is_valid != (expected.outcome == ACCEPT):
            found.append((body, sorted(expected.ids()), is_valid))
    return outcomes, found


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.proof)])
def test_oracle_and_schema_agree_on_every_boundary_case(step: int) -> None:
    """What breaks a must rule is invalid, what breaks no rule is valid."""
    outcomes, found = disagreements(islice(enumerated_requests(), 0, None, step))
    assert found == []
    assert min(outcomes[each] for each in (ACCEPT, REJECT)) > 1_000 // step


def test_oracle_and_schema_agree_on_random_requests() -> None:
    """Also on requests that are broken in several ways at once."""
    outcomes, found = disagreements(random_requests(3_000, seed=1))
    assert found == []
    assert min(outcomes[each] for each in (ACCEPT, REJECT)) > 400


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_oracle_and_schema_agree_on_many_random_requests(seed: int) -> None:
    """On ten times 5,000 random requests, those on which oracle and reference are held together."""
    assert disagreements(random_requests(5_000, seed=seed))[1] == []


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"ModelName": "a"}, True),
        ({"ModelName": "a", "Tags": None, "Nobody": 1}, True),
        ({"ModelName": None}, False),
        ({"ModelName": "a\n"}, False),
        ({"ModelName": "a", "Tags": [{"Key": "k", "Value": ""}]}, True),
        (
            {"ModelName": "a", "PrimaryContainer": {"Image": "i", "ModelPackageName": "p"}},
            False,
        ),
        (
            {"ModelName": "a", "PrimaryContainer": {"Image": "i", "ModelPackageName": None}},
            True,
        ),
        ({"ModelName": "a", "Containers": [{"Mode": "MultiModel"}] * 2}, False),
        ({"ModelName": "a", "Containers": [{"Mode": "MultiModel"}, {}]}, True),
        ([], False),
        (None, False),
    ],
)
def test_what_users_meet_in_an_editor(body: Any, valid: bool) -> None:
    """Nulls are absent, unknown members are ignored, members that exclude each other do."""
    assert SCHEMA.is_valid(body) is valid
