"""Base requests: the plainest valid request in which a given member occurs.

A faithful AWS would accept every one of them. ``settled`` is the one place that knows which
members need each other (hostnames in a pipeline, a VpcConfig beside a private registry, ...).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from conformance.spec import shapes
from conformance.spec.container_fields import (
    is_in_ecr,
    is_in_vpc_mode,
    is_version,
    needs_vpc_mode,
)
from conformance.spec.shapes import Shape
from strategies.examples import legal_values
from strategies.places import copied, steps
from strategies.resources import Resources

Body = dict[str, Any]

#: How many items a list of a base request has, where its limit allows: a first, a middle, a last.
ITEMS = 3

#: Members that a typical structure has beyond its required ones.
_TYPICAL_MEMBERS = {
    "ContainerDefinition": ("Image",),
    "ModelDataSource": ("S3DataSource",),
    "MultiModelConfig": ("ModelCacheSetting",),
    "ContainerMetricsConfig": ("MetricsEndpoints",),
}

_SECONDS_BETWEEN_METRICS = 60

#: Enumerations whose typical value is not their first: one object needs no trailing slash.
_TYPICAL_WORDS = {"S3ModelDataType": "S3Object", "ModelCompressionType": "Gzip"}


def minimal(name: str, resources: Resources) -> Body:
    """Return the plainest valid request: a name, a role and one container with an ECR image."""
    return {
        "ModelName": name,
        "ExecutionRoleArn": resources.role,
        "PrimaryContainer": {"Image": resources.container_image},
    }


def typical(shape: Shape, resources: Resources, *, index: int = 0) -> Any:
    """Return a shape's typical legal value; ``index`` tells items of one list apart."""
    if shape.kind == "structure":
        return {
            name: typical(member, resources, index=index)
            for name, member in shape.members.items()
            if name in shape.required or name in _TYPICAL_MEMBERS.get(shape.name, ())
        }
    if shape.item is not None:
        return items(shape, resources, min(ITEMS, shape.maximum or ITEMS))
    if shape.value is not None:
        return entries(shape, resources, ITEMS)
    if shape.kind == "boolean":
        return True
    if shape.kind == "integer":
        return _SECONDS_BETWEEN_METRICS
    return _typical_string(shape, resources, index)


def _typical_string(shape: Shape, resources: Resources, index: int) -> str:
    if shape.name == "SubnetId":
        return resources.subnet_ids(index + 1)[index]
    if shape.name == "SecurityGroupId":
        return resources.security_group_ids(index + 1)[index]
    value = _TYPICAL_WORDS.get(shape.name) or legal_values(shape, resources)[0]
    if shape.name not in _TOLD_APART:
        return value
    letters = _letters(index)
    return value + (letters if value.isupper() else letters.lower())


#: Strings that must differ within one list or map; by letters of its own case, so that
#: nothing but its typical value has to be accepted.
_TOLD_APART = ("TagKey", "ContainerHostname", "AdditionalModelChannelName", "EnvironmentKey")


def _letters(index: int) -> str:
    """Return a number as letters: nothing for 0, then ``B``, ``C``, ... ``BA``."""
    letters = ""
    while index:
        index, digit = divmod(index, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def variants(shape: Shape, resources: Resources) -> Iterator[Any]:
    """Yield other legal values of a shape than its typical one, each different in one place."""
    usual = typical(shape, resources)
    if shape.kind == "structure":
        for name in usual:
            for value in variants(shape.members[name], resources):
                yield {**usual, name: value}
    elif shape.item is not None:
        if len(usual) > 1:
            yield usual[:1]
        for value in variants(shape.item, resources):
            yield [value]
        if not shape.minimum and shape.path != "Containers":  # no container at all: nobody knows
            yield []
    elif shape.kind == "boolean":
        yield False
    elif shape.kind == "string":
        yield from (value for value in legal_values(shape, resources) if value != usual)
    elif shape.value is not None:
        yield dict(list(usual.items())[:1])
        yield {}


def items(shape: Shape, resources: Resources, count: int) -> list[Any]:
    """Return ``count`` different typical items of a list shape."""
    assert shape.item is not None
    return [typical(shape.item, resources, index=n) for n in range(count)]


def entries(shape: Shape, resources: Resources, count: int) -> Body:
    """Return ``count`` typical entries of a map shape."""
    assert shape.key is not None
    assert shape.value is not None
    return {
        typical(shape.key, resources, index=n): typical(shape.value, resources, index=n)
        for n in range(count)
    }


def base(*paths: str, name: str, resources: Resources, at: int = 0, wide: bool = False) -> Body:
    """Return the plainest valid request in which the shapes at ``paths`` have typical values.

    Lists on the way have three items wherever their limit allows it; a member stands in item
    ``at`` of them (or in the last one, where there are fewer). ``wide`` makes the lists on the way
    as long as their limit allows.
    """
    # The name comes first in a request, also in the copy.
    return {**copied(_base(paths, resources, at, wide)), "ModelName": name}


@lru_cache(maxsize=1024)
def _base(paths: tuple[str, ...], resources: Resources, at: int, wide: bool) -> Body:
    """Return a base request without its own name; a request is made of each many times."""
    body = minimal("", resources)
    for path in paths:
        shape = shapes.request()
        value: Any = body
        for step in steps(path):
            if step == "[]":
                assert shape.item is not None
                shape, value = shape.item, value[min(at, len(value) - 1)]
            elif step in shape.members:
                shape = shape.members[step]
                if wide and shape.item is not None and shape.maximum is not None:
                    value[step] = items(shape, resources, shape.maximum)
                value = value.setdefault(step, typical(shape, resources, index=min(at, ITEMS)))
    return settled(body, resources)


def settled(body: Body, resources: Resources) -> Body:
    """Return the request with the members added or dropped that make its members go together.

    Takes and returns a request that breaks no constraint of a single member; afterwards it breaks
    no cross-field rule either.
    """
    body = copied(body)
    if "InferenceExecutionConfig" in body and len(body.get("Containers", ())) < 2:
        body["Containers"] = [{"Image": resources.container_image} for _ in range(2)]
    if "Containers" in body:
        body.pop("PrimaryContainer", None)
    pipeline = body.get("Containers", [])
    every = [body["PrimaryContainer"]] if "PrimaryContainer" in body else pipeline
    multi_model = next((each for each in every if _wants_multi_model(each)), None)
    for container in every:
        _settle_container(container, container is multi_model, resources)
    direct = body.get("InferenceExecutionConfig", {}).get("Mode") == "Direct"
    if direct or any("ContainerHostname" in each for each in pipeline):
        _settle_hostnames(pipeline)
    if any(c.get("ImageConfig", {}).get("RepositoryAccessMode") == "Vpc" for c in every):
        body.setdefault("VpcConfig", typical(shapes.by_path()["VpcConfig"], resources))
    _settle_tags(body)
    return body


#: What a model package brings itself.
NOT_BESIDE_A_PACKAGE = (
    "Image",
    "ImageConfig",
    "ModelDataUrl",
    "ModelDataSource",
    "AdditionalModelDataSources",
    "Environment",
)


def _wants_multi_model(container: Body) -> bool:
    multi = container.get("Mode") == "MultiModel" or "MultiModelConfig" in container
    return multi and not {"ModelPackageName", "InferenceSpecificationName"} & container.keys()


def _settle_container(container: Body, multi_model: bool, resources: Resources) -> None:
    if "InferenceSpecificationName" in container and not is_version(
        container.get("ModelPackageName")
    ):
        container["ModelPackageName"] = resources.model_package
    if "ModelPackageName" in container:
        for member in NOT_BESIDE_A_PACKAGE:
            container.pop(member, None)
    else:
        container.setdefault("Image", resources.container_image)
    if needs_vpc_mode(container):
        container["ImageConfig"] = {**container.get("ImageConfig", {})}
        container["ImageConfig"]["RepositoryAccessMode"] = "Vpc"
    if "RepositoryAuthConfig" in container.get("ImageConfig", {}):
        container["ImageConfig"]["RepositoryAccessMode"] = "Vpc"
    if is_in_vpc_mode(container) and is_in_ecr(container.get("Image", "")):
        container["Image"] = resources.private_image
    if multi_model:
        container["Mode"] = "MultiModel"
        container["ModelDataUrl"] = resources.model_prefix
    elif container.get("Mode") == "MultiModel" or "MultiModelConfig" in container:
        container.pop("MultiModelConfig", None)
        container.pop("Mode", None)
        if container.get("ModelDataUrl", "").endswith("/"):  # it was that of several models
            container["ModelDataUrl"] = resources.model_data
    if "ModelDataUrl" in container:
        container.pop("ModelDataSource", None)
        container.pop("AdditionalModelDataSources", None)
    if "AdditionalModelDataSources" in container:
        source = shapes.by_path()["PrimaryContainer.ModelDataSource"]  # additional to this one
        container.setdefault("ModelDataSource", typical(source, resources))
    sources = [container.get("ModelDataSource", {}).get("S3DataSource")]
    sources += [each["S3DataSource"] for each in container.get("AdditionalModelDataSources", ())]
    for source in filter(None, sources):
        if source["S3DataType"] == "S3Prefix":
            source["CompressionType"] = "None"  # what is packed is one object
            if not source["S3Uri"].endswith("/"):
                source["S3Uri"] = _as_prefix(source["S3Uri"])
        if "ManifestEtag" in source:
            source.setdefault("ManifestS3Uri", resources.model_data)


def _as_prefix(uri: str) -> str:
    """Return the folder of an object; of what has no folder, the URI with a slash behind it."""
    scheme, _, rest = uri.partition("://")
    folder = rest.rpartition("/")[0]
    return f"{scheme}://{folder}/" if folder else f"{uri[:1023]}/"


def _settle_hostnames(pipeline: list[Body]) -> None:
    taken: set[str] = set()
    for position, container in enumerate(pipeline):
        hostname = container.get("ContainerHostname")
        if hostname is None or hostname in taken:
            hostname = f"container-{position}"
        while hostname in taken:
            hostname += "x"
        container["ContainerHostname"] = hostname
        taken.add(hostname)


def _settle_tags(body: Body) -> None:
    by_key = {tag["Key"]: tag for tag in body.get("Tags", ())}
    if by_key:
        body["Tags"] = list(by_key.values())
