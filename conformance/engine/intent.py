"""What a case is meant to show: its request says so, read anew as it is sent, never its label."""

from __future__ import annotations

from conformance.oracle.violations import Expectation
from conformance.spec.rules import MUST, Rule
from strategies.cases import broken_together, separable


def is_intended(rule: Rule, side: str, expected: Expectation) -> bool:
    """Tell whether a request breaks what a case of this side should, and nothing else."""
    if side == "accepts":
        return not expected.violations
    if not separable(rule):
        return rule.id in expected.ids(MUST)
    decisive = expected.ids(MUST) if rule.level == MUST else expected.ids()
    return decisive in ({rule.id}, broken_together(rule))


def demanded(rule: Rule, side: str) -> str:
    """Return what a finding of a ``must`` rule says that the target should have done."""
    what = "accepted: it breaks no rule" if side == "accepts" else "rejected with 400"
    return f"{rule.statement} So this request should be {what}."
