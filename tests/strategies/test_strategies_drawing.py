"""How is drawn: by the seed alone, quietly, and shrunk."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, Verbosity, given, seed
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from strategies.drawing import drawing, from_the_seed_alone


def drawn(number: int) -> list[int]:
    """What is drawn for a seed."""
    found: list[int] = []

    @seed(number)
    @drawing(200)
    @given(st.integers())
    def draw(value: int) -> None:
        found.append(value)

    with from_the_seed_alone():
        draw()
    return found


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    """Whatever was drawn before, and wherever: no database and no profile of the user's decides."""
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_modules_around_do_not_change_what_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis draws numbers that it finds in the user's modules; a seed must not hang on them.

    Without the care that is taken this fails: of 200 numbers some five would come from there.
    """
    before = drawn(1)
    numbers = [7_777_000 + each for each in range(900)]
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {numbers}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("full_of_numbers")
    assert drawn(1) == before
    assert not set(before) & set(numbers)


def test_what_users_draw_themselves_is_as_it_was() -> None:
    """Afterwards Hypothesis is as it was found, also when something goes wrong within."""
    before = vars(providers).copy()
    with pytest.raises(ZeroDivisionError), from_the_seed_alone():
        1 / 0  # noqa: B018
    assert vars(providers) == before


def test_nothing_is_said_kept_or_timed() -> None:
    """Slow targets are no failure, nothing goes to disk, Hypothesis has no words of its own."""
    chosen = drawing(7, stateful_step_count=3)
    assert (chosen.max_examples, chosen.stateful_step_count) == (7, 3)
    assert (chosen.deadline, chosen.database, chosen.derandomize) == (None, None, False)
    assert chosen.verbosity is Verbosity.quiet
    assert set(chosen.phases) == {Phase.generate, Phase.shrink}
