"""Dealing shards to replicas: evenly, each to its end, and not for ever to what is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.dealing import TRIES, Attempt, Dealer
from conformance.engine.shards import Shard, shards_of
from conformance.oracle.catalogue import rule_by_id

RULE = rule_by_id("CreateModel/ModelName:max-length")

#: So often, in all, a worker cannot judge a shard.
REFUSED = 6


def shards(count: int) -> list[Shard]:
    """So many shards."""
    return shards_of([(RULE, "accepts")] * count, 1)


def dealt(dealer: Dealer, now: float = 0.0) -> list[Attempt]:
    """All that can be dealt at a time."""
    return list(iter(lambda: dealer.deal(now), None))


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 6), st.data())
def test_every_shard_is_judged_or_given_up_once_whatever_is_lost(
    count: int, replicas: int, slots: int, data: st.DataObject
) -> None:
    """No slot has two shards at a time, no shard has more tries than it may, and it ends."""
    dealer = Dealer(shards(count), replicas, slots)
    under_way: list[Attempt] = []
    ended: list[int] = []
    gone: list[tuple[int, int]] = []
    refused = REFUSED
    now = 0.0
    while not dealer.is_done and not dealer.is_stranded:
        under_way += dealt(dealer, now)
        now += data.draw(st.sampled_from([0.1, 6.0]))
        places = [(each.replica, each.slot) for each in under_way]
        assert len(set(places)) == len(places)
        assert all(1 <= slot <= slots for _, slot in places)
        assert all(each.attempt <= TRIES + REFUSED for each in under_way)
        keys = [(each.shard.number, each.attempt) for each in under_way]
        assert not {*keys} & {*gone}
        if not under_way:
            continue
        back = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        gone.append((back.shard.number, back.attempt))
        if refused and data.draw(st.booleans()):
            refused -= 1
            assert dealer.refused(back)
            continue
        if data.draw(st.integers(0, 4)):
            dealer.judged(back)
            ended.append(back.shard.number)
        elif not dealer.lost(back, now):
            ended.append(back.shard.number)
    assert len(set(ended)) == len(ended)
    if dealer.is_done:
        assert sorted(ended) == list(range(count))


@given(st.integers(1, 60), st.integers(1, 6))
def test_replicas_that_are_well_have_the_same_load(count: int, replicas: int) -> None:
    """At any time one has at most one shard more than another, unless there are too few left."""
    attempts = dealt(Dealer(shards(count), replicas, 10))
    loads = [sum(each.replica == n for each in attempts) for n in range(replicas)]
    assert max(loads) - min(loads) <= 1
    assert len(attempts) == min(count, 10 * replicas)


def test_a_lost_shard_goes_first_and_to_another_replica() -> None:
    """It may be the shard that the replica cannot bear."""
    dealer = Dealer(shards(9), 2, 1)
    first, second = dealt(dealer)
    assert dealer.lost(first, 1.0)
    dealer.judged(second)
    again = dealer.deal(1.0)
    assert again is not None
    assert (again.shard, again.replica, again.attempt) == (first.shard, second.replica, 2)


def test_a_replica_rests_after_a_loss_and_is_out_after_three_in_a_row() -> None:
    """It may be starting again; but nobody waits for ever."""
    dealer = Dealer(shards(9), 1, 1)
    now = 0.0
    for _ in range(3):
        (attempt,) = dealt(dealer, now)
        dealer.lost(attempt, now)
        assert not dealt(dealer, now)
        now += 30
    assert dealer.is_stranded
    assert not dealt(dealer, now)


def test_shards_that_are_lost_together_are_one_loss() -> None:
    """A replica with many slots has no fewer chances than one with few."""
    dealer = Dealer(shards(9), 1, 5)
    for attempt in dealt(dealer, 0.0):
        dealer.lost(attempt, 1.0)
    assert not dealer.is_stranded
    assert len(dealt(dealer, 100.0)) == 5


def test_a_replica_that_is_well_again_has_all_its_chances_again() -> None:
    """Only losses in a row count."""
    dealer = Dealer(shards(30), 1, 1)
    now = 0.0
    for number in range(12):
        (attempt,) = dealt(dealer, now)
        if number % 3 == 2:
            dealer.judged(attempt)
        else:
            dealer.lost(attempt, now)
        now += 30
    assert not dealer.is_stranded


def test_a_shard_that_workers_cannot_judge_is_no_loss_of_its_replica() -> None:
    """It is dealt again at once, to any replica, and not for ever."""
    dealer = Dealer(shards(1), 1, 1)
    (attempt,) = dealt(dealer)
    tries = 1
    while dealer.refused(attempt):
        (attempt,) = dealt(dealer)
        tries += 1
    assert tries == 20
    assert not dealer.is_stranded
