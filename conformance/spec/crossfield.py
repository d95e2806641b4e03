"""Cross-field rules: promises that several members make together, each with its evidence.

Only what a public capture of CreateModel shows is ``must``; everything else is ``info``: nobody
has shown what AWS answers, so no verdict may rest on it. Every check takes a request whose JSON
types are right (``conformance.oracle`` removes broken branches first) and tells whether the rule
is broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.spec.rules import INFO, MUST, Rule

Body = dict[str, Any]

ENVIRONMENT_BYTES = 32 * 1024
_ECR_IMAGE = re.compile(r"[0-9]{12}\.dkr\.ecr[.-][^/]+\.amazonaws\.com(\.cn)?/\S+")


@dataclass(frozen=True)
class CrossField:
    """A rule with the check that tells whether a well-typed request breaks it."""

    rule: Rule
    is_broken: Callable[[Body], bool]


def containers(body: Body) -> Iterator[Body]:
    """Yield PrimaryContainer and every item of Containers, in this order."""
    if body.get("PrimaryContainer") is not None:
        yield body["PrimaryContainer"]
    yield from (each for each in body.get("Containers") or () if each is not None)


def _pipeline(body: Body) -> list[Body]:
    return [each for each in body.get("Containers") or () if each is not None]


def _has(container: Body, member: str) -> bool:
    return container.get(member) is not None


def _mode(body: Body) -> str | None:
    mode: str | None = (body.get("InferenceExecutionConfig") or {}).get("Mode")
    return mode


def _s3_sources(body: Body) -> Iterator[Body]:
    for container in containers(body):
        holders = [container.get("ModelDataSource")]
        holders.extend(container.get("AdditionalModelDataSources") or ())
        for holder in holders:
            if holder and holder.get("S3DataSource") is not None:
                yield holder["S3DataSource"]


def _environment_bytes(body: Body) -> int:
    return sum(
        len(f"{key}{value}".encode("utf-8", "surrogatepass"))
        for container in containers(body)
        for key, value in (container.get("Environment") or {}).items()
        if value is not None
    )


def _tag_keys(body: Body) -> list[str]:
    return [tag["Key"] for tag in body.get("Tags") or () if tag is not None and _has(tag, "Key")]


def _hostnames(body: Body) -> list[str]:
    return [c["ContainerHostname"] for c in _pipeline(body) if _has(c, "ContainerHostname")]


def needs_vpc_mode(container: Body) -> bool:
    """Tell whether a container has an image outside ECR, without access through the VPC (E6)."""
    image = container.get("Image")
    mode = (container.get("ImageConfig") or {}).get("RepositoryAccessMode")
    return image is not None and not _ECR_IMAGE.fullmatch(image) and mode != "Vpc"


def _must(name: str, member: str, statement: str, source: str) -> Rule:
    return Rule(
        f"request/{name}", member, name, MUST, ("observed",), (source,), statement, ("rejects",)
    )


def _info(name: str, member: str, statement: str, source: str) -> Rule:
    return Rule(
        f"request/{name}", member, name, INFO, ("inferred",), (source,), statement, ("rejects",)
    )


@cache
def cross_field_rules() -> tuple[CrossField, ...]:
    """Return every cross-field rule with its check, ``must`` first."""
    return (
        CrossField(
            _must(
                "image-or-model-package",
                "Containers[]",
                "A container gives its Image or a ModelPackageName, not both.",
                "public capture E1: CreateModel, ValidationException, seen verbatim",
            ),
            lambda body: any(
                _has(c, "Image") and _has(c, "ModelPackageName") for c in containers(body)
            ),
        ),
        CrossField(
            _must(
                "one-multi-model-container",
                "Containers[].Mode",
                "An inference pipeline has at most one container in MultiModel mode.",
                "public capture E10: CreateModel, 400 ValidationException, seen verbatim "
                "(github OElesin/sagemaker-autopilot-step-functions#10, 2021)",
            ),
            lambda body: sum(c.get("Mode") == "MultiModel" for c in _pipeline(body)) > 1,
        ),
        CrossField(
            _info(
                "aws-tag-prefix",
                "Tags[].Key",
                "A tag key does not begin with aws:.",
                "capture H1 is of DeleteTags; for CreateModel nobody has shown it",
            ),
            lambda body: any(key.lower().startswith("aws:") for key in _tag_keys(body)),
        ),
        CrossField(
            _info(
                "unique-tag-keys",
                "Tags[].Key",
                "No two tags have the same key.",
                "answer to duplicate tag keys unknown",
            ),
            lambda body: len(set(_tag_keys(body))) < len(_tag_keys(body)),
        ),
        CrossField(
            _info(
                "not-both-container-forms",
                "PrimaryContainer",
                "PrimaryContainer and Containers are not given together.",
                "said by an AWS engineer; the answer was never shown",
            ),
            lambda body: _has(body, "PrimaryContainer") and _has(body, "Containers"),
        ),
        CrossField(
            _info(
                "some-container",
                "PrimaryContainer",
                "PrimaryContainer or Containers is given, with at least one container.",
                "answer to a model without containers unknown",
            ),
            lambda body: not any(True for _ in containers(body)),
        ),
        CrossField(
            _info(
                "execution-role-present",
                "ExecutionRoleArn",
                "ExecutionRoleArn is given.",
                "the page says that it is not required; the answer without it is unknown",
            ),
            lambda body: not _has(body, "ExecutionRoleArn"),
        ),
        CrossField(
            _info(
                "container-names-its-code",
                "Containers[]",
                "A container gives an Image or a ModelPackageName.",
                "answer to a container with neither unknown",
            ),
            lambda body: any(
                not _has(c, "Image") and not _has(c, "ModelPackageName") for c in containers(body)
            ),
        ),
        CrossField(
            _info(
                "image-from-ecr-or-vpc",
                "Containers[].Image",
                "An image outside Amazon ECR comes with RepositoryAccessMode Vpc.",
                "public capture E6 (image name redacted); which forms count as ECR is inferred",
            ),
            lambda body: any(needs_vpc_mode(c) for c in containers(body)),
        ),
        CrossField(
            _info(
                "hostnames-on-all-or-none",
                "Containers[].ContainerHostname",
                "In a pipeline all containers have a ContainerHostname or none has.",
                "documented for pipelines; the answer is unknown",
            ),
            lambda body: 0 < len(_hostnames(body)) < len(_pipeline(body)),
        ),
        CrossField(
            _info(
                "unique-hostnames",
                "Containers[].ContainerHostname",
                "No two containers of a pipeline have the same ContainerHostname.",
                "answer to duplicate hostnames unknown",
            ),
            lambda body: len(set(_hostnames(body))) < len(_hostnames(body)),
        ),
        CrossField(
            _info(
                "direct-mode-hostnames",
                "InferenceExecutionConfig.Mode",
                "With execution mode Direct every container has a ContainerHostname.",
                "documented for Direct mode; the answer is unknown",
            ),
            lambda body: (
                _mode(body) == "Direct"
                and any(not _has(c, "ContainerHostname") for c in containers(body))
            ),
        ),
        CrossField(
            _info(
                "direct-mode-several-containers",
                "InferenceExecutionConfig.Mode",
                "Execution mode Direct comes with more than one container.",
                "documented for Direct mode; the answer is unknown",
            ),
            lambda body: _mode(body) == "Direct" and len(_pipeline(body)) < 2,
        ),
        CrossField(
            _info(
                "execution-config-with-pipeline",
                "InferenceExecutionConfig",
                "InferenceExecutionConfig comes with more than one container.",
                "answer to InferenceExecutionConfig with one container unknown",
            ),
            lambda body: (
                _has(body, "InferenceExecutionConfig")
                and _mode(body) != "Direct"
                and len(_pipeline(body)) < 2
            ),
        ),
        CrossField(
            _info(
                "environment-size",
                "Containers[].Environment",
                "The environments of a model's containers have at most 32 KB together.",
                "documented limit; the answer and how bytes are counted are unknown",
            ),
            lambda body: _environment_bytes(body) > ENVIRONMENT_BYTES,
        ),
        CrossField(
            _info(
                "s3-prefix-ends-with-slash",
                "Containers[].ModelDataSource.S3DataSource.S3Uri",
                "An S3Uri of S3DataType S3Prefix ends with a slash.",
                "documented for ModelDataSource; the answer is unknown",
            ),
            lambda body: any(
                s.get("S3DataType") == "S3Prefix" and not str(s.get("S3Uri") or "/").endswith("/")
                for s in _s3_sources(body)
            ),
        ),
        CrossField(
            _info(
                "one-form-of-model-data",
                "Containers[].ModelDataSource",
                "A container gives ModelDataUrl or ModelDataSource, not both.",
                "answer to both forms together unknown",
            ),
            lambda body: any(
                _has(c, "ModelDataUrl") and _has(c, "ModelDataSource") for c in containers(body)
            ),
        ),
        CrossField(
            _info(
                "no-model-data-source-for-multi-model",
                "Containers[].ModelDataSource",
                "A container in MultiModel mode has no ModelDataSource.",
                "documented for ModelDataSource; the answer is unknown",
            ),
            lambda body: any(
                c.get("Mode") == "MultiModel" and _has(c, "ModelDataSource")
                for c in containers(body)
            ),
        ),
        CrossField(
            _info(
                "multi-model-config-with-mode",
                "Containers[].MultiModelConfig",
                "MultiModelConfig comes with MultiModel mode.",
                "answer to MultiModelConfig in SingleModel mode unknown",
            ),
            lambda body: any(
                _has(c, "MultiModelConfig") and c.get("Mode") != "MultiModel"
                for c in containers(body)
            ),
        ),
    )


#: Broken by a value rather than by a combination of members; see ``spec.constraints``.
UNDECIDED_TYPE = _info(
    "scalar-types",
    "",
    "A Boolean is given as true or false, an integer without a fraction.",
    "whether other scalars are converted is unknown; F6.12 is a sibling service",
)
UNDECIDED_LENGTH = _info(
    "length-in-utf16-units",
    "",
    "Limits of length hold for characters and for UTF-16 units alike.",
    "documents count characters, Java counts UTF-16 units; which one AWS applies is unknown",
)

UNDECIDED_NULL = _info(
    "no-null-items",
    "",
    "Lists and maps hold no nulls.",
    "F6.12: a sibling service was seen to drop nulls from lists; for SageMaker unknown",
)


@cache
def request_rules() -> tuple[Rule, ...]:
    """Return all rules of the ``request`` family, ``must`` first."""
    undecided = (UNDECIDED_TYPE, UNDECIDED_LENGTH, UNDECIDED_NULL)
    return (*(each.rule for each in cross_field_rules()), *undecided)
