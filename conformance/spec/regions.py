"""Regions and the partitions that they belong to."""

import re


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to: ``aws``, ``aws-cn`` or ``aws-us-gov``."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def is_region(name: str) -> bool:
    """Tell whether a name has the form of a region, such as ``us-gov-west-1``."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", name) is not None
