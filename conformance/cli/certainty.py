"""``compare --replay``: sends requests again, so that a comparison rests on the same questions."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli.pairs import recorded_sides
from conformance.cli.records import record_of
from conformance.cli.sending import bench_at

if TYPE_CHECKING:
    from reports.comparison import Comparison

_SECONDS_OF_PATIENCE = 2.0


def certain(
    comparison: Comparison, target: str, given: Mapping[str, Any], old: Path, new: Path
) -> Comparison:
    """Return a comparison after the old run's requests, then the new findings, were sent again.

    Raises ``Refused`` when the old run holds no exchanges, or the target does not answer.
    """
    from conformance.engine.paired import judge_pairs
    from conformance.engine.replay import Replayed, replay
    from reports.certainty import to_be_asked_again, with_pairs, with_replays

    sides = recorded_sides(old, record_of(old))
    with bench_at(target, given, comparison.new, old, new) as bench, _Waiting() as waiting:
        pairs = []
        for number, each in enumerate(sides, 1):
            waiting.say(f"{number}/{len(sides)} sides of the old run are sent again")
            pairs.append(judge_pairs(each, bench))
            bench.talk.drain()
        who = {"name": bench.talk.target.name, "endpoint": bench.talk.target.endpoint}
        comparison = with_pairs(comparison, pairs, (who, given["region"]))
        left = to_be_asked_again(comparison, pairs)
        replayed: dict[str, dict[str, Replayed]] = {}
        for number, (rule, found) in enumerate(left.items(), 1):
            waiting.say(f"{number}/{len(left)} findings of the new run are sent again")
            replayed[rule] = {
                side: replay(rule, side, finding, bench) for side, finding in found.items()
            }
            bench.talk.drain()
    judged_before = comparison.new["target"]["name"]
    if who["name"] != judged_before:
        careful = f"requests were sent again to {who['name']}, the new run judged {judged_before}"
        comparison = replace(comparison, carefuls=(*comparison.carefuls, careful))
    return with_replays(comparison, pairs, replayed)


class _Waiting:
    """One line on a terminal that says how far it is, once it has taken a while."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not os.environ.get("CI")
        self._began = time.monotonic()
        self._said = False

    def __enter__(self) -> _Waiting:
        return self

    def say(self, how_far: str) -> None:
        """Show how far it is."""
        if self._shown and time.monotonic() - self._began > _SECONDS_OF_PATIENCE:
            self._said = True
            print(f"\r\x1b[K{how_far}", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        if self._said:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
