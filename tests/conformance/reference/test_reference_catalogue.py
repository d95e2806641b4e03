"""The catalogue of faults: complete, well named, and not to be changed in passing."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import pytest

from conformance.reference import UnknownFault, application
from conformance.reference.faults import FAULTS
from conformance.reference.faults.places import groups
from conformance.reference.faults.tables import every_rule

PATHS = tuple(path for group in groups() for path in group.paths)


def test_every_rule_and_side_has_a_fault_of_its_own() -> None:
    """Each limit that can be broken alone has, on either side, a fault that names no other rule.

    Required members and types have them where illegal requests are accepted: a service that refuses
    a member that is there, or a legal type, fails more than one rule.
    """
    own = {(*fault.rules, fault.side) for fault in FAULTS.values() if len(fault.rules) == 1}
    for rule in every_rule():
        assert (rule, "rejects") in own
        if not rule.endswith((":required", ":type")):
            assert (rule, "accepts") in own or rule.endswith("Environment{key}:pattern"), rule


def test_rule_ids_follow_the_grammar() -> None:
    """A fault's rules are written as rules are, and speak of places that there are."""
    kinds = {"type", "required", "min-length", "max-length", "min-items", "max-items", "pattern"}
    for fault in FAULTS.values():
        for rule in fault.rules:
            if rule.startswith("CreateModel/"):
                path, _, kind = rule.removeprefix("CreateModel/").rpartition(":")
                assert path in PATHS
                assert kind in kinds | {"enum"}
            else:
                assert re.fullmatch(r"[a-z]+/[a-z0-9-]+(:.+)?|CreateModel:type|\*", rule)


def test_names_and_summaries() -> None:
    """Names are the keys, in lower case but for members' own names; summaries say something."""
    for name, fault in FAULTS.items():
        assert name == fault.name
        assert re.fullmatch(r"[a-zA-Z0-9-]+", name)
        assert len(fault.summary) > 10
        assert fault.side in ("accepts", "rejects", "holds")
    assert len(FAULTS) >= 300


def test_catalogue_cannot_be_changed() -> None:
    """Neither the catalogue nor a fault can be altered in passing."""
    with pytest.raises(TypeError):
        FAULTS["x"] = None  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        next(iter(FAULTS.values())).name = "x"  # type: ignore[misc]


def test_unknown_faults_are_refused() -> None:
    """A name that is not in the catalogue is an error that names it."""
    with pytest.raises(UnknownFault, match="no-such-fault"):
        application(["no-such-fault"])
