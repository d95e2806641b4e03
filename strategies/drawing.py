"""How Hypothesis draws for this suite: the one place where its settings are made.

No deadline, because targets are slow; no database on disk and no health checks, because what is
drawn must hang on the seed alone; no words of Hypothesis's own, because findings are told by
reports. A failure needs no seed to be reproduced: the record holds the request.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings


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
