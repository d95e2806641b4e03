"""How a target tells of several violations in one request: the part of ``errors/`` with two.

Nobody has shown it for CreateModel, so it decides nothing; what is seen is recorded for each pair,
as a matrix that can be compared between targets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Answer, Broken, Scenario, Scene, scenario

#: A violation: a short name, the members that make it, and a pattern of messages that tell of it.
_Violation = tuple[str, Mapping[str, Any], str]

_NAME: _Violation = ("ModelName:pattern", {"ModelName": "{name}!"}, "modelname")
_ROLE: _Violation = ("ExecutionRoleArn:pattern", {"ExecutionRoleArn": "r" * 20}, "executionrolearn")
_KEY: _Violation = ("Tags[].Key:min-length", {"Tags": [{"Key": "", "Value": "nameless"}]}, "tags")
_TYPE: _Violation = (
    "EnableNetworkIsolation:type",
    {"EnableNetworkIsolation": []},
    "enablenetworkisolation|start of list|boolean",
)

#: Requests with two violations: of two members, nested or not, and of a wrong JSON type.
_PAIRS: tuple[tuple[_Violation, _Violation], ...] = (
    (_NAME, _KEY),
    (_KEY, _NAME),
    (_ROLE, _NAME),
    (_TYPE, _NAME),
)


def _asked(scene: Scene, pair: tuple[_Violation, _Violation]) -> Answer:
    """Send a request with both violations, its members in the pair's order."""
    body: dict[str, Any] = {}
    for _, members, _ in pair:
        body |= members
    plain = scene.plain()
    body = {name: body.get(name, plain.get(name)) for name in {**body, **plain}}
    if "{name}" in body["ModelName"]:
        body["ModelName"] = body["ModelName"].format(name=plain["ModelName"])
    return scene.ask("CreateModel", body)


def told(pair: tuple[_Violation, _Violation], answer: Answer) -> str:
    """Return which of two violations an answer tells of, in its order, in a few words."""
    message = (answer.reading.message or "").lower()
    found = ((re.search(mark, message), name) for name, _, mark in pair)
    places = sorted((place.start(), name) for place, name in found if place)
    match [name for _, name in places]:
        case [first, second]:
            return f"both: {first}, {second}"
        case [only]:
            return f"{only} alone"
    return "accepted" if answer.accepted else f"neither ({answer.reading.summary})"


def _both_told(scene: Scene) -> None:
    of_constraints: list[str] = []
    for pair in _PAIRS:
        seen = told(pair, _asked(scene, pair))
        scene.observe(" + ".join(name for name, _, _ in pair), seen)
        if _TYPE not in pair:
            of_constraints.append(seen)
    alone = [seen for seen in of_constraints if seen.endswith("alone")]
    if not all(seen in alone or seen.startswith("both") for seen in of_constraints):
        raise NothingToJudge("an answer tells of none of the two")
    if alone:
        raise Broken(f"The message tells of {alone[0]}.")


SEVERAL: tuple[Scenario, ...] = (
    scenario(
        "errors/several-violations",
        _both_told,
        "A request that breaks two constraints is told of both at once.",
        "capture C1, seen at another service",
        provenance="inferred",
    ),
)
