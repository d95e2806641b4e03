"""Hypothesis at work for the engine: draws within a budget and shrinks what fails.

Each rule and side has a seed of its own; how is drawn, ``strategies.drawing`` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, seed
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.oracle.verdicts import FAIL, Opinion
from strategies.drawing import drawing, from_the_seed_alone

#: Requests sent while shrinking, at most: a slow target must not be asked for minutes.
_SHRINKS = 100


class _Failed(Exception):
    """A drawn request failed; Hypothesis shrinks on it."""


@dataclass
class Outcome:
    """What exploration found: an opinion for each request sent, and the smallest failing one."""

    opinions: list[Opinion] = field(default_factory=list)
    minimal: Any = None
    flaky: bool = False
    #: What ended it before its time.
    stopped: Exception | None = None


def explore(
    strategy: SearchStrategy[Any],
    opinion_on: Callable[[Any], Opinion | None],
    *,
    seed: int,
    examples: int,
) -> Outcome:
    """Draw ``examples`` requests, ask for an opinion on each, shrink the first that fails.

    ``opinion_on`` returns ``None`` for a request that must not be sent. A request that was asked
    about before is not sent again, so a target that changes its mind cannot confuse the shrinking.
    When the target has gone or the time is over, nothing more is asked: Hypothesis, which takes
    every exception for a failure, would ask again and again.
    """
    outcome = Outcome()
    known: dict[str, bool] = {}
    failures = 0

    def failing(body: Any) -> bool:
        nonlocal failures
        key = json.dumps(body, sort_keys=True)
        if key not in known:
            if failures > _SHRINKS or outcome.stopped is not None:
                return False
            try:
                opinion = opinion_on(body)
            except (TargetGone, OutOfTime) as stopped:
                outcome.stopped = stopped
                return False
            known[key] = opinion is not None and opinion.verdict == FAIL
            if opinion is not None and (failures == 0 or opinion.verdict != FAIL):
                outcome.opinions.append(opinion)
            if known[key] or failures:  # from the first failure on, every request shrinks it
                failures += 1
        if known[key]:
            outcome.minimal = body
        return known[key]

    @_seeded(seed)
    @drawing(examples)
    @given(strategy)
    def run(body: Any) -> None:
        if failing(body):
            raise _Failed

    # Without a database there is no need for a key; Hypothesis would digest our source for one.
    run._hypothesis_internal_database_key = b""  # type: ignore[attr-defined]
    try:
        with from_the_seed_alone():
            run()
    except _Failed:
        pass
    except Flaky:
        # Hypothesis saw two outcomes for one draw; ours are remembered, so it is the target's
        # doing (or a name's) whenever something failed at all.
        outcome.flaky = outcome.minimal is not None
    except Unsatisfiable:
        pass
    return outcome


_seeded = seed
