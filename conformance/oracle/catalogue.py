"""The catalogue of every rule: constraints, cross-field rules and behaviour, in a fixed order."""

from __future__ import annotations

from functools import cache

from conformance.oracle.behaviour import Behaviour
from conformance.oracle.scenario import Scenario
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import Rule, constraint_rules


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Return every behaviour rule with its check."""
    from conformance.oracle.errors import ERRORS
    from conformance.oracle.response import RESPONSE

    return (*ERRORS, *RESPONSE)


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return every behaviour rule that is judged by a short conversation."""
    from conformance.oracle.authentication import AUTHENTICATION
    from conformance.oracle.concurrency import CONCURRENCY
    from conformance.oracle.downstream import DOWNSTREAM
    from conformance.oracle.generated import GENERATED
    from conformance.oracle.lifecycle import LIFECYCLE
    from conformance.oracle.limits import LIMITS
    from conformance.oracle.listing_filters import LISTING
    from conformance.oracle.several import SEVERAL
    from conformance.oracle.stateful import STATEFUL
    from conformance.oracle.tags import TAGS
    from conformance.oracle.wire import WIRE

    return (
        *SEVERAL,
        *WIRE,
        *AUTHENTICATION,
        *LIFECYCLE,
        *TAGS,
        *LISTING,
        *DOWNSTREAM,
        *STATEFUL,
        *CONCURRENCY,
        *LIMITS,
        *GENERATED,
    )


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule there is: constraints in the specification's order, then the families."""
    return (
        *constraint_rules(),
        *request_rules(),
        *(each.rule for each in behaviours()),
        *(each.rule for each in scenarios()),
    )


@cache
def rule_by_id(rule_id: str) -> Rule:
    """Return a rule by its id; raises ``KeyError`` for an id that no rule has."""
    return {rule.id: rule for rule in all_rules()}[rule_id]
