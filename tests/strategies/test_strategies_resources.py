"""The resources that requests name."""

from __future__ import annotations

import pytest

from conformance.spec.constraints import broken
from conformance.spec.shapes import by_path
from strategies.resources import Resources


@pytest.mark.parametrize(
    ("region", "role", "registry"),
    [
        ("us-east-1", "arn:aws:iam::1", "1.dkr.ecr.us-east-1.amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:iam::1", "1.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "arn:aws-us-gov:iam::1", "1.dkr.ecr.us-gov-west-1.amazonaws.com"),
    ],
)
def test_synthetic_resources_belong_to_account_and_region(
    region: str, role: str, registry: str
) -> None:
    """Role and registry have the account, the region and its partition."""
    resources = Resources(account="1", region=region)
    assert resources.role.startswith(f"{role}:role/")
    assert resources.registry == registry
    assert resources.container_image == f"{registry}/inference:1.0"


def test_synthetic_resources_are_legal() -> None:
    """Every synthetic resource keeps the constraints of the member that it stands in."""
    resources, shapes = Resources(), by_path()
    for path, value in {
        "ExecutionRoleArn": resources.role,
        "PrimaryContainer.Image": resources.container_image,
        "PrimaryContainer.ModelDataUrl": resources.model_data,
        "PrimaryContainer.ModelDataSource.S3DataSource.S3Uri": resources.model_prefix,
        "VpcConfig.Subnets[]": resources.subnet_ids(1)[0],
        "VpcConfig.SecurityGroupIds[]": resources.security_group_ids(1)[0],
        "VpcConfig.Subnets": resources.subnet_ids(16),
    }.items():
        assert broken(shapes[path], value) == (), path


def test_a_prefix_is_the_directory_of_the_object() -> None:
    """The S3 prefix ends with a slash and holds the object."""
    resources = Resources(model_data_url="s3://bucket/a/b.tar.gz")
    assert resources.model_prefix == "s3://bucket/a/"
    assert resources.model_data.startswith(resources.model_prefix)


def test_a_users_own_resources_replace_the_synthetic_ones() -> None:
    """What the user names is used as it is."""
    resources = Resources(role_arn="R", image="I", model_data_url="s3://b/k")
    assert (resources.role, resources.container_image, resources.model_data) == (
        "R",
        "I",
        "s3://b/k",
    )


def test_a_users_subnets_come_first_and_are_filled_up() -> None:
    """As many subnets are given as are asked for, all different, the user's own in front."""
    resources = Resources(subnets=("subnet-a", "subnet-b"), security_groups=("sg-a",))
    assert resources.subnet_ids(1) == ["subnet-a"]
    assert resources.subnet_ids(4)[:2] == ["subnet-a", "subnet-b"]
    assert len(set(resources.subnet_ids(17))) == 17
    assert resources.security_group_ids(0) == []
    assert len(set(resources.security_group_ids(6))) == 6
