"""Deals shards to replicas of a target: evenly, again where one was lost, and not for ever.

No I/O and no clock: whoever deals says what time it is (in seconds) and what came of it. A replica
has numbered slots; what is judged in one of them keeps off the others' model names, as the
processes of ``run -n`` do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.engine.shards import Shard

#: How often a shard is tried, at most, when the replica is lost that it was dealt to.
TRIES = 3

#: How often a shard is dealt again, at most, that was dealt to workers who could not judge it.
_REFUSALS = 20

#: A replica that was lost rests so many seconds, then twice as many; it may be starting again.
_REST = 5.0

#: After so many losses in a row a replica is out.
_LOSSES = 3


@dataclass(frozen=True)
class Attempt:
    """A shard on its way: to the replica of a number, in a slot (from 1), for the n-th time."""

    shard: Shard
    replica: int
    slot: int
    attempt: int
    began: float


@dataclass
class _Replica:
    slots: list[int]
    under_way: int = 0
    losses: int = 0
    lost_at: float = float("-inf")
    rests_until: float = float("-inf")


@dataclass
class _Tries:
    count: int = 0
    lost: int = 0
    refused: int = 0
    replicas: set[int] = field(default_factory=set)


class Dealer:
    """The shards of a run that wait, and who judges the others."""

    def __init__(self, shards: Sequence[Shard], replicas: int, slots: int) -> None:
        """Prepare to deal; each replica takes as many shards at a time as it has slots."""
        self._fresh = deque(shards)
        self._again: list[Shard] = []
        self._tries: dict[int, _Tries] = {}
        self._replicas = [_Replica(list(range(slots, 0, -1))) for _ in range(replicas)]

    @property
    def is_done(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self._fresh and not self._again and self.under_way == 0

    @property
    def under_way(self) -> int:
        """How many shards are dealt and have not come back."""
        return sum(replica.under_way for replica in self._replicas)

    @property
    def is_stranded(self) -> bool:
        """Whether every replica is out."""
        return all(map(self.is_out, range(len(self._replicas))))

    def losses(self, replica: int) -> int:
        """Return how often a replica was lost, one time after the other."""
        return self._replicas[replica].losses

    def is_out(self, replica: int) -> bool:
        """Tell whether a replica is dealt nothing any more."""
        return self.losses(replica) >= _LOSSES

    def deal(self, now: float) -> Attempt | None:
        """Return the next shard for the replica that has the fewest, or ``None`` for now.

        What was lost goes first, and to a replica on which it was not, while there is one.
        """
        for shard in self._again:
            replica = self._chosen(now, self._tries[shard.number].replicas)
            if replica is not None:
                self._again.remove(shard)
                return self._dealt(shard, replica, now)
        replica = self._chosen(now, set()) if self._fresh else None
        return None if replica is None else self._dealt(self._fresh.popleft(), replica, now)

    def _chosen(self, now: float, tried: set[int]) -> int | None:
        alive = {n for n in range(len(self._replicas)) if not self.is_out(n)}
        ready = [
            n
            for n in sorted(alive - tried or alive)
            if self._replicas[n].slots and self._replicas[n].rests_until <= now
        ]
        return min(ready, key=lambda n: self._replicas[n].under_way, default=None)

    def _dealt(self, shard: Shard, number: int, now: float) -> Attempt:
        replica = self._replicas[number]
        replica.under_way += 1
        tries = self._tries.setdefault(shard.number, _Tries())
        tries.count += 1
        return Attempt(shard, number, replica.slots.pop(), tries.count, now)

    def judged(self, attempt: Attempt) -> None:
        """Take note that a shard was judged: its replica is well."""
        self._back(attempt).losses = 0
        del self._tries[attempt.shard.number]

    def lost(self, attempt: Attempt, now: float) -> bool:
        """Take note that a replica was lost with a shard; tells whether the shard is tried again.

        Shards that were under way together are lost together: that is one loss.
        """
        replica = self._back(attempt)
        if attempt.began > replica.lost_at:
            replica.losses += 1
            replica.lost_at = now
            replica.rests_until = now + _REST * replica.losses
        tries = self._tries[attempt.shard.number]
        tries.lost += 1
        tries.replicas.add(attempt.replica)
        if tries.lost >= TRIES:
            return False
        self._again.append(attempt.shard)
        return True

    def refused(self, attempt: Attempt) -> bool:
        """Take note that a worker could not judge a shard; tells whether it is tried again.

        That is no loss of the replica's.
        """
        self._back(attempt)
        tries = self._tries[attempt.shard.number]
        tries.refused += 1
        if tries.refused >= _REFUSALS:
            return False
        self._again.append(attempt.shard)
        return True

    def given_up(self, attempt: Attempt) -> None:
        """Take note that a shard came to nothing, through no fault of its replica's."""
        self._back(attempt)

    def _back(self, attempt: Attempt) -> _Replica:
        replica = self._replicas[attempt.replica]
        replica.under_way -= 1
        replica.slots.append(attempt.slot)
        return replica
