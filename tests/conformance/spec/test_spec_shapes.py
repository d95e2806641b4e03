"""The request and response as trees, held against the service model of the installed botocore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore
import botocore.session
import pytest

from conformance.spec import documents, shapes
from conformance.spec.shapes import Shape

COUNTS = {"type": 110, "required": 36, "max": 48, "min": 12, "pattern": 38, "enum": 15}

#: (path, constraint, its value) of one constraint.
Fact = tuple[str, str, Any]


def _stated(shape: Any, path: str) -> Iterator[Fact]:
    """Walk a shape of botocore's own object model: nothing of ours takes part."""
    yield path, "type", shape.type_name
    for limit in ("max", "pattern"):
        if limit in shape.metadata:
            yield path, limit, shape.metadata[limit]
    if shape.metadata.get("min", 0) > 0:
        yield path, "min", shape.metadata["min"]
    if shape.metadata.get("enum"):
        yield path, "enum", tuple(shape.metadata["enum"])
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            below = f"{path}.{name}" if path else name
            if name in shape.required_members:
                yield below, "required", True
            yield from _stated(member, below)
    elif shape.type_name == "list":
        yield from _stated(shape.member, f"{path}[]")
    elif shape.type_name == "map":
        yield from _stated(shape.key, f"{path}{{key}}")
        yield from _stated(shape.value, f"{path}{{value}}")


def _pinned(shape: Shape) -> Iterator[Fact]:
    for each in shape.walk():
        yield each.path, "type", each.kind
        if each.maximum is not None:
            yield each.path, "max", each.maximum
        if each.pattern is not None:
            yield each.path, "pattern", each.pattern
        if each.minimum:
            yield each.path, "min", each.minimum
        if each.enum:
            yield each.path, "enum", each.enum
        for name in each.required:
            yield each.members[name].path, "required", True


def _installed_operation() -> Any:
    service = botocore.session.Session().get_service_model("sagemaker")
    return service.operation_model("CreateModel")


IS_PINNED_BOTOCORE = botocore.__version__ == documents.model()["botocore"]


def test_pinned_request_has_as_many_constraints_as_were_counted() -> None:
    """All request paths have 110 type, 36 required, 48 max, 12 min, 38 pattern and 15 enum."""
    assert Counter(kind for _, kind, _ in _pinned(shapes.request())) == COUNTS


def test_no_constraint_of_the_installed_service_model_is_missing() -> None:
    """Every constraint that botocore states is pinned, fact by fact.

    With another botocore than the pinned one only what both have in common is compared: AWS adds
    members, and the run must not depend on which botocore is installed.
    """
    stated = set(_stated(_installed_operation().input_shape, ""))
    pinned = set(_pinned(shapes.request()))
    if IS_PINNED_BOTOCORE:
        assert pinned == stated
        assert Counter(kind for _, kind, _ in stated) == COUNTS
    known = {(path, kind) for path, kind, _ in pinned}
    assert len({(path, kind) for path, kind, _ in stated} & known) > 200


def test_no_fact_of_the_installed_response_is_missing() -> None:
    """The response of the installed service model has ModelArn with the limits that are pinned."""
    stated = set(_stated(_installed_operation().output_shape, ""))
    pinned = set(_pinned(shapes.response()))
    if IS_PINNED_BOTOCORE:
        assert pinned == stated
    assert {path for path, _, _ in pinned} == {"", "ModelArn"} <= {path for path, _, _ in stated}


def test_members_stand_in_the_order_of_the_service_model() -> None:
    """The specification's order is that of the pinned document, member by member."""
    assert list(shapes.request().members) == list(
        documents.model()["shapes"]["CreateModelInput"]["members"]
    )
    assert list(shapes.by_path()) == [shape.path for shape in shapes.request().walk()]


def test_parents_come_before_what_is_below_them() -> None:
    """Walking the tree never shows a member before the structure around it."""
    seen: set[str] = set()
    for shape in shapes.request().walk():
        assert all(child.path not in seen for child in shape.children)
        seen.add(shape.path)


def test_every_path_is_there_once() -> None:
    """A path names exactly one shape."""
    paths = [shape.path for shape in shapes.request().walk()]
    assert len(paths) == len(set(paths)) == len(shapes.by_path()) == 110


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("", "structure", "CreateModelInput"),
        ("Containers[]", "structure", "ContainerDefinition"),
        ("PrimaryContainer.Environment{key}", "string", "EnvironmentKey"),
        ("PrimaryContainer.Environment{value}", "string", "EnvironmentValue"),
        ("VpcConfig.Subnets[]", "string", "SubnetId"),
        (
            "Containers[].AdditionalModelDataSources[].S3DataSource.HubAccessConfig.HubContentArn",
            "string",
            "HubContentArn",
        ),
        ("EnableNetworkIsolation", "boolean", "Boolean"),
    ],
)
def test_a_path_leads_to_its_shape(path: str, kind: str, name: str) -> None:
    """A path is written with dots for members, [] for items and {key}, {value} for entries."""
    shape = shapes.by_path()[path]
    assert (shape.path, shape.kind, shape.name) == (path, kind, name)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("", "the request"),
        ("ModelName", "ModelName"),
        ("PrimaryContainer.Image", "Image"),
        ("Tags[]", "Tags[]"),
        ("PrimaryContainer.Environment{key}", "Environment{key}"),
    ],
)
def test_a_label_is_the_last_step_of_the_path(path: str, label: str) -> None:
    """Sentences name a shape by the last step of its path, the request by words."""
    assert shapes.by_path()[path].label == label


def test_both_forms_of_containers_have_the_same_members() -> None:
    """What can be said of PrimaryContainer can be said of every item of Containers."""
    below = {
        start: {path.removeprefix(start) for path in shapes.by_path() if path.startswith(start)}
        for start in ("PrimaryContainer", "Containers[]")
    }
    assert below["PrimaryContainer"] == below["Containers[]"]
    assert len(below["Containers[]"]) > 40
