"""Legal cases: at and inside every limit, alone and together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.violations import expectation
from conformance.spec.rules import Rule, constraint_rules
from conformance.spec.shapes import by_path
from strategies.cases import CountedNames, boundary_cases
from strategies.legal import PARTS, clash, filled, string_of
from strategies.places import Place
from strategies.resources import Resources

RESOURCES = Resources()


def labels(rule_id: str) -> list[str]:
    """Return the labels of a rule's legal cases."""
    return [
        case.label
        for case in boundary_cases(
            rule_by_id(rule_id), "accepts", names=CountedNames(), resources=RESOURCES
        )
    ]


def test_whole_requests_have_every_part_alone_every_pair_and_all_together() -> None:
    """The request's own rule is shown by the plainest request, parts, pairs and everything."""
    found = labels("CreateModel:type")
    pairs = [pair for pair in combinations(PARTS, 2) if not clash(pair)]
    assert found[0] == "the plainest request"
    assert found[1 : 1 + len(PARTS)] == list(PARTS)
    assert found[1 + len(PARTS) : -5] == [" with ".join(pair) for pair in pairs]
    assert found[-5:] == [
        "PrimaryContainer with all parts",
        "Containers with all parts",
        "20 KB of tags",
        "30 KB of environment",
        "60 entries of environment in each of three containers",
    ]


@pytest.mark.parametrize(
    ("parts", "apart"),
    [
        ((), False),
        (("Tags", "VpcConfig"), False),
        (("Containers", "InferenceExecutionConfig"), False),
        (("Containers", "PrimaryContainer.Mode"), True),
        (("InferenceExecutionConfig", "PrimaryContainer.Mode"), True),
        (("PrimaryContainer.ModelDataUrl", "PrimaryContainer.ModelDataSource"), True),
        (("PrimaryContainer.MultiModelConfig", "PrimaryContainer.Mode", "Tags"), True),
        (("PrimaryContainer.ModelDataUrl", "PrimaryContainer.Mode"), False),
    ],
)
def test_parts_that_do_not_go_together_clash(parts: tuple[str, ...], apart: bool) -> None:
    """Two forms of containers or of model data are not put into one request."""
    assert clash(parts) is apart


def test_parts_that_do_not_clash_are_accepted_as_pairs_with_both_parts() -> None:
    """A pair's controls are each of its parts alone, and all three are accepted."""
    for case in boundary_cases(
        rule_by_id("CreateModel:type"), "accepts", names=CountedNames(), resources=RESOURCES
    ):
        assert expectation(case.request).violations == ()
        if " with " in case.label and "all parts" not in case.label:
            assert len(case.controls) == 2


@pytest.mark.parametrize(
    ("label", "least", "most"),
    [("20 KB of tags", 19_000, 22_000), ("30 KB of environment", 29_000, 32_768)],
)
def test_large_requests_have_their_size(label: str, least: int, most: int) -> None:
    """The values of the two large requests have as many bytes as their labels say."""
    (case,) = (
        case
        for case in boundary_cases(
            rule_by_id("CreateModel:type"), "accepts", names=CountedNames(), resources=RESOURCES
        )
        if case.label == label
    )
    tags = [tag["Key"] + tag["Value"] for tag in case.request.get("Tags", ())]
    entries = [
        key + value
        for container in case.request.get("Containers", ())
        for key, value in container["Environment"].items()
    ]
    assert least < sum(len(each.encode()) for each in tags + entries) <= most


@pytest.mark.parametrize("rule", constraint_rules(), ids=lambda rule: rule.id)
def test_alternatives_of_a_case_are_accepted_requests_with_the_member(rule: Rule) -> None:
    """Another value that shows as much as the case itself breaks no rule and is another request."""
    place = Place(rule.member) if rule.member else None
    for case in boundary_cases(rule, "accepts", names=CountedNames(), resources=RESOURCES):
        if case.alternatives is None:
            continue
        for request in case.alternatives():
            assert expectation(request).violations == (), case.label
            assert {**request, "ModelName": ""} != {**case.request, "ModelName": ""}
            assert place is None or "[]" in rule.member or place.get(request) is not None


def test_a_boolean_is_sent_both_ways() -> None:
    """For a Boolean false is a case of its own."""
    assert labels("CreateModel/EnableNetworkIsolation:type") == ["a typical value", "false"]


def test_a_model_name_of_one_character_is_sent_where_one_is_free() -> None:
    """The pattern's shortest name is a case only as long as the names give one."""

    class Taken(CountedNames):
        def short(self) -> str | None:
            return None

    rule = rule_by_id("CreateModel/ModelName:pattern")
    assert "one character" in labels(rule.id)
    without = boundary_cases(rule, "accepts", names=Taken(), resources=RESOURCES)
    assert "one character" not in [case.label for case in without]


@pytest.mark.parametrize("length", [30, 63, 64, 126])
def test_a_model_name_is_grown_from_a_fresh_one(length: int) -> None:
    """A long name begins with a name that was never used, so that no other model is met."""
    names = CountedNames("run")
    value = string_of(by_path()["ModelName"], length, names, RESOURCES)
    assert value is not None
    assert len(value) == length
    assert value.startswith("run-1-model")


def test_a_model_name_shorter_than_a_fresh_one_is_not_made() -> None:
    """A name that would have to be cut, and might be somebody's, is not made."""
    assert string_of(by_path()["ModelName"], 3, CountedNames(), RESOURCES) is None


@pytest.mark.parametrize("path", [p for p, s in by_path().items() if s.kind in ("list", "map")])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_collection_is_filled_with_as_many(path: str, count: int) -> None:
    """Lists and maps are filled alike."""
    assert len(filled(by_path()[path], count, RESOURCES)) == count


def test_no_containers_at_all_are_not_called_legal() -> None:
    """An empty Containers is within its limits, but nobody knows what AWS answers."""
    assert "0 items" not in labels("CreateModel/Containers:max-items")
    assert "0 items" in labels("CreateModel/Tags:max-items")


ARN_MEMBER = "RepositoryCredentialsProviderArn"


@pytest.mark.parametrize("side", ["accepts", "rejects"])
@pytest.mark.parametrize(
    "rule", [r for r in constraint_rules() if r.member.endswith(ARN_MEMBER)], ids=lambda r: r.id
)
def test_what_the_documents_call_an_arn_is_one_wherever_it_must_be_accepted(
    rule: Rule, side: str
) -> None:
    """A target that takes ARNs alone there is stricter than the pattern, but fails no rule."""

    def values(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield from [value] if key == ARN_MEMBER else values(value)
        elif isinstance(node, list):
            for value in node:
                yield from values(value)

    for case in boundary_cases(rule, side, names=CountedNames(), resources=RESOURCES):
        for request in (*case.controls, *([case.request] if side == "accepts" else [])):
            assert all(value.startswith("arn:") for value in values(request)), case.label
