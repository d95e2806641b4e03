"""What the package offers to its users."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

import strategies
from strategies.resources import Resources

DRAWING = [name for name in strategies.__all__ if name != "Resources"]


@pytest.mark.parametrize("name", strategies.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    """Each name in __all__ comes out of a from-import and has a docstring."""
    scope: dict[str, object] = {}
    exec(f"from strategies import {name}", scope)
    assert scope[name].__doc__


def test_public_names_are_those_of_the_readme_and_the_issue() -> None:
    """The names that others were promised are public, in alphabetical order."""
    assert strategies.__all__ == sorted(strategies.__all__)
    promised = {
        "create_model_requests",
        "violating_requests",
        "role_arns",
        "model_names",
        "Resources",
    }
    assert promised <= set(strategies.__all__)


@pytest.mark.parametrize("name", DRAWING)
def test_every_public_strategy_draws_by_default(name: str) -> None:
    """Each function needs no argument, returns a strategy and can be drawn from."""
    made = getattr(strategies, name)()
    assert isinstance(made, SearchStrategy)
    drawn = []

    @settings(deadline=None, database=None, max_examples=5)
    @given(made)
    def draw(value: object) -> None:
        drawn.append(value)

    draw()
    assert drawn


@pytest.mark.parametrize("name", DRAWING)
def test_options_are_keyword_only(name: str) -> None:
    """No option can be given by its position."""
    with pytest.raises(TypeError, match="positional"):
        getattr(strategies, name)(5)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public raises what Python raises."""
    with pytest.raises(AttributeError, match="no attribute 'model_name'"):
        strategies.model_name  # noqa: B018
    with pytest.raises(ImportError):
        exec("from strategies import model_name")


def test_names_are_the_objects_of_their_modules() -> None:
    """A lazily loaded name is the same object as in its home module."""
    assert strategies.Resources is Resources


def test_importing_the_package_loads_no_hypothesis() -> None:
    """Hypothesis is imported when a strategy is asked for, not before."""
    code = (
        "import sys, strategies\n"
        "assert 'hypothesis' not in sys.modules\n"
        "from strategies import Resources\n"
        "assert 'hypothesis' not in sys.modules\n"
        "from strategies import model_names\n"
        "assert 'hypothesis' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
