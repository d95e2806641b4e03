"""Runs against hostile targets, as users start them: they end, say why, and hold nothing wrong
against anybody.

Each target is the conformant reference until the run has introduced itself; then its vice answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.authority import certify
from fakes.hostile import VICES, hostile
from fakes.hostile.outcome import MOST_MEMORY, Outcome, outcome

LENGTH, ARN = "CreateModel/ModelName:max-length", "lifecycle/describe-arn"

#: Seconds that starting, ending and writing reports may take on a machine that does much else.
_OVERHEAD = 45.0


@dataclass(frozen=True)
class Expected:
    """What a run against a vice must come to.

    ``verdicts`` are all that sides of must rules may get, but for those in ``others``, which get
    just theirs. ``said`` stands on the terminal or beside a verdict.
    """

    vice: str
    rules: tuple[str, ...]
    said: str
    code: int = 3
    verdicts: str = "inconclusive"
    others: tuple[tuple[str, str], ...] = ()
    timeout: float = 2.0

    @property
    def bound(self) -> float:
        """Seconds in which it ends: three time-outs make a target gone, after two looks."""
        return _OVERHEAD + 10 * self.timeout


def judged(expected: Expected, url: str) -> Outcome:
    """Judge a URL as expected; whatever the vice is, memory and standard error are in order."""
    select = [part for rule in expected.rules for part in ("--select", rule)]
    done = outcome(url, *select, "--timeout", str(expected.timeout), bound=expected.bound)
    assert "Traceback" not in done.stderr
    assert 0 < done.peak < MOST_MEMORY
    return done


QUIET = "no answer within 0.3 s"

EXPECTED = (
    Expected("never_answers", (LENGTH, "wire/malformed-json", "tags/add"), QUIET, timeout=0.3),
    Expected("one_byte_a_second", (LENGTH, "list/form"), QUIET, timeout=0.3),
    Expected("closes_at_once", (LENGTH, "errors/code", ARN), "closed connection without response"),
    Expected("closes_kept_connections", (LENGTH, ARN, "concurrency/one-name"), "", 0, "pass"),
    Expected("closes_mid_header", (LENGTH, "errors/status", ARN), "closed within the head"),
    Expected("closes_mid_body", (LENGTH, "auth/unsigned"), "the body is cut off"),
    Expected("resets", ("downstream/endpoint-config-arn", ARN), "Connection reset by peer"),
    Expected("ten_gigabytes", ("stateful/model-agrees", LENGTH), "longer than 2097152 bytes"),
    Expected(
        "endless_body",
        ("concurrency/different-names", "stateful/model-agrees"),
        "longer than 2097152 bytes",
    ),
    Expected("gzip_bomb", ("schemathesis/coverage", ARN), "longer than 2097152 bytes"),
    Expected("says_more_than_it_sends", (LENGTH, "tags/list-form"), QUIET, timeout=0.3),
    Expected("says_less_than_it_sends", (LENGTH, "tags/add"), "of its Content-Length"),
    Expected("chunked_garbage", (LENGTH, ARN), "not in chunks as it says"),
    Expected("http_0_9", (LENGTH, ARN), "the answer is not HTTP/1.1"),
    Expected("interim_storm", (LENGTH, "list/form"), "more than 100 interim answers"),
    Expected("floods_with_cookies", (LENGTH, ARN), "a head longer than 262144 bytes"),
    Expected("header_of_a_megabyte", (LENGTH, ARN), "when reading header line"),
    Expected(
        "invalid_utf8",
        ("response/model-arn", "response/model-arn-name", ARN),
        "The answer is no JSON object with a string ModelArn.",
        code=1,
        others=(("response/model-arn", "fail"),),
    ),
    Expected(
        "nan",
        ("response/model-arn", ARN, "list/form"),
        "The answer is no JSON object with a string ModelArn.",
        code=1,
        others=(("response/model-arn", "fail"),),
    ),
    Expected("duplicate_keys", ("response/model-arn-name", LENGTH, ARN), "gives a member twice"),
    Expected(
        "nests_deeply",
        ("response/model-arn", ARN),
        "The answer is no JSON object with a string ModelArn.",
        code=1,
        others=(("response/model-arn", "fail"),),
    ),
    Expected("error_with_status_200", ("response/status", LENGTH, ARN), "200 InternalFailure"),
    Expected("throttling_exception_now_and_then", ("tags/list-form", ARN), "", 0, "pass"),
    Expected("throttles_and_does_it", (LENGTH, ARN), "was busy, and had made the model all the"),
    Expected(
        "slow_with_large_requests",
        ("wire/large-body", ARN),
        "no answer within 0.5 s",
        others=((ARN, "pass"),),
        timeout=0.5,
    ),
    Expected("dies_and_comes_back", ("tags/list-form", LENGTH, ARN), "Connection refused"),
    Expected("answers_for_the_last_request", (LENGTH, ARN), "its answers belong to other requests"),
    Expected(
        "swaps_replies_of_creates_that_meet",
        ("concurrency/different-names",),
        "answered with each other's replies",
    ),
    Expected("clock_years_off", ("lifecycle/creation-time*", "list/created-after"), "", 0, "pass"),
    Expected(
        "invents_creation_times",
        ("lifecycle/creation-time-is-now",),
        "seconds away from when the model was created",
        1,
        "fail",
    ),
)


#: Vices that are tried as proofs: for what their like shows, or their wire alone, is tried always.
_PROOFS = {
    "closes_at_once",
    "chunked_garbage",
    "floods_with_cookies",
    "header_of_a_megabyte",
    "interim_storm",
    "nan",
    "nests_deeply",
    "one_byte_a_second",
    "says_less_than_it_sends",
    "says_more_than_it_sends",
    "ten_gigabytes",
    "throttles_and_does_it",
}


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(each, id=each.vice, marks=[pytest.mark.proof] * (each.vice in _PROOFS))
        for each in EXPECTED
    ],
)
def test_a_run_against_a_vice_ends_and_says_what_is_proven(expected: Expected) -> None:
    """Verdicts, exit code and sentence are those of the table; nothing else is held against it."""
    with hostile(VICES[expected.vice]) as server:
        done = judged(expected, server.url)
    assert done.returncode == expected.code, done.said
    others = dict(expected.others)
    for side, verdict in done.verdicts.items():
        rule = side.partition(" ")[0]
        assert (side, verdict) == (side, others.get(rule, expected.verdicts)), done.notes
    assert expected.said in done.stdout + done.notes
    if not done.judged:
        assert "this run is partial." in done.stdout


@pytest.mark.parametrize(
    ("vice", "said"),
    [
        ("never_answers", "does not answer: no answer within 0.3 s"),
        ("http_0_9", "does not answer: the answer is not HTTP/1.1 (it begins '{"),
        ("redirects_to_itself", "is not an AWS JSON endpoint: it answered CreateModel with status"),
        ("answers_for_the_last_request", "cannot be judged: the target is out of step"),
    ],
)
def test_a_vice_from_the_first_request_on_is_no_target(vice: str, said: str) -> None:
    """Who answers nothing that can be read is refused in one sentence, exit code 2."""
    with hostile(VICES[vice], after=0) as server:
        done = judged(Expected(vice, (LENGTH,), "", timeout=0.3), server.url)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {server.url} {said}")


@pytest.mark.parametrize(
    ("host", "certificate", "said"),
    [
        ("127.0.0.1", {"ended": timedelta(days=365)}, "certificate has expired"),
        ("127.0.0.2", {}, "certificate is not valid for '127.0.0.1'"),
        ("127.0.0.1", {"self_signed": True}, "self-signed certificate"),
    ],
    ids=["expired", "wrong host", "self-signed"],
)
def test_a_certificate_that_is_not_to_be_trusted_ends_the_run_before_it(
    host: str, certificate: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """Nothing is sent to it, and what is wrong with it is said in one sentence, exit code 2."""
    bundle, context = certify(tmp_path, host, **certificate)
    with hostile(VICES["web_page"], context=context) as server:
        done = outcome(server.url, "--select", LENGTH, "--ca-bundle", str(bundle))
        assert server.requests == []
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {server.url} does not answer: TLS: ")
    assert said in line


def test_a_redirect_is_not_followed_and_proves_nothing() -> None:
    """The host that it names is never asked; no rule passes or fails by it."""
    with hostile(VICES["web_page"], after=0) as elsewhere:
        with hostile(VICES["redirects_elsewhere"]) as server:
            server.kept["elsewhere"] = elsewhere.url
            rules = (LENGTH, "response/status", "CreateModel:type", "list/form")
            done = judged(Expected("redirects_elsewhere", rules, ""), server.url)
        assert elsewhere.requests == []
    assert done.returncode == 3
    assert set(done.verdicts.values()) == {"inconclusive"}
    assert "The target sends us elsewhere, where we do not go (308)." in done.notes


def test_cookies_are_not_sent_back() -> None:
    """What a target sets, no later request shows; the run passes as without."""
    with hostile(VICES["sets_cookies"], after=0) as server:
        done = judged(Expected("sets_cookies", (ARN, LENGTH), ""), server.url)
        assert len(server.requests) > 20
        assert [each for each in server.requests if "cookie" in each.headers] == []
    assert done.returncode == 0
    assert set(done.verdicts.values()) == {"pass"}


def test_a_terminal_is_not_reached_by_what_a_target_says() -> None:
    """No control character of a target's stands in what is printed."""
    with hostile(VICES["control_characters"]) as server:
        done = judged(Expected("control_characters", (LENGTH, ARN), ""), server.url)
    assert done.returncode == 3
    assert not set(done.said) & {"\x1b", "\x07", "\x00", "\u202e"}


def test_what_a_throttled_create_made_all_the_same_is_deleted() -> None:
    """A create that was answered 503 and done leaves no model of ours behind."""
    with hostile(VICES["throttles_and_does_it"]) as server:
        done = judged(Expected("throttles_and_does_it", (LENGTH,), ""), server.url)
        left = server.service.state("us-east-1").names()
    assert done.events[-1]["leftovers"] == 0
    assert left == []
