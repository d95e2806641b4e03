"""What one snapshot of the service model changed against another, promise by promise.

Snapshots are what ``refresh.snapshot`` returns. Shapes are compared by their place, not by their
name: a renamed shape changes nothing, a changed one is a change at every place where it is used.
Two ways to state one promise are no change: anchors around a pattern, a minimum of 0 items or
characters and none, a pattern that every string matches and none, words or members reordered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from conformance.spec.patterns import UNIVERSAL, unanchored

ADDED, REMOVED = "added", "removed"
TIGHTENED, LOOSENED = "tightened", "loosened"
CHANGED = "changed"

REQUEST, RESPONSE = "request", "response"
ERRORS, API = "errors", "api"

#: What a change may hold of a fact before and after: a limit, a pattern or name, yes or no, words.
Fact = int | float | str | bool | tuple[str, ...] | None
_Facts = Mapping[str, Any]

_UNITS = {"string": "length", "list": "items", "map": "items"}


@dataclass(frozen=True)
class Change:
    """One promise that differs between two snapshots.

    ``kind`` is ``added``, ``removed``, ``tightened``, ``loosened`` or ``changed`` (nobody can say
    which). ``part`` is ``request``, ``response``, ``errors`` or ``api``; ``path`` the place in a
    request or response as rules write it. ``constraint`` is a rule's kind of constraint, else
    ``member``, ``min-value``, ``max-value``, ``box``, ``error`` or ``version``. ``before`` and
    ``after`` are the facts as stated, ``None`` where there is none: for ``member`` its type.
    """

    kind: str
    part: str
    path: str
    constraint: str
    before: Fact
    after: Fact


@dataclass(frozen=True)
class _Place:
    part: str
    path: str = ""

    def member(self, name: str) -> _Place:
        return _Place(self.part, f"{self.path}.{name}" if self.path else name)

    def inside(self, mark: str) -> _Place:
        return _Place(self.part, self.path + mark)

    def change(self, kind: str, constraint: str, before: Fact, after: Fact) -> Change:
        return Change(kind, self.part, self.path, constraint, before, after)


def diff(before: _Facts, after: _Facts) -> tuple[Change, ...]:
    """Return what changed from one snapshot to the other, in the order of the first.

    Request and response come first, then errors and the version of the API. Which botocore a
    snapshot is from is no promise and not compared. A shape of another type is one change:
    nothing else that is stated for it can be compared. Inside itself a shape is not told again.
    """
    return (
        *_Comparison(before["shapes"], after["shapes"]).of_roots(before, after),
        *_errors(before["errors"], after["errors"]),
        *_version(before["api_version"], after["api_version"]),
    )


@dataclass(frozen=True)
class _Comparison:
    """Two tables of shapes by name, walked side by side."""

    before: Mapping[str, _Facts]
    after: Mapping[str, _Facts]

    def of_roots(self, before: _Facts, after: _Facts) -> Iterator[Change]:
        for part, root in ((REQUEST, "input"), (RESPONSE, "output")):
            yield from self._walk(_Place(part), (before[root], after[root]), frozenset())

    def _walk(
        self, place: _Place, names: tuple[str, str], above: frozenset[tuple[str, str]]
    ) -> Iterator[Change]:
        if names in above:  # the same two shapes again: what differs is told further up
            return
        above |= {names}
        old, new = self.before[names[0]], self.after[names[1]]
        if old["type"] != new["type"]:
            yield place.change(CHANGED, "type", old["type"], new["type"])
            return
        yield from _constraints(place, old, new)
        yield from self._members(place, old, new, above)
        for part, mark in (("member", "[]"), ("key", "{key}"), ("value", "{value}")):
            if part in old and part in new:
                yield from self._walk(place.inside(mark), (old[part], new[part]), above)

    def _members(
        self, place: _Place, old: _Facts, new: _Facts, above: frozenset[tuple[str, str]]
    ) -> Iterator[Change]:
        was, now = old.get("members", {}), new.get("members", {})
        for name in (*was, *(each for each in now if each not in was)):
            member = place.member(name)
            if name not in now:
                yield member.change(REMOVED, "member", self.before[was[name]]["type"], None)
            elif name not in was:
                yield member.change(ADDED, "member", None, self.after[now[name]]["type"])
            yield from _required(member, name in _words(old), name in _words(new))
            if name in was and name in now:
                yield from self._walk(member, (was[name], now[name]), above)


def _words(facts: _Facts, fact: str = "required") -> tuple[str, ...]:
    return tuple(facts.get(fact, ()))


def _required(place: _Place, before: bool, after: bool) -> Iterator[Change]:
    if before != after:
        yield place.change(TIGHTENED if after else LOOSENED, "required", before, after)


def _constraints(place: _Place, old: _Facts, new: _Facts) -> Iterator[Change]:
    unit = _UNITS.get(old["type"], "value")
    floor = None if unit == "value" else 0  # a number may be negative: 0 is a limit there
    least = old.get("min"), new.get("min")
    if any(each not in (None, floor) for each in least):
        yield from _limit(place, f"min-{unit}", *least, tighter=gt)
    yield from _limit(place, f"max-{unit}", old.get("max"), new.get("max"), tighter=lt)
    yield from _pattern(place, old.get("pattern"), new.get("pattern"))
    yield from _enum(place, _words(old, "enum"), _words(new, "enum"))
    boxes = bool(old.get("box")), bool(new.get("box"))
    if boxes[0] != boxes[1]:
        yield place.change(CHANGED, "box", *boxes)


def _limit(
    place: _Place,
    constraint: str,
    before: float | None,
    after: float | None,
    *,
    tighter: Callable[[float, float], bool],
) -> Iterator[Change]:
    if before == after:
        return
    if before is None or after is None:
        kind = ADDED if before is None else REMOVED
    else:
        kind = TIGHTENED if tighter(after, before) else LOOSENED
    yield place.change(kind, constraint, before, after)


def _pattern(place: _Place, before: str | None, after: str | None) -> Iterator[Change]:
    was, now = (each and unanchored(each) for each in (before, after))
    was_any, now_any = (each is None or each in UNIVERSAL for each in (was, now))
    if was == now or (was_any and now_any):
        return
    if was is None or now is None:
        kind = ADDED if was is None else REMOVED
    else:
        kind = TIGHTENED if was_any else LOOSENED if now_any else CHANGED
    yield place.change(kind, "pattern", before, after)


def _enum(place: _Place, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """Yield at most two changes: words that came loosen, words that went tighten."""
    if not before and not after:
        return
    if not before or not after:
        kind = REMOVED if before else ADDED
        yield place.change(kind, "enum", before or None, after or None)
        return
    if set(before) - set(after):
        yield place.change(TIGHTENED, "enum", before, after)
    if set(after) - set(before):
        yield place.change(LOOSENED, "enum", before, after)


def _errors(before: list[str], after: list[str]) -> Iterator[Change]:
    for each in before:
        if each not in after:
            yield Change(REMOVED, ERRORS, "", "error", each, None)
    for each in after:
        if each not in before:
            yield Change(ADDED, ERRORS, "", "error", None, each)


def _version(before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(CHANGED, API, "", "version", before, after)
