"""The oracle: from any JSON value to the rules that it breaks and to the expected outcome."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.oracle.violations import ACCEPT, REJECT, UNKNOWN, expectation, violations
from conformance.spec.crossfield import request_rules
from conformance.spec.rules import INFO, MUST, Rule, constraint_rules
from strategies import create_model_requests
from strategies.bases import base
from strategies.cases import CountedNames, boundary_cases, broken_together, separable
from strategies.places import Place
from strategies.resources import Resources

PROPERTY = settings(deadline=None, database=None, max_examples=300)

RULES = (*constraint_rules(), *request_rules())
ORDER = [rule.id for rule in RULES]
RESOURCES = Resources()
IMAGE = RESOURCES.container_image
DEEP = "Containers[].AdditionalModelDataSources[].S3DataSource.HubAccessConfig.HubContentArn"

#: A member whose own value is illegal may at the same time seem to be missing or of another form
#: to an info rule about that very member. No other rule is ever broken beside the planted one.
BESIDE = {
    "PrimaryContainer:type": "request/some-container",
    "Containers:type": "request/some-container",
    "ExecutionRoleArn:type": "request/execution-role-present",
    "PrimaryContainer.Image:type": "request/container-names-its-code",
    "Containers[].Image:type": "request/container-names-its-code",
    "PrimaryContainer.ModelPackageName:type": "request/container-names-its-code",
    "Containers[].ModelPackageName:type": "request/container-names-its-code",
    "PrimaryContainer.Image:pattern": "request/image-from-ecr-or-vpc",
    "Containers[].Image:pattern": "request/image-from-ecr-or-vpc",
    "Containers[].ContainerHostname:type": "request/hostnames-on-all-or-none",
    "PrimaryContainer.ModelDataUrl:pattern": "request/model-data-url-of-an-archive",
    "Containers[].ModelDataUrl:pattern": "request/model-data-url-of-an-archive",
}


def plain(**members: Any) -> dict[str, Any]:
    """Return the plainest legal request with some members replaced or added."""
    return {
        "ModelName": "model",
        "ExecutionRoleArn": RESOURCES.role,
        "PrimaryContainer": {"Image": IMAGE},
        **members,
    }


def ids(body: Any) -> list[str]:
    """Return the ids of the violated rules in the order in which the oracle gives them."""
    return [violation.rule.id for violation in violations(body)]


# One violation, planted: every rule, every enumerated case.


@pytest.mark.parametrize("rule", [r for r in RULES if r.level == MUST], ids=lambda rule: rule.id)
def test_a_planted_violation_is_found_exactly(rule: Rule) -> None:
    """Every violating case of a must rule breaks that rule and no other must.

    But an empty structure breaks the requirement of all its members.
    A rule that is not separable is found among those that break with it. Controls are accepted.
    """
    cases = list(
        boundary_cases(rule, "rejects", names=CountedNames(), resources=RESOURCES, thorough=True)
    )
    assert cases
    for case in cases:
        expected = expectation(case.request)
        assert expected.outcome == REJECT, case.label
        if separable(rule):
            assert expected.ids(MUST) in ({rule.id}, broken_together(rule)), case.label
        else:
            assert rule.id in expected.ids(MUST), case.label
        place = f"{rule.member}:{rule.constraint}"
        assert expected.ids(INFO) <= {BESIDE.get(place)}, case.label
        assert case.controls
        for control in case.controls:
            assert expectation(control).outcome == ACCEPT, case.label


@pytest.mark.parametrize("rule", constraint_rules(), ids=lambda rule: rule.id)
def test_a_legal_case_breaks_nothing(rule: Rule) -> None:
    """Every case at or inside a limit is accepted by the oracle, and so are its controls."""
    cases = list(
        boundary_cases(rule, "accepts", names=CountedNames(), resources=RESOURCES, thorough=True)
    )
    assert cases
    for case in cases:
        assert expectation(case.request).violations == (), case.label
        for control in case.controls:
            assert expectation(control).violations == (), case.label


@pytest.mark.parametrize(
    "rule", [r for r in request_rules() if r.level == INFO], ids=lambda rule: rule.id
)
def test_an_info_rule_alone_gives_unknown(rule: Rule) -> None:
    """A request that breaks one info rule and nothing else has an unknown outcome."""
    cases = list(boundary_cases(rule, "rejects", names=CountedNames(), resources=RESOURCES))
    assert cases
    for case in cases:
        expected = expectation(case.request)
        assert expected.ids() == {rule.id}, case.label
        assert expected.outcome == UNKNOWN
        assert expected.ids(MUST) == frozenset()


def test_the_rules_beside_a_planted_one_really_occur() -> None:
    """The table of info rules that break beside a planted violation has no line too many."""
    found = set()
    for rule in constraint_rules():
        for case in boundary_cases(rule, "rejects", names=CountedNames(), resources=RESOURCES):
            beside = expectation(case.request).ids(INFO)
            found |= {(f"{rule.member}:{rule.constraint}", each) for each in beside}
    assert found == set(BESIDE.items())


# Outcomes and levels.


def test_the_plainest_request_is_accepted() -> None:
    """A name, a role and one container with an ECR image break no rule."""
    expected = expectation(plain())
    assert expected.outcome == ACCEPT
    assert expected.violations == ()


def test_a_must_outweighs_an_info_rule() -> None:
    """A request that breaks both kinds of rules is expected to be rejected, and both are named."""
    expected = expectation(plain(ModelName="a_b", Tags=[{"Key": "aws:x", "Value": ""}]))
    assert expected.outcome == REJECT
    assert expected.ids() == {"CreateModel/ModelName:pattern", "request/aws-tag-prefix"}
    assert expected.ids(MUST) == {"CreateModel/ModelName:pattern"}
    assert expected.ids(INFO) == {"request/aws-tag-prefix"}


@pytest.mark.parametrize("body", [None, [], [plain()], "model", "", 5, 0, 1.5, True, False])
def test_a_body_that_is_no_object_breaks_the_type_of_the_request(body: Any) -> None:
    """Whatever else a body is, nothing but its type is judged; null is no absent body."""
    found = violations(body)
    assert [violation.rule.id for violation in found] == ["CreateModel:type"]
    assert found[0].place == "the request"
    assert expectation(body).outcome == REJECT


def test_an_empty_object_lacks_a_name() -> None:
    """Of {} only the name is required; a missing role and container are open questions."""
    expected = expectation({})
    assert expected.ids(MUST) == {"CreateModel/ModelName:required"}
    assert expected.ids(INFO) == {"request/some-container", "request/execution-role-present"}


# What is looked at and what is not.


@pytest.mark.parametrize(
    "body",
    [
        plain(Tags=None),
        plain(Containers=None),
        plain(VpcConfig=None, EnableNetworkIsolation=None),
        plain(PrimaryContainer={"Image": IMAGE, "Mode": None, "Environment": None}),
        plain(PrimaryContainer={"Image": IMAGE, "ModelPackageName": None}),
    ],
)
def test_a_null_member_is_an_absent_member(body: dict[str, Any]) -> None:
    """A null for an optional member breaks nothing, not even together with other members."""
    assert violations(body) == ()


@pytest.mark.parametrize(
    ("body", "rule_id", "place"),
    [
        (plain(ModelName=None), "ModelName:required", "ModelName"),
        (
            plain(Tags=[{"Key": None, "Value": ""}]),
            "Tags[].Key:required",
            "Tags[0].Key",
        ),
        (
            plain(VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": None}),
            "VpcConfig.SecurityGroupIds:required",
            "VpcConfig.SecurityGroupIds",
        ),
    ],
)
def test_a_null_for_a_required_member_breaks_required(body: Any, rule_id: str, place: str) -> None:
    """A required member that is null is as good as left out, and has no wrong type."""
    (found,) = violations(body)
    assert (found.rule.id, found.place) == (f"CreateModel/{rule_id}", place)


def test_required_members_count_only_where_their_structure_is_given() -> None:
    """Without a VpcConfig nobody misses its subnets; an empty one lacks both members."""
    assert ids(plain()) == []
    assert ids(plain(VpcConfig={})) == [
        "CreateModel/VpcConfig.SecurityGroupIds:required",
        "CreateModel/VpcConfig.Subnets:required",
    ]


@pytest.mark.parametrize(
    "extra",
    [
        {"Unknown": 5},
        {"modelName": 5, "MODELNAME": "!"},
        {"": []},
        {"ModelName ": "x"},
        {"Tag": [{"Key": ""}]},
    ],
)
def test_unknown_members_are_ignored(extra: dict[str, Any]) -> None:
    """Members that the specification does not know break nothing, at the top or below."""
    assert violations(plain(**extra)) == ()
    assert violations(plain(PrimaryContainer={"Image": IMAGE, **extra})) == ()


def test_what_is_inside_a_value_of_the_wrong_type_is_not_looked_at() -> None:
    """An object for a list breaks the list's type; the tag inside breaks nothing of its own."""
    assert ids(plain(Tags={"Key": "", "Value": 5})) == ["CreateModel/Tags:type"]
    assert ids(plain(Tags=[["Key"]])) == ["CreateModel/Tags[]:type"]


def test_a_null_in_a_list_or_map_is_an_open_question() -> None:
    """A null item or entry breaks an info rule and is passed over otherwise."""
    for body in (
        plain(Tags=[None]),
        plain(PrimaryContainer={"Image": IMAGE, "Environment": {"KEY": None}}),
    ):
        expected = expectation(body)
        assert expected.ids() == {"request/no-null-items"}
        assert expected.outcome == UNKNOWN


def test_nobody_knows_whether_a_null_item_counts() -> None:
    """Six security groups of which one is null are too many only if nulls count."""
    groups: list[Any] = [*RESOURCES.security_group_ids(5), None]
    body = plain(VpcConfig={"SecurityGroupIds": groups, "Subnets": ["subnet-1"]})
    assert ids(body) == ["request/no-null-items"]


def test_cross_field_rules_do_not_count_branches_of_the_wrong_type() -> None:
    """A MultiModel container that is no object is none: E10 needs two that are well formed."""
    multi = {"Image": IMAGE, "Mode": "MultiModel"}
    body = plain(Containers=[multi, [multi], {"Image": IMAGE, "Mode": ["MultiModel"]}])
    del body["PrimaryContainer"]
    assert "request/one-multi-model-container" not in ids(body)
    body["Containers"].append(multi)
    assert "request/one-multi-model-container" in ids(body)


@pytest.mark.parametrize(
    ("body", "rule_id", "path", "place"),
    [
        (plain(ModelName=""), "ModelName:pattern", ("ModelName",), "ModelName"),
        (
            plain(Tags=[{"Key": "a", "Value": ""}, {"Key": "b", "Value": "*"}]),
            "Tags[].Value:pattern",
            ("Tags", 1, "Value"),
            "Tags[1].Value",
        ),
        (
            plain(VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", ""]}),
            "VpcConfig.Subnets[]:pattern",
            ("VpcConfig", "Subnets", 1),
            "VpcConfig.Subnets[1]",
        ),
        (
            plain(PrimaryContainer={"Image": IMAGE, "Environment": {"9": "x"}}),
            "PrimaryContainer.Environment{key}:pattern",
            ("PrimaryContainer", "Environment", "9"),
            "PrimaryContainer.Environment.9",
        ),
        (
            plain(PrimaryContainer={"Image": IMAGE, "Environment": {"A": 9}}),
            "PrimaryContainer.Environment{value}:type",
            ("PrimaryContainer", "Environment", "A"),
            "PrimaryContainer.Environment.A",
        ),
    ],
)
def test_a_violation_tells_its_place(
    body: Any, rule_id: str, path: tuple[str | int, ...], place: str
) -> None:
    """The path has member names and list indices, for an entry its key; people read it dotted."""
    (found,) = violations(body)
    assert (found.rule.id, found.path, found.place) == (f"CreateModel/{rule_id}", path, place)


def test_a_rule_broken_twice_is_found_twice() -> None:
    """Two bad tags break one rule at two places, in the order of the list."""
    body = plain(Tags=[{"Key": k, "Value": ""} for k in ("*", "ok", "#")])
    assert [v.path for v in violations(body)] == [("Tags", 0, "Key"), ("Tags", 2, "Key")]


def test_violations_stand_in_the_order_of_the_specification() -> None:
    """Whatever the order of members in the request, rules are named in the catalogue's order."""
    body = {
        "Tags": [{"Value": 5, "Key": ""}],
        "VpcConfig": {},
        "EnableNetworkIsolation": [],
        "PrimaryContainer": {"Mode": "x", "Image": "", "ModelPackageName": "p"},
        "ModelName": "_" * 64,
    }
    assert ids(body) == [
        "CreateModel/ModelName:max-length",
        "CreateModel/ModelName:pattern",
        "CreateModel/PrimaryContainer.Image:pattern",
        "CreateModel/PrimaryContainer.Mode:enum",
        "CreateModel/Tags[].Key:min-length",
        "CreateModel/Tags[].Value:type",
        "CreateModel/VpcConfig.SecurityGroupIds:required",
        "CreateModel/VpcConfig.Subnets:required",
        "CreateModel/EnableNetworkIsolation:type",
        "request/image-or-model-package",
        "request/execution-role-present",
        "request/image-from-ecr-or-vpc",
    ]


def test_the_deepest_member_is_judged_like_the_first() -> None:
    """A violation seven levels down is found in the last item of two nested lists."""
    body = base(DEEP, name="model", resources=RESOURCES, at=2)
    (found,) = violations(Place(DEEP, 2).put(body, "a\u2028b"))
    assert found.rule.id == f"CreateModel/{DEEP}:pattern"
    assert found.place == (
        "Containers[2].AdditionalModelDataSources[2].S3DataSource.HubAccessConfig.HubContentArn"
    )


# Properties.

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)

LEGAL = create_model_requests()
ODD_VALUES = st.sampled_from(
    [
        *(None, True, 0, 1.5, float("nan"), 10**30, "", "\ud800", "x" * 3000, [], [None], [[]], {}),
        *({"": {}}, {"Key": []}, [{"Key": {}}, {"Key": {}}], {"Mode": ["Direct"]}),
        {"S3DataSource": 5},
    ]
)


@st.composite
def mangled_requests(draw: st.DrawFn) -> Any:
    """Draw a legal request with JSON of any kind planted at some places of it."""
    body = copy.deepcopy(draw(LEGAL))
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = body
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            below = holder[key]
            if isinstance(below, dict | list) and below and draw(st.booleans()):
                holder = below
                continue
            holder[key] = copy.deepcopy(draw(ODD_VALUES))  # drawn values are shared
            break
    return body


@PROPERTY
@given(JSON | mangled_requests())
@example({"Containers": [[]], "Tags": [{"Key": {}}, {"Key": "a"}]})
@example({"PrimaryContainer": {"Environment": {"\ud800": "\udfff" * 2000}}})
@example({"Tags": [{"Key": []}, {"Key": []}]})
@example({"PrimaryContainer": {"ModelDataSource": {"S3DataSource": {"S3Uri": 5}}}})
@example({"InferenceExecutionConfig": [], "Containers": {}})
def test_any_json_value_is_judged_without_raising(body: Any) -> None:
    """Whatever comes, the oracle answers, leaves the body alone, and keeps its own promises."""
    before = json.dumps(body, sort_keys=True)
    expected = expectation(body)
    assert json.dumps(body, sort_keys=True) == before
    positions = [ORDER.index(violation.rule.id) for violation in expected.violations]
    assert positions == sorted(positions)
    levels = {violation.rule.level for violation in expected.violations}
    outcomes = {True: REJECT, False: UNKNOWN if levels else ACCEPT}
    assert expected.outcome == outcomes[MUST in levels]
    for violation in expected.violations:
        assert violation.place
        if violation.rule.constraint == "type":
            assert violation.rule.level == MUST


@PROPERTY
@given(LEGAL, st.dictionaries(st.text(max_size=5).map("X-".__add__), JSON))
def test_unknown_members_and_nulls_never_change_the_outcome(body: Any, extra: Any) -> None:
    """A legal request stays legal with any unknown members and with its absent members null."""
    absent = {"Tags": None, "VpcConfig": None, "EnableNetworkIsolation": None}
    assert expectation({**extra, **absent, **body}).violations == ()


@PROPERTY
@given(LEGAL, st.randoms(use_true_random=False))
def test_the_order_of_members_never_matters(body: Any, random: Any) -> None:
    """Shuffling the members of a request changes neither outcome nor violations."""
    body = {**body, "ModelName": "_", "Tags": 5}
    names = list(body)
    random.shuffle(names)
    assert violations({name: body[name] for name in names}) == violations(body)


def test_a_body_as_deep_as_json_can_be_read_is_judged() -> None:
    """Hundreds of nested arrays in a member's place are one violation of its type."""
    deep = json.loads("[" * 900 + "]" * 900)
    assert ids(plain(Tags=deep)) == ["CreateModel/Tags[]:type"]
    assert ids(plain(Unknown=deep)) == []
