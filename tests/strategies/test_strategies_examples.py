"""Legal values of every string shape, and their growth to any length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.spec.constraints import broken
from conformance.spec.regions import suffix_of
from conformance.spec.shapes import Shape, by_path, request
from strategies.examples import legal_values, resized
from strategies.resources import Resources

RESOURCES = Resources()
STRINGS = {shape.name: shape for shape in request().walk() if shape.kind == "string"}
PLAIN = {name: shape for name, shape in STRINGS.items() if not shape.enum}

each_string = pytest.mark.parametrize("name", sorted(STRINGS))
each_plain_string = pytest.mark.parametrize("name", sorted(PLAIN))


@each_string
def test_every_example_is_legal_and_none_is_there_twice(name: str) -> None:
    """The examples of a shape break nothing, and there is at least one."""
    values = legal_values(STRINGS[name], RESOURCES)
    assert values
    assert len(set(values)) == len(values)
    for value in values:
        assert broken(STRINGS[name], value) == (), value


def test_a_shape_without_examples_is_a_lookup_error() -> None:
    """When AWS adds a shape the message says where its examples belong."""
    with pytest.raises(LookupError, match="no legal value for the shape NewShape"):
        legal_values(Shape(path="X", kind="string", name="NewShape"), RESOURCES)


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("RoleArn", [":role/a/b/", ":roleWithoutSlash", "+equals=comma,dot.at@"]),
        ("EnvironmentValue", ["\n", "\U0001f600", "${VAR}"]),
        ("TagKey", ["部署", "отдел", "فريق", "É"]),
        ("ModelName", ["m", "7", "a--b"]),
        ("ContainerImage", ["@sha256:", ".dkr.ecr."]),
        ("S3ModelUri", ["https://", "s3://", " "]),
    ],
)
def test_extreme_forms_are_among_the_examples(name: str, fragments: list[str]) -> None:
    """Forms that implementations are known to trip over are there."""
    values = legal_values(STRINGS[name], RESOURCES)
    for fragment in fragments:
        assert any(fragment in value for value in values), fragment


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_examples_are_of_the_requests_region_and_partition(region: str) -> None:
    """AWS refuses what is of another region (E21), and nothing in one partition sees another's."""
    resources = Resources(region=region)
    for shape in STRINGS.values():
        for value in legal_values(shape, resources) if not shape.enum else ():
            if value.startswith("https://"):
                assert f".s3.{region}.{suffix_of(region)}/" in value
            if value.startswith("arn:"):
                _, partition, service, place, *_ = value.split(":")
                assert partition == resources.partition
                assert place == ("" if service == "iam" else region)
            if ".dkr.ecr." in value:
                assert resources.registry.partition(".")[2] in value


def test_a_users_own_values_replace_the_examples() -> None:
    """A target that checks resources sees nothing but the user's own."""
    own = Resources(role_arn="R", image="I", model_data_url="s3://b/k")
    assert legal_values(STRINGS["RoleArn"], own) == ("R",)
    assert legal_values(STRINGS["ContainerImage"], own) == ("I",)
    assert legal_values(STRINGS["Url"], own) == ("s3://b/k",)
    assert legal_values(STRINGS["S3ModelUri"], own) == ("s3://b/k",)


@each_plain_string
def test_every_limit_is_reached_and_passed_by_one(name: str) -> None:
    """At its maximum a shape has a legal string, one beyond it one that is only too long.

    A model package name has 176 characters only as an ARN, every other shape by plain growth.
    """
    shape = PLAIN[name]
    if shape.maximum is None:
        assert name == "String"
        return
    at, over = (resized(shape, shape.maximum + more, RESOURCES) for more in (0, 1))
    assert at is not None
    assert over is not None
    assert (len(at), len(over)) == (shape.maximum, shape.maximum + 1)
    assert broken(shape, at) == ()
    assert broken(shape, over) == ("max-length",)


@pytest.mark.parametrize(
    "name",
    ["RoleArn", "VersionedArnOrName", "InferenceSpecificationName", "AdditionalModelChannelName"],
)
def test_below_these_minima_nothing_keeps_the_pattern(name: str) -> None:
    """One character below their minimum these shapes have no string that matches."""
    shape = PLAIN[name]
    assert shape.minimum
    assert resized(shape, shape.minimum - 1, RESOURCES) is None


@settings(deadline=None, database=None, max_examples=300)
@given(st.sampled_from(sorted(PLAIN)), st.integers(0, 300) | st.integers(0, 4100))
def test_a_resized_string_has_the_length_and_keeps_its_pattern(name: str, length: int) -> None:
    """Whatever length is asked for, the string has it or there is none."""
    value = resized(PLAIN[name], length, RESOURCES)
    if value is not None:
        assert len(value) == length
        assert set(broken(PLAIN[name], value)) <= {"min-length", "max-length"}


@pytest.mark.parametrize(
    ("name", "length", "start", "end"),
    [
        ("ContainerImage", 255, "123456789012.dkr.ecr.us-east-1.amazonaws.com/", ":1.0"),
        ("Url", 1024, "s3://amzn-s3-demo-bucket/", "model.tar.gz"),
        ("S3ModelUri", 1025, "s3://amzn-s3-demo-bucket/", "model.tar.gz"),
        ("SubnetId", 32, "subnet-", "0"),
        ("SecurityGroupId", 33, "sg-", "0"),
        ("EnvironmentKey", 1024, "KEY_", "A"),
        ("RoleArn", 2048, "arn:aws:iam::123456789012:role/", ""),
    ],
)
def test_a_long_string_stays_realistic(name: str, length: int, start: str, end: str) -> None:
    """Growing happens where a faithful AWS would still take the value for what it is."""
    value = resized(PLAIN[name], length, RESOURCES)
    assert value is not None
    assert value.startswith(start)
    assert value.endswith(end)


def test_all_string_shapes_of_the_request_are_looked_at() -> None:
    """The tests above go over every string shape that some path has."""
    names = {shape.name for shape in by_path().values() if shape.kind == "string"}
    assert names == set(STRINGS)
    assert len(PLAIN) == 19
