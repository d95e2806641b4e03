"""Requirement sets: what was published stays what it is."""

from __future__ import annotations

import pytest

from conformance.oracle.catalogue import all_rules
from conformance.spec import documents
from conformance.spec.requirements import (
    CORE,
    FAMILIES,
    FULL,
    LATEST,
    WITHDRAWN,
    UnknownRequirements,
    names,
    requirements,
)
from strategies.frozen import corpus_bytes, corpus_digest

#: Sets never change once they were published: a new one is made instead.
PUBLISHED = {"2026.2": "sha256:d197745d4c130f9d8817a22b45147f337b8e1060f70123f2fcaa028c6b5f17ce"}


def test_published_sets_are_what_they_were() -> None:
    """The digest of each is pinned, and with it that of its corpus."""
    assert {name: requirements(name).digest for name in names()} == PUBLISHED


@pytest.mark.parametrize("name", names())
def test_the_corpus_is_the_one_that_its_set_names(name: str) -> None:
    """The digest is over the lines, so that packing them anew changes nothing."""
    assert corpus_digest(corpus_bytes(name)) == requirements(name).corpus


@pytest.mark.parametrize("name", names())
def test_a_set_asks_for_must_rules_that_there_are(name: str) -> None:
    """Each once, in the families of its class; nothing that is only inferred."""
    by_id = {rule.id: rule for rule in all_rules()}
    required = requirements(name)
    assert len(set(required.rules(FULL))) == len(required.rules(FULL))
    for certified, families in FAMILIES.items():
        for rule in required.added[certified]:
            assert by_id[rule].level == "must"
            assert by_id[rule].family in families


def test_the_latest_set_asks_for_every_must_rule_of_its_families() -> None:
    """A rule that is added later is not scored until there is a new set; today there is none."""
    families = {family for each in FAMILIES.values() for family in each}
    wanted = [r.id for r in all_rules() if r.level == "must" and r.family in families]
    assert sorted(requirements(LATEST).rules(FULL)) == sorted(wanted)
    assert requirements(LATEST).specification == documents.digest()


def test_the_higher_class_asks_for_all_that_the_lower_does() -> None:
    """Full is Core and more."""
    core, full = requirements().rules(CORE), requirements().rules(FULL)
    assert full[: len(core)] == core
    assert len(full) > len(core)


def test_a_set_that_was_withdrawn_says_why() -> None:
    """It is gone, with its requests: a certificate by it would be worth nothing."""
    assert not set(WITHDRAWN) & set(names())
    with pytest.raises(UnknownRequirements, match=r"2026\.1 was withdrawn: it held targets to"):
        requirements("2026.1")


def test_an_unknown_set_is_an_error_that_names_those_there_are() -> None:
    """Nobody certifies by a set that was never published."""
    with pytest.raises(UnknownRequirements, match=r"2026\.2"):
        requirements("1999.1")
