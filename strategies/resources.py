"""The resources that requests name: synthetic ones, or a user's own where a target checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.spec.regions import partition_of, suffix_of


@dataclass(frozen=True)
class Resources:
    """What a CreateModel request refers to, in forms that a faithful AWS would accept.

    Every field left at ``None`` (or empty) is filled with a synthetic resource of ``account`` and
    ``region``. ``model_data_url`` is one archive (``s3://bucket/key.tar.gz``).
    """

    account: str = "123456789012"
    region: str = "us-east-1"
    role_arn: str = ""
    image: str = ""
    model_data_url: str = ""
    subnets: tuple[str, ...] = field(default=())
    security_groups: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, recorded: Mapping[str, Any]) -> Resources:
        """Return what a record of a run says that its requests named (``dataclasses.asdict``)."""
        lists = {key: tuple(value) for key, value in recorded.items() if isinstance(value, list)}
        return cls(**{**recorded, **lists})

    @property
    def partition(self) -> str:
        """The partition of the region, which every ARN of a request is in."""
        return partition_of(self.region)

    @property
    def role(self) -> str:
        """An IAM role ARN."""
        synthetic = f"arn:{self.partition}:iam::{self.account}:role/SageMakerExecutionRole"
        return self.role_arn or synthetic

    @property
    def registry(self) -> str:
        """The account's ECR registry in the region."""
        return f"{self.account}.dkr.ecr.{self.region}.{suffix_of(self.region)}"

    @property
    def container_image(self) -> str:
        """A container image in ECR, tagged (E4: an untagged one was refused)."""
        return self.image or f"{self.registry}/inference:1.0"

    @property
    def private_image(self) -> str:
        """A container image that is reached through the VPC: outside ECR, unless it is given."""
        return self.image or "registry.example.com:5000/inference:1.0"

    @property
    def model_package(self) -> str:
        """A version of a model package."""
        place = f"{self.region}:{self.account}"
        return f"arn:{self.partition}:sagemaker:{place}:model-package/example/1"

    @property
    def model_data(self) -> str:
        """One model artifact in S3."""
        return self.model_data_url or "s3://amzn-s3-demo-bucket/models/model.tar.gz"

    @property
    def model_prefix(self) -> str:
        """An S3 prefix that holds model artifacts; ends with a slash."""
        return self.model_data.rpartition("/")[0] + "/"

    def subnet_ids(self, count: int) -> list[str]:
        """Return ``count`` subnets, the user's first, synthetic ones after them."""
        return _filled(self.subnets, "subnet", count)

    def security_group_ids(self, count: int) -> list[str]:
        """Return ``count`` security groups, the user's first, synthetic ones after them."""
        return _filled(self.security_groups, "sg", count)


def _filled(given: tuple[str, ...], kind: str, count: int) -> list[str]:
    synthetic = [f"{kind}-{n:017x}" for n in range(1, count + 1)]
    return [*given, *synthetic[len(given) :]][:count]
