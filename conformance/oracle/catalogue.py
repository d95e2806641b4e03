"""The catalogue of every rule: constraints, cross-field rules and behaviour, in a fixed order."""

from __future__ import annotations

from functools import cache

from conformance.oracle.behaviour import Behaviour
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import Rule, constraint_rules


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Return every behaviour rule with its check."""
    from conformance.oracle.errors import ERRORS
    from conformance.oracle.response import RESPONSE

    return (*ERRORS, *RESPONSE)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule there is: constraints in the specification's order, then the families."""
    return (*constraint_rules(), *request_rules(), *(each.rule for each in behaviours()))


@cache
def rule_by_id(rule_id: str) -> Rule:
    """Return a rule by its id; raises ``KeyError`` for an id that no rule has."""
    return {rule.id: rule for rule in all_rules()}[rule_id]
