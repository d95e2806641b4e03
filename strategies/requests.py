"""Hypothesis strategies for structures of a CreateModel request and for whole requests.

What they draw is valid, and no cross-field rule is broken either: a faithful AWS would accept it
if the resources existed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from conformance.spec.shapes import Shape, by_path, request
from strategies import strings
from strategies.bases import NOT_BESIDE_A_PACKAGE, Body, entries, items, settled
from strategies.places import copied
from strategies.resources import Resources

_DEFAULTS = Resources()

#: Entries that keep a whole request's environment below 32 KB even in several containers.
_ENTRIES_IN_PIPELINE = 8

#: The forms of a container (an image with one model artifact, an image with a model data source, a
#: model package): what each has and what it leaves out. Drawn from all members at once most of
#: these would clash and be dropped again.
_FORMS: tuple[tuple[set[str], set[str]], ...] = (
    (set(), {"ModelDataSource", "ModelPackageName", "InferenceSpecificationName"}),
    (
        {"ModelDataSource"},
        {"ModelDataUrl", "ModelPackageName", "InferenceSpecificationName", "MultiModelConfig"},
    ),
    (
        {"ModelPackageName"},
        {*NOT_BESIDE_A_PACKAGE, "Mode", "MultiModelConfig"},
    ),
)


def strings_of(shape: Shape, resources: Resources = _DEFAULTS) -> SearchStrategy[str]:
    """Return the strategy for a string shape's legal values, the user's own where given.

    Raises ``LookupError`` for a shape that has none yet (AWS added a member).
    """
    given = {
        "RoleArn": resources.role_arn,
        "ContainerImage": resources.image,
        "Url": resources.model_data_url,
        "S3ModelUri": resources.model_data_url,
    }.get(shape.name)
    if given:
        return st.just(given)
    if shape.enum:
        return st.sampled_from(shape.enum)
    return _strings_named(shape.name, resources)


@cache  # Hypothesis looks through every new strategy before it draws: that costs ten draws
def _strings_named(name: str, resources: Resources) -> SearchStrategy[str]:
    makers: Mapping[str, Callable[[], SearchStrategy[str]]] = {
        "ModelName": strings.model_names,
        "ContainerHostname": strings.container_hostnames,
        "ContainerImage": lambda: strings.container_images(resources=resources),
        "RepositoryCredentialsProviderArn": lambda: strings.repository_credentials_provider_arns(
            resources=resources
        ),
        "Url": lambda: strings.model_data_urls(resources=resources),
        "S3ModelUri": lambda: strings.model_data_urls(ending="x", resources=resources),
        "HubContentArn": lambda: strings.hub_content_arns(resources=resources),
        "String": strings.entity_tags,
        "AdditionalModelChannelName": strings.channel_names,
        "EnvironmentKey": strings.environment_keys,
        "EnvironmentValue": strings.environment_values,
        "VersionedArnOrName": lambda: strings.model_package_names(resources=resources),
        "InferenceSpecificationName": strings.inference_specification_names,
        "MetricsEndpointPath": strings.metrics_endpoint_paths,
        "RoleArn": lambda: strings.role_arns(
            partitions=(resources.partition,), account=resources.account
        ),
        "TagKey": strings.tag_keys,
        "TagValue": strings.tag_values,
        "SecurityGroupId": strings.security_group_ids,
        "SubnetId": strings.subnet_ids,
    }
    if name not in makers:
        raise LookupError(f"strategies.requests has no strategy for the shape {name}")
    return makers[name]()


def values(shape: Shape, *, resources: Resources = _DEFAULTS) -> SearchStrategy[Any]:
    """Return the strategy for any shape of the request, all its optional members included."""
    if shape.kind == "structure":
        members = {name: values(s, resources=resources) for name, s in shape.members.items()}
        required = {name: s for name, s in members.items() if name in shape.required}
        optional = {name: s for name, s in members.items() if name not in shape.required}
        return st.fixed_dictionaries(required, optional=optional)
    if shape.item is not None:
        inside = values(shape.item, resources=resources)
        few = min(shape.maximum or 3, 3) if shape.item.kind == "structure" else shape.maximum
        return st.lists(inside, min_size=max(1, shape.minimum or 0), max_size=few)
    if shape.key is not None and shape.value is not None:
        keys = strings.environment_keys(max_size=40)
        short, full = strings.environment_values(max_size=60), shape.maximum or 0
        longest = strings.environment_values(min_size=1024)
        return st.one_of(
            st.dictionaries(keys, short, max_size=_ENTRIES_IN_PIPELINE),
            st.dictionaries(keys, longest, min_size=1, max_size=1),
            st.builds(lambda: entries(shape, resources, full)),
        )
    if shape.kind == "boolean":
        return st.booleans()
    if shape.kind == "integer":
        return st.sampled_from((10, 30, 60, 120, 180, 240, 300))
    return strings_of(shape, resources)


def containers(*, resources: Resources = _DEFAULTS) -> SearchStrategy[Body]:
    """Draw container definitions over all their members; each names an image or a package."""
    shape = by_path()["PrimaryContainer"]
    forms = [
        replace(
            shape,
            members={name: s for name, s in shape.members.items() if name not in left_out},
            required=shape.required | has,
        )
        for has, left_out in _FORMS
    ]
    drawn: SearchStrategy[Body] = st.one_of([values(form, resources=resources) for form in forms])
    return drawn.map(lambda c: settled({"PrimaryContainer": c}, resources)["PrimaryContainer"])


def environments(*, max_size: int = 100) -> SearchStrategy[dict[str, str]]:
    """Draw environments of at most ``max_size`` entries, together far below 32 KB."""
    if not 0 <= max_size <= 100:
        raise InvalidArgument(f"max_size must be 0 to 100, got {max_size}")
    keys = strings.environment_keys(max_size=20)
    return st.dictionaries(keys, strings.environment_values(max_size=40), max_size=max_size)


def tags(*, max_size: int = 50) -> SearchStrategy[list[dict[str, str]]]:
    """Draw tag lists without duplicate keys."""
    if not 0 <= max_size <= 50:
        raise InvalidArgument(f"max_size must be 0 to 50, got {max_size}")
    tag = st.fixed_dictionaries({"Key": strings.tag_keys(), "Value": strings.tag_values()})
    return st.lists(tag, max_size=max_size, unique_by=lambda each: each["Key"])


def vpc_configs() -> SearchStrategy[Body]:
    """Draw VPC configurations: 1 to 5 security groups, 1 to 16 subnets."""
    return st.fixed_dictionaries(
        {
            "SecurityGroupIds": st.lists(
                strings.security_group_ids(), min_size=1, max_size=5, unique=True
            ),
            "Subnets": st.lists(strings.subnet_ids(), min_size=1, max_size=16, unique=True),
        }
    )


def create_model_requests(*, resources: Resources = _DEFAULTS) -> SearchStrategy[Body]:
    """Draw valid CreateModel requests over all members, in both forms (one container, several).

    Every limit is reached now and then: 15 containers, 50 tags, 100 environment entries, ...
    """
    shape = request()
    fifty = st.builds(lambda: items(shape.members["Tags"], resources, 50))
    common = {
        "Tags": st.one_of(tags(max_size=5), tags(max_size=5), tags(max_size=5), fifty),
        "VpcConfig": vpc_configs(),
        "EnableNetworkIsolation": st.booleans(),
    }
    always = {
        "ModelName": strings.model_names(),
        "ExecutionRoleArn": strings_of(shape.members["ExecutionRoleArn"], resources),
    }
    one = st.fixed_dictionaries(
        {**always, "PrimaryContainer": containers(resources=resources)}, optional=common
    )
    few = st.lists(containers(resources=resources), min_size=1, max_size=4)
    pipeline = st.one_of(few, few, few, containers(resources=resources).map(_fifteen))
    several = st.fixed_dictionaries(
        {**always, "Containers": pipeline},
        optional={
            **common,
            "InferenceExecutionConfig": values(shape.members["InferenceExecutionConfig"]),
        },
    )
    return st.one_of(one, several).map(lambda body: settled(body, resources))


def _fifteen(container: Body) -> list[Body]:
    """Return a pipeline of as many containers as there may be, with one environment in all."""
    bare = {name: value for name, value in container.items() if name != "Environment"}
    return [container, *(copied(bare) for _ in range(14))]
