"""How Hypothesis draws for this suite: the one place where its settings are made.

No deadline, because targets are slow; no database on disk and no health checks, because what is
drawn must hang on the seed alone; no words of Hypothesis's own, because findings are told by
reports. A failure needs no seed to be reproduced: the record holds the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.internal.conjecture import providers


def drawing(examples: int, **more: Any) -> settings:
    """Return the settings for drawing so many examples and shrinking what fails.

    ``more`` are further settings of Hypothesis's. The seed is set beside them (``@seed``).
    """
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        **more,
    )


@contextmanager
def from_the_seed_alone() -> Iterator[None]:
    """Keep out of what is drawn within what programs around this suite happen to hold.

    Hypothesis mixes in numbers and strings from the source of every loaded module that is not
    installed in site-packages. A seed would then draw one thing from a clone and another from an
    installation, and yet another beside a user's own tests. Its own list of odd strings stays.
    """
    ours = _instead()
    before = {name: getattr(providers, name) for name in ours}
    for name, value in ours.items():
        setattr(providers, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(providers, name, value)


@cache
def _instead() -> dict[str, Any]:
    """Return what to put in place of Hypothesis's own while we draw; it may be used for long."""
    try:
        nothing, remembered = vars(providers)["Constants"], providers.CONSTANTS_CACHE
        ours = type(remembered)(remembered.max_size)
    except (KeyError, AttributeError, TypeError):
        return {}  # a Hypothesis that does not do this, or does it elsewhere
    is_here = hasattr(providers, "_get_local_constants")
    return {"_get_local_constants": nothing, "CONSTANTS_CACHE": ours} if is_here else {}
