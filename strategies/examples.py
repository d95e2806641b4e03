"""Legal values for every shape of the request: realistic ones first, then the extremes.

The first value of a shape is its *typical* one: requests are built from those, and near misses
are one edit away from one of these values. Everything a user names in ``Resources`` replaces the
synthetic values altogether, because a target that asks for it checks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.spec.constraints import broken
from conformance.spec.regions import suffix_of
from conformance.spec.shapes import Shape
from strategies.resources import Resources


def _roles(r: Resources) -> list[str]:
    if r.role_arn:
        return [r.role_arn]
    start = f"arn:{r.partition}:iam::{r.account}:role"
    return [
        r.role,
        f"{start}/service-role/AmazonSageMaker-ExecutionRole-20260102T030405",
        f"{start}/a/b/c/d/role",
        f"{start}WithoutSlash",
        f"{start}/x",
        f"{start}/with+equals=comma,dot.at@dash-under_score",
    ]


def _images(r: Resources) -> list[str]:
    if r.image:
        return [r.image]
    return [
        r.container_image,
        f"{r.registry}/inference:latest",
        f"{r.registry}/team/project/inference_server-gpu:2026.01-py3",
        f"{r.registry}/inference@sha256:{'0123456789abcdef' * 4}",
        f"763104351884.{r.registry.partition('.')[2]}/pytorch-inference:2.4.0-cpu-py311",
        r.private_image,  # goes with RepositoryAccessMode Vpc
    ]


def _objects(r: Resources) -> list[str]:
    if r.model_data_url:
        return [r.model_data_url]
    return [
        r.model_data,
        "s3://amzn-s3-demo-bucket/model.tar.gz",
        "s3://amzn-s3-demo-bucket/a/b/c/d/e/f/g/model.tar.gz",
        "s3://amzn.s3.demo.bucket/2026-01-02/job_1/output/model.tar.gz",
        "s3://amzn-s3-demo-bucket/with spaces and (brackets)/model.tar.gz",
        "s3://amzn-s3-demo-bucket/модель/模型/model.tar.gz",
        f"https://amzn-s3-demo-bucket.s3.{r.region}.{suffix_of(r.region)}/model.tar.gz",
    ]


def _sagemaker(r: Resources) -> str:
    """Return how ARNs of SageMaker begin: those of another region are refused (E21)."""
    return f"arn:{r.partition}:sagemaker:{r.region}"


def _old_ids(kind: str, given: tuple[str, ...]) -> list[str]:
    """Return an id of the short form that resources had until 2018, unless the user gave some."""
    return [] if given else [f"{kind}-12345678"]


def _words(*values: str) -> Callable[[Resources], list[str]]:
    return lambda _resources: list(values)


_EXAMPLES: Mapping[str, Callable[[Resources], list[str]]] = {
    "ModelName": _words("model", "m", "Model-2026-01-02", "7", "a--b", "A1"),
    "ContainerHostname": _words("container", "c", "Preprocess-1", "7up", "a--b", "x0"),
    "ContainerImage": _images,
    "RepositoryCredentialsProviderArn": lambda r: [
        f"arn:{r.partition}:lambda:{r.region}:{r.account}:function:registry-credentials",
        f"arn:{r.partition}:lambda:{r.region}:{r.account}:function:credentials:live",
        f"arn:{r.partition}:lambda:{r.region}:{r.account}:function:f",
    ],
    "Url": _objects,
    "S3ModelUri": _objects,
    "HubContentArn": lambda r: [
        f"{_sagemaker(r)}:aws:hub-content/SageMakerPublicHub/Model/example/1.0.0",
        f"{_sagemaker(r)}:{r.account}:hub-content/private-hub/Model/example/2.1.3",
    ],
    "String": _words("0123456789abcdef0123456789abcdef", "d41d8cd98f00b204e9800998ecf8427e-3"),
    "AdditionalModelChannelName": _words("draft-model", "a", "channel_1.v2", "Base-Model", ".-_"),
    "EnvironmentKey": _words("LOG_LEVEL", "A", "_", "_private9", "camelCase", "lower_case"),
    "EnvironmentValue": _words(
        "info",
        "",
        "two words",
        "first line\nsecond line",
        '{"key": "value with \\"quotes\\""}',
        "tab\tand trailing space ",
        "größer, 更大, больше",
        "astral \U0001f600\U0001f680",
        "${VAR} $(command) `command`",
        "42",
        "true",
        "null",
        "[]",
    ),
    "VersionedArnOrName": lambda r: [
        "model-package",
        r.model_package,
        f"{_sagemaker(r)}:{r.account}:model-package/example",
        "p",
        "model-package/1",
        "model--package/999999999",
        "P" * 63,
    ],
    "InferenceSpecificationName": _words("specification", "s", "Spec-1", "a--b", "S" * 63),
    "MetricsEndpointPath": _words("/metrics", "/m", "/v1/metrics/app_1-2.txt", "/a.b/c.d", "//"),
    "RoleArn": _roles,
    "TagKey": _words(
        "Team",
        "T",
        "Cost Center",
        "a.b:c/d=e+f-g@h_i",
        "Équipe",
        "部署",
        "отдел",
        "क",
        "فريق",
        "٣٤",
        "CamelCaseKey2026",
    ),
    "TagValue": _words(
        "data-science",
        "",
        "two words",
        "a.b:c/d=e+f-g@h_i",
        "Forschung und Entwicklung - Größe",
        "研究開発",
        "исследования",
        "البحث",
        "٣٤",
        "42",
    ),
    "SecurityGroupId": lambda r: [*r.security_group_ids(1), *_old_ids("sg", r.security_groups)],
    "SubnetId": lambda r: [*r.subnet_ids(1), *_old_ids("subnet", r.subnets)],
}


@dataclass(frozen=True)
class _Growth:
    """Where a value may be made longer and stay realistic: ``start + filler * n + end``."""

    start: str
    filler: str
    end: str


def _growths(name: str, r: Resources) -> _Growth | None:
    """Return how a shape's value grows where growing at any place would be unrealistic."""
    directory, _, file = r.model_data.rpartition("/")
    image, _, tag = r.container_image.rpartition(":")
    return {
        "ContainerImage": _Growth(image, "a", f":{tag}"),  # a tag ends at 128 characters
        "Url": _Growth(f"{directory}/", "a", file),
        "S3ModelUri": _Growth(f"{directory}/", "a", file),
        "EnvironmentKey": _Growth("KEY_", "A", ""),
        "SubnetId": _Growth("subnet-", "0", ""),
        "SecurityGroupId": _Growth("sg-", "0", ""),
    }.get(name)


def legal_values(shape: Shape, resources: Resources) -> tuple[str, ...]:
    """Return legal values of a string shape, the typical one first; never empty.

    Raises ``LookupError`` for a shape that has no example yet (AWS added a member).
    """
    if shape.enum:
        return shape.enum
    if shape.name not in _EXAMPLES:
        raise LookupError(f"strategies.examples has no legal value for the shape {shape.name}")
    return tuple(_EXAMPLES[shape.name](resources))


def resized(shape: Shape, length: int, resources: Resources) -> str | None:
    """Return a string of exactly ``length`` characters that breaks nothing but length limits.

    It is a legal value grown or cut at one place. ``None`` when no such string was found: then
    the limit cannot be broken alone (a role ARN under 20 characters never matches its pattern).
    """
    growth = _growths(shape.name, resources)
    if growth is not None:
        fixed = len(growth.start) + len(growth.end)
        if length >= fixed:
            grown = growth.start + growth.filler * (length - fixed) + growth.end
            if _keeps_pattern(shape, grown):
                return grown
    for value in legal_values(shape, resources):
        for candidate in _stretched(value, length):
            if _keeps_pattern(shape, candidate):
                return candidate
    return None


def _keeps_pattern(shape: Shape, value: str) -> bool:
    return "pattern" not in broken(shape, value)


def _stretched(value: str, length: int) -> list[str]:
    missing = length - len(value)
    if missing <= 0:
        return [value[:at] + value[at - missing :] for at in range(length, -1, -1)]
    return [
        value[:at] + filler * missing + value[at:]
        for filler in ("a", "-", "0", "/")
        for at in range(len(value), -1, -1)
    ]
