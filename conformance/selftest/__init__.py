"""The self-test: a conformant service gets no failure, and every fault is caught by its rule.

Nobody should trust a conformance suite that has never been wrong on purpose. The reference
service is judged as it is and with every fault of its catalogue, one at a time, in this process.
"""

from conformance.selftest.run import (
    ANY_RULE,
    CAUGHT,
    FALSE_ALARM,
    GOOD,
    OTHER_ENGINES,
    SENTINELS,
    SILENT,
    SURVIVED,
    WRONG_REASON,
    Baseline,
    Trial,
    baseline,
    is_judged,
    redundant,
    trial,
    trials,
)

__all__ = [
    "ANY_RULE",
    "CAUGHT",
    "FALSE_ALARM",
    "GOOD",
    "OTHER_ENGINES",
    "SENTINELS",
    "SILENT",
    "SURVIVED",
    "WRONG_REASON",
    "Baseline",
    "Trial",
    "baseline",
    "is_judged",
    "redundant",
    "trial",
    "trials",
]
