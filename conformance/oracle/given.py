"""Whether the resources that a user names may stand in a request that must be accepted."""

from __future__ import annotations

from conformance.oracle.violations import expectation
from strategies.bases import base, minimal
from strategies.resources import Resources


def wrong_resource(resources: Resources) -> str | None:
    """Return in a clause what would make every base request illegal, or its fate unknown."""
    paths = ("PrimaryContainer.ModelDataUrl", "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds")
    requests = (
        minimal("example", resources),
        base(*paths, name="example", resources=resources),
    )
    for request in requests:
        for broken in expectation(request).violations:
            return f"breaks the specification at {broken.place}: {broken.rule.statement}"
    return None
