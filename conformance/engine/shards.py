"""Shards: the parts of a run that can be judged apart, and how their judgements become one.

A shard is one side of one rule for a range of seeds. Nothing here does I/O or knows who judges.
Folding must not know in which order, or by whom, shards were judged: the same shards give the same
judgement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.engine.deadlines import OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.packing import Packed
from conformance.engine.retries import judge_with_retries
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS, UNSUPPORTED, worst
from conformance.spec.rules import Rule

#: So many seeds are judged in one go where shards are handed out: at depth quick one takes about
#: 30 ms, not much more than handing it out does.
SEEDS_A_SHARD = 8


def seed_at(run_seed: int, place: int) -> int:
    """Return the seed at a place of a campaign; the first is the run's own."""
    if place == 0:
        return run_seed
    digest = hashlib.sha256(f"{run_seed}:{place}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


@dataclass(frozen=True)
class Shard:
    """One side of one rule for the seeds at some places of a campaign; ``number`` is its key."""

    number: int
    rule: Rule
    side: str
    seeds: range


def shards_of(sides: Iterable[tuple[Rule, str]], seeds: int) -> list[Shard]:
    """Return the shards of a campaign, side by side: those of one side follow one another."""
    ranges = [
        range(start, min(start + SEEDS_A_SHARD, seeds)) for start in range(0, seeds, SEEDS_A_SHARD)
    ]
    parts = ((rule, side, places) for rule, side in sides for places in ranges)
    return [Shard(number, *part) for number, part in enumerate(parts)]


def judge_seeds(rule: Rule, side: str, bench: Bench, seeds: range, retries: int = 0) -> Judgement:
    """Return the judgement on one side for several seeds; see ``judge_with_retries``.

    What fails before the run's time is over stands.
    """
    parts: list[Judgement] = []
    for place in seeds:
        seeded = replace(bench, seed=seed_at(bench.seed, place))
        try:
            part = judge_with_retries(rule, side, seeded, retries)
            parts.append(_packed(part) if len(seeds) > 1 else part)
        except OutOfTime:
            if any(part.verdict == FAIL for part in parts):
                break
            raise
    return fold(parts)


def fold(parts: Sequence[Judgement]) -> Judgement:
    """Return what the judgements on one side, in the order of their seeds, come to.

    The verdict is the worst, but for a side that is unsupported in part, which is no pass. Cases
    are added up; finding and note are those of the first that decides; exchanges follow one
    another. How many are folded at a time does not matter.
    """
    if len(parts) == 1:
        return parts[0]
    verdicts = {part.verdict for part in parts}
    verdict = worst(verdicts)
    if verdict == PASS and UNSUPPORTED in verdicts:
        verdict = INCONCLUSIVE
    decide = (INCONCLUSIVE, UNSUPPORTED) if verdict == INCONCLUSIVE else (verdict,)
    first = next(part for part in parts if part.verdict in decide)
    cases: dict[str, int] = {}
    observations: dict[str, str] = {}
    for part in parts:
        for case, count in part.cases.items():
            cases[case] = cases.get(case, 0) + count
        observations = {**part.observations, **observations}  # the first that saw it
    return Judgement(
        first.rule,
        first.side,
        verdict,
        cases,
        first.finding,
        first.note,
        Packed.joined(part.exchanges for part in parts),
        observations,
    )


def _packed(part: Judgement) -> Judgement:
    return replace(part, exchanges=Packed.of(part.exchanges))


class Folding:
    """Gathers the judgements on shards, each once, until those of one side are together."""

    def __init__(self, shards: Iterable[Shard]) -> None:
        self._missing: dict[tuple[str, str], set[int]] = {}
        self._parts: dict[tuple[str, str], dict[int, Judgement]] = {}
        for shard in shards:
            self._missing.setdefault((shard.rule.id, shard.side), set()).add(shard.number)

    def add(self, shard: Shard, judgement: Judgement) -> Judgement | None:
        """Return the judgement on the side when this was its last shard.

        A shard that was there before counts nothing.
        """
        key = (shard.rule.id, shard.side)
        missing = self._missing.get(key, set())
        if shard.number not in missing:
            return None
        missing.remove(shard.number)
        self._parts.setdefault(key, {})[shard.number] = _packed(judgement) if missing else judgement
        if missing:
            return None
        del self._missing[key]
        return _folded(self._parts.pop(key))

    def failed(self) -> list[Judgement]:
        """Return judgements on sides of which shards are missing and one that is there fails."""
        return [
            _folded(parts)
            for parts in self._parts.values()
            if any(part.verdict == FAIL for part in parts.values())
        ]


def _folded(parts: Mapping[int, Judgement]) -> Judgement:
    return fold([parts[number] for number in sorted(parts)])
