"""What a service says when it is full. They show only where the strict mode `quota` is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Change
from conformance.reference.errors import Refusal
from conformance.reference.faults.fault import Fault, on_refusals

FAMILY = "quota"
_FULL = "ResourceLimitExceeded"


def _when_full(edit: Callable[[Refusal], Refusal]) -> Change:
    return on_refusals(lambda refusal: edit(refusal) if refusal.code == _FULL else refusal)


def _no_quota(behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, custom=replace(behaviour.custom, quota=None))


def faults() -> Iterator[Fault]:
    """All of this family."""
    for name, summary, rule, change in (
        ("quota-ignored", "a full service takes another model", "model-limit", _no_quota),
        ("quota-code", "a full service answers ServiceQuotaExceededException", "code",
         _when_full(lambda refusal: replace(refusal, code="ServiceQuotaExceededException"))),
        ("quota-status", "a full service answers 429", "status",
         _when_full(lambda refusal: replace(refusal, status=429))),
    ):  # fmt: skip
        yield Fault(name, summary, (f"limits/{rule}",), FAMILY, "holds", change)
