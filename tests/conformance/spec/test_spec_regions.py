"""Regions and their partitions."""

from __future__ import annotations

import botocore.session
import pytest

from conformance.spec.regions import is_region, partition_of


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


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_regions_that_botocore_knows_are_recognised(partition: str) -> None:
    """Every region of SageMaker in botocore has a region's form and the right partition."""
    found = botocore.session.Session().get_available_regions("sagemaker", partition)
    assert found
    assert all(is_region(region) for region in found)
    assert {partition_of(region) for region in found} == {partition}


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
