"""The pinned documents: what they state, that they agree, and that their digest tells changes."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.spec import documents
from conformance.spec.patterns import unanchored

PAGE = documents.reference()["request"]
MODEL_SHAPES = documents.model()["shapes"]
TOP_LEVEL = MODEL_SHAPES["CreateModelInput"]


@pytest.fixture
def fresh_digest(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Compute the digest anew, of documents that a test may change."""
    loaded = {
        "reference.json": copy.deepcopy(documents.reference()),
        "model.json": copy.deepcopy(documents.model()),
    }

    def digest() -> str:
        documents.digest.cache_clear()
        return documents.digest()

    monkeypatch.setattr(documents, "_load", loaded.__getitem__)
    digest.documents = loaded  # type: ignore[attr-defined]
    yield digest
    documents.digest.cache_clear()


def test_page_lists_exactly_the_top_level_members_of_the_model() -> None:
    """The reference page and the service model name the same members of a request."""
    assert set(PAGE) == set(TOP_LEVEL["members"])


def test_page_states_these_limits() -> None:
    """The facts carried over from the page are the page's, checked against a second copy."""
    limits = {
        name: (facts["type"], facts["required"], facts.get("min"), facts.get("max"))
        for name, facts in PAGE.items()
    }
    assert limits == {
        "Containers": ("list", False, None, 15),
        "EnableNetworkIsolation": ("boolean", False, None, None),
        "ExecutionRoleArn": ("string", False, 20, 2048),
        "InferenceExecutionConfig": ("structure", False, None, None),
        "ModelName": ("string", True, None, 63),
        "PrimaryContainer": ("structure", False, None, None),
        "Tags": ("list", False, 0, 50),
        "VpcConfig": ("structure", False, None, None),
    }


@pytest.mark.parametrize("member", sorted(PAGE))
def test_page_and_model_agree_on_every_limit(member: str) -> None:
    """A limit that the page states is the limit that the service model states."""
    facts, shape = PAGE[member], MODEL_SHAPES[TOP_LEVEL["members"][member]]
    assert facts["type"] == shape["type"]
    assert facts["required"] == (member in TOP_LEVEL["required"])
    for limit in {"min", "max"} & set(facts):
        assert facts[limit] == shape[limit]


@pytest.mark.parametrize("member", ["ExecutionRoleArn", "ModelName"])
def test_page_and_model_agree_on_patterns_but_for_anchors(member: str) -> None:
    """The page's patterns differ from the model's in nothing but ^ and $ at their ends."""
    stated = PAGE[member]["pattern"]
    pinned = MODEL_SHAPES[TOP_LEVEL["members"][member]]["pattern"]
    assert stated != pinned
    assert unanchored(stated) == unanchored(pinned)


def test_page_states_patterns_for_two_members_only() -> None:
    """Exactly ModelName and ExecutionRoleArn have a pattern on the page."""
    assert {name for name, facts in PAGE.items() if "pattern" in facts} == {
        "ExecutionRoleArn",
        "ModelName",
    }


def test_page_and_model_agree_on_the_response() -> None:
    """ModelArn has the same limits and pattern on the page and in the model."""
    stated, pinned = documents.reference()["response"]["ModelArn"], MODEL_SHAPES["ModelArn"]
    assert stated == pinned
    assert (stated["min"], stated["max"]) == (20, 2048)


def test_page_and_model_agree_on_declared_errors() -> None:
    """Only ResourceLimitExceeded is declared for CreateModel, by the page with status 400."""
    assert documents.reference()["errors"] == {"ResourceLimitExceeded": 400}
    assert documents.model()["errors"] == ["ResourceLimitExceeded"]


def test_page_and_model_are_of_the_same_version_of_the_api() -> None:
    """Both documents describe the API of 2017-07-24."""
    assert documents.reference()["api_version"] == documents.model()["api_version"] == "2017-07-24"


def test_snapshot_holds_facts_and_no_documentation() -> None:
    """No shape of the snapshot carries a sentence of AWS's documentation."""
    facts = {fact for shape in MODEL_SHAPES.values() for fact in shape}
    assert "documentation" not in facts
    assert facts <= {
        *("type", "required", "min", "max", "pattern", "enum", "box"),
        *("members", "member", "key", "value"),
    }


def test_model_name_may_be_empty_by_length_but_not_by_pattern() -> None:
    """ModelName's minimum is 0 in the model although its pattern needs one character."""
    assert MODEL_SHAPES["ModelName"]["min"] == 0
    assert re.fullmatch(MODEL_SHAPES["ModelName"]["pattern"], "") is None


def test_execution_role_is_not_required_by_any_document() -> None:
    """ExecutionRoleArn is optional on the page and in the model, odd as that is."""
    assert PAGE["ExecutionRoleArn"]["required"] is False
    assert TOP_LEVEL["required"] == ["ModelName"]


def test_slash_after_role_is_optional_in_every_document() -> None:
    """Both documents write role/? and so let a role ARN do without the slash."""
    assert ":role/?" in PAGE["ExecutionRoleArn"]["pattern"]
    assert ":role/?" in MODEL_SHAPES["RoleArn"]["pattern"]


def test_digest_names_its_algorithm() -> None:
    """The digest is sha256: and 64 hexadecimal digits."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", documents.digest())


def test_digest_is_stable(fresh_digest: Any) -> None:
    """Computing the digest again, with members in another order, gives the same digest."""
    before = fresh_digest()
    loaded = fresh_digest.documents
    for name in loaded:
        loaded[name] = dict(reversed(loaded[name].items()))
    assert fresh_digest() == before == documents.digest()


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        ("model.json", ("shapes", "ModelName", "max"), 64),
        ("model.json", ("shapes", "SubnetId", "pattern"), "[-0-9a-zA-Z]*"),
        ("model.json", ("shapes", "ContainerMode", "enum"), ["SingleModel"]),
        ("model.json", ("shapes", "Tag", "required"), ["Key"]),
        ("model.json", ("botocore",), "1.0.0"),
        ("reference.json", ("request", "Containers", "max"), 5),
        ("reference.json", ("request", "ExecutionRoleArn", "required"), True),
    ],
)
def test_digest_changes_when_a_limit_changes(
    fresh_digest: Any, document: str, path: tuple[str, ...], value: Any
) -> None:
    """One changed fact in either document changes the digest."""
    before = fresh_digest()
    holder = fresh_digest.documents[document]
    for step in path[:-1]:
        holder = holder[step]
    assert holder[path[-1]] != value
    holder[path[-1]] = value
    assert fresh_digest() != before
