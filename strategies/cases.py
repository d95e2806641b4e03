"""Boundary cases: for a rule and side, the requests at, inside and beyond its limit, enumerated.

The order is fixed and plain requests come first: random draws of "a length up to 63" do not hit
63, and a maintainer should see the plainest violation. Nothing here is random and Hypothesis is
not imported; ``strategies.exploration`` takes over where these end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from conformance.spec.rules import Rule, constraint_rules
from conformance.spec.shapes import by_path
from strategies.bases import Body
from strategies.resources import Resources

#: Why a case exists: at the limit, well inside it, the smallest illegal step over it, random
#: illegal values beyond it, one edit away from a pattern.
AT_LIMIT = "at-limit"
INSIDE = "inside"
OVER_LIMIT = "over-limit"
BEYOND = "beyond"
NEAR_MISS = "near-miss"


class Names(Protocol):
    """Where model names come from; the engine's keep runs and processes apart."""

    def fresh(self) -> str:
        """Return a legal name of at most 40 characters that was never used before."""

    def short(self) -> str | None:
        """Return a legal name of one character that is free on the target, if there is one."""

    def number(self) -> int:
        """Return a positive number that was never used before."""


@dataclass(frozen=True)
class Case:
    """One request with the reason it exists.

    ``controls`` are valid requests that must be accepted for the case to prove anything: for a
    violation the same request repaired, for a legal value the same request with a typical one.
    ``alternatives`` makes requests of which one accepted is as good as this one: a member is known
    to a target that refuses its typical value but takes another.
    """

    reason: str
    label: str
    request: Any
    controls: tuple[Body, ...] = ()
    alternatives: Callable[[], Iterator[Body]] | None = None

    @property
    def is_its_own_control(self) -> bool:
        """Whether a control is this very request, names aside."""
        return any(_unnamed(control) == _unnamed(self.request) for control in self.controls)


def _unnamed(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {member: value for member, value in body.items() if member != "ModelName"}


def boundary_cases(
    rule: Rule, side: str, *, names: Names, resources: Resources, thorough: bool = True
) -> Iterator[Case]:
    """Yield the enumerated cases of a rule's side, the plainest first.

    ``thorough`` plants every violation at the first, a middle and the last item of the lists on
    its way; otherwise only the first violation, and the others take turns.
    """
    from strategies import combinations, legal, violations

    if rule.family == "request":
        yield from combinations.cross_field_cases(rule, names=names, resources=resources)
    elif side == "accepts":
        yield from legal.legal_cases(rule, by_path()[rule.member], names, resources)
    else:
        yield from violations.violating_cases(
            rule, by_path()[rule.member], names, resources, thorough=thorough
        )


class CountedNames:
    """Names for requests that are only looked at, never sent."""

    def __init__(self, prefix: str = "example") -> None:
        self._prefix = prefix
        self._count = 0

    def fresh(self) -> str:
        """Return the next name."""
        self._count += 1
        return f"{self._prefix}-{self._count}-model"

    def short(self) -> str | None:
        """Return a name of one character."""
        return "m"

    def number(self) -> int:
        """Return the next number."""
        self._count += 1
        return self._count


@cache
def separable_side(rule: Rule, side: str) -> bool:
    """Tell whether a fault can break this side of a rule and no other.

    That a required member, an item or an entry is accepted is the same request, and so the same
    evidence, as that what is around it is. Computed from the cases, like ``separable``.
    """
    if rule not in constraint_rules() or side == "rejects":
        return separable(rule)
    if rule.member == "ModelName":  # in no request is another name the same request
        return rule.constraint not in ("type", "required")
    names, resources = CountedNames(), Resources()
    cases = boundary_cases(rule, side, names=names, resources=resources)
    return any(not case.is_its_own_control for case in cases)


@cache
def broken_together(rule: Rule) -> frozenset[str]:
    """Return the ids that one case of a separable rule may break: its own and no other.

    But an empty structure lacks all its required members at once.
    """
    if rule.constraint != "required":
        return frozenset({rule.id})
    parent = rule.member.rpartition(".")[0]
    return frozenset(
        each.id
        for each in constraint_rules()
        if each.constraint == "required" and each.member.rpartition(".")[0] == parent
    )


@cache
def separable(rule: Rule) -> bool:
    """Tell whether some enumerated request breaks this rule and no other: computed, not typed in.

    A role ARN under 20 characters, for instance, never matches its pattern either.
    """
    from strategies.violations import breaks_alone

    if rule not in constraint_rules():
        return True
    return breaks_alone(rule, by_path()[rule.member], Resources())
