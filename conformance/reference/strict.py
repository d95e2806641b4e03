"""What can be switched on beyond the API's promises: signatures, resources that must exist, quota,
throttling, delay.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.reference.behaviour import Behaviour, Call, Change
from conformance.reference.cross_checks import containers_of
from conformance.reference.errors import Refusal, Refused, invalid
from conformance.reference.messages import Reply, Request
from conformance.reference.sigv4 import signature_gate


@dataclass(frozen=True, slots=True)
class Strict:
    """Demands beyond the API's own; what is None or 0 is off.

    sigv4           secret keys by access key; every request must be signed with one of them
    known_roles     ARNs of the roles that exist (E11)
    known_images    images that exist (E5)
    known_data      URLs of model data that exists (E13)
    quota           how many models a region holds (ResourceLimitExceeded)
    throttle_every  each so many-th request is refused (ThrottlingException)
    visible_after   seconds until DescribeModel and ListModels show a new model
    """

    sigv4: Mapping[str, str] | None = None
    known_roles: Collection[str] | None = None
    known_images: Collection[str] | None = None
    known_data: Collection[str] | None = None
    quota: int | None = None
    throttle_every: int | None = None
    visible_after: float = 0.0

    def changes(self, now: Callable[[], float] = time.time) -> tuple[Change, ...]:
        """The change of behaviour that all this makes."""

        def change(behaviour: Behaviour) -> Behaviour:
            gates = list(behaviour.gates)
            if self.throttle_every:
                gates.append(_throttling(self.throttle_every))
            if self.sigv4 is not None:
                gates.append(signature_gate(self.sigv4, now))
            return replace(
                behaviour,
                gates=tuple(gates),
                cross_checks=(*behaviour.cross_checks, self._resources),
                custom=replace(
                    behaviour.custom, quota=self.quota, visible_after=self.visible_after
                ),
            )

        return () if self == Strict() else (change,)

    def _resources(self, call: Call) -> None:
        role = call.text("ExecutionRoleArn")
        if role and self.known_roles is not None and role not in self.known_roles:
            raise invalid(
                f'The execution role ARN "{role}" is invalid. Please ensure that the role exists '
                'and that its trust relationship policy allows the action "sts:AssumeRole" for the '
                'service principal "sagemaker.amazonaws.com".'
            )
        for container in containers_of(call):
            image = container.get("Image")
            if not (image is None or self.known_images is None or image in self.known_images):
                raise invalid(f"Requested image {image} not found.")
            for url in _data_of(container):
                if self.known_data is not None and url not in self.known_data:
                    raise invalid(f"Could not find model data at {url}.")


def _data_of(container: dict[str, object]) -> Iterator[object]:
    if "ModelDataUrl" in container:
        yield container["ModelDataUrl"]
    sources = [container.get("ModelDataSource")]
    additional = container.get("AdditionalModelDataSources")
    if isinstance(additional, list):
        sources += additional
    for source in sources:
        s3_source = source.get("S3DataSource") if isinstance(source, dict) else None
        if isinstance(s3_source, dict) and "S3Uri" in s3_source:
            yield s3_source["S3Uri"]


def _throttling(every: int) -> Callable[[Request], Reply | None]:
    numbers = itertools.count(1)

    def gate(_request: Request) -> Reply | None:
        if next(numbers) % every == 0:
            raise Refused(Refusal("ThrottlingException", "Rate exceeded"))
        return None

    return gate
