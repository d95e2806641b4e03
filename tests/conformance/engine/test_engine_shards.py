"""Shards: every part of a run once, and the same judgement in whatever order they come back."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.conformant import Conformant
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.conversation import Conversation
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.names import RunNames, attempt_ending
from conformance.engine.shards import (
    SEEDS_A_SHARD,
    Folding,
    Shard,
    fold,
    judge_seeds,
    seed_at,
    shards_of,
)
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.verdicts import ORDER
from strategies.resources import Resources

RULE = rule_by_id("CreateModel/ModelName:max-length")
OTHER = rule_by_id("CreateModel/ModelName:pattern")
SIDES = [(RULE, "accepts"), (RULE, "rejects"), (OTHER, "rejects")]


def judgement_of(shard: Shard, verdict: str, unclear: str = "") -> Judgement:
    """A judgement that can be told from every other shard's."""
    return Judgement(
        shard.rule,
        shard.side,
        verdict,
        {verdict: 1 + shard.number % 3, "pass": 2},
        {"case": {"label": f"of shard {shard.number}"}} if verdict == "fail" else None,
        f"note of shard {shard.number}" if verdict not in ("pass", "fail") else "",
        ({"n": shard.number},),
        {"seen": f"by shard {shard.number}"},
    )


@st.composite
def campaigns(draw: st.DrawFn) -> list[tuple[Shard, Judgement]]:
    """The shards of a campaign, each with a judgement."""
    seeds = draw(st.integers(1, 5 * SEEDS_A_SHARD))
    verdicts = st.sampled_from(ORDER)
    return [(shard, judgement_of(shard, draw(verdicts))) for shard in shards_of(SIDES, seeds)]


def folded(parts: list[tuple[Shard, Judgement]], shards: list[Shard]) -> dict[Any, Judgement]:
    """What comes of judgements that come back in this order, by side."""
    folding = Folding(shards)
    wholes = [whole for part in parts if (whole := folding.add(*part)) is not None]
    found = {(whole.rule.id, whole.side): whole for whole in wholes}
    assert len(found) == len(wholes), "a side was judged twice"
    return found


@given(campaigns(), st.data())
def test_shards_in_any_order_and_any_number_of_times_fold_to_the_same_judgements(
    campaign: list[tuple[Shard, Judgement]], data: st.DataObject
) -> None:
    """A shard that comes back twice, as when a worker was taken to be dead, counts once."""
    shards = [shard for shard, _ in campaign]
    twice = data.draw(st.lists(st.sampled_from(campaign), max_size=5))
    shuffled = data.draw(st.permutations([*campaign, *twice]))
    assert folded(shuffled, shards) == folded(campaign, shards)
    assert set(folded(shuffled, shards)) == {(rule.id, side) for rule, side in SIDES}


@given(campaigns())
def test_a_folded_judgement_is_the_worst_of_its_shards_and_counts_all_their_cases(
    campaign: list[tuple[Shard, Judgement]],
) -> None:
    """Its finding, note and exchanges are those that the shards had, in their order."""
    for (rule, side), whole in folded(campaign, [shard for shard, _ in campaign]).items():
        parts = [j for s, j in campaign if (s.rule.id, s.side) == (rule, side)]
        verdicts = {part.verdict for part in parts}
        worst = max(verdicts, key=ORDER.index)
        if worst == "pass" and "unsupported" in verdicts:
            worst = "inconclusive"
        assert whole.verdict == worst
        for case in ORDER:
            assert whole.cases.get(case, 0) == sum(part.cases.get(case, 0) for part in parts)
        assert list(whole.exchanges) == [each for part in parts for each in part.exchanges]
        decide = ("inconclusive", "unsupported") if worst == "inconclusive" else (worst,)
        decisive = next(part for part in parts if part.verdict in decide)
        assert (whole.finding, whole.note) == (decisive.finding, decisive.note)
        assert whole.observations == parts[0].observations


@given(campaigns(), st.data())
def test_a_side_that_fails_fails_whatever_shards_are_missing(
    campaign: list[tuple[Shard, Judgement]], data: st.DataObject
) -> None:
    """Sides that are complete, or of which nothing fails so far, are not told of again."""
    folding = Folding([shard for shard, _ in campaign])
    back = data.draw(st.lists(st.sampled_from(campaign), unique_by=lambda part: part[0].number))
    wholes = [whole for part in back if (whole := folding.add(*part)) is not None]
    complete = {(whole.rule.id, whole.side) for whole in wholes}
    failing = {(j.rule.id, j.side) for _, j in back if j.verdict == "fail"} - complete
    failed = folding.failed()
    assert [(each.rule.id, each.side) for each in failed] == list(
        dict.fromkeys((j.rule.id, j.side) for _, j in back if (j.rule.id, j.side) in failing)
    )
    assert all(each.verdict in ("fail", "error") for each in failed)
    assert all(each.finding for each in failed if each.verdict == "fail")


@given(st.lists(st.sampled_from(ORDER), min_size=1, max_size=8), st.data())
def test_how_seeds_are_cut_into_shards_does_not_matter(
    verdicts: list[str], data: st.DataObject
) -> None:
    """Folding what was folded comes to the same as folding all at once."""
    parts = [
        judgement_of(Shard(n, RULE, "accepts", range(n, n + 1)), v) for n, v in enumerate(verdicts)
    ]
    cut = data.draw(st.integers(0, len(parts)))
    pieces = [fold(piece) for piece in (parts[:cut], parts[cut:]) if piece]
    assert fold(pieces) == fold(parts)


@given(st.integers(1, 200))
def test_shards_hold_every_seed_of_every_side_once(seeds: int) -> None:
    """Their numbers are their places, and none has more seeds than are judged in one go."""
    shards = shards_of(SIDES, seeds)
    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert all(0 < len(shard.seeds) <= SEEDS_A_SHARD for shard in shards)
    for rule, side in SIDES:
        own = [shard for shard in shards if (shard.rule, shard.side) == (rule, side)]
        assert [place for shard in own for place in shard.seeds] == list(range(seeds))


@given(st.integers(0, 2**64))
def test_the_seeds_of_a_campaign_differ_and_begin_with_the_runs_own(seed: int) -> None:
    """A campaign of one seed is a plain run, and a larger one has a smaller one in it."""
    seeds = [seed_at(seed, place) for place in range(50)]
    assert seeds[0] == seed
    assert len(set(seeds)) == 50


def test_a_side_judged_with_three_seeds_draws_three_times() -> None:
    """What is enumerated is sent each time, and what is drawn is other each time."""
    alone = judge_seeds(RULE, "accepts", Bench.at(Conformant(), seed=5), range(1))
    thrice = judge_seeds(RULE, "accepts", Bench.at(Conformant(), seed=5), range(3))
    assert (alone.verdict, thrice.verdict) == ("pass", "pass")
    assert sum(thrice.cases.values()) == 3 * sum(alone.cases.values())
    bodies = [each["request"] for each in thrice.exchanges if each["purpose"] == "case"]
    assert len(set(bodies)) > len({e["request"] for e in alone.exchanges}) + 2


def test_a_campaign_that_runs_out_of_time_before_anything_fails_says_so() -> None:
    """Half of the seeds of a side are no pass."""
    now = iter(range(1_000_000))
    deadlines = Deadlines(run_seconds=200, side_seconds=1e9, now=lambda: next(now))
    with pytest.raises(OutOfTime):
        judge_seeds(RULE, "accepts", Bench.at(Conformant(), deadlines=deadlines), range(50))


@given(st.integers(0, 26**4 - 1), st.integers(0, 26**4 - 1))
def test_names_of_two_attempts_never_meet_and_are_as_long_as_any(one: int, other: int) -> None:
    """Attempts at two shards differ for certain, two attempts at one by three random letters."""
    endings = attempt_ending(one), attempt_ending(other)
    assert (endings[0] != endings[1]) or one == other
    talk = Conversation(Conformant(), prefix="cmcabcdefghija", resources=Resources())
    plain = RunNames(talk)
    names = [RunNames(talk, ending=ending) for ending in endings]
    assert {len(each.fresh()) for each in (plain, *names)} == {len(plain.fresh())}
    if one != other:
        assert names[0].fresh() != names[1].fresh()
        assert names[0].number() != names[1].number()
