"""Regions and the partitions that they belong to, as botocore's list of partitions has them."""

import re

#: How regions begin that are not of the partition ``aws``.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}

#: Where the hosts of a partition's services are, beside amazonaws.com.
_SUFFIXES = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
SUFFIXES = ("amazonaws.com", *_SUFFIXES.values())

#: How regions of the partition ``aws`` look; what looks like neither is of one that is new.
_OF_AWS = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+")


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to, ``aws`` where nobody knows."""
    return next((p for start, p in _PARTITIONS.items() if region.startswith(start)), "aws")


def suffix_of(region: str) -> str:
    """Return the domain under which services of a region are, such as ``amazonaws.com``."""
    return _SUFFIXES.get(partition_of(region), SUFFIXES[0])


def is_of_known_partition(region: str) -> bool:
    """Tell whether it is known which partition a region belongs to."""
    return region.startswith(tuple(_PARTITIONS)) or _OF_AWS.fullmatch(region) is not None


def is_region(name: str) -> bool:
    """Tell whether a name has the form of a region, such as ``us-gov-west-1``."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", name) is not None
