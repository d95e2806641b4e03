"""What judging leaves: one judgement a rule and side, with its finding and its exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.exchanges import Exchange, Record, exchanges_digest
from conformance.oracle.verdicts import (
    ERROR,
    FAIL,
    INCONCLUSIVE,
    NOT_RUN,
    PASS,
    UNSUPPORTED,
    Opinion,
    worst,
)
from conformance.spec.rules import Rule

_OTHER_CASES = 40

#: A finding shows at most so much of a reply; the record of exchanges has it whole.
_SHOWN_BODY, _SHOWN_HEADERS, _SHOWN_HEADER = 16_384, 64, 1_024


@dataclass(frozen=True)
class Judgement:
    """The verdict on one side of one rule.

    ``cases`` counts cases by verdict; ``finding`` is there when the verdict is fail; ``note`` says
    in one sentence why a verdict is neither pass nor fail; ``exchanges`` are what was said;
    ``observations`` tell what was seen where no document says what should be.
    """

    rule: Rule
    side: str
    verdict: str
    cases: Mapping[str, int]
    finding: Mapping[str, Any] | None = None
    note: str = ""
    exchanges: Sequence[Record] = ()
    observations: Mapping[str, str] = field(default_factory=dict)

    def as_event(self, digest: str = "") -> dict[str, Any]:
        """Return the line of ``events.ndjson``; ``digest`` is that of the exchanges, if known."""
        return {
            "event": "judged",
            "rule": self.rule.id,
            "side": self.side,
            "verdict": self.verdict,
            "cases": dict(self.cases),
            "note": self.note,
            "finding": self.finding,
            "exchanges": digest or exchanges_digest(self.exchanges),
            **({"observations": dict(self.observations)} if self.observations else {}),
        }


def shown(exchange: Exchange) -> dict[str, Any]:
    """Return a reply for a finding: status, headers, body as text, all of bearable length."""
    reply = exchange.reply
    if reply is None:
        detail = exchange.fault.detail if exchange.fault else "no reply"
        return {"n": exchange.number, "status": None, "headers": [], "body": detail}
    return {
        "n": exchange.number,
        "status": reply.status,
        "headers": [
            [name[:_SHOWN_HEADER], value[:_SHOWN_HEADER]]
            for name, value in reply.headers[:_SHOWN_HEADERS]
        ],
        "body": reply.body[:_SHOWN_BODY].decode("utf-8", "replace"),
    }


@dataclass
class Tally:
    """Collects the opinions on the cases of one side and folds them into a judgement."""

    rule: Rule
    side: str
    counts: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    finding: dict[str, Any] | None = None

    def add(self, opinion: Opinion) -> None:
        """Count one case; the first reason for each verdict is kept."""
        self.counts[opinion.verdict] = self.counts.get(opinion.verdict, 0) + 1
        if opinion.why:
            self.notes.setdefault(opinion.verdict, opinion.why)

    def found(self, finding: dict[str, Any]) -> None:
        """Keep the first finding whole; of the others only what they were."""
        if self.finding is None:
            self.finding = finding
            self.finding["also"] = []
        elif len(self.finding["also"]) < _OTHER_CASES:
            self.finding["also"].append(finding["case"]["label"])

    @property
    def verdict(self) -> str:
        """The worst verdict of the cases so far."""
        return worst(self.counts)

    def judgement(self, exchanges: Iterable[Record]) -> Judgement:
        """Return the folded judgement; a side that is unsupported in part is no pass."""
        verdict = self.verdict
        if verdict == PASS and UNSUPPORTED in self.counts:
            verdict = INCONCLUSIVE
        finding = self.finding if verdict == FAIL else None
        unclear = verdict in (INCONCLUSIVE, UNSUPPORTED, ERROR, NOT_RUN)
        note = (self.notes.get(verdict) or self.notes.get(UNSUPPORTED, "")) if unclear else ""
        return Judgement(
            self.rule, self.side, verdict, self.counts, finding, note, tuple(exchanges)
        )
