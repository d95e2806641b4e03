"""The auth/ family: wrong signatures against services that check them, some of them, or none."""

from __future__ import annotations

import json

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.authentication import AUTHENTICATION
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import FAIL, PASS, UNSUPPORTED
from conformance.reference.faults import FAULTS
from conformance.targets.reference import reference
from conformance.wire.signing import Credentials

RULES = [each.rule for each in AUTHENTICATION]
FAULT_NAMES = [fault.name for fault in FAULTS.values() if fault.family == "auth"]


def verdicts(bench: Bench) -> dict[str, str]:
    """Return the verdict on each rule of the family."""
    return {rule.id: judge(rule, bench)[0].verdict for rule in RULES}


def bench(spec: str, *, demands_auth: bool, **strict: object) -> Bench:
    """Return a bench in front of the reference, with the suite's keys unless others are given."""
    target = reference(spec, **strict)
    return Bench.at(target, account=target.account, demands_auth=demands_auth)


@pytest.mark.parametrize("demands_auth", [False, True])
def test_a_service_that_checks_signatures_passes(demands_auth: bool) -> None:
    """With and without --auth every rule passes."""
    assert set(verdicts(bench("reference", demands_auth=demands_auth)).values()) == {PASS}


def test_a_service_that_checks_none_is_not_blamed_for_it() -> None:
    """Emulators take any signature: without --auth nothing fails, all is unsupported."""
    found = verdicts(bench("reference", demands_auth=False, sigv4=None))
    assert set(found.values()) == {UNSUPPORTED}


def test_with_auth_a_service_that_checks_none_fails() -> None:
    """When the user says that signatures are checked, each that is not is a finding."""
    found = verdicts(bench("reference", demands_auth=True, sigv4=None))
    ways = {"auth/unsigned", "auth/unknown-key", "auth/wrong-signature", "auth/wrong-service"}
    assert {rule for rule, verdict in found.items() if verdict == FAIL} >= ways


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_a_fault_is_found_with_auth_and_nobody_is_blamed_without(name: str) -> None:
    """What is wrongly taken fails with --auth alone; what is wrongly refused fails always."""
    found = verdicts(bench(f"reference:{name}", demands_auth=True))
    assert {rule for rule, verdict in found.items() if verdict == FAIL} >= set(FAULTS[name].rules)
    without = verdicts(bench(f"reference:{name}", demands_auth=False))
    failed = {rule for rule, verdict in without.items() if verdict == FAIL}
    if FAULTS[name].side == "rejects" and "done" not in name:
        assert failed == set()


def test_keys_of_the_user_are_used_and_never_shown() -> None:
    """Wrong signatures are made from the user's own keys, of which no finding tells anything."""
    keys = Credentials("AKIDEXAMPLEOFTHEUSER", "secret-of-the-user", "token-of-the-user")
    target = reference("reference:any-signature-accepted", sigv4={keys.access_key: keys.secret_key})
    talk = Bench.at(target, account=target.account, demands_auth=True, credentials=keys)
    (judgement,) = judge(rule_by_id("auth/wrong-signature"), talk)
    assert judgement.verdict == FAIL
    told = json.dumps([judgement.as_event(), judgement.exchanges])
    for part in (keys.access_key, keys.secret_key, str(keys.token), "Signature="):
        assert part not in told
    assert judgement.finding is not None
    assert judgement.finding["http"]["signing"] == "odd"
