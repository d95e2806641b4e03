"""What two runs say of each rule, side by side: the values that comparing them yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oracle.verdicts import FAIL, PASS
from conformance.wire import Reply, read

Report = Mapping[str, Any]

NEW = "new"
FIXED = "fixed"
STILL = "still"
CHANGED = "changed"
FLAKY = "flaky"
UNSETTLED = "unsettled"
NOT_COMPARABLE = "not-comparable"

#: In the order in which they are shown.
KINDS = (NEW, FIXED, CHANGED, FLAKY, UNSETTLED, NOT_COMPARABLE, STILL)

PASSING = "passing"
OPEN = "open"
SETTLED = "settled"

#: Kinds of rules that are only counted: they pass in both runs, could not be judged in either, or
#: could not be judged in the old one and pass in the new one.
COUNTED = (PASSING, OPEN, SETTLED)

_NEWS, _NOT_SETTLED = 1, 3


@dataclass(frozen=True)
class Judged:
    """What one run says of a rule; of a rule that fails also how the target answered.

    ``side`` is the one that the rest is about, ``way`` the finding's, ``status`` and ``code`` (of
    an error) are those of the reply. ``finding`` is as in a report, with its ``curl``.
    """

    verdict: str
    side: str = ""
    way: str = ""
    status: int | None = None
    code: str | None = None
    sentence: str = ""
    finding: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Change:
    """One ``must`` rule in both runs; ``before`` or ``after`` is ``None`` where it is in one only.

    ``why`` says in words what ``kind`` does not. ``otherwise`` is the kind that it would have been
    but for what ``why`` says: nobody knows whether it is one.
    """

    kind: str
    rule: str
    before: Judged | None
    after: Judged | None
    why: str = ""
    otherwise: str = ""
    statement: str = field(default="", compare=False)

    @property
    def is_open(self) -> bool:
        """Whether something that passed before may be worse now, and nobody knows."""
        kind = self.otherwise if self.kind == NOT_COMPARABLE else self.kind
        passed = self.before is not None and self.before.verdict == PASS
        return kind == NEW or (kind == UNSETTLED and passed)


@dataclass(frozen=True)
class Comparison:
    """Every ``must`` rule of either run, in the old run's order, and what to be careful about.

    ``old`` and ``new`` are the reports that were compared, ``certain`` says whether requests were
    sent again to be sure.
    """

    changes: tuple[Change, ...]
    carefuls: tuple[str, ...]
    old: Report = field(compare=False)
    new: Report = field(compare=False)
    certain: bool = False

    def of(self, kind: str) -> tuple[Change, ...]:
        """Return the changes of one kind."""
        return tuple(each for each in self.changes if each.kind == kind)

    @property
    def counts(self) -> dict[str, int]:
        """How many rules there are of each kind."""
        found = [each.kind for each in self.changes]
        return {kind: found.count(kind) for kind in (*KINDS, *COUNTED)}

    @property
    def exit_code(self) -> int:
        """1 when something is new, 3 when nobody knows of something that passed, else 0."""
        if self.of(NEW):
            return _NEWS
        return _NOT_SETTLED if any(each.is_open for each in self.changes) else 0


def of_finding(finding: Mapping[str, Any]) -> Judged:
    """Return a failure as a finding of a report tells of it."""
    reply = finding["reply"] or {}
    return Judged(
        FAIL,
        finding["side"],
        finding["way"],
        reply.get("status"),
        _code(reply),
        finding["why"],
        finding,
    )


def _code(reply: Mapping[str, Any]) -> str | None:
    if reply.get("status") is None:
        return None
    headers = tuple((name, value) for name, value in reply.get("headers", ()))
    body = str(reply.get("body", "")).encode("utf-8", "replace")
    return read(Reply(reply["status"], headers, body)).code


def reply_of(told: Judged) -> tuple[str, int | None, str | None]:
    """Return what two failures have in common when the target gave the same answer."""
    return told.way, told.status, told.code


def answer(told: Judged) -> str:
    """Return how a target answered in a few words: ``200 (accepted)``.

    The ways of behaviour rules are their ids, which say nothing new.
    """
    said = (
        "no reply" if told.status is None else " ".join(filter(None, (str(told.status), told.code)))
    )
    return said if "/" in told.way or not told.way else f"{said} ({told.way})"
