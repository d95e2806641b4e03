"""Globs over rule ids."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.selection import UnknownGlob, matching, selected
from conformance.oracle.catalogue import all_rules

IDS = [rule.id for rule in all_rules()]


def ids(*globs: str, deselect: tuple[str, ...] = ()) -> list[str]:
    """Return the ids that globs select."""
    return [rule.id for rule in selected(globs, deselect)]


@pytest.mark.parametrize("rule_id", IDS)
def test_every_id_selects_itself_alone(rule_id: str) -> None:
    """An id is a glob for exactly its own rule, brackets and braces included."""
    assert ids(rule_id) == [rule_id]


def test_nothing_selected_is_everything() -> None:
    """Without globs all rules are judged, in the catalogue's order."""
    assert ids() == IDS


def test_brackets_are_literal() -> None:
    """``[]`` is no character class: it means an item of a list."""
    found = ids("CreateModel/Containers[].Image:*")
    assert found
    assert all(each.startswith("CreateModel/Containers[].Image:") for each in found)
    with pytest.raises(UnknownGlob):
        matching("CreateModel/Tag[s]:max-items")


def test_a_star_spans_everything() -> None:
    """``*`` matches any text, separators included."""
    assert ids("*:max-items") == [each for each in IDS if each.endswith(":max-items")]
    assert ids("*") == IDS


def test_a_question_mark_is_one_character() -> None:
    """``?`` matches exactly one character."""
    assert ids("CreateModel/Tag?:max-items") == ["CreateModel/Tags:max-items"]
    with pytest.raises(UnknownGlob):
        matching("CreateModel/Tags?:max-items")


@pytest.mark.parametrize("family", ["CreateModel", "request", "errors", "response"])
def test_a_family_selects_all_of_it(family: str) -> None:
    """The word before the slash selects the family, with or without the slash."""
    expected = [r.id for r in all_rules() if r.family == family]
    assert ids(family) == ids(f"{family}/") == expected


def test_a_member_selects_all_below_it() -> None:
    """A member's path selects its rules and those of everything below, and no namesake's."""
    found = ids("CreateModel/Tags")
    assert {"CreateModel/Tags:type", "CreateModel/Tags[].Key:pattern"} <= set(found)
    assert all(each.startswith(("CreateModel/Tags:", "CreateModel/Tags[")) for each in found)
    found = ids("CreateModel/PrimaryContainer.Image")
    assert not any("ImageConfig" in each for each in found)


@pytest.mark.parametrize(
    "glob", ["", "nope", "createmodel/*x", "CreateModel/Model", "Create", "[", "errors/?"]
)
def test_an_unknown_glob_is_told(glob: str) -> None:
    """A glob that matches nothing raises with the glob in one sentence."""
    with pytest.raises(UnknownGlob) as told:
        matching(glob)
    assert repr(glob) in str(told.value)
    assert "\n" not in str(told.value)


def test_an_unknown_glob_is_told_among_others() -> None:
    """One slip of the pen is enough, in what is selected as in what is left out."""
    with pytest.raises(UnknownGlob):
        selected(["errors", "nope"])
    with pytest.raises(UnknownGlob):
        selected([], ["nope"])


def test_deselection_wins() -> None:
    """A rule that is selected and deselected is not judged, and order does not matter."""
    assert "errors/code" not in ids("errors", deselect=("errors/code",))
    assert ids("errors", deselect=("*",)) == []


@given(st.lists(st.sampled_from(IDS), min_size=1), st.lists(st.sampled_from(IDS)))
def test_selection_is_set_algebra(select: list[str], deselect: list[str]) -> None:
    """What is judged is what was selected less what was deselected, in order, each once."""
    expected = [i for i in IDS if i in select and i not in deselect]
    assert ids(*select, deselect=tuple(deselect)) == expected


@given(st.sampled_from(IDS), st.data())
def test_a_glob_made_from_an_id_finds_it(rule_id: str, data: st.DataObject) -> None:
    """Any part of an id may be a star and any character a question mark."""
    start = data.draw(st.integers(0, len(rule_id)))
    end = data.draw(st.integers(start, len(rule_id)))
    at = data.draw(st.integers(0, len(rule_id) - 1))
    assert rule_id in ids(f"{rule_id[:start]}*{rule_id[end:]}")
    assert rule_id in ids(f"{rule_id[:at]}?{rule_id[at + 1 :]}")


@given(st.text())
def test_any_text_selects_or_raises(glob: str) -> None:
    """Whatever a user types finds rules or raises ``UnknownGlob``, nothing else."""
    try:
        assert matching(glob)
    except UnknownGlob:
        assert glob not in IDS


def test_many_stars_take_no_time() -> None:
    """A glob is matched without trying every place for every star."""
    before = time.thread_time()
    with pytest.raises(UnknownGlob):
        selected(["*e" * 30 + "*!"])
    assert time.thread_time() - before < 2
