"""What sending requests again makes of a comparison: pairs prove, replays confirm or dismiss."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import comparisons as fake
from fakes.records import few, finding, run_of
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.paired import Paired, Recorded
from conformance.engine.replay import DIFFERENT, FIXED, STILL_FAILING, UNCLEAR, Replayed
from conformance.wire import Reply
from reports.certainty import to_be_asked_again, with_pairs, with_replays
from reports.comparison import Change, Comparison

RULE = fake.NEW
BEHAVIOUR = "lifecycle/duplicate-name-is-rejected"
URL = "http://127.0.0.1:1/"
ASKED: tuple[dict[str, Any], str] = ({"name": URL, "endpoint": URL}, "us-east-1")


def worse(rule: str = RULE, side: str = "rejects") -> Paired:
    """What became of a side of which one recorded request is answered worse."""
    reply = Reply(400, (("Server", "x"),), b'{"__type": "ValidationException"}')
    was = Recorded(7, {"ModelName": "a" * 64}, reply)
    return Paired(rule, side, as_before=3, finding=finding(), was=was)


def only(found: Comparison) -> Change:
    """The one change of a comparison."""
    (change,) = found.changes
    return change


def new(rule: str = RULE) -> Comparison:
    """A comparison in which a rule is new on its last side."""
    side = "holds" if rule == BEHAVIOUR else "rejects"
    after = {"accepts": "pass", side: "fail"}
    return fake.compared(run_of({rule: "pass"}), run_of({rule: after}))


def replayed(outcome: str, rule: str = RULE) -> dict[str, dict[str, Replayed]]:
    """What became of the new run's findings of a rule."""
    side = "holds" if rule == BEHAVIOUR else "rejects"
    return {rule: {side: Replayed(outcome, "Because.", "200")}}


@pytest.mark.parametrize("before", ["pass", "fail", "inconclusive", "not-run"])
@pytest.mark.parametrize("after", ["pass", "fail", "inconclusive", "not-run"])
def test_a_request_that_got_worse_makes_its_rule_new_whatever_the_runs_say(
    before: str, after: str
) -> None:
    """The request is the evidence, with both answers and a curl line for the target asked."""
    found = with_pairs(
        fake.compared(run_of({RULE: before}), run_of({RULE: after})), [worse()], ASKED
    )
    change = only(found)
    assert (change.kind, found.exit_code, found.certain) == ("new", 1, True)
    assert change.before is not None
    assert change.after is not None
    assert (change.before.verdict, change.before.status) == ("pass", 400)
    assert change.before.code == "ValidationException"
    assert (change.after.verdict, change.after.way, change.after.status) == (
        "fail",
        "accepted",
        200,
    )
    assert change.after.finding is not None
    assert URL in change.after.finding["curl"]
    assert "request 7 of the old run" in change.why


@pytest.mark.parametrize(
    ("pair", "kind", "code"),
    [
        (Paired(RULE, "rejects", unproven=4, note="the target was busy"), "unsettled", 3),
        (Paired(RULE, "rejects", unproven=4, as_before=1), "passing", 0),
        (Paired(RULE, "rejects", as_before=5), "passing", 0),
        (Paired(RULE, "rejects"), "passing", 0),
    ],
)
def test_a_rule_of_which_no_request_says_anything_now_is_unsettled(
    pair: Paired, kind: str, code: int
) -> None:
    """It passed in both runs, and that it still does is not known: no green, and the reason."""
    both = fake.compared(run_of({RULE: "pass"}), run_of({RULE: "pass"}))
    found = with_pairs(both, [pair], ASKED)
    assert (only(found).kind, found.exit_code) == (kind, code)
    assert pair.note in only(found).why


@few
@given(fake.comparisons(), st.data())
def test_pairs_touch_only_their_rules_and_keep_every_rule(
    found: Comparison, data: st.DataObject
) -> None:
    """Every rule stays, in its place; without a worse request nothing changes but the certainty."""
    rules = [each.rule for each in found.changes]
    chosen = data.draw(st.sets(st.sampled_from(rules))) if rules else set()
    proven = with_pairs(found, [worse(each) for each in chosen], ASKED)
    assert [each.rule for each in proven.changes] == rules
    for before, after in zip(found.changes, proven.changes, strict=True):
        assert after.kind == "new" if after.rule in chosen else after == before
    assert set(to_be_asked_again(proven, [worse(each) for each in chosen])).isdisjoint(chosen)


def test_only_what_is_new_and_not_proven_is_asked_again() -> None:
    """The new run's findings, by side."""
    found = fake.one_of_each()
    assert set(to_be_asked_again(found, [])) == {fake.NEW}
    assert set(to_be_asked_again(found, [])[fake.NEW]) == {"accepts", "rejects"}
    pairs = [worse()]
    assert to_be_asked_again(with_pairs(found, pairs, ASKED), pairs) == {}


STANDS = Paired(RULE, "rejects", as_before=3)


@pytest.mark.parametrize(
    ("outcome", "pairs", "kind"),
    [
        (FIXED, [STANDS], "flaky"),
        (FIXED, [], "flaky"),
        (STILL_FAILING, [STANDS], "not-comparable"),
        (DIFFERENT, [STANDS], "not-comparable"),
        (STILL_FAILING, [], "new"),
        (STILL_FAILING, [Paired(RULE, "rejects", as_before=3, unproven=1)], "new"),
        (STILL_FAILING, [Paired(RULE, "rejects")], "new"),
        (STILL_FAILING, [Paired(RULE, "accepts", as_before=3)], "new"),
        (UNCLEAR, [STANDS], "new"),
    ],
)
def test_what_is_new_only_by_a_fresh_request_is_confirmed_or_dismissed(
    outcome: str, pairs: list[Paired], kind: str
) -> None:
    """Not shown again: flaky. Shown again, but never asked before: nobody knows since when."""
    found = with_replays(new(), pairs, replayed(outcome))
    change = only(found)
    assert change.kind == kind
    assert change.why
    assert found.exit_code == (1 if kind == "new" else 0)
    if kind == "not-comparable":
        assert change.why.startswith("found by a request that the old run did not send")


def test_a_behaviour_that_fails_again_stays_new() -> None:
    """Both runs sent it the same: it has no requests of its own that the other did not send."""
    found = with_replays(new(BEHAVIOUR), [], replayed(STILL_FAILING, BEHAVIOUR))
    assert only(found).kind == "new"
    assert with_replays(new(BEHAVIOUR), [], replayed(FIXED, BEHAVIOUR)).exit_code == 0
