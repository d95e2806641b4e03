"""Strategies for structures and whole requests: valid ones over all members."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from conformance.oracle.violations import ACCEPT, expectation
from conformance.spec.constraints import broken
from conformance.spec.shapes import Shape, by_path, request
from strategies import Resources, containers, create_model_requests, environments, tags, vpc_configs
from strategies.drawing import from_the_seed_alone
from strategies.requests import strings_of, values

PROPERTY = settings(deadline=None, database=None)
OWN = Resources(
    account="999999999999",
    region="cn-north-1",
    role_arn="arn:aws-cn:iam::999999999999:role/own",
    image="999999999999.dkr.ecr.cn-north-1.amazonaws.com.cn/own:1",
    model_data_url="s3://own-bucket/model.tar.gz",
)


def paths_in(shape: Shape, value: Any) -> set[str]:
    """Return the path of every member that occurs in a value; fails where one is illegal."""
    assert broken(shape, value) == (), (shape.path, value)
    found = {shape.path}
    for name, member in shape.members.items():
        if name in value:
            found |= paths_in(member, value[name])
    if shape.item is not None:
        for item in value:
            found |= paths_in(shape.item, item)
    if shape.key is not None and shape.value is not None:
        for key, held in value.items():
            found |= paths_in(shape.key, key) | paths_in(shape.value, held)
    return found


def test_requests_are_accepted_and_all_members_occur() -> None:
    """Of 600 draws each is accepted by the oracle, and together they have every member."""
    seen: Counter[str] = Counter()

    @settings(PROPERTY, max_examples=600, derandomize=True)
    @given(create_model_requests())
    def draw(body: dict[str, Any]) -> None:
        assert expectation(body).outcome == ACCEPT
        seen.update(paths_in(request(), body))

    with from_the_seed_alone():
        draw()
    assert seen[""] >= 500
    assert set(seen) == set(by_path())
    assert min(seen.values()) >= 3, seen.most_common()[-5:]


def test_requests_come_in_both_forms_and_reach_their_limits() -> None:
    """One container and pipelines of 1 to 15 occur, never both forms, and so do all extremes."""
    lengths: dict[str, set[int]] = {}

    @settings(PROPERTY, max_examples=400, derandomize=True)
    @given(create_model_requests())
    def draw(body: dict[str, Any]) -> None:
        assert ("PrimaryContainer" in body) != ("Containers" in body)
        pipeline = body.get("Containers", ())
        environments = [
            each.get("Environment", {}) for each in (body.get("PrimaryContainer", {}), *pipeline)
        ]
        for name, value in {
            "name": body["ModelName"],
            "containers": pipeline,
            "tags": body.get("Tags", ()),
            "entries": max(environments, key=len),
            "value": max((v for e in environments for v in e.values()), key=len, default=""),
            "subnets": body.get("VpcConfig", {}).get("Subnets", ()),
        }.items():
            lengths.setdefault(name, set()).add(len(value))

    draw()
    assert {1, 63} <= lengths["name"]
    assert {0, 1, 2, 15} <= lengths["containers"]
    assert {0, 1, 50} <= lengths["tags"]
    assert {0, 1, 100} <= lengths["entries"]
    assert {0, 1024} <= lengths["value"]
    assert 1 in lengths["subnets"]


@PROPERTY
@given(create_model_requests(resources=OWN))
def test_requests_name_the_users_own_resources(body: dict[str, Any]) -> None:
    """With resources of the user's every role, image and artifact is the user's own."""
    assert expectation(body).outcome == ACCEPT
    assert body["ExecutionRoleArn"] == OWN.role_arn
    assert ":123456789012:" not in str(body)
    assert "amzn-s3-demo-bucket" not in str(body)
    for container in [body.get("PrimaryContainer"), *body.get("Containers", ())]:
        if container and "Image" in container:
            assert container["Image"] == OWN.image


@PROPERTY
@given(containers())
def test_a_container_names_an_image_or_a_package(container: dict[str, Any]) -> None:
    """A container alone is accepted in a request, and has exactly one source of its code."""
    assert ("Image" in container) != ("ModelPackageName" in container)
    body = {
        "ModelName": "m",
        "ExecutionRoleArn": Resources().role,
        "PrimaryContainer": container,
    }
    assert expectation(body).outcome == ACCEPT


@PROPERTY
@given(environments())
def test_environments_are_legal_and_small(environment: dict[str, str]) -> None:
    """An environment keeps its limits and stays below 32 KB together."""
    paths_in(by_path()["PrimaryContainer.Environment"], environment)
    assert sum(len(f"{k}{v}".encode()) for k, v in environment.items()) <= 32 * 1024


@PROPERTY
@given(tags())
def test_tags_are_legal_and_have_different_keys(drawn: list[dict[str, str]]) -> None:
    """A tag list keeps its limits and has no key twice."""
    paths_in(by_path()["Tags"], drawn)
    assert len({tag["Key"] for tag in drawn}) == len(drawn)


@PROPERTY
@given(vpc_configs())
def test_vpc_configs_are_legal(config: dict[str, list[str]]) -> None:
    """A VPC configuration has both lists within their limits, without repetition."""
    paths_in(by_path()["VpcConfig"], config)
    assert all(len(set(ids)) == len(ids) for ids in config.values())


@pytest.mark.parametrize(("make", "most"), [(environments, 100), (tags, 50)])
def test_sizes_of_collections_are_validated(make: Any, most: int) -> None:
    """A size beyond the limit or below zero is an InvalidArgument; the limit itself is not."""
    for size in (-1, most + 1):
        with pytest.raises(InvalidArgument, match=f"0 to {most}, got {size}"):
            make(max_size=size)
    for size in (0, 1, most):

        @settings(PROPERTY, max_examples=20)
        @given(make(max_size=size))
        def draw(drawn: Any) -> None:
            assert len(drawn) <= size  # noqa: B023 - called at once

        draw()


@pytest.mark.parametrize("path", list(by_path()))
def test_values_of_every_shape_are_legal(path: str) -> None:
    """The strategy for any shape draws values that keep all constraints, down to the leaves."""
    shape = by_path()[path]

    @settings(PROPERTY, max_examples=15)
    @given(values(shape))
    def draw(value: Any) -> None:
        paths_in(shape, value)

    draw()


def test_a_shape_without_a_strategy_is_a_lookup_error() -> None:
    """When AWS adds a shape the message says where its strategy belongs."""
    with pytest.raises(LookupError, match="no strategy for the shape NewShape"):
        strings_of(Shape(path="X", kind="string", name="NewShape"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RoleArn", OWN.role_arn),
        ("ContainerImage", OWN.image),
        ("Url", OWN.model_data_url),
        ("S3ModelUri", OWN.model_data_url),
    ],
)
def test_a_users_own_value_is_the_only_one_drawn(name: str, value: str) -> None:
    """Where the user names a resource nothing else is drawn."""
    shape = next(s for s in request().walk() if s.name == name)

    @settings(PROPERTY, max_examples=10)
    @given(strings_of(shape, OWN))
    def draw(drawn: str) -> None:
        assert drawn == value

    draw()


def test_an_enumeration_draws_all_its_words() -> None:
    """Every word of an enumeration is drawn, and no other."""
    drawn: set[str] = set()
    shape = by_path()["PrimaryContainer.Mode"]

    @settings(PROPERTY, max_examples=50, derandomize=True)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        drawn.add(data.draw(strings_of(shape)))

    draw()
    assert drawn == set(shape.enum)
