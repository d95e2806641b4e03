"""Strategies for strings draw legal strings only, of the sizes that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import strategies
from conformance.spec.constraints import broken, is_undecided_length
from conformance.spec.shapes import Shape, request
from strategies import Resources
from strategies import strings as module

PROPERTY = settings(deadline=None, database=None, max_examples=100)
SHAPES = {shape.name: shape for shape in request().walk()}
CHINA = Resources(account="999999999999", region="cn-north-1")

#: Each strategy of the module with the shapes whose constraints it keeps.
SHAPES_OF: dict[str, tuple[str, ...]] = {
    "model_names": ("ModelName",),
    "container_hostnames": ("ContainerHostname",),
    "inference_specification_names": ("InferenceSpecificationName",),
    "role_arns": ("RoleArn",),
    "container_images": ("ContainerImage",),
    "model_data_urls": ("Url", "S3ModelUri"),
    "hub_content_arns": ("HubContentArn",),
    "repository_credentials_provider_arns": ("RepositoryCredentialsProviderArn",),
    "entity_tags": ("String",),
    "channel_names": ("AdditionalModelChannelName",),
    "environment_keys": ("EnvironmentKey",),
    "environment_values": ("EnvironmentValue",),
    "model_package_names": ("VersionedArnOrName",),
    "metrics_endpoint_paths": ("MetricsEndpointPath",),
    "tag_keys": ("TagKey",),
    "tag_values": ("TagValue",),
    "security_group_ids": ("SecurityGroupId",),
    "subnet_ids": ("SubnetId",),
}
WITH_RESOURCES = ("container_images", "hub_content_arns", "model_package_names")

#: Strategies with sizes: (least, most) of what may be asked for, and which options there are.
SIZES: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "model_names": (1, 63, ("min_size", "max_size")),
    "container_hostnames": (1, 63, ("min_size", "max_size")),
    "inference_specification_names": (1, 63, ("min_size", "max_size")),
    "channel_names": (1, 64, ("min_size", "max_size")),
    "tag_keys": (1, 128, ("min_size", "max_size")),
    "tag_values": (0, 256, ("min_size", "max_size")),
    "environment_values": (0, 1024, ("min_size", "max_size")),
    "environment_keys": (1, 1024, ("max_size",)),
    "metrics_endpoint_paths": (2, 256, ("max_size",)),
    "model_data_urls": (64, 1024, ("max_size",)),
}
BOTH = [name for name, (_, _, options) in SIZES.items() if len(options) == 2]


def strategy(name: str, **options: Any) -> st.SearchStrategy[str]:
    """Return a public strategy by its name."""
    made: Callable[..., st.SearchStrategy[str]] = getattr(strategies, name)
    return made(**options)


def holds(drawn: st.SearchStrategy[Any], check: Callable[[Any], None]) -> None:
    """Run a check over draws."""
    PROPERTY(given(drawn)(lambda value: check(value)))()


def legal(shape: Shape) -> Callable[[str], None]:
    """Return a check that a string breaks nothing of a shape and is decided."""

    def check(value: str) -> None:
        assert broken(shape, value) == ()
        assert not is_undecided_length(shape, value)

    return check


@pytest.mark.parametrize("name", SHAPES_OF)
def test_every_draw_is_legal(name: str) -> None:
    """Whatever is drawn breaks no constraint of the shapes that it is for."""
    for shape in SHAPES_OF[name]:
        holds(strategy(name), legal(SHAPES[shape]))


@pytest.mark.parametrize("name", WITH_RESOURCES)
def test_draws_in_another_partition_are_legal(name: str) -> None:
    """With an account in China what is drawn is legal as well."""
    holds(strategy(name, resources=CHINA), legal(SHAPES[SHAPES_OF[name][0]]))


def test_every_string_shape_has_a_strategy() -> None:
    """No string shape of the request but enumerations is left out above."""
    plain = {name for name, shape in SHAPES.items() if shape.kind == "string" and not shape.enum}
    assert {shape for shapes in SHAPES_OF.values() for shape in shapes} == plain
    assert set(SHAPES_OF) | {"account_ids"} == {
        name for name in strategies.__all__ if hasattr(module, name)
    } - {"Resources"}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_kept(name: str) -> None:
    """What is drawn has at least min_size and at most max_size characters."""
    least, most, options = SIZES[name]
    high, shortest = least + 3, least if "min_size" in options else 1
    holds(strategy(name, max_size=high), lambda value: _between(value, shortest, high))
    if "min_size" in options:
        low = most - 2
        holds(strategy(name, min_size=low, max_size=most), lambda v: _between(v, low, most))


def _between(value: str, low: int, high: int) -> None:
    assert low <= len(value) <= high


@pytest.mark.parametrize("name", BOTH)
def test_one_size_can_be_asked_for(name: str) -> None:
    """With equal sizes every draw has exactly that length, at the limits as well."""
    least, most, _ = SIZES[name]
    for size in (max(1, least), most):
        drawn = strategy(name, min_size=size, max_size=size)
        holds(drawn, lambda value, size=size: _between(value, size, size))


@pytest.mark.parametrize("name", SIZES)
def test_sizes_beyond_the_limits_are_invalid_arguments(name: str) -> None:
    """A size that the specification does not allow is refused at once, with the limits named."""
    least, most, _ = SIZES[name]
    with pytest.raises(InvalidArgument, match=str(most)):
        strategy(name, max_size=most + 1)
    with pytest.raises(InvalidArgument, match="min_size <= max_size"):
        strategy(name, max_size=least - 1)


@pytest.mark.parametrize("name", BOTH)
def test_sizes_in_the_wrong_order_are_invalid_arguments(name: str) -> None:
    """A minimum above the maximum or below the least is refused, never drawn as nothing."""
    least, most, _ = SIZES[name]
    with pytest.raises(InvalidArgument):
        strategy(name, min_size=3, max_size=2)
    with pytest.raises(InvalidArgument):
        strategy(name, min_size=least - 1)
    with pytest.raises(InvalidArgument):
        strategy(name, min_size=most + 1, max_size=most + 1)


@pytest.mark.parametrize("partitions", [(), ("amazon",), ("aws", "gcp"), ("",)])
def test_unknown_partitions_are_invalid_arguments(partitions: tuple[str, ...]) -> None:
    """Role ARNs are drawn in partitions of AWS only, and there must be one."""
    with pytest.raises(InvalidArgument, match="partitions"):
        strategies.role_arns(partitions=partitions)


def test_partitions_of_role_arns_can_be_chosen() -> None:
    """Only the partition that was asked for is drawn."""
    drawn = strategies.role_arns(partitions=("aws-cn",))
    holds(drawn, lambda arn: _starts(arn, "arn:aws-cn:iam::"))


def _starts(value: str, start: str) -> None:
    assert value.startswith(start)


def test_account_ids_are_twelve_ascii_digits() -> None:
    """An account id is nothing but twelve digits."""

    def check(value: str) -> None:
        assert len(value) == 12
        assert value.isascii()
        assert value.isdigit()

    holds(strategies.account_ids(), check)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("model_names", lambda v: len(v) == 1),
        ("model_names", lambda v: len(v) == 63),
        ("environment_values", lambda v: len(v) == 1024),
        ("environment_keys", lambda v: len(v) == 1024),
        ("model_data_urls", lambda v: len(v) == 1024),
        ("tag_values", lambda v: len(v) == 256),
        ("metrics_endpoint_paths", lambda v: len(v) == 256),
        ("model_names", lambda v: "--" in v),
        ("model_names", lambda v: v[0].isdigit()),
        ("role_arns", lambda v: ":role/" not in v),
        ("role_arns", lambda v: v.startswith("arn:aws-us-gov:")),
        ("role_arns", lambda v: v.count("/") > 1),
        ("environment_values", lambda v: "\n" in v),
        ("environment_values", lambda v: any(c > "\uffff" for c in v)),
        ("environment_values", lambda v: v == ""),
        ("environment_values", lambda v: "\x01" in v),
        ("tag_keys", lambda v: any(c > "\u0600" for c in v)),
        ("tag_keys", lambda v: any("\u0400" <= c < "\u0500" for c in v)),
        ("tag_values", lambda v: v == ""),
        ("model_package_names", lambda v: v.startswith("arn:")),
        ("model_package_names", lambda v: v.endswith("/1")),
        ("environment_keys", lambda v: v.startswith("_")),
        ("metrics_endpoint_paths", lambda v: "." in v),
        ("container_images", lambda v: "@sha256:" in v or ":" in v),
    ],
)
def test_extremes_are_within_reach(name: str, wanted: Callable[[str], bool]) -> None:
    """Values that implementations trip over can be drawn."""
    first = settings(database=None, deadline=None, max_examples=5000, phases=[Phase.generate])
    found = find(strategy(name), wanted, settings=first)
    assert wanted(found)


def test_tag_keys_never_have_the_reserved_prefix() -> None:
    """What a tag key begins with is never aws: in any case, also where this had to be mended."""
    holds(strategies.tag_keys(), lambda key: _not_reserved(key))


def _not_reserved(key: str) -> None:
    assert not key.lower().startswith("aws:")


@pytest.mark.parametrize("ending", [".tar.gz", "x"])
def test_keys_in_s3_have_no_more_bytes_than_a_key_may_have(ending: str) -> None:
    """1,024, whatever script they are in: no longer one is an object's."""

    def fits(url: str) -> None:
        key = url.partition("://")[2].partition("/")[2]
        assert len(key.encode()) <= 1024

    holds(strategies.model_data_urls(ending=ending), fits)
