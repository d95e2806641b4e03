"""Cases of the cross-field rules: one violating request for each way to break it, with control."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.spec.crossfield import ENVIRONMENT_BYTES
from conformance.spec.rules import Rule
from strategies.bases import Body, base, minimal, settled
from strategies.cases import OVER_LIMIT, Case, Names
from strategies.places import Place, copied
from strategies.resources import Resources

Builder = Callable[["_Maker"], Iterator[tuple[str, Any, Body]]]


class _Maker:
    """Makes the requests that the builders below start from."""

    def __init__(self, names: Names, resources: Resources) -> None:
        self.names, self.resources = names, resources

    def plain(self) -> Body:
        return minimal(self.names.fresh(), self.resources)

    def with_(self, *paths: str, at: int = 0) -> Body:
        return base(*paths, name=self.names.fresh(), resources=self.resources, at=at)

    def pipeline(self, *containers: Body) -> Body:
        body = self.plain()
        plain = body.pop("PrimaryContainer")
        body["Containers"] = [{**plain, **container} for container in containers]
        return body


def _changed(body: Body, change: Callable[[Body], object]) -> Body:
    changed: Body = copied(body)
    change(changed)
    return changed


def _both_sources(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    control = make.plain()
    add = {"ModelPackageName": "model-package"}
    yield (
        "in PrimaryContainer",
        _changed(make.plain(), lambda b: b["PrimaryContainer"].update(add)),
        control,
    )
    for at in range(3):
        containers = [add if position == at else {} for position in range(3)]
        yield f"in container {at + 1}", make.pipeline(*containers), make.pipeline({}, {}, {})


def _two_multi_model(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    multi = {"Mode": "MultiModel", "ModelDataUrl": make.resources.model_prefix}
    yield "two of two", make.pipeline(multi, multi), make.pipeline(multi, {})
    yield (
        "the first and the last of three",
        make.pipeline(multi, {}, multi),
        make.pipeline(multi, {}, {}),
    )


def _tags(*keys: str) -> Builder:
    def build(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
        tags = [{"Key": key, "Value": f"v{n}"} for n, key in enumerate(keys)]
        yield (
            ", ".join(keys),
            _changed(make.plain(), lambda b: b.update(Tags=tags)),
            make.with_("Tags"),
        )

    return build


def _from_plain(label: str, change: Callable[[Body], object], *paths: str) -> Builder:
    def build(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
        yield label, _changed(make.with_(*paths), change), make.with_(*paths)

    return build


def _pipelines(label: str, broken: tuple[Body, ...], repaired: tuple[Body, ...]) -> Builder:
    def build(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
        yield label, make.pipeline(*broken), make.pipeline(*repaired)

    return build


def _direct(hostnames: tuple[str | None, ...]) -> Builder:
    def build(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
        body = make.pipeline(*({"ContainerHostname": h} if h else {} for h in hostnames))
        body["InferenceExecutionConfig"] = {"Mode": "Direct"}
        control = make.pipeline({"ContainerHostname": "a"}, {"ContainerHostname": "b"})
        control["InferenceExecutionConfig"] = {"Mode": "Direct"}
        yield f"{len(hostnames)} container(s)", body, settled(control, make.resources)

    return build


def _big_environment(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    count = ENVIRONMENT_BYTES // 1024 + 1
    entries = {f"KEY_{n}": "x" * 1024 for n in range(count)}
    change = _changed(make.plain(), lambda b: b["PrimaryContainer"].update(Environment=entries))
    yield f"{count} values of 1024 bytes", change, make.with_("PrimaryContainer.Environment")


def _prefix_without_slash(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    path = "PrimaryContainer.ModelDataSource.S3DataSource"
    control = make.with_(path)
    source = {
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
        "S3Uri": make.resources.model_prefix,
    }
    control["PrimaryContainer"]["ModelDataSource"]["S3DataSource"] = source
    bare = {**source, "S3Uri": source["S3Uri"].rstrip("/")}
    body = _changed(
        make.with_(path),
        lambda b: b["PrimaryContainer"]["ModelDataSource"].update(S3DataSource=bare),
    )
    yield bare["S3Uri"], body, control


#: Booleans below the top level.
_BOOLEANS = tuple(
    f"{holder}.S3DataSource.ModelAccessConfig.AcceptEula"
    for form in ("PrimaryContainer", "Containers[]")
    for holder in (f"{form}.ModelDataSource", f"{form}.AdditionalModelDataSources[]")
)


def _scalars(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    seconds = "PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[]"
    for word in ("true", "false", 1, 0):
        body = {**make.plain(), "EnableNetworkIsolation": word}
        yield f"{word!r} for a Boolean", body, make.with_("EnableNetworkIsolation")
    for path in _BOOLEANS:
        yield f"'true' at {path}", Place(path).put(make.with_(path), "true"), make.with_(path)
    body = make.with_(f"{seconds}.MetricPublishFrequencyInSeconds")
    endpoint = body["PrimaryContainer"]["ContainerMetricsConfig"]["MetricsEndpoints"][0]
    endpoint["MetricPublishFrequencyInSeconds"] = 60.5
    yield "60.5 for an integer", body, make.with_(f"{seconds}.MetricPublishFrequencyInSeconds")


def _astral(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    tag = {"Key": "Team", "Value": "\U00020000" * 256}
    yield (
        "256 astral characters in a tag's value",
        _changed(make.plain(), lambda b: b.update(Tags=[tag])),
        make.with_("Tags"),
    )


def _nulls(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    change = _changed(make.with_("Tags"), lambda b: b["Tags"].append(None))
    yield "a null among the tags", change, make.with_("Tags")


def _primary(**members: Any) -> Callable[[Body], object]:
    return lambda body: body["PrimaryContainer"].update(members)


def _source(make: _Maker, **members: str) -> Callable[[Body], object]:
    source = make.with_(_S3)["PrimaryContainer"]["ModelDataSource"]["S3DataSource"]
    return _primary(ModelDataSource={"S3DataSource": {**source, **members}})


def _packed_prefix(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    packed = _source(make, S3DataType="S3Prefix", S3Uri=make.resources.model_prefix)
    yield "Gzip with S3Prefix", _changed(make.plain(), packed), make.with_(_S3)


def _etag_alone(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    alone = _source(make, ManifestEtag="0123456789abcdef0123456789abcdef")
    control = make.with_(f"{_S3}.ManifestEtag")
    yield "without ManifestS3Uri", _changed(make.plain(), alone), control


def _every_61_seconds(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    control = make.with_(_FREQUENCY)
    yield "61 seconds", Place(_FREQUENCY).put(control, 61), make.with_(_FREQUENCY)


def _credentials_for_ecr(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    path = "PrimaryContainer.ImageConfig.RepositoryAuthConfig"
    config = {**make.with_(path)["PrimaryContainer"]["ImageConfig"]}
    config["RepositoryAccessMode"] = "Platform"
    yield "with Platform", _changed(make.plain(), _primary(ImageConfig=config)), make.with_(path)


def _multi_model_data(make: _Maker) -> Iterator[tuple[str, Any, Body]]:
    control = make.with_("PrimaryContainer.Mode")
    control["PrimaryContainer"].update(Mode="MultiModel", ModelDataUrl=make.resources.model_prefix)
    members: dict[str, Body] = {
        "one archive": {"ModelDataUrl": make.resources.model_data},
        "no model data": {},
    }
    for label, given in members.items():
        yield label, _changed(make.plain(), _primary(Mode="MultiModel", **given)), control


_S3 = "PrimaryContainer.ModelDataSource.S3DataSource"
_FREQUENCY = (
    "PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[].MetricPublishFrequencyInSeconds"
)
_PACKAGE = "PrimaryContainer.ModelPackageName"
_URL_PATH = "PrimaryContainer.ModelDataUrl"
_PREFIX = {"S3Uri": "s3://amzn-s3-demo-bucket/models/model.tar.gz", "S3DataType": "S3Object"}
_SOURCE = {"S3DataSource": {**_PREFIX, "CompressionType": "Gzip"}}
_URL = "s3://amzn-s3-demo-bucket/models/model.tar.gz"

_BUILDERS: dict[str, Builder] = {
    "image-or-model-package": _both_sources,
    "one-multi-model-container": _two_multi_model,
    "aws-tag-prefix": _tags("aws:created-by"),
    "unique-tag-keys": _tags("Team", "Team"),
    "not-both-container-forms": _from_plain(
        "one container in each", lambda b: b.update(Containers=[dict(b["PrimaryContainer"])])
    ),
    "some-container": _from_plain("neither", lambda b: b.pop("PrimaryContainer")),
    "execution-role-present": _from_plain("left out", lambda b: b.pop("ExecutionRoleArn")),
    "container-names-its-code": _from_plain(
        "only ModelDataUrl", lambda b: b.update(PrimaryContainer={"ModelDataUrl": _URL})
    ),
    "image-from-ecr-or-vpc": _from_plain("a public image", _primary(Image="inference:1.0")),
    "hostnames-on-all-or-none": _pipelines(
        "on the first of two", ({"ContainerHostname": "first"}, {}), ({}, {})
    ),
    "unique-hostnames": _pipelines(
        "twice the same",
        ({"ContainerHostname": "same"}, {"ContainerHostname": "same"}),
        ({"ContainerHostname": "first"}, {"ContainerHostname": "second"}),
    ),
    "direct-mode-hostnames": _direct((None, None)),
    "direct-mode-several-containers": _direct(("only",)),
    "execution-config-with-pipeline": _from_plain(
        "with PrimaryContainer", lambda b: b.update(InferenceExecutionConfig={"Mode": "Serial"})
    ),
    "environment-size": _big_environment,
    "s3-prefix-ends-with-slash": _prefix_without_slash,
    "one-form-of-model-data": _from_plain(
        "both forms", _primary(ModelDataUrl=_URL, ModelDataSource=_SOURCE)
    ),
    "no-model-data-source-for-multi-model": _from_plain(
        "ModelDataSource in MultiModel mode",
        _primary(Mode="MultiModel", ModelDataSource=_SOURCE),
    ),
    "multi-model-config-with-mode": _from_plain(
        "in SingleModel mode",
        _primary(Mode="SingleModel", MultiModelConfig={"ModelCacheSetting": "Enabled"}),
    ),
    "image-config-with-image": _from_plain(
        "beside a model package", _primary(ImageConfig={"RepositoryAccessMode": "Vpc"}), _PACKAGE
    ),
    "registry-credentials-with-vpc": _credentials_for_ecr,
    "package-without-model-data": _from_plain(
        "with ModelDataUrl", _primary(ModelDataUrl=_URL), _PACKAGE
    ),
    "package-without-environment": _from_plain(
        "with one entry", _primary(Environment={"LOG_LEVEL": "info"}), _PACKAGE
    ),
    "inference-specification-with-package": _from_plain(
        "beside an Image", _primary(InferenceSpecificationName="specification")
    ),
    "additional-sources-beside-a-first": _from_plain(
        "without ModelDataSource",
        lambda b: b["PrimaryContainer"].pop("ModelDataSource"),
        "PrimaryContainer.AdditionalModelDataSources",
    ),
    "model-data-url-of-an-archive": _from_plain(
        "a folder", _primary(ModelDataUrl="s3://amzn-s3-demo-bucket/models/"), _URL_PATH
    ),
    "multi-model-data-url-of-a-prefix": _multi_model_data,
    "s3-prefix-is-not-packed": _packed_prefix,
    "manifest-etag-with-manifest": _etag_alone,
    "environment-entry-bytes": _from_plain(
        "1024 characters, two bytes each",
        _primary(Environment={"KEY": "é" * 1024}),
        "PrimaryContainer.Environment",
    ),
    "publish-frequency-of-the-list": _every_61_seconds,
    "scalar-types": _scalars,
    "length-in-utf16-units": _astral,
    "no-null-items": _nulls,
}


def cross_field_cases(rule: Rule, *, names: Names, resources: Resources) -> Iterator[Case]:
    """Yield requests that break a cross-field rule and nothing else, each with its control."""
    for label, request, control in _BUILDERS[rule.constraint](_Maker(names, resources)):
        yield Case(OVER_LIMIT, label, request, (control,))
