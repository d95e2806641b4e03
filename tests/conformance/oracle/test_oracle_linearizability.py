"""Linearizability against the slow and obvious way: every order of the calls is tried."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oracle.concurrency import Did, possible
from conformance.oracle.linearizability import Timed, linearizable

OUTCOMES = ("accepted", "rejected", "server-fault")
CALLS = st.builds(
    Did,
    st.sampled_from(["CreateModel", "DescribeModel", "DeleteModel"]),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(OUTCOMES),
).map(lambda did: did if did.operation != "CreateModel" or did.mark else did._replace(mark="a"))
HISTORIES = st.lists(
    st.tuples(CALLS, st.integers(0, 6), st.integers(0, 4)).map(
        lambda each: Timed(each[0], each[1], each[1] + each[2])
    ),
    max_size=5,
)


def slowly(history: list[Timed[Did]]) -> bool:
    """Tell whether some order keeps the calls' times and explains their answers."""
    for order in permutations(history):
        in_time = all(
            later.ended >= earlier.began
            for place, earlier in enumerate(order)
            for later in order[place + 1 :]
        )
        states: set[str | None] = {None}
        for each in order:
            states = {after for state in states for after in possible(state, each.did)}
        if in_time and states:
            return True
    return False


@settings(max_examples=300, deadline=None)
@given(history=HISTORIES)
def test_it_agrees_with_trying_every_order(history: list[Timed[Did]]) -> None:
    """On small histories the search and the obvious way say the same."""
    assert linearizable(history, None, possible) == slowly(history)


def timed(*dids: Did, together: bool = True) -> list[Timed[Did]]:
    """Return calls that all meet, or that follow one another."""
    return [
        Timed(did, 0 if together else 2 * n, 9 if together else 2 * n + 1)
        for n, did in enumerate(dids)
    ]


def test_two_creates_of_one_name_cannot_both_succeed() -> None:
    """Unless a deletion can have come between."""
    first, second = Did("CreateModel", "a", "accepted"), Did("CreateModel", "b", "accepted")
    deletion = Did("DeleteModel", None, "accepted")
    assert not linearizable(timed(first, second), None, possible)
    assert linearizable(timed(first, second, deletion), None, possible)
    assert not linearizable(timed(first, second, deletion, together=False), None, possible)


def test_a_look_shows_what_was_created_last() -> None:
    """A description with the mark of a create that was rejected has no explanation."""
    first, second = Did("CreateModel", "a", "accepted"), Did("CreateModel", "b", "rejected")
    for mark, fine in (("a", True), ("b", False), (None, True)):
        look = Did("DescribeModel", mark, "accepted")
        assert linearizable(timed(first, second, look), None, possible) is fine


def test_a_call_that_failed_may_or_may_not_have_been_done() -> None:
    """After a server fault both is possible."""
    create = Did("CreateModel", "a", "server-fault")
    for outcome in ("accepted", "rejected"):
        look = Did("DescribeModel", None, outcome)
        assert linearizable(timed(create, look, together=False), None, possible)
