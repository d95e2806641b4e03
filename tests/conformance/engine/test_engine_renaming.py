"""Renaming: recorded names become ours, of the same length, and what was wrong stays wrong."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.judge import Bench
from conformance.engine.renaming import Renaming
from conformance.targets.reference import reference

STEM = "cmcabcdefghijZ-000012"
OTHER = "cmcabcdefghijZ-000013"


def bench() -> Bench:
    """A bench that nothing is sent from."""
    return Bench.at(reference("reference"), account="123456789012")


def renaming(*texts: str, at: Bench | None = None) -> Renaming:
    """A renaming of what is named in some texts."""
    return Renaming(texts, at or bench())


pieces = st.sampled_from([STEM, OTHER, STEM[3:], "cmcabcdefghijZ", "a", "-", "é", '"', "000012"])
values = st.recursive(
    st.lists(pieces).map("".join) | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(values)
def test_every_recorded_name_becomes_ours_and_nothing_grows_or_shrinks(value: Any) -> None:
    """No recorded prefix is left, the length of the whole stays, and so does its form."""
    one = bench()
    renamed = renaming(STEM, at=one).value(value)
    before, after = json.dumps(value), json.dumps(renamed)
    assert "abcdefghijZ" not in after
    assert len(after) == len(before)
    assert after.count(one.talk.prefix[3:]) == before.count("abcdefghijZ")


def test_a_name_keeps_its_new_name_and_two_names_stay_two() -> None:
    """Steps of one program go on speaking of the same model; again gives others."""
    names = renaming(STEM, OTHER)
    assert names.text(STEM) == names.text(STEM) != names.text(OTHER)
    assert names.again().text(STEM) != names.text(STEM)


def test_a_name_that_was_damaged_on_purpose_stays_so() -> None:
    """A digit of another script behind our prefix is what the case is about."""
    damaged = STEM.replace("000012", "00001\u0662")
    renamed = renaming(STEM).text(damaged)
    assert renamed.endswith("-00001\u0662")
    assert "abcdefghijZ" not in renamed


@settings(deadline=None)
@given(st.text())
def test_what_names_nothing_of_ours_is_left_alone(text: str) -> None:
    """Somebody else's names are no business of ours."""
    assert renaming(text).text(text) == text
