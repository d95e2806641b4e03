"""Replicas: alike, and none with what was made on another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fakes.conformant import Conformant, creates

from conformance.engine.judge import Bench
from conformance.engine.replicas import told_apart
from conformance.targets import TargetProblem

RUN = "cmcabcdefghij"


class Named(Conformant):
    """A replica of a name."""

    def __init__(self, name: str, **fingerprint: str) -> None:
        super().__init__()
        self.name = name
        self.told = fingerprint

    def fingerprint(self) -> Mapping[str, str]:
        """What the test says."""
        return self.told


def benches(*targets: Any) -> list[Bench]:
    """Benches of one run, as a run on a cluster has them."""
    return [Bench.at(each, prefix=RUN) for each in targets]


def test_replicas_of_their_own_are_asked_for_a_model_and_keep_none() -> None:
    """What was said is for the record."""
    targets = [Named("a"), Named("b"), Named("c")]
    records = told_apart(benches(*targets))
    assert [len(creates(each)) for each in targets] == [1, 1, 0]
    assert [each.models for each in targets] == [{}, {}, {}]
    assert {each["purpose"] for each in records} == {"introduction", "check", "delete"}


@pytest.mark.parametrize("shared", [(0, 1), (0, 2), (1, 2)])
def test_two_names_of_one_service_are_no_two_replicas(shared: tuple[int, int]) -> None:
    """Found: names were compared as they were written, and verdicts were wrong."""
    targets = [Named("a"), Named("b"), Named("c")]
    one, other = (targets[each] for each in shared)
    other.models, other.made = one.models, one.made
    said = f"{other.name} has a model that was made on {one.name}: replicas must not share"
    with pytest.raises(TargetProblem, match=said):
        told_apart(benches(*targets))
    assert [each.models for each in targets] == [{}, {}, {}]


def test_replicas_of_two_versions_are_refused() -> None:
    """A finding would be one version's or the other's by chance."""
    targets = [Named("a", kind="url", server="moto/1"), Named("b", kind="url", server="moto/2")]
    said = "replicas must be alike: b is kind url server moto/2, and a is kind url server moto/1"
    with pytest.raises(TargetProblem, match=said):
        told_apart(benches(*targets))
    assert [each.calls for each in targets] == [[], []]


def test_a_replica_that_describes_anything_shares_nothing() -> None:
    """Its description says nothing; that is for a rule to tell."""

    class DescribesAnything(Named):
        def found(self, members: dict[str, Any]) -> Any:
            return members["ModelName"]

        def describe(self, members: dict[str, Any]) -> dict[str, Any]:
            return {"ModelName": members["ModelName"], "ModelArn": self.arn(members["ModelName"])}

        def delete(self, members: dict[str, Any]) -> dict[str, Any]:
            self.models.pop(members["ModelName"], None)
            return {}

    told_apart(benches(DescribesAnything("a"), DescribesAnything("b")))
