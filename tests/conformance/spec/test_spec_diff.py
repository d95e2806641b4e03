"""What changed between two snapshots: each kind of change, at every place, and nothing else."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fakes.snapshots import Snapshot, edited, snapshots, with_member, without_member
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.spec import documents, shapes
from conformance.spec.diff import Change, diff

PROPERTY = settings(deadline=None, database=None)
PINNED = documents.model()
SHAPES = PINNED["shapes"]
NAME, ARN = SHAPES["ModelName"]["pattern"], SHAPES["ModelArn"]["pattern"]
MODES = ("Serial", "Direct")
ANY = r"^[\S\s]*$"
MIRRORED = {
    "added": "removed",
    "removed": "added",
    "tightened": "loosened",
    "loosened": "tightened",
    "changed": "changed",
}


def changes(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    """What a snapshot changed against the pinned one, as plain tuples."""
    found = diff(PINNED, snapshot)
    return [(c.kind, c.part, c.path, c.constraint, c.before, c.after) for c in found]


LIMITS = [
    ("ModelName", "max", 62, "tightened request ModelName max-length", 63),
    ("ModelName", "max", 64, "loosened request ModelName max-length", 63),
    ("ModelName", "max", None, "removed request ModelName max-length", 63),
    ("ModelName", "min", 1, "tightened request ModelName min-length", 0),
    ("RoleArn", "min", 1, "loosened request ExecutionRoleArn min-length", 20),
    ("RoleArn", "min", None, "removed request ExecutionRoleArn min-length", 20),
    ("TagList", "max", 200, "loosened request Tags max-items", 50),
    ("TagList", "min", 1, "tightened request Tags min-items", 0),
    ("Subnets", "min", 2, "tightened request VpcConfig.Subnets min-items", 1),
    ("ModelName", "pattern", "[a-z]+", "changed request ModelName pattern", NAME),
    ("ModelName", "pattern", None, "removed request ModelName pattern", NAME),
    ("ModelName", "pattern", ANY, "loosened request ModelName pattern", NAME),
    ("ModelName", "enum", ("a",), "added request ModelName enum", None),
    ("Boolean", "box", True, "changed request EnableNetworkIsolation box", False),
    ("RoleArn", "type", "blob", "changed request ExecutionRoleArn type", "string"),
    ("ModelArn", "max", 256, "tightened response ModelArn max-length", 2048),
    ("ModelArn", "pattern", "arn:.*", "changed response ModelArn pattern", ARN),
]


@pytest.mark.parametrize(("shape", "fact", "value", "told", "before"), LIMITS)
def test_a_limit_that_lets_less_through_is_tightened(
    shape: str, fact: str, value: Any, told: str, before: Any
) -> None:
    """And one that lets more through is loosened; of two patterns nobody can say."""
    assert changes(edited(shape, fact, value)) == [(*told.split(), before, value)]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("Serial", "Direct", "New"), ["loosened"]),
        (("Direct",), ["tightened"]),
        (("Serial", "New"), ["tightened", "loosened"]),
        (None, ["removed"]),
    ],
)
def test_words_that_go_tighten_and_words_that_come_loosen(words: Any, kinds: list[str]) -> None:
    """When some go and some come there are two changes, both with the whole enumerations."""
    place = ("request", "InferenceExecutionConfig.Mode", "enum")
    assert changes(edited("InferenceExecutionMode", "enum", words)) == [
        (kind, *place, MODES, words) for kind in kinds
    ]


def test_a_number_may_be_negative_so_that_its_minimum_of_0_is_a_limit() -> None:
    """A length of at least 0 is no promise, a number of at least 0 is one."""
    found = changes(edited("MetricPublishFrequencyInSeconds", "min", 0))
    assert {(kind, constraint, after) for kind, _, _, constraint, _, after in found} == {
        ("added", "min-value", 0)
    }


@pytest.mark.parametrize(
    ("shape", "members", "told"),
    [
        ("CreateModelInput", ("ModelName", "Tags"), "tightened request Tags required"),
        ("CreateModelInput", None, "loosened request ModelName required"),
        ("Tag", ("Key",), "loosened request Tags[].Value required"),
        ("CreateModelOutput", None, "loosened response ModelArn required"),
    ],
)
def test_a_member_that_becomes_required_is_tightened(shape: str, members: Any, told: str) -> None:
    """The change is told of the member, not of the structure that requires it."""
    after = told.startswith("tightened")
    assert changes(edited(shape, "required", members)) == [(*told.split(), not after, after)]


def test_members_that_came_and_went_are_told_with_their_type() -> None:
    """What is inside of them is not told: it came and went with them."""
    structure = {"type": "structure", "members": {"In": "ModelName"}}
    assert changes(with_member("Tag", "New", structure)) == [
        ("added", "request", "Tags[].New", "member", None, "structure")
    ]
    assert changes(with_member("CreateModelOutput", "New", {"type": "list"})) == [
        ("added", "response", "New", "member", None, "list")
    ]
    assert changes(without_member("CreateModelInput", "Tags")) == [
        ("removed", "request", "Tags", "member", "list", None)
    ]


def test_a_new_member_that_is_required_is_two_changes() -> None:
    """Requests that were legal without it are refused from now on."""
    snapshot = with_member("Tag", "New", {"type": "string"})
    snapshot["shapes"]["Tag"]["required"].append("New")
    assert changes(snapshot) == [
        ("added", "request", "Tags[].New", "member", None, "string"),
        ("tightened", "request", "Tags[].New", "required", False, True),
    ]


def test_errors_and_the_version_of_the_api_are_compared() -> None:
    """Both stand beside the shapes; they come last."""
    snapshot = {**PINNED, "errors": ["ResourceInUse"], "api_version": "2027-07-24"}
    assert changes(snapshot) == [
        ("removed", "errors", "", "error", "ResourceLimitExceeded", None),
        ("added", "errors", "", "error", None, "ResourceInUse"),
        ("changed", "api", "", "version", "2017-07-24", "2027-07-24"),
    ]


@pytest.mark.parametrize(
    "snapshot",
    [
        {**PINNED, "botocore": "1.0.0", "source": "elsewhere"},
        edited("ModelName", "min", None),
        edited("ModelName", "pattern", f"^{NAME}$"),
        edited("EnvironmentValue", "pattern", None),
        edited("EnvironmentValue", "pattern", ANY),
        edited("InferenceExecutionMode", "enum", ["Direct", "Serial"]),
        edited("Tag", "required", ["Value", "Key"]),
        edited("Boolean", "box", False),
        edited("NobodyUsesThis", "type", "string"),
    ],
    ids=[
        *("version", "min-0", "anchors", "no-pattern", "any-pattern"),
        *("words", "required", "box", "unused"),
    ],
)
def test_the_same_promise_in_other_words_is_no_change(snapshot: Snapshot) -> None:
    """Neither are botocore's version and shapes that no request has anything to do with."""
    assert changes(snapshot) == []


def test_a_shape_inside_itself_is_told_once() -> None:
    """The first place stands for those below it, and nothing loops."""
    before = with_member("Tag", "Tags", {"type": "list", "max": 5, "member": "Tag"})
    after = copy.deepcopy(before)
    after["shapes"]["NewShape"]["max"] = 4
    after["shapes"]["TagKey"]["max"] = 127
    found = [(c.path, c.before, c.after) for c in diff(before, after)]
    assert found == [("Tags[].Key", 128, 127), ("Tags[].Tags", 5, 4)]


def test_a_shape_that_is_inside_itself_from_now_on_does_not_loop() -> None:
    """Only the new member is told."""
    snapshot = with_member("Tag", "Again", {"type": "structure", "members": {"Tag": "Tag"}})
    assert [c.path for c in diff(PINNED, snapshot)] == ["Tags[].Again"]
    assert [c.path for c in diff(snapshot, PINNED)] == ["Tags[].Again"]


STATED = [
    (name, fact)
    for name, facts in SHAPES.items()
    for fact in ("min", "max", "pattern", "enum", "required")
    if facts.get(fact)
]


def other(name: str, fact: str) -> tuple[Any, str, str]:
    """Another value of a pinned fact, the kind of change that it is, and its constraint."""
    value = SHAPES[name][fact]
    unit = "length" if SHAPES[name]["type"] == "string" else "items"
    return {
        "min": lambda: (value + 1, "tightened", f"min-{unit}"),
        "max": lambda: (value - 1, "tightened", f"max-{unit}"),
        "pattern": lambda: (f"{value}x", "tightened" if value == ANY[1:-1] else "changed", fact),
        "enum": lambda: ([*value, "Word"], "loosened", fact),
        "required": lambda: (value[1:], "loosened", fact),
    }[fact]()


def places(name: str, member: str = "") -> list[tuple[str, str]]:
    """Every place where a shape, or a member of it, is used: walked by other code."""
    return [
        (part, f"{shape.path}.{member}".strip(".") if member else shape.path)
        for part, root in (("request", shapes.request()), ("response", shapes.response()))
        for shape in root.walk()
        if shape.name == name
    ]


@PROPERTY
@given(st.sampled_from(STATED))
def test_one_fact_is_one_change_at_every_place_of_its_shape(stated: tuple[str, str]) -> None:
    """A container is used twice, its model data at four places: each is told, nothing else."""
    name, fact = stated
    value, kind, constraint = other(name, fact)
    found = diff(PINNED, edited(name, fact, value))
    assert {(c.kind, c.constraint) for c in found} == {(kind, constraint)}
    member = SHAPES[name]["required"][0] if fact == "required" else ""
    assert [(c.part, c.path) for c in found] == places(name, member)


@PROPERTY
@given(snapshots())
def test_nothing_changed_between_a_snapshot_and_itself(snapshot: Snapshot) -> None:
    """Also when its shapes are inside themselves."""
    assert diff(snapshot, copy.deepcopy(snapshot)) == ()


@PROPERTY
@given(snapshots(), snapshots())
def test_there_and_back_are_mirror_images(one: Snapshot, two: Snapshot) -> None:
    """What was added is removed on the way back, what was tightened is loosened."""
    back = Counter(
        replace(each, kind=MIRRORED[each.kind], before=each.after, after=each.before)
        for each in diff(two, one)
    )
    assert Counter(diff(one, two)) == back


@PROPERTY
@given(snapshots(), st.permutations("ABC"))
def test_names_of_shapes_are_no_promise(snapshot: Snapshot, names: list[str]) -> None:
    """A model whose shapes have other names promises the same."""
    new = dict(zip("ABC", names, strict=True))
    renamed = copy.deepcopy(snapshot)
    renamed["shapes"] = {new.get(name, name): f for name, f in renamed["shapes"].items()}
    for facts in renamed["shapes"].values():
        if "members" in facts:
            facts["members"] = {member: new[each] for member, each in facts["members"].items()}
        for part in {"member", "key", "value"} & set(facts):
            facts[part] = new[facts[part]]
    assert diff(snapshot, renamed) == ()


def promises(snapshot: Snapshot) -> dict[tuple[str, ...], Any]:
    """Every place with what is promised there, of shapes that are not inside themselves."""

    def walk(name: str, place: tuple[str, ...], required: bool) -> Iterator[tuple[Any, Any]]:
        facts = snapshot["shapes"][name]
        numeric = facts["type"] in ("integer", "long")
        pattern = (facts.get("pattern") or "").strip("^$")
        yield (
            place,
            (
                (facts["type"],),
                required,
                facts.get("min", None if numeric else 0),
                facts.get("max"),
                "" if pattern in (r"[\S\s]*", r"[\s\S]*") else pattern,
                frozenset(facts.get("enum", ())),
                bool(facts.get("box")),
            ),
        )
        for member, each in facts.get("members", {}).items():
            yield from walk(each, (*place, member), member in facts.get("required", ()))
        for part in ("member", "key", "value"):
            if part in facts:
                yield from walk(facts[part], (*place, f"<{part}>"), False)

    roots = (walk(snapshot[root], (root,), False) for root in ("input", "output"))
    return dict(pair for root in roots for pair in root)


def written(change: Change) -> tuple[str, ...]:
    """The place of a change, in steps."""
    marks = {"[]": ".<member>", "{key}": ".<key>", "{value}": ".<value>"}
    path = change.path
    for mark, step in marks.items():
        path = path.replace(mark, step)
    root = {"request": "input", "response": "output"}[change.part]
    return (root, *(step for step in path.split(".") if step))


@settings(PROPERTY, max_examples=200)
@given(snapshots(recursive=False), snapshots(recursive=False))
def test_every_place_that_differs_is_told_and_no_other(one: Snapshot, two: Snapshot) -> None:
    """Below a member that is only in one of them, or is of another type, nothing is told."""
    before, after = promises(one), promises(two)

    def comparable(place: tuple[str, ...]) -> bool:
        return not place or (
            place in before and place in after and before[place][0] == after[place][0]
        )

    different = {
        place
        for place in before.keys() | after.keys()
        if before.get(place) != after.get(place)
        and all(comparable(place[:depth]) for depth in range(len(place)))
    }
    told = {written(each) for each in diff(one, two) if each.part in ("request", "response")}
    assert told == different
