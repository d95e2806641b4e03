"""The values of a comparison: what is open, and how an answer is put in a few words."""

from __future__ import annotations

import pytest

from reports.comparison import Change, Comparison, Judged, answer

PASSED, FAILED = Judged("pass"), Judged("fail", "rejects", "accepted", 200)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Judged("fail", "rejects", "accepted", 200), "200 (accepted)"),
        (Judged("fail", "accepts", "refused", 400, "Odd"), "400 Odd (refused)"),
        (Judged("fail", "accepts", "server-fault"), "no reply (server-fault)"),
        (Judged("fail", "holds", "lifecycle/missing-code", 404, "None"), "404 None"),
    ],
)
def test_an_answer_is_its_status_its_code_and_its_way(told: Judged, words: str) -> None:
    """The way of a behaviour rule is its id and is not said twice."""
    assert answer(told) == words


@pytest.mark.parametrize(
    ("kind", "otherwise", "before", "is_open"),
    [
        ("unsettled", "", PASSED, True),
        ("unsettled", "", FAILED, False),
        ("not-comparable", "new", PASSED, True),
        ("not-comparable", "unsettled", PASSED, True),
        ("not-comparable", "unsettled", FAILED, False),
        ("not-comparable", "fixed", FAILED, False),
        ("not-comparable", "", None, False),
        ("flaky", "new", PASSED, False),
    ],
)
def test_open_is_what_passed_and_may_be_worse(
    kind: str, otherwise: str, before: Judged | None, is_open: bool
) -> None:
    """Only that keeps a comparison without news from being a plain success."""
    change = Change(kind, "a/b", before, None, otherwise=otherwise)
    assert change.is_open is is_open
    assert Comparison((change,), (), {}, {}).exit_code == (3 if is_open else 0)
    assert Comparison((change, Change("new", "a/c", PASSED, FAILED)), (), {}, {}).exit_code == 1
