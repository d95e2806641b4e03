"""Regions and their partitions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader

from conformance.spec.regions import is_of_known_partition, is_region, partition_of

PARTITIONS = Loader().load_data("partitions")["partitions"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-central-2", "aws"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"),
        ("ca-central-1", "aws"),
    ],
)
def test_a_region_belongs_to_its_partition(region: str, partition: str) -> None:
    """The prefix of a region tells its partition."""
    assert partition_of(region) == partition


@pytest.mark.parametrize("partition", PARTITIONS, ids=lambda each: each["id"])
def test_regions_that_botocore_knows_are_recognised(partition: dict[str, Any]) -> None:
    """Every region in botocore has a region's form and a known partition: the right one."""
    found = [name for name in partition["regions"] if not name.endswith("-global")]
    assert found
    for region in found:
        assert is_region(region)
        assert is_of_known_partition(region)
        assert partition_of(region) == partition["id"]


@pytest.mark.parametrize("name", ["xx-north-1", "us-isoz-east-1", "eu-new-central-1"])
def test_a_region_of_a_partition_that_is_new_is_not_known(name: str) -> None:
    """Its ARNs are not held to the partition aws."""
    assert is_region(name)
    assert not is_of_known_partition(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "us-east", "us-east-", "US-EAST-1", "us_east_1", "us-east-1\n", " us-east-1"),
        *("1-east-us", "us-east-100", "localhost", "u-east-1", "us-east-1a", "us-east-١"),
    ],
)
def test_what_is_no_region_is_told_apart(name: str) -> None:
    """A name that lacks a part, has a foreign character or a line end is no region."""
    assert not is_region(name)
