"""Is a history of calls that met linearizable? The algorithm of Wing and Gong, as in porcupine.

A history is linearizable when every call can be given one moment between its beginning and its
end so that the calls, done one after the other at those moments, give the answers that were seen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_State = TypeVar("_State", bound=Hashable)
_Did = TypeVar("_Did")


@dataclass(frozen=True)
class Timed(Generic[_Did]):
    """One call of a history: what it did and was answered, and when; any clock will do."""

    did: _Did
    began: float
    ended: float


def linearizable(
    history: Sequence[Timed[_Did]],
    start: _State,
    step: Callable[[_State, _Did], tuple[_State, ...]],
) -> bool:
    """Tell whether a history has an order that explains it.

    ``step(state, did)`` returns the states that a call can lead to from a state, none where it
    cannot have been answered so. Takes time exponential in the calls that overlap: for small ones.
    """
    seen: set[tuple[frozenset[int], Hashable]] = set()

    def search(left: frozenset[int], state: _State) -> bool:
        if not left:
            return True
        if (left, state) in seen:
            return False
        seen.add((left, state))
        first_end = min(history[each].ended for each in left)
        return any(
            search(left - {each}, after)
            for each in left
            if history[each].began <= first_end
            for after in step(state, history[each].did)
        )

    return search(frozenset(range(len(history))), start)
