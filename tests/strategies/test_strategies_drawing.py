"""How is drawn: by the seed alone, quietly, and shrunk."""

from __future__ import annotations

from hypothesis import Phase, Verbosity, given, seed
from hypothesis import strategies as st

from strategies.drawing import drawing


def drawn(number: int) -> list[int]:
    """What is drawn for a seed."""
    found: list[int] = []

    @seed(number)
    @drawing(20)
    @given(st.integers())
    def draw(value: int) -> None:
        found.append(value)

    draw()
    return found


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    """Whatever was drawn before, and wherever: no database and no profile of the user's decides."""
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_nothing_is_said_kept_or_timed() -> None:
    """Slow targets are no failure, nothing goes to disk, Hypothesis has no words of its own."""
    chosen = drawing(7, stateful_step_count=3)
    assert (chosen.max_examples, chosen.stateful_step_count) == (7, 3)
    assert (chosen.deadline, chosen.database, chosen.derandomize) == (None, None, False)
    assert chosen.verbosity is Verbosity.quiet
    assert set(chosen.phases) == {Phase.generate, Phase.shrink}
