"""The least that the keys of a run against AWS must be allowed, as an IAM policy.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
SageMaker AI", and the IAM User Guide on passing a role to a service.
"""

from __future__ import annotations

from typing import Any

from conformance.engine.names import PREFIX
from conformance.spec.regions import partition_of

#: What a run asks for of models by name. With Tags, CreateModel needs AddTags.
_OF_A_MODEL = ("AddTags", "CreateModel", "DeleteModel", "DeleteTags", "DescribeModel", "ListTags")


def account_of(role_arn: str) -> str | None:
    """Return the account of a role: only its own account can pass a role to SageMaker."""
    parts = role_arn.split(":")
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else None


def policy(region: str, account: str, role_arn: str) -> dict[str, Any]:
    """Return the policy document: models with our names only, one role, for SageMaker only.

    Names of one run begin with the prefix of all runs and ten letters that are drawn for it, so
    that the policy can be attached before. ListModels knows no resources. What is sent without
    our prefix (names of one character, malformed ones) is denied by this policy, and proves
    nothing then.
    """
    partition = partition_of(region)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ModelsOfTheSuite",
                "Effect": "Allow",
                "Action": [f"sagemaker:{action}" for action in _OF_A_MODEL],
                "Resource": f"arn:{partition}:sagemaker:{region}:{account}:model/{PREFIX}*",
            },
            {
                "Sid": "FindThem",
                "Effect": "Allow",
                "Action": "sagemaker:ListModels",
                "Resource": "*",
            },
            {
                "Sid": "TheirRole",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": role_arn,
                "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            },
        ],
    }
