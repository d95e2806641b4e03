"""Verdicts: the lattice, and how one reading is judged against one expectation."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oracle.verdicts import (
    ERROR,
    FAIL,
    INCONCLUSIVE,
    NOT_RUN,
    ORDER,
    PASS,
    UNSUPPORTED,
    is_about_resources,
    judge_legal,
    judge_violation,
    worst,
)
from conformance.wire import Reading
from conformance.wire.reading import (
    ACCEPTED,
    DENIED,
    ODD,
    REJECTED,
    SERVER_FAULT,
    THROTTLED,
)
from conformance.wire.reading import UNSUPPORTED as NO_SUCH_OPERATION

PROPERTY = settings(deadline=None, database=None)
VERDICTS = st.sampled_from(ORDER)


def reading(
    kind: str, status: int = 400, code: str | None = None, said: str | None = None
) -> Reading:
    """Return a reading of a kind."""
    return Reading(kind, status, code, said, None)


def test_the_lattice_rises_from_not_run_to_error() -> None:
    """The verdicts stand in the order that the design gives them."""
    assert ORDER == ("not-run", "unsupported", "pass", "inconclusive", "fail", "error")
    assert ORDER == (NOT_RUN, UNSUPPORTED, PASS, INCONCLUSIVE, FAIL, ERROR)


def test_of_no_verdicts_the_worst_is_not_run() -> None:
    """The lattice has a bottom."""
    assert worst([]) == NOT_RUN


@pytest.mark.parametrize(("better", "worse"), list(pairwise(ORDER)))
def test_the_worse_of_two_neighbours_wins(better: str, worse: str) -> None:
    """Of two verdicts the one later in the order is taken, whichever is named first."""
    assert worst([better, worse]) == worst([worse, better]) == worse


def test_worst_is_associative_commutative_and_idempotent_for_all_triples() -> None:
    """Folding verdicts gives the same in any grouping, any order, any number of times."""
    for a, b, c in product(ORDER, repeat=3):
        grouped = worst([worst([a, b]), c])
        assert grouped == worst([a, worst([b, c])]) == worst([a, b, c])
        assert {worst(order) for order in permutations((a, b, c))} == {grouped}
        assert worst([a, a]) == a
        assert worst([NOT_RUN, a]) == a
        assert worst([ERROR, a]) == ERROR


@PROPERTY
@given(st.lists(VERDICTS), st.lists(VERDICTS))
def test_worst_of_parts_is_worst_of_the_whole(left: list[str], right: list[str]) -> None:
    """Verdicts of parts fold to that of the whole, and more parts never make it better."""
    whole = worst(left + right)
    assert whole == worst([worst(left), worst(right)])
    assert ORDER.index(whole) >= ORDER.index(worst(left))
    assert worst(iter(left)) == worst(left)


@pytest.mark.parametrize(
    ("kind", "of_legal", "of_violation"),
    [
        (ACCEPTED, (PASS, ""), (FAIL, "accepted")),
        (REJECTED, (FAIL, "refused"), (PASS, "")),
        (SERVER_FAULT, (FAIL, "server-fault"), (FAIL, "server-fault")),
        (ODD, (FAIL, "odd"), (FAIL, "odd")),
        (DENIED, (INCONCLUSIVE, "denied"), (INCONCLUSIVE, "denied")),
        (THROTTLED, (INCONCLUSIVE, "throttled"), (INCONCLUSIVE, "throttled")),
        (NO_SUCH_OPERATION, (UNSUPPORTED, "unsupported"), (UNSUPPORTED, "unsupported")),
    ],
)
def test_a_reading_of_each_kind_is_judged(
    kind: str, of_legal: tuple[str, str], of_violation: tuple[str, str]
) -> None:
    """The table of kinds of readings gives verdict and way for legal and for violating requests."""
    legal, violation = judge_legal(reading(kind)), judge_violation(reading(kind))
    assert (legal.verdict, legal.way) == of_legal
    assert (violation.verdict, violation.way) == of_violation


@pytest.mark.parametrize(
    "kind", [ACCEPTED, REJECTED, SERVER_FAULT, ODD, DENIED, THROTTLED, NO_SUCH_OPERATION]
)
def test_only_one_side_passes_for_any_answer(kind: str) -> None:
    """No kind of answer passes both sides: neither accepting nor rejecting everything will do."""
    both = [judge_legal(reading(kind)).verdict, judge_violation(reading(kind)).verdict]
    assert both.count(PASS) <= 1
    assert (PASS in both) == (kind in (ACCEPTED, REJECTED))


@pytest.mark.parametrize("judge", [judge_legal, judge_violation])
@pytest.mark.parametrize(
    "kind", [ACCEPTED, REJECTED, SERVER_FAULT, ODD, DENIED, THROTTLED, NO_SUCH_OPERATION]
)
def test_an_opinion_other_than_pass_says_why(judge: object, kind: str) -> None:
    """Whoever does not pass is told why, with status and code of the answer."""
    opinion = judge(reading(kind, 418, "SomeCode"))  # type: ignore[operator]
    if opinion.verdict == PASS:
        assert (opinion.way, opinion.why) == ("", "")
    else:
        assert "418 SomeCode" in opinion.why
        assert opinion.way


@pytest.mark.parametrize(
    "said",
    [
        'The execution role ARN "..." is invalid. Please ensure that the role exists',
        "Could not access model data at s3://bucket/key.",
        "Could not find model data at s3://bucket/key.",
        "Requested image example not found.",
        'Cannot create already existing model "arn".',
        "SUBNET subnet-1 DOES NOT EXIST",
    ],
)
def test_a_missing_resource_makes_a_legal_request_inconclusive(said: str) -> None:
    """An answer about resources says nothing about the form, and which option helps is named."""
    about = reading(REJECTED, 400, "ValidationException", said)
    assert is_about_resources(about)
    opinion = judge_legal(about)
    assert (opinion.verdict, opinion.way) == (INCONCLUSIVE, "resource")
    assert "--role-arn" in opinion.why


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "1 validation error detected: Value '' at 'modelName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: x",
        "Specify one of either Image and Model Data URL or ModelPackageName",
    ],
)
def test_an_answer_about_the_form_is_a_refusal(said: str | None) -> None:
    """A legal request that is refused for its form fails."""
    refusal = reading(REJECTED, 400, "ValidationException", said)
    assert not is_about_resources(refusal)
    assert judge_legal(refusal).verdict == FAIL


@pytest.mark.parametrize("kind", [ACCEPTED, DENIED, SERVER_FAULT])
def test_only_a_rejection_is_about_resources(kind: str) -> None:
    """The same words in an answer of another kind do not make it one about resources."""
    assert not is_about_resources(reading(kind, 500, None, "model not found"))
