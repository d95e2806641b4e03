"""Cross-field rules about what one container says, and what rules of this kind are made of.

None of them is ``must``: the documents say how these members go together, or only hint at it, and
nobody has shown what AWS answers where they do not. A request that breaks one proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.spec.regions import SUFFIXES
from conformance.spec.rules import INFO, Rule

Body = dict[str, Any]

#: How long the documents let a name or a value of Environment be, in bytes.
ENTRY_BYTES = 1024

_ECR_IMAGE = re.compile(
    rf"[0-9]{{12}}\.dkr\.ecr[.-][^/]+\.({'|'.join(map(re.escape, SUFFIXES))})/\S+"
)
_SECONDS = (10, 30, 60, 120, 180, 240, 300)


@dataclass(frozen=True)
class CrossField:
    """A rule with the check that tells whether a well-typed request breaks it."""

    rule: Rule
    is_broken: Callable[[Body], bool]


def info(name: str, member: str, statement: str, source: str) -> Rule:
    """Return a rule that decides nothing: ``source`` is what hints at it."""
    return Rule(
        f"request/{name}", member, name, INFO, ("inferred",), (source,), statement, ("rejects",)
    )


def containers(body: Body) -> list[Body]:
    """Return PrimaryContainer and every item of Containers, in this order."""
    given = [body.get("PrimaryContainer"), *(body.get("Containers") or ())]
    return [each for each in given if each is not None]


def has(container: Body, *members: str) -> bool:
    """Tell whether one of these members is given."""
    for member in members:  # noqa: SIM110 - any() takes four times as long, and all rules ask
        if container.get(member) is not None:
            return True
    return False


def needs_vpc_mode(container: Body) -> bool:
    """Tell whether a container has an image outside ECR, without access through the VPC (E6)."""
    image = container.get("Image")
    return image is not None and not is_in_ecr(image) and not is_in_vpc_mode(container)


def is_in_ecr(image: str) -> bool:
    """Tell whether an image is in a registry of AWS's."""
    return _ECR_IMAGE.fullmatch(image) is not None


def is_in_vpc_mode(container: Body) -> bool:
    """Tell whether a container's image is said to be in a registry that is reached by the VPC."""
    return (container.get("ImageConfig") or {}).get("RepositoryAccessMode") == "Vpc"


def _lacks_vpc_for_auth(container: Body) -> bool:
    config = container.get("ImageConfig") or {}
    return has(config, "RepositoryAuthConfig") and not is_in_vpc_mode(container)


def is_version(package: str | None) -> bool:
    """Tell whether a model package is named with its version."""
    return package is not None and re.search(r"/[0-9]+\Z", package) is not None


def _sources(container: Body) -> Iterator[Body]:
    holders = [container.get("ModelDataSource")]
    holders.extend(container.get("AdditionalModelDataSources") or ())
    for holder in holders:
        if holder and holder.get("S3DataSource") is not None:
            yield holder["S3DataSource"]


def _seconds(container: Body) -> Iterator[Any]:
    for endpoint in (container.get("ContainerMetricsConfig") or {}).get("MetricsEndpoints") or ():
        if endpoint and has(endpoint, "MetricPublishFrequencyInSeconds"):
            yield endpoint["MetricPublishFrequencyInSeconds"]


def _is_long(text: str | None) -> bool:
    """Tell whether a string is too long in bytes alone."""
    size = len((text or "").encode("utf-8", "surrogatepass"))
    return len(text or "") <= ENTRY_BYTES < size


def _is_multi_model(container: Body) -> bool:
    return container.get("Mode") == "MultiModel"


def _lacks_prefix(container: Body) -> bool:
    """Tell whether nothing says where the models are; a ModelDataSource is a matter of its own."""
    is_prefix = str(container.get("ModelDataUrl") or "").endswith("/")
    return _is_multi_model(container) and not (is_prefix or has(container, "ModelDataSource"))


_PACKAGE = "Containers[].ModelPackageName"
_SOURCE = "Containers[].ModelDataSource"
_S3 = f"{_SOURCE}.S3DataSource"
_FREQUENCY = (
    "Containers[].ContainerMetricsConfig.MetricsEndpoints[].MetricPublishFrequencyInSeconds"
)

#: Name, member, statement, what hints at it, and whether a container breaks it.
_RULES: tuple[tuple[str, str, str, str, Callable[[Body], bool]], ...] = (
    (
        "container-names-its-code",
        "Containers[]",
        "A container gives an Image or a ModelPackageName.",
        "answer to a container with neither unknown",
        lambda c: not has(c, "Image", "ModelPackageName"),
    ),
    (
        "image-from-ecr-or-vpc",
        "Containers[].Image",
        "An image outside Amazon ECR comes with RepositoryAccessMode Vpc.",
        "public capture E6 (image name redacted); which forms count as ECR is inferred",
        needs_vpc_mode,
    ),
    (
        "image-config-with-image",
        "Containers[].ImageConfig",
        "ImageConfig comes with an Image.",
        "documented as being about the image; the answer without one is unknown",
        lambda c: has(c, "ImageConfig") and not has(c, "Image"),
    ),
    (
        "registry-credentials-with-vpc",
        "Containers[].ImageConfig.RepositoryAuthConfig",
        "RepositoryAuthConfig comes with RepositoryAccessMode Vpc.",
        "documented for RepositoryAuthConfig; the answer is unknown",
        _lacks_vpc_for_auth,
    ),
    (
        "package-without-model-data",
        _PACKAGE,
        "A container that names a ModelPackageName gives no model data beside it.",
        "the text of capture E1 puts Image and Model Data URL together; the answer is unknown",
        lambda c: (
            has(c, "ModelPackageName")
            and has(c, "ModelDataUrl", "ModelDataSource", "AdditionalModelDataSources")
        ),
    ),
    (
        "package-without-environment",
        _PACKAGE,
        "A container that names a ModelPackageName gives no Environment.",
        "public capture E2 is of a Marketplace package; for others nobody has shown it",
        lambda c: has(c, "ModelPackageName") and has(c, "Environment"),
    ),
    (
        "inference-specification-with-package",
        "Containers[].InferenceSpecificationName",
        "InferenceSpecificationName comes with the version of a model package.",
        "documented as being in the model package version; the answer without is unknown",
        lambda c: (
            has(c, "InferenceSpecificationName") and not is_version(c.get("ModelPackageName"))
        ),
    ),
    (
        "one-form-of-model-data",
        _SOURCE,
        "A container gives ModelDataUrl or ModelDataSource, not both.",
        "answer to both forms together unknown",
        lambda c: has(c, "ModelDataUrl") and has(c, "ModelDataSource"),
    ),
    (
        "additional-sources-beside-a-first",
        "Containers[].AdditionalModelDataSources",
        "AdditionalModelDataSources come with a ModelDataSource.",
        "documented as additional to ModelDataSource; the answer without it is unknown",
        lambda c: has(c, "AdditionalModelDataSources") and not has(c, "ModelDataSource"),
    ),
    (
        "model-data-url-of-an-archive",
        "Containers[].ModelDataUrl",
        "Outside MultiModel mode ModelDataUrl ends with .tar.gz.",
        "documented for ModelDataUrl; the answer is unknown",
        lambda c: (
            has(c, "ModelDataUrl")
            and not _is_multi_model(c)
            and not c["ModelDataUrl"].endswith(".tar.gz")
        ),
    ),
    (
        "multi-model-data-url-of-a-prefix",
        "Containers[].ModelDataUrl",
        "In MultiModel mode ModelDataUrl is given and ends with a slash.",
        "documented for multi-model endpoints; the answer is unknown",
        _lacks_prefix,
    ),
    (
        "no-model-data-source-for-multi-model",
        _SOURCE,
        "A container in MultiModel mode has no ModelDataSource.",
        "documented for ModelDataSource; the answer is unknown",
        lambda c: _is_multi_model(c) and has(c, "ModelDataSource"),
    ),
    (
        "multi-model-config-with-mode",
        "Containers[].MultiModelConfig",
        "MultiModelConfig comes with MultiModel mode.",
        "answer to MultiModelConfig in SingleModel mode unknown",
        lambda c: has(c, "MultiModelConfig") and not _is_multi_model(c),
    ),
    (
        "s3-prefix-ends-with-slash",
        f"{_S3}.S3Uri",
        "An S3Uri of S3DataType S3Prefix ends with a slash.",
        "documented for ModelDataSource; the answer is unknown",
        lambda c: any(
            s.get("S3DataType") == "S3Prefix" and not str(s.get("S3Uri") or "/").endswith("/")
            for s in _sources(c)
        ),
    ),
    (
        "s3-prefix-is-not-packed",
        f"{_S3}.CompressionType",
        "With S3DataType S3Prefix the CompressionType is None.",
        "documented for the other three combinations alone; the answer is unknown",
        lambda c: any(
            s.get("S3DataType") == "S3Prefix" and s.get("CompressionType") == "Gzip"
            for s in _sources(c)
        ),
    ),
    (
        "manifest-etag-with-manifest",
        f"{_S3}.ManifestEtag",
        "ManifestEtag comes with ManifestS3Uri.",
        "documented as the ETag of that manifest; the answer without it is unknown",
        lambda c: any(has(s, "ManifestEtag") and not has(s, "ManifestS3Uri") for s in _sources(c)),
    ),
    (
        "environment-entry-bytes",
        "Containers[].Environment{value}",
        "A key or a value of Environment has at most 1,024 bytes, beyond ASCII too.",
        "documented in bytes, while the model's limit counts characters; A4 shows neither",
        lambda c: any(
            _is_long(key) or _is_long(value) for key, value in (c.get("Environment") or {}).items()
        ),
    ),
    (
        "publish-frequency-of-the-list",
        _FREQUENCY,
        "MetricPublishFrequencyInSeconds is 10, 30, 60, 120, 180, 240 or 300.",
        "documented as the valid values; the model names none, and the answer is unknown",
        lambda c: any(each not in _SECONDS for each in _seconds(c)),
    ),
)


def container_rules() -> tuple[CrossField, ...]:
    """Return the rules about single containers, each with its check."""

    def in_any(is_broken: Callable[[Body], bool]) -> Callable[[Body], bool]:
        return lambda body: any(map(is_broken, containers(body)))

    return tuple(CrossField(info(*told), in_any(is_broken)) for *told, is_broken in _RULES)
