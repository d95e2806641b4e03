"""How much is sent: the depths that a user chooses from, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """Limits for judging one side of one rule.

    ``examples`` is how many random requests Hypothesis draws after the enumerated ones;
    ``thorough`` plants every violation at the first, a middle and the last item of a list.
    """

    examples: int
    thorough: bool


DEPTHS = {
    "quick": Budget(examples=5, thorough=False),
    "standard": Budget(examples=30, thorough=True),
    "deep": Budget(examples=200, thorough=True),
    "frozen": Budget(examples=0, thorough=True),  # what was drawn once is in the corpus
}
