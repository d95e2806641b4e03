"""Places: from a path to one value in one body."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from conformance.spec.shapes import by_path
from strategies.bases import base
from strategies.places import Place, steps
from strategies.resources import Resources


def body() -> dict[str, Any]:
    """Return a body with a structure, a list of structures and a map."""
    return {
        "Name": "n",
        "One": {"Map": {"a": 1, "b": 2, "c": 3}},
        "Many": [{"In": 1}, {"In": 2}, {"In": 3}],
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", []),
        ("ModelName", ["ModelName"]),
        ("Containers[].Image", ["Containers", "[]", "Image"]),
        ("VpcConfig.Subnets[]", ["VpcConfig", "Subnets", "[]"]),
        ("A.Environment{key}", ["A", "Environment", "{key}"]),
        ("A[].Environment{value}", ["A", "[]", "Environment", "{value}"]),
    ],
)
def test_a_path_is_split_into_steps(path: str, expected: list[str]) -> None:
    """Names, [] for an item, {key} and {value} for the halves of an entry."""
    assert steps(path) == expected


@pytest.mark.parametrize(
    ("path", "at", "value"),
    [
        ("Name", 0, "n"),
        ("Many[]", 1, {"In": 2}),
        ("Many[].In", 0, 1),
        ("Many[].In", 2, 3),
        ("Many[].In", 9, 3),
        ("One.Map{key}", 1, "b"),
        ("One.Map{value}", 1, 2),
        ("One.Map{value}", 9, 3),
    ],
)
def test_a_place_gets_its_value(path: str, at: int, value: Any) -> None:
    """Items and entries are found by position; beyond the end means the last."""
    assert Place(path, at).get(body()) == value


def test_the_empty_path_is_the_whole_body() -> None:
    """Getting it gives the body, putting replaces it altogether."""
    assert Place("").get(body()) == body()
    assert Place("").put(body(), [1]) == [1]


@pytest.mark.parametrize("path", ["Missing", "One.Missing", "Many[].Missing"])
def test_getting_what_is_absent_is_a_key_error(path: str) -> None:
    """There is no default for an absent member."""
    with pytest.raises(KeyError):
        Place(path).get(body())


def test_renaming_an_entry_keeps_its_position_and_value() -> None:
    """Putting at {key} renames; the other entries stay where they are."""
    changed = Place("One.Map{key}", 1).put(body(), "!")
    assert list(changed["One"]["Map"].items()) == [("a", 1), ("!", 2), ("c", 3)]


@pytest.mark.parametrize("path", list(by_path())[1:])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_edits_change_one_value_in_a_copy(path: str, at: int) -> None:
    """For every path of the specification put is read back by get, and the body is untouched."""
    given = base(path, name="model", resources=Resources(), at=at)
    before = copy.deepcopy(given)
    place = Place(path, at)
    changed = place.put(given, "planted")
    assert place.get(changed) == "planted"
    assert place.put(changed, place.get(given)) == given
    assert given == before


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Name", {"One": body()["One"], "Many": body()["Many"]}),
        ("Many[]", {**body(), "Many": [{"In": 1}, {"In": 3}]}),
        ("Many[].In", {**body(), "Many": [{"In": 1}, {}, {"In": 3}]}),
        ("One.Map{value}", {**body(), "One": {"Map": {"a": 1, "c": 3}}}),
    ],
)
def test_dropping_takes_one_value_out_of_a_copy(path: str, expected: Any) -> None:
    """A member, an item or an entry is gone; the given body still has it."""
    given = body()
    assert Place(path, 1).drop(given) == expected
    assert given == body()
