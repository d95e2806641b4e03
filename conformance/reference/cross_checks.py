"""What CreateModel demands of members together. Only what AWS was seen to refuse; see `undecided`
for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reference.behaviour import Call, CrossCheck
from conformance.reference.errors import invalid


def containers_of(call: Call) -> Iterator[dict[str, object]]:
    """Every container of a request: the primary one, then those of the pipeline."""
    primary = call.parameters.get("PrimaryContainer")
    if isinstance(primary, dict):
        yield primary
    yield from call.structures("Containers")


def image_or_model_package(call: Call) -> None:
    """A container names an image or a model package, not both (E1)."""
    for each in containers_of(call):
        if "Image" in each and "ModelPackageName" in each:
            raise invalid(
                "Specify one of either Image and Model Data URL or ModelPackageName "
                "in container definition."
            )


def one_multi_model_container(call: Call) -> None:
    """No more than one container of a pipeline is in MultiModel mode (E10)."""
    modes = [each.get("Mode") for each in call.structures("Containers")]
    if modes.count("MultiModel") > 1:
        raise invalid(
            "More than one container in MultiModel mode is not supported with inference pipeline."
        )


CROSS_CHECKS: tuple[CrossCheck, ...] = (image_or_model_package, one_multi_model_container)
