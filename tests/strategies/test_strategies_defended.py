"""Legal requests of a generator that knows the model alone, made into ones that AWS would take."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from conformance.oracle.violations import expectation
from strategies import create_model_requests
from strategies.bases import minimal
from strategies.defended import defended
from strategies.resources import Resources

_RESOURCES = Resources()


def test_what_names_something_names_what_exists() -> None:
    """An image without a registry, a bucket of no kind and a role of nobody's are replaced."""
    body = {
        "ModelName": "a",
        "ExecutionRoleArn": "arn:aws:iam::000000000000:role/x",
        "PrimaryContainer": {"Image": "0", "ModelDataUrl": "http://0", "Mode": None, "Odd": 1},
        "Tags": [{"Key": " ", "Value": ""}],
        "VpcConfig": {"Subnets": ["0", "1"], "SecurityGroupIds": ["-"]},
        "Unknown": {},
    }
    assert defended(body, _RESOURCES) == {
        "ModelName": "a",
        "ExecutionRoleArn": _RESOURCES.role,
        "PrimaryContainer": {
            "Image": _RESOURCES.container_image,
            "ModelDataUrl": _RESOURCES.model_data,
        },
        "Tags": [{"Key": "Team", "Value": ""}],
        "VpcConfig": {
            "Subnets": _RESOURCES.subnet_ids(2),
            "SecurityGroupIds": _RESOURCES.security_group_ids(1),
        },
    }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(create_model_requests())
def test_a_legal_request_stays_legal(body: dict[str, Any]) -> None:
    """No rule is broken by what is put in the place of something else; twice is as good as once."""
    made = defended(body, _RESOURCES)
    assert expectation(made).outcome == "accept"
    assert defended(made, _RESOURCES) == made


def test_the_plainest_request_is_left_alone() -> None:
    """It is the one that everything is made like."""
    plain = minimal("a", _RESOURCES)
    assert defended(plain, _RESOURCES) == plain
