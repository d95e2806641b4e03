"""Cross-field rules: promises that several members make together, each with its evidence.

Only what a public capture of CreateModel shows is ``must``; everything else is ``info``: nobody
has shown what AWS answers, so no verdict may rest on it. Every check takes a request whose JSON
types are right (``conformance.oracle`` removes broken branches first) and tells whether the rule
is broken.
"""

from __future__ import annotations

from functools import cache

from conformance.spec.container_fields import (
    Body,
    CrossField,
    container_rules,
    containers,
    has,
    info,
)
from conformance.spec.rules import MUST, Rule

ENVIRONMENT_BYTES = 32 * 1024


def _pipeline(body: Body) -> list[Body]:
    return [each for each in body.get("Containers") or () if each is not None]


def _mode(body: Body) -> str | None:
    mode: str | None = (body.get("InferenceExecutionConfig") or {}).get("Mode")
    return mode


def _environment_bytes(body: Body) -> int:
    return sum(
        len(f"{key}{value}".encode("utf-8", "surrogatepass"))
        for container in containers(body)
        for key, value in (container.get("Environment") or {}).items()
        if value is not None
    )


def _tag_keys(body: Body) -> list[str]:
    return [tag["Key"] for tag in body.get("Tags") or () if tag is not None and has(tag, "Key")]


def _hostnames(body: Body) -> list[str]:
    return [c["ContainerHostname"] for c in _pipeline(body) if has(c, "ContainerHostname")]


def _must(name: str, member: str, statement: str, source: str) -> Rule:
    return Rule(
        f"request/{name}", member, name, MUST, ("observed",), (source,), statement, ("rejects",)
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
                has(c, "Image") and has(c, "ModelPackageName") for c in containers(body)
            ),
        ),
        CrossField(
            _must(
                "one-multi-model-container",
                "Containers[].Mode",
                "An inference pipeline has at most one container in MultiModel mode.",
                "public capture E10: CreateModel, 400 ValidationException, seen verbatim",
            ),
            lambda body: sum(c.get("Mode") == "MultiModel" for c in _pipeline(body)) > 1,
        ),
        CrossField(
            info(
                "aws-tag-prefix",
                "Tags[].Key",
                "A tag key does not begin with aws:.",
                "capture H1 is of DeleteTags; for CreateModel nobody has shown it",
            ),
            lambda body: any(key.lower().startswith("aws:") for key in _tag_keys(body)),
        ),
        CrossField(
            info(
                "unique-tag-keys",
                "Tags[].Key",
                "No two tags have the same key.",
                "answer to duplicate tag keys unknown",
            ),
            lambda body: len(set(_tag_keys(body))) < len(_tag_keys(body)),
        ),
        CrossField(
            info(
                "not-both-container-forms",
                "PrimaryContainer",
                "PrimaryContainer and Containers are not given together.",
                "said by an AWS engineer; the answer was never shown",
            ),
            lambda body: has(body, "PrimaryContainer") and has(body, "Containers"),
        ),
        CrossField(
            info(
                "some-container",
                "PrimaryContainer",
                "PrimaryContainer or Containers is given, with at least one container.",
                "answer to a model without containers unknown",
            ),
            lambda body: not containers(body),
        ),
        CrossField(
            info(
                "execution-role-present",
                "ExecutionRoleArn",
                "ExecutionRoleArn is given.",
                "the page says that it is not required; the answer without it is unknown",
            ),
            lambda body: not has(body, "ExecutionRoleArn"),
        ),
        CrossField(
            info(
                "hostnames-on-all-or-none",
                "Containers[].ContainerHostname",
                "In a pipeline all containers have a ContainerHostname or none has.",
                "documented for pipelines; the answer is unknown",
            ),
            lambda body: 0 < len(_hostnames(body)) < len(_pipeline(body)),
        ),
        CrossField(
            info(
                "unique-hostnames",
                "Containers[].ContainerHostname",
                "No two containers of a pipeline have the same ContainerHostname.",
                "answer to duplicate hostnames unknown",
            ),
            lambda body: len(set(_hostnames(body))) < len(_hostnames(body)),
        ),
        CrossField(
            info(
                "direct-mode-hostnames",
                "InferenceExecutionConfig.Mode",
                "With execution mode Direct every container has a ContainerHostname.",
                "documented for Direct mode; the answer is unknown",
            ),
            lambda body: (
                _mode(body) == "Direct"
                and any(not has(c, "ContainerHostname") for c in containers(body))
            ),
        ),
        CrossField(
            info(
                "direct-mode-several-containers",
                "InferenceExecutionConfig.Mode",
                "Execution mode Direct comes with more than one container.",
                "documented for Direct mode; the answer is unknown",
            ),
            lambda body: _mode(body) == "Direct" and len(_pipeline(body)) < 2,
        ),
        CrossField(
            info(
                "execution-config-with-pipeline",
                "InferenceExecutionConfig",
                "InferenceExecutionConfig comes with more than one container.",
                "answer to InferenceExecutionConfig with one container unknown",
            ),
            lambda body: (
                has(body, "InferenceExecutionConfig")
                and _mode(body) != "Direct"
                and len(_pipeline(body)) < 2
            ),
        ),
        CrossField(
            info(
                "environment-size",
                "Containers[].Environment",
                "The environments of a model's containers have at most 32 KB together.",
                "documented limit; the answer and how bytes are counted are unknown",
            ),
            lambda body: _environment_bytes(body) > ENVIRONMENT_BYTES,
        ),
        *container_rules(),
    )


#: Broken by a value rather than by a combination of members; see ``spec.constraints``.
UNDECIDED_TYPE = info(
    "scalar-types",
    "",
    "A Boolean is given as true or false, an integer without a fraction.",
    "whether other scalars are converted is unknown; F6.12 is a sibling service",
)
UNDECIDED_LENGTH = info(
    "length-in-utf16-units",
    "",
    "Limits of length hold for characters and for UTF-16 units alike.",
    "documents count characters, Java counts UTF-16 units; which one AWS applies is unknown",
)

UNDECIDED_NULL = info(
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
