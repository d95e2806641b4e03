"""Whether the resources that a user names may stand in a request that must be accepted."""

from __future__ import annotations

from conformance.oracle.violations import expectation
from strategies.bases import base
from strategies.resources import Resources


def wrong_resource(resources: Resources) -> str | None:
    """Return in a clause what would make every base request illegal, or its fate unknown."""
    paths = ("PrimaryContainer.ModelDataUrl", "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds")
    broken = expectation(base(*paths, name="example", resources=resources)).violations
    if not broken:
        return None
    first = broken[0]
    return f"breaks the specification at {first.place}: {first.rule.statement}"
