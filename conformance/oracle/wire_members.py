"""Rules of the ``wire/`` family about members: null, unknown, many, and numbers written oddly."""

from __future__ import annotations

from typing import Any

from conformance.oracle.scenario import Scenario, Scene, accept, created, done, scenario
from conformance.oracle.wire_steps import PROTOCOL, rewritten

_WIDE = "\u5408"  # a letter of three bytes

_FREQUENCY = (
    "PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints[].MetricPublishFrequencyInSeconds"
)


def _container(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"Image": scene.resources.container_image, **members}


def _nulls(scene: Scene) -> None:
    created(scene, scene.plain())
    body = scene.plain(
        Tags=None,
        VpcConfig=None,
        EnableNetworkIsolation=None,
        PrimaryContainer=_container(scene, ModelDataUrl=None, Environment=None, Mode=None),
    )
    accept(scene.ask("CreateModel", body), "a request with null members")


def _tags(count: int) -> list[dict[str, str]]:
    return [{"Key": f"{n:03}" + _WIDE * 125, "Value": _WIDE * 256} for n in range(count)]


def _large(scene: Scene) -> None:
    """Send some 85 KB; a request of a third of that, of the same members, is accepted first."""
    small = _container(scene, Environment={"KEY": "x" * 1000})
    created(scene, scene.plain(Tags=_tags(25), PrimaryContainer=small))
    full = _container(scene, Environment={f"KEY_{n}": "x" * 1000 for n in range(28)})
    body = scene.plain(Tags=_tags(50), PrimaryContainer=full)
    accept(scene.ask("CreateModel", body), "a request of 85 KB within all limits")


_UNKNOWN = {"notAMember": "x", "NotAMember": {"Key": [1]}}


def _unknown(scene: Scene) -> None:
    created(scene, scene.plain())
    accept(scene.ask("CreateModel", scene.plain(**_UNKNOWN)), "a request with unknown members")


def _unknown_at_depth(scene: Scene) -> None:
    done(scene.ask("CreateModel", scene.plain(**_UNKNOWN)))
    endpoint = {"MetricsEndpointPath": "/metrics", **_UNKNOWN}
    plain = {"ContainerMetricsConfig": {"MetricsEndpoints": [{"MetricsEndpointPath": "/metrics"}]}}
    created(scene, scene.plain(PrimaryContainer=_container(scene, **plain)))
    body = scene.plain(
        Tags=[{"Key": "key", "Value": "value", **_UNKNOWN}],
        PrimaryContainer=_container(
            scene,
            **_UNKNOWN,
            ContainerMetricsConfig={"MetricsEndpoints": [endpoint], **_UNKNOWN},
        ),
    )
    accept(scene.ask("CreateModel", body), "a request with unknown members at depth")


def _decimals(scene: Scene) -> None:
    endpoint = {"MetricsEndpointPath": "/metrics", "MetricPublishFrequencyInSeconds": 60}
    config = {"MetricsEndpoints": [endpoint]}
    members = {"PrimaryContainer": _container(scene, ContainerMetricsConfig=config)}
    for text in (b"60.0", b"6e1"):

        def edit(body: bytes, text: bytes = text) -> bytes:
            return body.replace(b":60", b":" + text)

        accept(rewritten(scene, edit, members), f"the number 60 written as {text.decode()}")


MEMBERS: tuple[Scenario, ...] = (
    scenario(
        "wire/null-members",
        _nulls,
        "A member that is null is absent: an optional one may be null.",
        f"{PROTOCOL}, compliance test AwsJson11ServersDontDeserializeNullStructureValues; "
        "F6.12 of a sibling service",
        provenance="model",
    ),
    scenario(
        "wire/large-body",
        _large,
        "A request within every limit is accepted, though its body is longer than 64 KB.",
        "API Reference, CreateModel: limits of Tags, Key, Value and Environment",
        provenance="reference",
    ),
    scenario(
        "wire/unknown-members",
        _unknown,
        "Members that the API does not know are ignored.",
        "F6.12 of a sibling service",
        provenance="inferred",
    ),
    scenario(
        "wire/unknown-members-at-depth",
        _unknown_at_depth,
        "Members that the API does not know are ignored inside structures and lists, too.",
        "F6.12 of a sibling service",
        provenance="inferred",
    ),
    scenario(
        "wire/integers-as-decimals",
        _decimals,
        "An integer may be written with a fraction of zero or with an exponent.",
        "F6.12 of a sibling service; RFC 8259, section 6",
        provenance="inferred",
        member=_FREQUENCY,
    ),
)
