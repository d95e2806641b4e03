"""Cross-field rules one by one: a request that breaks each, and its nearest that does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from conformance.spec.crossfield import (
    ENVIRONMENT_BYTES,
    UNDECIDED_LENGTH,
    UNDECIDED_NULL,
    UNDECIDED_TYPE,
    containers,
    cross_field_rules,
    request_rules,
)

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"
CHECKS = {each.rule.constraint: each.is_broken for each in cross_field_rules()}
PACKAGE = {"ModelPackageName": "package"}
IMAGE = {"Image": ECR}
MULTI = {"Image": ECR, "Mode": "MultiModel"}


def _one(**members: Any) -> dict[str, Any]:
    return {"ExecutionRoleArn": "role", "PrimaryContainer": {"Image": ECR, **members}}


def _several(*members: dict[str, Any], **rest: Any) -> dict[str, Any]:
    pipeline = [{"Image": ECR, **each} for each in members]
    return {"ExecutionRoleArn": "role", "Containers": pipeline, **rest}


def _named(*names: str | None) -> list[dict[str, Any]]:
    return [{"ContainerHostname": name} if name else {} for name in names]


def _source(kind: str, uri: str) -> dict[str, Any]:
    return {"S3DataSource": {"S3DataType": kind, "S3Uri": uri, "CompressionType": "None"}}


def _packed(kind: str, **members: str) -> dict[str, Any]:
    inside = {"S3DataType": kind, "S3Uri": "s3://b/", "CompressionType": "Gzip", **members}
    return {"S3DataSource": inside}


def _every(seconds: float | None) -> dict[str, Any]:
    endpoints = [{"MetricPublishFrequencyInSeconds": seconds}]
    return _one(ContainerMetricsConfig={"MetricsEndpoints": endpoints})


def _tagged(*keys: str) -> dict[str, Any]:
    return {**_one(), "Tags": [{"Key": key, "Value": ""} for key in keys]}


DIRECT = {"InferenceExecutionConfig": {"Mode": "Direct"}}
SERIAL = {"InferenceExecutionConfig": {"Mode": "Serial"}}
HALF = {f"K{n:02}": "x" * 1021 for n in range(16)}  # 16 entries of 3 + 1021 bytes: half of 32 KB

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("image-or-model-package", _one(**PACKAGE)),
    ("image-or-model-package", _several({}, {}, PACKAGE)),
    ("one-multi-model-container", _several({"Mode": "MultiModel"}, {"Mode": "MultiModel"})),
    ("one-multi-model-container", _several(MULTI, {}, MULTI)),
    ("aws-tag-prefix", _tagged("Team", "aws:team")),
    ("aws-tag-prefix", _tagged("AWS:team")),
    ("unique-tag-keys", _tagged("a", "b", "a")),
    ("not-both-container-forms", {**_one(), "Containers": [IMAGE]}),
    ("not-both-container-forms", {**_one(), "Containers": []}),
    ("some-container", {"ModelName": "m"}),
    ("some-container", {"Containers": []}),
    ("some-container", {"PrimaryContainer": None, "Containers": [None]}),
    ("execution-role-present", {"PrimaryContainer": IMAGE}),
    ("execution-role-present", {"PrimaryContainer": IMAGE, "ExecutionRoleArn": None}),
    ("container-names-its-code", {"PrimaryContainer": {}}),
    ("container-names-its-code", {"Containers": [IMAGE, {"ModelDataUrl": "s3://b/k"}]}),
    ("image-from-ecr-or-vpc", _one(Image="nginx:1.0")),
    ("image-from-ecr-or-vpc", _one(Image=ECR.replace("123456789012", "12345678901"))),
    (
        "image-from-ecr-or-vpc",
        _one(Image="nginx", ImageConfig={"RepositoryAccessMode": "Platform"}),
    ),
    ("image-from-ecr-or-vpc", _several({}, {"Image": "nginx"})),
    ("hostnames-on-all-or-none", _several(*_named("a", None))),
    ("hostnames-on-all-or-none", _several(*_named(None, None, "c"))),
    ("unique-hostnames", _several(*_named("a", "b", "a"))),
    ("direct-mode-hostnames", _several({}, {}, **DIRECT)),
    ("direct-mode-hostnames", _several(*_named("a", None), **DIRECT)),
    ("direct-mode-several-containers", _several(*_named("a"), **DIRECT)),
    ("direct-mode-several-containers", {**_one(), **DIRECT}),
    ("execution-config-with-pipeline", {**_one(), **SERIAL}),
    ("execution-config-with-pipeline", _several({}, **SERIAL)),
    ("environment-size", _several({"Environment": {**HALF, "K": ""}}, {"Environment": HALF})),
    ("environment-size", _one(Environment={"K": "ä" * (ENVIRONMENT_BYTES // 2)})),
    ("s3-prefix-ends-with-slash", _one(ModelDataSource=_source("S3Prefix", "s3://b/models"))),
    (
        "s3-prefix-ends-with-slash",
        _one(
            AdditionalModelDataSources=[
                _source("S3Object", "s3://b/k"),
                _source("S3Prefix", "s3://b"),
            ]
        ),
    ),
    (
        "one-form-of-model-data",
        _one(ModelDataUrl="s3://b/k", ModelDataSource=_source("S3Object", "s3://b/k")),
    ),
    (
        "no-model-data-source-for-multi-model",
        _one(Mode="MultiModel", ModelDataSource=_source("S3Prefix", "s3://b/")),
    ),
    ("multi-model-config-with-mode", _one(MultiModelConfig={}, Mode="SingleModel")),
    ("multi-model-config-with-mode", _one(MultiModelConfig={})),
    ("image-config-with-image", {"PrimaryContainer": {**PACKAGE, "ImageConfig": {}}}),
    ("registry-credentials-with-vpc", _one(ImageConfig={"RepositoryAuthConfig": {}})),
    (
        "registry-credentials-with-vpc",
        _one(ImageConfig={"RepositoryAuthConfig": {}, "RepositoryAccessMode": "Platform"}),
    ),
    ("package-without-model-data", {"Containers": [IMAGE, {**PACKAGE, "ModelDataUrl": "s3://b"}]}),
    ("package-without-model-data", {"PrimaryContainer": {**PACKAGE, "ModelDataSource": {}}}),
    (
        "package-without-model-data",
        {"PrimaryContainer": {**PACKAGE, "AdditionalModelDataSources": []}},
    ),
    ("package-without-environment", {"PrimaryContainer": {**PACKAGE, "Environment": {}}}),
    ("inference-specification-with-package", _one(InferenceSpecificationName="s")),
    (
        "inference-specification-with-package",
        {"PrimaryContainer": {**PACKAGE, "InferenceSpecificationName": "s"}},
    ),
    ("additional-sources-beside-a-first", _one(AdditionalModelDataSources=[])),
    (
        "additional-sources-beside-a-first",
        _one(AdditionalModelDataSources=[], ModelDataUrl="s3://b/k.tar.gz"),
    ),
    ("model-data-url-of-an-archive", _one(ModelDataUrl="s3://b/k")),
    ("model-data-url-of-an-archive", _one(ModelDataUrl="s3://b/k.tar.gz/", Mode="SingleModel")),
    ("multi-model-data-url-of-a-prefix", _one(Mode="MultiModel")),
    ("multi-model-data-url-of-a-prefix", _several({}, {**MULTI, "ModelDataUrl": "s3://b/k"})),
    ("s3-prefix-is-not-packed", _one(ModelDataSource=_packed("S3Prefix"))),
    ("manifest-etag-with-manifest", _one(ModelDataSource=_packed("S3Object", ManifestEtag="e"))),
    ("environment-entry-bytes", _one(Environment={"K": "é" * 513})),
    ("environment-entry-bytes", _several({}, {"Environment": {"K": "\U0001f600" * 257}})),
    ("publish-frequency-of-the-list", _every(61)),
    ("publish-frequency-of-the-list", _every(0)),
]

KEPT: list[tuple[str, dict[str, Any]]] = [
    ("image-or-model-package", {"Containers": [IMAGE, PACKAGE]}),
    ("image-or-model-package", _one(ModelPackageName=None)),
    ("one-multi-model-container", _several(MULTI, {"Mode": "SingleModel"})),
    ("one-multi-model-container", {**_several(MULTI), "PrimaryContainer": MULTI}),
    ("aws-tag-prefix", _tagged("aws", "my-aws:team", "awsteam", "aws.team")),
    ("unique-tag-keys", _tagged("a", "A", "b")),
    ("not-both-container-forms", _one(Image=ECR)),
    ("not-both-container-forms", {"PrimaryContainer": None, "Containers": [IMAGE]}),
    ("some-container", _several({})),
    ("some-container", {"PrimaryContainer": {}}),
    ("execution-role-present", _one()),
    ("container-names-its-code", {"Containers": [IMAGE, PACKAGE]}),
    ("container-names-its-code", {}),
    ("image-from-ecr-or-vpc", _one()),
    ("image-from-ecr-or-vpc", _one(Image=ECR.replace(".com/", ".com.cn/"))),
    ("image-from-ecr-or-vpc", _one(Image=ECR.replace("amazonaws.com/", "amazonaws.eu/"))),
    ("image-from-ecr-or-vpc", _one(Image="nginx", ImageConfig={"RepositoryAccessMode": "Vpc"})),
    ("image-from-ecr-or-vpc", {"PrimaryContainer": PACKAGE}),
    ("hostnames-on-all-or-none", _several(*_named("a", "b"))),
    ("hostnames-on-all-or-none", _several({}, {})),
    ("hostnames-on-all-or-none", _one(ContainerHostname="a")),
    ("unique-hostnames", _several(*_named("a", "A", None, None))),
    ("direct-mode-hostnames", _several(*_named("a", "b"), **DIRECT)),
    ("direct-mode-hostnames", _several({}, {}, **SERIAL)),
    ("direct-mode-several-containers", _several(*_named("a", "b"), **DIRECT)),
    ("execution-config-with-pipeline", _several({}, {}, **SERIAL)),
    ("execution-config-with-pipeline", {**_one(), **DIRECT}),
    ("execution-config-with-pipeline", _several({})),
    ("environment-size", _several({"Environment": HALF}, {"Environment": HALF})),
    ("environment-size", _one(Environment={"K": None})),
    ("s3-prefix-ends-with-slash", _one(ModelDataSource=_source("S3Prefix", "s3://b/models/"))),
    ("s3-prefix-ends-with-slash", _one(ModelDataSource=_source("S3Object", "s3://b/models"))),
    (
        "s3-prefix-ends-with-slash",
        _one(ModelDataSource={"S3DataSource": {"S3DataType": "S3Prefix"}}),
    ),
    ("one-form-of-model-data", _several({"ModelDataUrl": "s3://b/k"}, {"ModelDataSource": {}})),
    ("no-model-data-source-for-multi-model", _several(MULTI, {"ModelDataSource": {}})),
    ("multi-model-config-with-mode", _one(MultiModelConfig={}, Mode="MultiModel")),
    ("multi-model-config-with-mode", _one(Mode="SingleModel")),
    ("image-config-with-image", _one(ImageConfig={"RepositoryAccessMode": "Platform"})),
    (
        "registry-credentials-with-vpc",
        _one(ImageConfig={"RepositoryAuthConfig": {}, "RepositoryAccessMode": "Vpc"}),
    ),
    ("registry-credentials-with-vpc", _one(ImageConfig={"RepositoryAccessMode": "Platform"})),
    ("package-without-model-data", {"Containers": [PACKAGE, {**IMAGE, "ModelDataUrl": "s3://b"}]}),
    ("package-without-environment", {"Containers": [PACKAGE, {**IMAGE, "Environment": {}}]}),
    (
        "inference-specification-with-package",
        {
            "PrimaryContainer": {
                "ModelPackageName": "package/1",
                "InferenceSpecificationName": "s",
            }
        },
    ),
    (
        "additional-sources-beside-a-first",
        _one(AdditionalModelDataSources=[], ModelDataSource={}),
    ),
    ("model-data-url-of-an-archive", _one(ModelDataUrl="s3://b/k.tar.gz")),
    ("model-data-url-of-an-archive", _one(ModelDataUrl="s3://b/k/", Mode="MultiModel")),
    ("multi-model-data-url-of-a-prefix", _one(Mode="MultiModel", ModelDataUrl="s3://b/k/")),
    ("multi-model-data-url-of-a-prefix", _one(Mode="MultiModel", ModelDataSource={})),
    ("multi-model-data-url-of-a-prefix", _one(ModelDataUrl="s3://b/k.tar.gz")),
    ("s3-prefix-is-not-packed", _one(ModelDataSource=_source("S3Prefix", "s3://b/"))),
    ("s3-prefix-is-not-packed", _one(ModelDataSource=_packed("S3Object"))),
    (
        "manifest-etag-with-manifest",
        _one(ModelDataSource=_packed("S3Object", ManifestEtag="e", ManifestS3Uri="s3://b/m")),
    ),
    ("environment-entry-bytes", _one(Environment={"K": "é" * 512, "L": "x" * 1024, "M": None})),
    ("environment-entry-bytes", _one(Environment={"K": "x" * 1025})),
    *(("publish-frequency-of-the-list", _every(each)) for each in (10, 30, 60, 60.0, 300, None)),
]


def _ids(cases: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{name}-{number}" for number, (name, _) in enumerate(cases)]


@pytest.mark.parametrize(("name", "body"), BROKEN, ids=_ids(BROKEN))
def test_a_request_breaks_its_cross_field_rule(name: str, body: dict[str, Any]) -> None:
    """The check of the rule finds what is wrong with the request, and leaves the request alone."""
    before = copy.deepcopy(body)
    assert CHECKS[name](body) is True
    assert body == before


@pytest.mark.parametrize(("name", "body"), KEPT, ids=_ids(KEPT))
def test_a_nearby_request_keeps_the_cross_field_rule(name: str, body: dict[str, Any]) -> None:
    """The check of the rule is silent about the nearest request that is in order."""
    assert CHECKS[name](body) is False


def test_every_cross_field_rule_is_shown_broken_and_kept() -> None:
    """The examples above leave out no rule."""
    assert {name for name, _ in BROKEN} == {name for name, _ in KEPT} == set(CHECKS)


def test_the_limit_of_the_environment_is_32_kilobytes_over_all_containers() -> None:
    """Exactly 32,768 bytes of keys and values are in order, one more is not."""
    full = _several({"Environment": HALF}, {"Environment": HALF})
    size = sum(len(k + v) for c in full["Containers"] for k, v in c["Environment"].items())
    assert size == ENVIRONMENT_BYTES == 32768


def test_only_what_a_capture_of_create_model_shows_is_a_must() -> None:
    """Image with ModelPackageName (E1) and two MultiModel containers (E10) are the two musts."""
    must = {rule.constraint: rule for rule in request_rules() if rule.level == "must"}
    assert set(must) == {"image-or-model-package", "one-multi-model-container"}
    assert all(rule.provenance == ("observed",) for rule in must.values())
    assert "E1:" in must["image-or-model-package"].sources[0]
    assert "E10:" in must["one-multi-model-container"].sources[0]


@pytest.mark.parametrize("rule", request_rules(), ids=lambda rule: rule.id)
def test_a_cross_field_rule_has_one_side_and_its_evidence(rule: Any) -> None:
    """What nobody has shown is inferred and info; every rule has a source and only rejects."""
    assert (rule.level, rule.provenance) in {("must", ("observed",)), ("info", ("inferred",))}
    assert rule.sides == ("rejects",)
    assert rule.family == "request"
    assert rule.sources[0]
    assert rule.statement.endswith(".")


def test_must_rules_stand_before_info_rules() -> None:
    """In the order of the specification musts come first and undecided values last."""
    levels = [rule.level for rule in request_rules()]
    assert levels == sorted(levels, reverse=True)
    assert request_rules()[-3:] == (UNDECIDED_TYPE, UNDECIDED_LENGTH, UNDECIDED_NULL)


def test_containers_are_the_primary_one_and_then_the_pipeline() -> None:
    """Both forms are walked, nulls are passed over."""
    body = {"PrimaryContainer": {"a": 1}, "Containers": [{"b": 2}, None, {"c": 3}]}
    assert list(containers(body)) == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert list(containers({"PrimaryContainer": None, "Containers": None})) == []
    assert list(containers({})) == []
