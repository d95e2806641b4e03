"""Every vice against one rule of each family: what must never happen, whatever is asked of whom."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from fakes.hostile import VICES, hostile
from fakes.hostile.outcome import MOST_MEMORY, outcome

pytestmark = pytest.mark.proof

#: One rule of each family but schemathesis/, which takes most of the memory by itself.
FAMILIES = (
    "CreateModel/PrimaryContainer.Image:max-length",
    "request/image-or-model-package",
    "errors/code",
    "response/model-arn-name",
    "wire/malformed-json",
    "auth/wrong-signature",
    "lifecycle/describe-arn",
    "tags/add",
    "list/created-are-listed",
    "downstream/endpoint-config-arn",
    "stateful/model-agrees",
    "concurrency/different-names",
)

#: Vices that do what is asked, and most of whose answers are right: what is judged is a pass.
HARMLESS = {
    "closes_kept_connections",
    "http_1_0",
    "sets_cookies",
    "nests_a_little",
    "infinite_number",
    "throttled_429_now_and_then",
    "throttled_503_now_and_then",
    "throttling_exception_now_and_then",
    "throttles_and_does_it",
    "slow_with_large_requests",
    "clock_years_off",
    "invents_creation_times",
    "creation_times_without_a_date",
    "date_is_no_date",
    "swaps_replies_of_creates_that_meet",
}

#: Vices whose answers are answers, and wrong: what is held against them is their own.
WRONG = {
    "invalid_utf8",
    "utf16",
    "nan",
    "digits",
    "duplicate_keys",
    "nests_deeply",
    "nests_deeply_in_an_error",
    "error_with_status_200",
    "success_with_status_500",
    "web_page",
    "control_characters",
    "empty_body",
}

#: A time-out for an answer, and a bound for the whole run, in seconds.
_TIMEOUT, _BOUND = 1.0, 240.0


@pytest.mark.parametrize("vice", VICES)
def test_no_family_is_misled_by_a_vice(vice: str) -> None:
    """No fault of the suite and no traceback, a bound in time and memory, an exit code that fits.

    Where nothing that is answered can be read, no side passes and none fails.
    """
    _judge(vice, FAMILIES)


@pytest.mark.parametrize(
    "vice", ["digits", "duplicate_keys", "http_1_0", "nests_deeply", "closes_mid_header"]
)
def test_schemathesis_is_not_misled_by_a_vice(vice: str) -> None:
    """The same of the family that asks most, and of its memory."""
    _judge(vice, ("schemathesis/coverage",))


def _judge(vice: str, rules: tuple[str, ...]) -> None:
    select = [part for rule in rules for part in ("--select", rule)]
    with hostile(VICES[vice]) as server:
        done = outcome(server.url, *select, "--timeout", str(_TIMEOUT), bound=_BOUND)
    found = Counter(done.verdicts.values())
    told = json.dumps({"verdicts": done.verdicts, "notes": done.notes}, indent=1)
    assert "Traceback" not in done.stderr
    assert done.peak < MOST_MEMORY
    assert "error" not in found, told
    is_whole = done.events[-1]["complete"]
    is_settled = is_whole and found["pass"] and not found["inconclusive"]
    assert done.returncode == (1 if found["fail"] and is_whole else 0 if is_settled else 3)
    if vice not in WRONG:
        assert "fail" not in found, told
    if vice not in HARMLESS | WRONG:
        assert "pass" not in found, told
