"""Where a request belongs: partition, region and account, and the ARNs that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.reference.characters import LOWER_DIGIT_OR_HYPHEN, only

DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "123456789012"

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A region of an account; states are kept apart by it."""

    region: str = DEFAULT_REGION
    account: str = DEFAULT_ACCOUNT

    @property
    def partition(self) -> str:
        """The partition that the region lies in."""
        for prefix, partition in _PARTITIONS:
            if self.region.startswith(prefix):
                return partition
        return "aws"

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a SageMaker resource, such as kind `model`."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{kind}/{name}"


def region_of(authorization: str) -> str:
    """The region in the credential scope of an Authorization header; us-east-1 where there is
    none.
    """
    _, found, rest = authorization.partition("Credential=")
    if not found:
        return DEFAULT_REGION
    scope = rest.split(",", 1)[0].strip().split("/")
    if len(scope) < 5:
        return DEFAULT_REGION
    region = scope[-3]
    if region and only(LOWER_DIGIT_OR_HYPHEN, region):
        return region
    return DEFAULT_REGION
