"""The rules that are derived from the shapes: which, where from, and which facts are not rules."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path

import pytest

from conformance.oracle.catalogue import all_rules
from conformance.spec import documents, shapes
from conformance.spec.crossfield import request_rules
from conformance.spec.patterns import UNIVERSAL
from conformance.spec.rules import Rule, constraint_rules
from conformance.spec.shapes import Shape

RULE_IDS = Path(__file__).parents[2] / "data" / "rule_ids.txt"
RULES = {rule.id: rule for rule in constraint_rules()}

#: Every rule that the reference page states, typed in from the page.
ON_THE_PAGE = {
    "CreateModel:type",
    "CreateModel/ModelName:type",
    "CreateModel/ModelName:required",
    "CreateModel/ModelName:max-length",
    "CreateModel/ModelName:pattern",
    "CreateModel/PrimaryContainer:type",
    "CreateModel/Containers:type",
    "CreateModel/Containers:max-items",
    "CreateModel/InferenceExecutionConfig:type",
    "CreateModel/ExecutionRoleArn:type",
    "CreateModel/ExecutionRoleArn:min-length",
    "CreateModel/ExecutionRoleArn:max-length",
    "CreateModel/ExecutionRoleArn:pattern",
    "CreateModel/Tags:type",
    "CreateModel/Tags:max-items",
    "CreateModel/VpcConfig:type",
    "CreateModel/EnableNetworkIsolation:type",
}


def _facts(shape: Shape) -> list[str]:
    """Return the ids that the constraints of a shape would have, were all of them rules."""
    unit = "length" if shape.kind == "string" else "items"
    at = f"CreateModel/{shape.path}" if shape.path else "CreateModel"
    found = [f"{at}:type"]
    found += [f"CreateModel/{shape.members[name].path}:required" for name in shape.required]
    found += [f"{at}:min-{unit}"] if shape.minimum is not None else []
    found += [f"{at}:max-{unit}"] if shape.maximum is not None else []
    found += [f"{at}:pattern"] if shape.pattern is not None else []
    found += [f"{at}:enum"] if shape.enum else []
    return found


def _all_facts() -> set[str]:
    return {fact for shape in shapes.request().walk() for fact in _facts(shape)}


def test_every_rule_id_is_pinned() -> None:
    """The sorted ids of all rules are those in tests/data/rule_ids.txt: ids never change meaning.

    After a rule was added on purpose, renew the list with ``.venv/bin/python -c "from
    conformance.oracle.catalogue import all_rules; print(*sorted(r.id for r in all_rules()),
    sep=chr(10))" > tests/data/rule_ids.txt`` and read its diff: a line may be added, none may go.
    """
    assert sorted(rule.id for rule in all_rules()) == RULE_IDS.read_text("utf-8").splitlines()


def test_rules_are_counted_by_kind() -> None:
    """Of the facts of the model these remain as rules that some request can break."""
    assert Counter(rule.constraint for rule in constraint_rules()) == {
        "type": 108,
        "required": 36,
        "max-length": 38,
        "max-items": 10,
        "min-length": 10,
        "min-items": 2,
        "pattern": 36,
        "enum": 15,
    }


def test_every_constraint_is_a_rule_or_a_fact_that_cannot_be_broken() -> None:
    """No constraint is missing: what is not a rule is in one of the three unbreakable groups."""
    key_types = {f"CreateModel/{p}:type" for p in shapes.by_path() if p.endswith("{key}")}
    universal = {
        f"CreateModel/{shape.path}:pattern"
        for shape in shapes.request().walk()
        if shape.pattern in UNIVERSAL
    }
    zero = {
        f"CreateModel/{shape.path}:min-{'length' if shape.kind == 'string' else 'items'}"
        for shape in shapes.request().walk()
        if shape.minimum == 0
    }
    assert _all_facts() - set(RULES) == key_types | universal | zero
    assert set(RULES) <= _all_facts()


def test_type_of_a_map_key_is_data_because_json_has_no_other_keys() -> None:
    """The two keys of Environment have a type that no JSON document can break."""
    assert {f for f in _all_facts() - set(RULES) if f.endswith(":type")} == {
        "CreateModel/PrimaryContainer.Environment{key}:type",
        "CreateModel/Containers[].Environment{key}:type",
    }


def test_a_pattern_that_every_string_matches_is_data() -> None:
    """The values of Environment have a pattern that no string can break."""
    assert {f for f in _all_facts() - set(RULES) if f.endswith(":pattern")} == {
        "CreateModel/PrimaryContainer.Environment{value}:pattern",
        "CreateModel/Containers[].Environment{value}:pattern",
    }


def test_a_minimum_of_zero_is_data() -> None:
    """A minimum of 0 cannot be broken: ModelName has one, and no rule comes from it."""
    assert shapes.by_path()["ModelName"].minimum == 0
    assert "CreateModel/ModelName:min-length" not in RULES
    assert "CreateModel/ModelName:pattern" in RULES
    assert not any(
        shapes.by_path()[rule.member].minimum == 0
        for rule in constraint_rules()
        if rule.constraint.startswith("min-")
    )


def test_execution_role_has_no_required_rule() -> None:
    """Nothing makes ExecutionRoleArn required: leaving it out is an open question, not a rule."""
    assert "CreateModel/ExecutionRoleArn:required" not in RULES
    assert "request/execution-role-present" in {r.id for r in request_rules() if r.level == "info"}


def test_ids_name_member_and_constraint() -> None:
    """A constraint rule's id is put together from its member and its kind of constraint."""
    for rule in constraint_rules():
        place = f"CreateModel/{rule.member}" if rule.member else "CreateModel"
        assert rule.id == f"{place}:{rule.constraint}"
        assert rule.member in shapes.by_path()


def test_ids_are_unique() -> None:
    """No two rules of any family share an id."""
    assert len({rule.id for rule in all_rules()}) == len(all_rules())


def test_rules_stand_in_the_order_of_the_specification() -> None:
    """Constraint rules follow the tree; at one shape type and required come first."""
    order = list(shapes.by_path())
    places = [order.index(rule.member) for rule in constraint_rules()]
    assert places == sorted(places)
    of_key = [r.constraint for r in constraint_rules() if r.member == "Tags[].Key"]
    assert of_key == ["type", "required", "min-length", "max-length", "pattern"]


def test_reference_is_named_for_exactly_what_the_page_states() -> None:
    """A rule has the provenance reference if and only if the page states its constraint."""
    assert {r.id for r in constraint_rules() if "reference" in r.provenance} == ON_THE_PAGE


@pytest.mark.parametrize("rule", constraint_rules(), ids=lambda rule: rule.id)
def test_every_constraint_rule_has_provenance_and_sources(rule: Rule) -> None:
    """A rule is a must by the service model, and each of its provenances has its source."""
    assert rule.level == "must"
    expected = ("reference", "model") if rule.id in ON_THE_PAGE else ("model",)
    assert rule.provenance == expected
    assert len(rule.sources) == len(expected)
    version = documents.model()["botocore"]
    assert rule.sources[-1].startswith(f"botocore {version}, service model sagemaker, shape ")
    assert rule.sources[-1].rpartition(" ")[2] in documents.model()["shapes"]
    if rule.id in ON_THE_PAGE:
        assert rule.sources[0].startswith("Amazon SageMaker API Reference, CreateModel, ")
        assert rule.sources[0].endswith(rule.member)
    assert rule.sides == ("accepts", "rejects")
    assert rule.statement
    assert rule.family == "CreateModel"


def test_a_required_rule_names_the_structure_that_requires_it() -> None:
    """The source of a required rule is the parent's shape, where the model states it."""
    rule = RULES["CreateModel/Tags[].Key:required"]
    assert rule.sources[-1].endswith("shape Tag")
    assert RULES["CreateModel/Tags[].Key:pattern"].sources[-1].endswith("shape TagKey")


@pytest.mark.parametrize(
    ("rule_id", "statement"),
    [
        ("CreateModel:type", "the request is a JSON object."),
        ("CreateModel/ModelName:max-length", "ModelName has at most 63 characters."),
        ("CreateModel/Containers:max-items", "Containers has at most 15 items."),
        (
            "CreateModel/PrimaryContainer.Environment:max-items",
            "Environment has at most 100 entries.",
        ),
        ("CreateModel/VpcConfig.Subnets:min-items", "Subnets has at least 1 item(s)."),
        ("CreateModel/Tags[].Key:min-length", "Key has at least 1 character(s)."),
        ("CreateModel/PrimaryContainer.Mode:enum", "Mode is one of SingleModel, MultiModel."),
        ("CreateModel/EnableNetworkIsolation:type", "EnableNetworkIsolation is a JSON boolean."),
        (
            "CreateModel/VpcConfig.Subnets[]:pattern",
            "The whole of Subnets[] matches [-0-9a-zA-Z]+",
        ),
    ],
)
def test_a_statement_says_the_limit(rule_id: str, statement: str) -> None:
    """The statement of a rule is a sentence with the limit in it."""
    assert RULES[rule_id].statement == statement


@pytest.mark.parametrize(
    ("member", "fact", "value", "rule_id"),
    [
        ("Containers", "max", 5, "CreateModel/Containers:max-items"),
        ("ModelName", "pattern", "[a-z]+", "CreateModel/ModelName:pattern"),
        ("ModelName", "required", False, "CreateModel/ModelName:required"),
        ("ExecutionRoleArn", "min", 1, "CreateModel/ExecutionRoleArn:min-length"),
        ("Tags", "type", "map", "CreateModel/Tags:type"),
    ],
)
def test_reference_is_not_claimed_where_the_page_states_something_else(
    monkeypatch: pytest.MonkeyPatch, member: str, fact: str, value: object, rule_id: str
) -> None:
    """Were the page to state another limit than the model, the rule would lose that provenance."""
    page = copy.deepcopy(documents.reference())
    page["request"][member][fact] = value
    monkeypatch.setattr(documents, "reference", lambda: page)
    derived = {rule.id: rule for rule in constraint_rules.__wrapped__()}
    assert derived[rule_id].provenance == ("model",)
    assert {i for i, r in derived.items() if "reference" in r.provenance} == ON_THE_PAGE - {rule_id}
