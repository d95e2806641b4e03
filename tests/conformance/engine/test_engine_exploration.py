"""Exploration: faults that only random requests reach, within a budget, and the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant
from hypothesis import strategies as st

from conformance.engine.budget import DEPTHS
from conformance.engine.exploration import explore
from conformance.engine.sides import seed_of
from conformance.oracle.catalogue import all_rules, rule_by_id
from conformance.oracle.verdicts import FAIL, PASS, Opinion

ROLE = "CreateModel/ExecutionRoleArn:pattern"
HOSTNAME = "CreateModel/PrimaryContainer.ContainerHostname:max-length"


def drawn(judgement: Any) -> list[Any]:
    """The requests of a side's cases, without the names of the run."""
    bodies = [json.loads(r["request"]) for r in judgement.exchanges if r["purpose"] == "case"]
    return [{**body, "ModelName": ""} if isinstance(body, dict) else body for body in bodies]


def test_a_refusal_that_only_random_requests_reach_is_found_and_shrunk(
    judged: Callable[..., Any],
) -> None:
    """A target that fears one letter in a role is found out with a role of that letter alone."""
    finding = judged(vices.FearsJ(), [ROLE], depth="standard").of(ROLE, "accepts").finding
    assert finding["case"] == {"reason": "beyond", "label": "drawn at random and shrunk"}
    role = finding["request"]["ExecutionRoleArn"]
    assert role.partition(":role")[2].strip("/") == "j"
    assert len(role) <= len("arn:aws:iam::123456789012:role/j")
    assert (finding["way"], finding["flaky"]) == ("refused", False)
    assert finding["reply"]["status"] == 400


@pytest.mark.parametrize("seed", range(5))
def test_a_hole_far_beyond_a_limit_is_found_and_shrunk_to_its_edge(
    seed: int, judged: Callable[..., Any]
) -> None:
    """Hostnames of more than 130 characters are taken: the finding has exactly 131."""
    judgement = judged(vices.TakesVeryLongHostnames(), [HOSTNAME], seed=seed).of(
        HOSTNAME, "rejects"
    )
    hostname = judgement.finding["request"]["PrimaryContainer"]["ContainerHostname"]
    assert len(hostname) == 131
    assert judgement.finding["control"]["reply"]["status"] == 200


def test_a_name_that_only_random_requests_reach_is_found(judged: Callable[..., Any]) -> None:
    """An illegal name that is taken keeps our prefix, is shrunk to one edit, and is deleted."""
    rule = "CreateModel/ModelName:pattern"
    done = judged(vices.TakesOneStrangeName(), [rule], depth="deep", seed=1)
    name = done.of(rule, "rejects").finding["request"]["ModelName"]
    assert name.count("~") == 1
    assert done.bench.talk.prefix in name
    assert done.target.models == {}


def test_a_rejected_random_request_that_is_stored_is_found(judged: Callable[..., Any]) -> None:
    """The finding of a random request says ``stored``, as that of an enumerated one does."""
    done = judged(vices.StoresStrayRoles(), [ROLE], depth="deep", seed=1)
    finding = done.of(ROLE, "rejects").finding
    assert (finding["way"], finding["flaky"]) == ("stored", False)
    assert "?" in finding["request"]["ExecutionRoleArn"]
    assert done.target.models == {}


def test_a_target_that_changes_its_mind_fails_and_is_marked_flaky(
    judged: Callable[..., Any],
) -> None:
    """A request that was taken once and refused again is a failure, marked, and says why."""
    done = judged(vices.ChangesItsMind(), [ROLE], depth="deep", seed=1)
    judgement = done.of(ROLE, "rejects")
    assert judgement.verdict == "fail"
    assert judgement.finding["flaky"] is True
    assert judgement.finding["way"] == "accepted"
    assert judgement.finding["why"]


@pytest.mark.parametrize("depth", ["quick", "standard"])
@pytest.mark.parametrize("rule", [ROLE, HOSTNAME, "CreateModel/ModelName:pattern"])
def test_one_seed_draws_the_same_requests(
    rule: str, depth: str, judged: Callable[..., Any], sample: tuple[str, ...]
) -> None:
    """Two runs of one seed send the same requests but for names, whatever was judged before."""
    first = judged(Conformant(), [rule], depth=depth, seed=7)
    second = judged(Conformant(), [*sample[:3], rule], depth=depth, seed=7)
    for side in ("accepts", "rejects"):
        assert drawn(first.of(rule, side)) == drawn(second.of(rule, side))


def test_one_seed_draws_the_same_names(judged: Callable[..., Any], sample: tuple[str, ...]) -> None:
    """Drawn model names differ between runs of one seed in prefix and number only."""
    rule = "CreateModel/ModelName:pattern"
    names = []
    for before in ([], list(sample[:2])):
        done = judged(Conformant(), [*before, rule], depth="standard", seed=3)
        sent = [
            json.loads(record["request"])["ModelName"]
            for record in done.of(rule, "accepts").exchanges
            if record["purpose"] == "case"
        ]
        prefix = len(done.bench.talk.prefix) + len("-000000")
        names.append([(len(name), name[prefix + 1 :]) for name in sent])
    assert names[0] == names[1]


def test_another_seed_draws_other_requests(judged: Callable[..., Any]) -> None:
    """The seed matters: two of them do not draw the same roles."""
    runs = [judged(Conformant(), [ROLE], depth="standard", seed=n) for n in (1, 2)]
    assert drawn(runs[0].of(ROLE, "accepts")) != drawn(runs[1].of(ROLE, "accepts"))


def test_every_side_has_a_seed_of_its_own() -> None:
    """Seeds are pinned for a rule and side, and no two sides of a run share one."""
    rule = rule_by_id(ROLE)
    seeds = {seed_of(5, each, side) for each in all_rules() for side in each.sides}
    assert len(seeds) == sum(len(each.sides) for each in all_rules())
    assert seed_of(5, rule, "accepts") == seed_of(5, rule, "accepts") != seed_of(6, rule, "accepts")
    assert seed_of(0, rule, "accepts") == 12076858037848926975


@pytest.mark.parametrize("rule", [ROLE, HOSTNAME, "CreateModel/Tags[].Key:pattern"])
@pytest.mark.parametrize("side", ["accepts", "rejects"])
def test_the_budget_is_respected(rule: str, side: str, judged: Callable[..., Any]) -> None:
    """No depth draws more random requests than its budget has examples; quick draws some."""

    def cases(depth: str) -> int:
        return len(drawn(judged(Conformant(), [rule], depth=depth).of(rule, side)))

    from strategies.cases import CountedNames, boundary_cases
    from strategies.resources import Resources

    for depth in ("quick", "standard"):
        budget = DEPTHS[depth]
        enumerated = len(
            list(
                boundary_cases(
                    rule_by_id(rule),
                    side,
                    names=CountedNames(),
                    resources=Resources(),
                    thorough=budget.thorough,
                )
            )
        )
        assert cases(depth) <= enumerated + budget.examples
    assert cases("standard") > cases("quick") > 0


def test_a_failing_target_is_not_asked_without_end(judged: Callable[..., Any]) -> None:
    """Shrinking has a budget too: about a hundred requests beyond the examples."""
    done = judged(vices.TakesVeryLongHostnames(), [HOSTNAME], depth="deep")
    cases = drawn(done.of(HOSTNAME, "rejects"))
    assert len(cases) <= 2 + DEPTHS["deep"].examples + 103


def test_a_side_that_failed_is_not_explored(judged: Callable[..., Any]) -> None:
    """Where an enumerated case fails nothing is drawn: the plainest violation is the finding."""
    judgement = judged(vices.KeepsEverything(), [ROLE]).of(ROLE, "rejects")
    assert judgement.finding["case"]["label"] == "an exclamation mark inside"
    assert not any("random" in each for each in judgement.finding["also"])


# -- explore() by itself -------------------------------------------------------------------


def test_exploring_shrinks_to_the_smallest_failing_value() -> None:
    """Of all integers from 1000 the smallest is reported, with one failure counted."""
    outcome = explore(
        st.integers(0, 10**6),
        lambda n: Opinion(FAIL if n >= 1000 else PASS),
        seed=1,
        examples=50,
    )
    assert outcome.minimal == 1000
    assert [o.verdict for o in outcome.opinions].count(FAIL) == 1
    assert not outcome.flaky


def test_exploring_asks_about_a_value_once() -> None:
    """No value is sent twice, so that a target that changes its mind confuses nothing."""
    asked: list[int] = []

    def opinion_on(n: int) -> Opinion:
        asked.append(n)
        return Opinion(FAIL if n > 3 else PASS)

    explore(st.integers(0, 20), opinion_on, seed=1, examples=100)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("examples", [1, 5, 30])
def test_exploring_stays_within_its_examples(examples: int) -> None:
    """A target that passes is asked at most as often as there are examples."""
    asked: list[int] = []

    def opinion_on(n: int) -> Opinion:
        asked.append(n)
        return Opinion(PASS)

    outcome = explore(st.integers(), opinion_on, seed=1, examples=examples)
    assert 1 <= len(asked) <= examples
    assert outcome.minimal is None
    assert len(outcome.opinions) == len(asked)


def test_exploring_stops_shrinking_in_time() -> None:
    """About a hundred requests after the first failure end it, however long shrinking could go."""
    asked: list[Any] = []

    def opinion_on(value: Any) -> Opinion:
        asked.append(value)
        return Opinion(FAIL if sum(value) > 1000 else PASS)

    outcome = explore(st.lists(st.integers(0, 10**4), min_size=5), opinion_on, seed=2, examples=100)
    assert outcome.minimal is not None
    first = next(n for n, value in enumerate(asked) if sum(value) > 1000)
    assert len(asked) - first <= 102


def test_exploring_what_must_not_be_sent_is_silent() -> None:
    """Values without an opinion are neither counted nor failures."""
    outcome = explore(st.integers(), lambda _n: None, seed=1, examples=20)
    assert (outcome.opinions, outcome.minimal, outcome.flaky) == ([], None, False)


def test_exploring_an_empty_strategy_is_silent() -> None:
    """A strategy that never gives anything ends the exploration without a failure."""
    outcome = explore(
        st.integers().filter(lambda _n: False), lambda _n: Opinion(FAIL), seed=1, examples=20
    )
    assert outcome.minimal is None


def test_exploring_leaves_no_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis writes no database of examples where the user happens to be."""
    monkeypatch.chdir(tmp_path)
    explore(st.integers(), lambda n: Opinion(FAIL if n > 9 else PASS), seed=1, examples=30)
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_of_ours_is_not_taken_for_a_failure() -> None:
    """What the judging itself raises comes out of the exploration as it is."""

    def opinion_on(_n: int) -> Opinion:
        raise KeyError("slip")

    with pytest.raises(KeyError, match="slip"):
        explore(st.integers(), opinion_on, seed=1, examples=5)
