"""Constraints of one shape against one JSON value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.spec.constraints import (
    KINDS,
    broken,
    has_type,
    is_undecided_length,
    is_undecided_type,
    kinds_of,
)
from conformance.spec.shapes import Shape, by_path

PROPERTY = settings(deadline=None, database=None)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
SHAPES = st.sampled_from(list(by_path().values()))

OF_KIND: dict[str, Any] = {
    "structure": {},
    "map": {},
    "list": [],
    "string": "",
    "boolean": False,
    "integer": 0,
}


def _string(**limits: Any) -> Shape:
    return Shape(path="S", kind="string", name="S", **limits)


@pytest.mark.parametrize("kind", OF_KIND)
@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ({}, {"structure", "map"}),
        ([], {"list"}),
        ("text", {"string"}),
        (True, {"boolean"}),
        (False, {"boolean"}),
        (1, {"integer"}),
        (1.0, set()),
        (None, set()),
    ],
)
def test_a_value_has_the_json_type_of_its_kind_only(kind: str, value: Any, kinds: set[str]) -> None:
    """Objects, arrays, strings, true and numbers are told apart; true is no integer."""
    assert has_type(Shape(path="X", kind=kind, name="X"), value) == (kind in kinds)


@pytest.mark.parametrize(
    ("kind", "value", "undecided"),
    [
        ("boolean", "true", True),
        ("boolean", 0, True),
        ("boolean", 1.5, True),
        ("boolean", True, False),
        ("boolean", [], False),
        ("boolean", {}, False),
        ("integer", 60.5, True),
        ("integer", 60, False),
        ("integer", "60", False),
        ("integer", True, False),
        ("string", 5, False),
        ("list", "x", False),
    ],
)
def test_only_these_scalars_of_the_wrong_type_are_undecided(
    kind: str, value: Any, undecided: bool
) -> None:
    """Nobody has shown what becomes of a scalar for a Boolean or of a fraction for an integer."""
    shape = Shape(path="X", kind=kind, name="X")
    assert is_undecided_type(shape, value) is undecided
    if undecided:
        assert broken(shape, value) == ()


@pytest.mark.parametrize(
    ("limits", "value", "kinds"),
    [
        ({"minimum": 2}, "a", ("min-length",)),
        ({"minimum": 2}, "ab", ()),
        ({"minimum": 0}, "", ()),
        ({"maximum": 2}, "abc", ("max-length",)),
        ({"maximum": 2}, "ab", ()),
        ({"maximum": 2}, "\U0001f600\U0001f600", ()),
        ({"maximum": 0}, "a", ("max-length",)),
        ({"pattern": "[a-z]+"}, "A", ("pattern",)),
        ({"pattern": "[a-z]+"}, "a\n", ("pattern",)),
        ({"enum": ("On", "Off")}, "on", ("enum",)),
        ({"enum": ("On", "Off")}, "On", ()),
        ({"minimum": 2, "pattern": "[a-z]+"}, "", ("min-length", "pattern")),
        (
            {"maximum": 1, "pattern": "[a-z]+", "enum": ("a",)},
            "A1",
            ("max-length", "pattern", "enum"),
        ),
        ({"minimum": 2, "maximum": 3, "pattern": "x"}, 5, ("type",)),
    ],
)
def test_a_string_breaks_these_kinds(
    limits: dict[str, Any], value: Any, kinds: tuple[str, ...]
) -> None:
    """All broken kinds are found in the order of KINDS; a wrong type is found alone."""
    assert broken(_string(**limits), value) == kinds


@pytest.mark.parametrize(
    ("kind", "value", "kinds"),
    [
        ("list", [], ("min-items",)),
        ("list", [1], ()),
        ("list", [1, 2, 3], ("max-items",)),
        ("map", {}, ("min-items",)),
        ("map", {"a": 1, "b": 2, "c": 3}, ("max-items",)),
        ("list", {"0": 1}, ("type",)),
        ("map", [1], ("type",)),
    ],
)
def test_a_collection_breaks_these_kinds(kind: str, value: Any, kinds: tuple[str, ...]) -> None:
    """Items of lists and entries of maps are counted."""
    assert broken(Shape(path="X", kind=kind, name="X", minimum=1, maximum=2), value) == kinds


def test_what_is_inside_a_collection_is_not_looked_at() -> None:
    """A list with items of the wrong type breaks nothing at the list itself."""
    tags = by_path()["Tags"]
    assert broken(tags, [5, None, "x"]) == ()
    assert broken(by_path()["PrimaryContainer"], {"Image": 5}) == ()


def test_kinds_that_cannot_be_broken_are_not_named() -> None:
    """A minimum of 0, a universal pattern and the type of a map key are no kinds of a shape."""
    assert list(kinds_of(by_path()["PrimaryContainer.Environment{value}"])) == [
        "type",
        "max-length",
    ]
    assert list(kinds_of(by_path()["PrimaryContainer.Environment{key}"])) == [
        "max-length",
        "pattern",
    ]
    assert list(kinds_of(by_path()["Tags[].Key"])) == [
        "type",
        "min-length",
        "max-length",
        "pattern",
    ]
    assert list(kinds_of(by_path()["VpcConfig.Subnets"])) == ["type", "min-items", "max-items"]


@pytest.mark.parametrize(
    ("value", "undecided"),
    [
        ("a" * 4, False),
        ("\U0001f600" * 2, False),
        ("\U0001f600" * 2 + "a", True),
        ("\U0001f600" * 4, True),
        ("\U0001f600" * 5, False),
        ("\U0001f600", True),
        ("a", False),
        ("\ud800" * 4, False),
    ],
)
def test_length_is_undecided_where_characters_and_utf16_units_disagree(
    value: str, undecided: bool
) -> None:
    """A string is decided only where both ways of counting judge it alike."""
    assert is_undecided_length(_string(minimum=2, maximum=4), value) is undecided


@PROPERTY
@given(SHAPES, JSON)
def test_any_value_breaks_kinds_of_the_shape_in_order(shape: Shape, value: Any) -> None:
    """What is broken is always a kind that the shape has, in KINDS' order, and type stays alone."""
    found = broken(shape, value)
    assert list(found) == [kind for kind in KINDS if kind in found]
    assert set(found) <= {*kinds_of(shape), "type"}
    if "type" in found:
        assert found == ("type",)
        assert not has_type(shape, value)


@PROPERTY
@given(SHAPES, JSON)
def test_a_value_has_its_type_or_is_undecided_or_breaks_it(shape: Shape, value: Any) -> None:
    """Exactly one of the three is true of any value."""
    verdicts = [
        has_type(shape, value),
        is_undecided_type(shape, value),
        broken(shape, value) == ("type",),
    ]
    assert verdicts.count(True) == 1


@PROPERTY
@given(st.integers(0, 5), st.integers(0, 5), st.text(max_size=12))
def test_lengths_are_inclusive_on_both_sides(low: int, width: int, value: str) -> None:
    """A string is within its limits exactly if its number of characters is between them."""
    high = low + width
    found = broken(_string(minimum=low, maximum=high), value)
    assert (found == ()) == (low <= len(value) <= high)
    assert ("max-length" in found) == (len(value) > high)
    assert ("min-length" in found) == (len(value) < low)


@PROPERTY
@given(st.text(st.characters(max_codepoint=0xFFFF), max_size=12))
def test_length_is_never_undecided_without_astral_characters(value: str) -> None:
    """Within the basic plane characters are UTF-16 units."""
    assert not is_undecided_length(_string(minimum=3, maximum=6), value)
