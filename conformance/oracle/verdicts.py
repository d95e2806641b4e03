"""Verdicts: a lattice that only rises, and how one answer is judged against one expectation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.wire import Reading
from conformance.wire.reading import (
    ACCEPTED,
    DENIED,
    REJECTED,
    SERVER_FAULT,
    THROTTLED,
)
from conformance.wire.reading import UNSUPPORTED as NO_SUCH_OPERATION

NOT_RUN = "not-run"
UNSUPPORTED = "unsupported"
PASS = "pass"
INCONCLUSIVE = "inconclusive"
FAIL = "fail"
ERROR = "error"

#: From best to worst; verdicts of parts are folded by taking the worst.
ORDER = (NOT_RUN, UNSUPPORTED, PASS, INCONCLUSIVE, FAIL, ERROR)


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of several verdicts, ``not-run`` when there are none."""
    return max(verdicts, key=ORDER.index, default=NOT_RUN)


@dataclass(frozen=True)
class Opinion:
    """What one answer means for one case: a verdict, and why in words and in one ``way``.

    ``way`` names how the target answered; findings that share it may share a cause.
    """

    verdict: str
    way: str = ""
    why: str = ""


#: Answers of AWS about resources that a request names and that were not found or not reachable
#: (captures E2 to E5, E7, E11 to E15, E21, D1): no statement about the request's constraints.
_ABOUT_RESOURCES = re.compile(
    r"is invalid\. Please ensure that the role|could not access model data|could not find model"
    r"|requested image|does not grant ecr:|unsupported manifest|not subscribed|AcceptEula value"
    r"|subscribed from AWS Marketplace|ECR image \S+ is invalid"
    r"|cannot create already existing|could not (find|assume)"
    r"|scoped to correct region"
    r"|\b(roles?|images?|repository|buckets?|objects?|artifacts?|subnets?|security groups?"
    r"|model packages?|secrets?)\b.{0,300}?\b(does not exist|do not exist|not (be )?found)",
    re.IGNORECASE | re.DOTALL,
)


def is_about_resources(reading: Reading) -> bool:
    """Tell whether a rejection speaks of a missing resource rather than of the request's form."""
    return reading.kind == REJECTED and bool(_ABOUT_RESOURCES.search(reading.message or ""))


def _cannot_judge(reading: Reading) -> Opinion | None:
    """Return the opinion on an answer that says nothing about the request, else ``None``."""
    said = reading.summary
    if reading.kind == NO_SUCH_OPERATION:
        return Opinion(UNSUPPORTED, "unsupported", f"The target does not support this ({said}).")
    if reading.kind == THROTTLED:
        return Opinion(INCONCLUSIVE, "throttled", f"The target was too busy or full ({said}).")
    if reading.kind == DENIED:
        return Opinion(INCONCLUSIVE, "denied", f"The target refused the caller ({said}).")
    if reading.unclear is not None:
        why = f"{reading.unclear[0].upper()}{reading.unclear[1:]} ({said})."
        return Opinion(INCONCLUSIVE, reading.kind, why)
    return None


def judge_legal(reading: Reading) -> Opinion:
    """Judge the answer to a request that breaks no rule; its controls were accepted."""
    cannot = _cannot_judge(reading)
    if cannot is not None:
        return cannot
    if reading.kind == ACCEPTED:
        return Opinion(PASS)
    if reading.kind == REJECTED:
        if is_about_resources(reading):
            return Opinion(
                INCONCLUSIVE,
                "resource",
                f"The target asks for a resource that it does not know ({reading.summary}): "
                "name one that exists with --role-arn, --image, --model-data-url, ...",
            )
        return Opinion(FAIL, "refused", f"The target refused a legal request ({reading.summary}).")
    if reading.kind == SERVER_FAULT:
        return Opinion(
            FAIL, "server-fault", f"The target failed on a legal request ({reading.summary})."
        )
    return Opinion(FAIL, "odd", f"The target gave no AWS answer ({reading.summary}).")


def judge_violation(reading: Reading) -> Opinion:
    """Judge the answer to a request that breaks one rule; its control was accepted."""
    cannot = _cannot_judge(reading)
    if cannot is not None:
        return cannot
    if reading.kind == REJECTED:
        return Opinion(PASS)
    if reading.kind == ACCEPTED:
        return Opinion(
            FAIL, "accepted", f"The target accepted an illegal request ({reading.summary})."
        )
    if reading.kind == SERVER_FAULT:
        return Opinion(
            FAIL,
            "server-fault",
            f"The target failed with a server fault instead of rejecting ({reading.summary}).",
        )
    return Opinion(FAIL, "odd", f"The target gave no AWS answer ({reading.summary}).")
