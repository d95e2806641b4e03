"""Near misses: named single edits of a string."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.spec.constraints import broken
from conformance.spec.shapes import by_path, request
from strategies.edits import EDITS
from strategies.examples import legal_values
from strategies.resources import Resources

EDIT = dict(EDITS)
RESOURCES = Resources()
ROLE = "arn:aws:iam::123456789012:role/Example"


@pytest.mark.parametrize(
    ("name", "value", "edited"),
    [
        ("a trailing newline", "name", "name\n"),
        ("a leading newline", "name", "\nname"),
        ("a leading hyphen", "name", "-name"),
        ("a trailing hyphen", "name", "name-"),
        ("an underscore inside", "name", "na_me"),
        ("a space inside", "nam", "na m"),
        ("nothing at all", "name", ""),
        ("user/ for role/", ROLE, ROLE.replace(":role/", ":user/")),
        ("an upper-case partition", ROLE, ROLE.replace("arn:aws", "arn:AWS")),
        ("an account of 11 digits", ROLE, ROLE.replace("123456789012", "12345678901")),
        ("an account of 13 digits", ROLE, ROLE.replace("123456789012", "1234567890120")),
        ("no name", ROLE, "arn:aws:iam::123456789012:role/"),
        ("an Arabic-Indic digit", "a1b2", "a١b2"),
        ("an Arabic-Indic digit at the end", "a1b2", "a1b٢"),
        ("a full-width digit", "a1", "a１"),
        ("a full-width letter", "ab", "aｂ"),
        ("a Cyrillic letter", "name", "namе"),
        ("a NUL inside", "ab", "a\x00b"),
        ("a trailing NEL (U+0085)", "a", "a\u0085"),
        ("a trailing line separator (U+2028)", "a", "a\u2028"),
        ("a trailing paragraph separator (U+2029)", "a", "a\u2029"),
        ("the scheme http", "s3://b/k", "http://b/k"),
        ("an upper-case scheme", "https://b/k", "HTTPS://b/k"),
        ("no bucket", "s3://bucket/k", "s3:///k"),
        ("no leading slash", "/metrics", "metrics"),
        ("a ten-digit version", "name/1", "name/1234567890"),
        ("two dots inside", "ab", "a..b"),
    ],
)
def test_an_edit_does_what_its_name_says(name: str, value: str, edited: str) -> None:
    """The edit of this name gives exactly this string."""
    assert EDIT[name](value) == edited


@settings(deadline=None, database=None)
@given(st.text(max_size=30))
def test_edits_take_any_string(value: str) -> None:
    """No edit raises, each gives a string, and the same one when it is asked again."""
    for name, edit in EDITS:
        changed = edit(value)
        assert isinstance(changed, str), name
        assert edit(value) == changed, name


def test_every_edit_makes_some_legal_string_illegal() -> None:
    """No edit is dead: each breaks the pattern of some shape, and nothing else of it."""
    shapes = [s for s in request().walk() if s.kind == "string" and s.pattern]
    dead = [
        name
        for name, edit in EDITS
        if not any(
            broken(shape, edit(value)) == ("pattern",)
            for shape in shapes
            for value in legal_values(shape, RESOURCES)
        )
    ]
    assert dead == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, shape in by_path().items()
        if shape.pattern and not path.endswith("{value}") and not path.startswith("Containers")
    ],
)
def test_every_pattern_has_near_misses(path: str) -> None:
    """For every pattern at least two edits of a legal string break it alone."""
    shape = by_path()[path]
    missed = {
        changed
        for value in legal_values(shape, RESOURCES)
        for _, edit in EDITS
        if broken(shape, changed := edit(value)) == ("pattern",)
    }
    assert len(missed) >= 2
