"""How a target tells of several violations in one request: the part of ``errors/`` with two."""

from __future__ import annotations

from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import Broken, Scenario, Scene, scenario


def _both_told(scene: Scene) -> None:
    name = scene.fresh() + "!"
    body = scene.plain(ModelName=name, Tags=[{"Key": "", "Value": "nameless"}])
    answer = scene.ask("CreateModel", body)
    message = (answer.reading.message or "").lower()
    told = [each for each in ("modelname", "tags") if each in message]
    if answer.accepted or not told:
        raise NothingToJudge("the answer tells of none of the two")
    if len(told) == 1:
        raise Broken(f"The message tells of {told[0]} alone.")


SEVERAL: tuple[Scenario, ...] = (
    scenario(
        "errors/several-violations",
        _both_told,
        "A request that breaks two constraints is told of both at once.",
        "capture C1, seen at another service",
        provenance="inferred",
    ),
)
