"""Keeps valid requests to the resources that the user named: AWS looks for the others.

A legal role, image or bucket that nobody named may not exist, or be somebody else's. Such a
request is not sent; what it should show stays not-run. Requests that break a rule are sent as they
are: they are refused for what they break.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.oracle.violations import expectation
from conformance.spec import shapes
from conformance.spec.rules import MUST
from conformance.spec.shapes import Shape
from conformance.targets import Target
from conformance.targets.wrapped import Wrapped
from conformance.wire import Call, Reply, TransportFault
from conformance.wire.reading import parse_json
from strategies.resources import Resources

#: Strings that name something outside the request: AWS may look for it. ``String`` is the ETag of
#: an object in S3.
NAMING = frozenset(
    {
        "ContainerImage",
        "HubContentArn",
        "InferenceSpecificationName",
        "RepositoryCredentialsProviderArn",
        "RoleArn",
        "S3ModelUri",
        "SecurityGroupId",
        "String",
        "SubnetId",
        "Url",
        "VersionedArnOrName",
    }
)


class GivenOnly(Wrapped):
    """A target to which no valid CreateModel request is sent that names other resources."""

    def __init__(self, target: Target, resources: Resources) -> None:
        super().__init__(target)
        self._resources = resources

    def send(self, call: Call) -> Reply:
        """Return the target's reply, or raise ``TransportFault("unsendable")``."""
        if call.operation == "CreateModel":
            foreign = next(foreign_to(parse_json(call.body), self._resources), None)
            if foreign is not None:
                raise TransportFault(
                    "unsendable", f"its {foreign} is none of those that the user named"
                )
        return self._inner.send(call)


def foreign_to(body: Any, resources: Resources) -> Iterator[str]:
    """Yield the members of a request that no ``must`` rule forbids and that name something else."""
    if not isinstance(body, dict) or expectation(body).ids(MUST):
        return
    yield from _foreign(shapes.request(), body, _given(resources))


def _given(resources: Resources) -> frozenset[str]:
    """Return what the user named; a model's folder exists where the model does."""
    data = resources.model_data_url
    return frozenset(
        (
            resources.role_arn,
            resources.image,
            *((data, resources.model_prefix) if data else ()),
            *resources.subnets,
            *resources.security_groups,
        )
    ) - {""}


def _foreign(shape: Shape, value: Any, given: frozenset[str]) -> Iterator[str]:
    if value is None:
        return
    if shape.members and isinstance(value, dict):
        for name, member in shape.members.items():
            yield from _foreign(member, value.get(name), given)
    elif shape.item is not None and isinstance(value, list):
        for each in value:
            yield from _foreign(shape.item, each, given)
    elif shape.name in NAMING and value not in given:
        yield shape.path
