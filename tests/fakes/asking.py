"""Asks a target without any help of the suite's: what is there, and what is somebody else's."""

from __future__ import annotations

from typing import Any

import requests

ROLE = "arn:aws:iam::123456789012:role/theirs"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/theirs:1"


def ask(url: str, operation: str, **members: Any) -> Any:
    """The answer to one call, which must succeed."""
    scope = "Credential=AKID/20260101/us-east-1/sagemaker/aws4_request"
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"SageMaker.{operation}",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=00",
    }
    reply = requests.post(url, json=members, headers=headers, timeout=10)
    assert reply.status_code == 200, reply.text
    return reply.json() if reply.content else None


def make(url: str, *names: str) -> None:
    """Make models that are somebody else's."""
    for name in names:
        container = {"Image": IMAGE}
        ask(url, "CreateModel", ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)


def names(url: str) -> list[str]:
    """The names of all models on a target, in order."""
    found: list[str] = []
    page = ask(url, "ListModels", MaxResults=100)
    while True:
        found += [model["ModelName"] for model in page["Models"]]
        if not page.get("NextToken"):
            return sorted(found)
        page = ask(url, "ListModels", MaxResults=100, NextToken=page["NextToken"])
