"""Every capture that a rule rests on is one that a reader can find."""

from __future__ import annotations

import re

import pytest

from conformance.oracle.catalogue import all_rules
from conformance.spec.captures import captures, evidence
from conformance.spec.rules import Rule

ID = re.compile(r"\b[A-H]\d+[a-z]?(?:\.\d+)?\b")
CITED = {name for rule in all_rules() for source in rule.sources for name in ID.findall(source)}


def test_what_is_cited_is_what_is_known() -> None:
    """No id leads nowhere, and none is kept that no rule rests on."""
    assert set(captures()) == CITED


def test_every_capture_is_cited_by_its_own_id() -> None:
    """Found: of "B1 to B6" nobody was told where B2 to B5 are, and B5 was not known at all."""
    ranges = re.compile(r"[A-H]\d+\w? (to|-|–) [A-H]\d+")
    assert [s for rule in all_rules() for s in rule.sources if ranges.search(s)] == []


@pytest.mark.parametrize("name", sorted(CITED))
def test_a_capture_says_what_was_asked_and_where_it_is(name: str) -> None:
    """In a line; an address is one that a browser opens."""
    told = captures()[name]
    assert set(told) == {"operation", "closeness", "where"}
    assert all(told.values())
    if "github.com" in told["where"]:
        assert re.fullmatch(
            r"https://github\.com/[^/ ]+/[^/ ]+/(issues|pull|tree)/\S+", told["where"]
        )


def test_a_source_is_followed_by_the_places_of_what_it_cites() -> None:
    """Each once, in their order; what cites nothing stays as it is."""
    assert evidence(["the page"]) == ("the page",)
    first, *places = evidence(["captures D2 and D4a; D2 again", "capture A1, Z9 and S3"])[1:]
    assert first == "capture A1, Z9 and S3"
    assert [place.partition(" ")[0] for place in places] == ["D2", "D4a"]
    assert "DescribeModel (verbatim): https://github.com/cloud-custodian/" in places[0]


#: Rules that captures alone stand behind; those of ``schemathesis/`` rest on the other rules.
OBSERVED = [
    rule
    for rule in all_rules()
    if rule.provenance == ("observed",) and rule.family != "schemathesis"
]


@pytest.mark.parametrize("rule", OBSERVED, ids=lambda rule: rule.id)
def test_a_rule_that_was_observed_tells_where(rule: Rule) -> None:
    """Nobody has to believe us."""
    assert len(evidence(rule.sources)) > len(rule.sources), rule.sources
