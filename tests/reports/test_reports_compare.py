"""Comparing two runs: every must rule is of one kind, and only what is known to be new fails."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.records import (
    VERDICTS,
    few,
    finding,
    footer,
    header,
    judged,
    lines,
    row,
    rows,
    run_of,
    runs,
    two_runs,
)
from hypothesis import given

from reports.compare import compare
from reports.comparison import COUNTED, KINDS, Change, Comparison
from reports.record import RunRecord
from reports.summary import report

RULE, OTHER = "CreateModel/ModelName:max-length", "CreateModel/ModelName:pattern"
INFO = next(rule["id"] for rule in rows() if rule["level"] == "info")

Events = list[dict[str, Any]]


def of(events: Events) -> dict[str, Any]:
    """The report of a run with these events."""
    return report(RunRecord.from_lines(lines(events)))


def compared(old: Events, new: Events) -> Comparison:
    """The comparison of two runs."""
    return compare(of(old), of(new))


def only(old: Events, new: Events) -> Change:
    """The one change between two runs over one rule."""
    (change,) = compared(old, new).changes
    return change


def failing(rule: str = RULE, side: str = "rejects", **changes: Any) -> Events:
    """A run in which one side of a rule fails with such a finding and the others pass."""
    events = [
        judged(rule, each, "fail", finding=finding(**changes))
        if each == side
        else judged(rule, each, "pass")
        for each in row(rule)["sides"]
    ]
    return [header([row(rule)]), *events, footer()]


def with_options(events: Events, **options: Any) -> Events:
    """The same run under other options."""
    head, *rest = events
    return [{**head, "options": {**head["options"], **options}}, *rest]


def must(document: dict[str, Any]) -> set[str]:
    """Ids of the must rules of a report."""
    return {rule["id"] for rule in document["rules"] if rule["level"] == "must"}


# -- whatever the runs are -----------------------------------------------------------------


@few
@given(two_runs())
def test_every_must_rule_of_either_run_is_of_exactly_one_kind(pair: tuple[Events, Events]) -> None:
    """The kinds partition the rules, and the counts are those of the changes."""
    found = compared(*pair)
    assert len(found.changes) == len({each.rule for each in found.changes})
    assert {each.rule for each in found.changes} == must(of(pair[0])) | must(of(pair[1]))
    assert sum(found.counts.values()) == len(found.changes)
    assert set(found.counts) == {*KINDS, *COUNTED}


@few
@given(runs())
def test_a_run_compared_with_itself_has_no_news(events: Events) -> None:
    """Nothing is new, fixed, changed, unsettled or incomparable, and the exit code is 0."""
    found = compared(events, events)
    assert {each.kind for each in found.changes} <= {"still", *COUNTED}
    assert found.exit_code == 0


@few
@given(two_runs())
def test_in_the_other_direction_what_passed_and_fails_is_fixed(pair: tuple[Events, Events]) -> None:
    """Swapping the runs turns fixed into new, and new into fixed where it had passed."""
    there, back = compared(*pair), compared(*reversed(pair))
    assert {each.rule for each in there.of("fixed")} <= {each.rule for each in back.of("new")}
    passed = {each.rule for each in there.of("new") if each.before.verdict == "pass"}  # type: ignore[union-attr]
    assert passed == {each.rule for each in back.of("fixed")}
    assert {each.rule for each in there.of("still")} == {each.rule for each in back.of("still")}


@few
@given(two_runs())
def test_the_exit_code_is_1_exactly_when_something_is_new(pair: tuple[Events, Events]) -> None:
    """What is not known to be new never fails a build; what nobody knows is never a plain 0."""
    found = compared(*pair)
    assert (found.exit_code == 1) == bool(found.of("new"))
    lost = [
        each
        for each in found.of("unsettled")
        if each.before is not None and each.before.verdict == "pass"
    ]
    if lost and not found.of("new"):
        assert found.exit_code == 3


@few
@given(two_runs())
def test_each_change_tells_the_verdicts_of_the_reports(pair: tuple[Events, Events]) -> None:
    """Before and after are what the reports say, and are missing only where the rule is."""
    old, new = ({rule["id"]: rule["verdict"] for rule in of(each)["rules"]} for each in pair)
    for change in compared(*pair).changes:
        for told, verdicts in ((change.before, old), (change.after, new)):
            assert (told.verdict if told else None) == verdicts.get(change.rule)


# -- each kind -----------------------------------------------------------------------------


@pytest.mark.parametrize("before", VERDICTS)
@pytest.mark.parametrize("after", VERDICTS)
def test_each_pair_of_verdicts_has_its_kind(before: str, after: str) -> None:
    """New only where it was judged before; fixed only by a pass."""
    open_ = {"not-run", "unsupported", "inconclusive", "error"}
    if after == "fail":
        expected = {"fail": "still", "not-run": "not-comparable"}.get(before, "new")
    elif after == "pass":
        expected = {"fail": "fixed", "pass": "passing"}.get(before, "settled")
    else:
        expected = "open" if before in open_ else "unsettled"
    assert only(run_of({RULE: before}), run_of({RULE: after})).kind == expected


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"way": "server-fault"}, "200 (accepted), now 200 (server-fault)"),
        (
            {"reply": {"n": 1, "status": 201, "headers": [], "body": "{}"}},
            "200 (accepted), now 201",
        ),
        ({"reply": {"n": 1, "status": 200, "headers": [], "body": '{"__type": "a#Odd"}'}}, "Odd"),
        ({"reply": None}, "now no reply"),
    ],
)
def test_another_wrong_answer_is_changed_not_still(changes: dict[str, Any], said: str) -> None:
    """Way, status and error code tell answers apart; the change says both."""
    change = only(failing(), failing(**changes))
    assert change.kind == "changed"
    assert said in change.why


def test_the_same_answer_to_another_request_is_still() -> None:
    """What was drawn at random, and what else the reply says, is no other answer."""
    reply = {"n": 9, "status": 200, "headers": [["Date", "now"]], "body": '{"ModelArn": "x"}'}
    assert only(failing(), failing(request={"ModelName": "b"}, reply=reply)).kind == "still"


def test_a_second_side_that_fails_is_changed_and_said() -> None:
    """A rule that fails on one more side is no longer the failure that was known."""
    change = only(failing(), run_of({RULE: "fail"}))
    assert change.kind == "changed"
    assert change.why == "it is the side accepts now that fails, too"


def test_new_tells_how_the_target_answers_now() -> None:
    """Side, way, status and sentence are the new finding's, and its curl line is at hand."""
    change = only(run_of({RULE: "pass"}), failing())
    assert change.after is not None
    told = change.after
    assert (told.side, told.way, told.status, told.code) == ("rejects", "accepted", 200, None)
    assert told.sentence == finding()["why"]
    assert told.finding is not None
    assert "curl -gsS" in told.finding["curl"]


@pytest.mark.parametrize("which", ["new", "old"])
def test_what_rests_on_a_flaky_finding_is_no_news(which: str) -> None:
    """It would be new, or fixed; who knows, and the exit code is 0."""
    runs_ = [run_of({RULE: "pass"}), failing(flaky=True)]
    change = only(*(runs_ if which == "new" else runs_[::-1]))
    assert (change.kind, change.otherwise) == ("flaky", "new" if which == "new" else "fixed")
    assert f"the {which} run's finding is flaky" in change.why
    assert not change.is_open


def test_one_steady_finding_of_two_is_news_all_the_same() -> None:
    """Only when all that speaks for it is flaky does nothing speak for it."""
    new = run_of({RULE: "fail"})
    new[1]["finding"]["flaky"] = True
    assert only(run_of({RULE: "pass"}), new).kind == "new"


@pytest.mark.parametrize("after", ["inconclusive", "unsupported", "not-run", "error"])
def test_a_target_that_went_dead_is_no_success(after: str) -> None:
    """What passed and cannot be judged any more gives 3; what failed before gives 0."""
    found = compared(run_of({RULE: "pass"}), run_of({RULE: after}))
    assert (found.counts["unsettled"], found.exit_code) == (1, 3)
    assert compared(run_of({RULE: "fail"}), run_of({RULE: after})).exit_code == 0


def test_a_failing_rule_that_a_partial_run_did_not_reach_is_unsettled() -> None:
    """A partial new run cannot fix what it never judged."""
    assert only(run_of({RULE: "fail"}), [header([row(RULE)])]).kind == "unsettled"


# -- what cannot be compared ---------------------------------------------------------------


def test_a_rule_of_one_run_only_is_not_comparable() -> None:
    """A rule that is new in the suite is no regression, one that is gone no loss."""
    found = compared(run_of({RULE: "pass"}), run_of({OTHER: "fail"}))
    whys = {each.rule: each.why for each in found.of("not-comparable")}
    assert whys == {
        RULE: "only the old run has this rule",
        OTHER: "only the new run has this rule",
    }
    assert found.exit_code == 0


def test_what_passed_and_is_not_selected_any_more_is_no_success() -> None:
    """A run whose selection slipped must not be green for ever; what failed before may be left."""
    new = with_options(run_of({OTHER: "pass"}), select=["CreateModel/ModelName:pattern"])
    found = compared(run_of({RULE: "pass", OTHER: "pass"}), new)
    assert found.exit_code == 3
    assert found.of("not-comparable")[0].why.endswith("other rules were selected")
    assert compared(run_of({RULE: "fail", OTHER: "pass"}), new).exit_code == 0


@pytest.mark.parametrize(
    "differs", [{"statement": "Something else."}, {"level": "info"}, {"sides": ["rejects"]}]
)
def test_a_rule_that_is_described_differently_is_not_comparable(differs: dict[str, Any]) -> None:
    """It is another promise under the same name: neither new nor fixed, exit code 0."""
    new = failing()
    new[0]["rules"] = [{**row(RULE), **differs}]
    found = compared(run_of({RULE: "pass"}), new)
    (change,) = found.changes
    assert change.kind == "not-comparable"
    assert change.why == f"the runs describe it differently ({next(iter(differs))})"
    assert found.exit_code == 0


def test_a_rule_that_passes_however_it_is_described_is_only_counted() -> None:
    """A new version of the suite that words its rules anew makes no noise."""
    new = run_of({RULE: "pass"})
    new[0]["rules"] = [{**row(RULE), "statement": "Something else."}]
    assert only(run_of({RULE: "pass"}), new).kind == "passing"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"depth": "deep"}, "depth (quick, now deep)"),
        ({"requirements": "2026"}, "requirements (none, now 2026)"),
        ({"client": "boto3"}, "client (requests, now boto3)"),
        ({"auth": True}, "auth (off, now on)"),
        ({"model_limit": 3}, "model limit (none, now 3)"),
        ({"seeds": 8}, "seeds (1, now 8)"),
    ],
)
def test_under_other_options_nothing_is_new_or_fixed_and_nothing_is_green(
    options: dict[str, Any], said: str
) -> None:
    """It would be new, or lost: 3, because nobody knows; it would be fixed: 0. The reason says."""
    for before, after, otherwise, code in (
        ("pass", "fail", "new", 3),
        ("pass", "inconclusive", "unsettled", 3),
        ("fail", "pass", "fixed", 0),
        ("fail", "inconclusive", "unsettled", 0),
    ):
        found = compared(run_of({RULE: before}), with_options(run_of({RULE: after}), **options))
        (change,) = found.changes
        assert (change.kind, change.otherwise) == ("not-comparable", otherwise)
        assert said in change.why
        assert found.exit_code == code
        assert any(said in each for each in found.carefuls)


@pytest.mark.parametrize("options", [{"seed": 9}, {"workers": 2}, {"auth": False}])
def test_options_that_decide_nothing_do_not_matter(options: dict[str, Any]) -> None:
    """Another seed finds other requests, not other rules; what is not said is the default."""
    found = compared(run_of({RULE: "pass"}), with_options(run_of({RULE: "fail"}), **options))
    assert (found.changes[0].kind, found.carefuls) == ("new", ())


def test_info_rules_are_never_new() -> None:
    """What decides nothing is no regression."""
    assert compared(run_of({INFO: "pass"}), run_of({INFO: "fail"})).changes == ()


def test_what_makes_runs_hard_to_compare_is_said_and_changes_nothing() -> None:
    """Another specification, suite or target: a sentence each; equal rules stay comparable."""
    new = run_of({RULE: "fail"}, name="http://127.0.0.1:1")[:-1]
    new[0]["spec"] = {**new[0]["spec"], "digest": "sha256:" + "1" * 64}
    new[0]["suite"] = {**new[0]["suite"], "version": "9.0"}
    found = compared(run_of({RULE: "pass"}), new)
    assert found.changes[0].kind == "new"
    assert found.carefuls == (
        "NEW is partial, the run did not go to its end",
        "the two runs used different specifications",
        "the two runs are of different versions of the suite (0.1.0, now 9.0)",
        "the two runs are of different targets (moto, now http://127.0.0.1:1)",
    )
