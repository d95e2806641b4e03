"""The tags/ family: what counts as a list of tags."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.records import json_values
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.tags import is_tag_list
from conformance.oracle.verdicts import FAIL, PASS
from conformance.targets.reference import reference

TAGS = st.lists(st.fixed_dictionaries({"Key": st.text(), "Value": st.text()}))


@given(tags=TAGS)
def test_objects_with_key_and_value_are_tags(tags: list[dict[str, str]]) -> None:
    """However many there are, and whatever they say."""
    assert is_tag_list(tags)


@given(value=json_values())
def test_anything_else_is_none(value: Any) -> None:
    """Maps, strings, numbers, and lists of them."""
    assert is_tag_list(value) == (value == [])


@pytest.mark.parametrize(
    ("fault", "rule", "why"),
    [
        ("tags-come-back", "tags/not-inherited", "A new model has the tags of the deleted one"),
        ("delete-tags-ignores-case", "tags/delete-spares-others", "'Team' is not shown"),
        ("add-tags-answers-all", "tags/add-answers-submitted", "not ['team', 'tier']"),
    ],
)
def test_a_finding_says_what_is_wrong(fault: str, rule: str, why: str) -> None:
    """The sentence names the tag concerned."""
    target = reference(f"reference:{fault}")
    (judgement,) = judge(rule_by_id(rule), Bench.at(target, account=target.account))
    assert judgement.verdict == FAIL
    assert judgement.finding is not None
    assert why in judgement.finding["why"]
    assert judgement.finding["before"][0]["operation"] == "CreateModel"


def test_tags_that_the_service_reserves_to_itself_do_not_count() -> None:
    """A service that shows tags of its own under aws: is right."""
    target = reference("reference")
    inner = target.send

    def send(call: Any) -> Any:
        reply = inner(call)
        if call.operation != "ListTags" or reply.status != 200:
            return reply
        mine = b'{"Key":"aws:created-by","Value":"somebody"}'
        empty = reply.body.replace(b'"Tags":[]', b'"Tags":[' + mine + b"]")
        return type(reply)(
            200, reply.headers, empty.replace(b'[{"Key":"o', b"[" + mine + b',{"Key":"o')
        )

    target.send = send  # type: ignore[method-assign]
    bench = Bench.at(target, account=target.account)
    for rule in ("tags/none-invented", "tags/created-are-listed", "tags/each-once"):
        assert judge(rule_by_id(rule), bench)[0].verdict == PASS, rule
