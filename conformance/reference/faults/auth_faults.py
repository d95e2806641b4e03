"""Signatures that are not looked at closely. They show only where the strict mode `sigv4` is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Change
from conformance.reference.errors import Refusal
from conformance.reference.faults.fault import Fault, Side, on_refusals
from conformance.reference.sigv4 import (
    SignatureCheck,
    SignatureGate,
    check_headers,
    check_key,
    check_scope,
    check_signature,
    check_time,
)

# Rule ids are chosen with the rules (issue 4), so `rules` is empty throughout.
FAMILY = "auth"


def _fault(name: str, summary: str, change: Change, side: Side = "rejects") -> Fault:
    return Fault(name, summary, (), FAMILY, side, change)


def _on_gate(edit: Callable[[SignatureGate], SignatureGate]) -> Change:
    def change(behaviour: Behaviour) -> Behaviour:
        return replace(
            behaviour,
            gates=tuple(
                edit(each) if isinstance(each, SignatureGate) else each for each in behaviour.gates
            ),
        )

    return change


def _unchecked(*unwanted: SignatureCheck) -> Change:
    return _on_gate(
        lambda gate: replace(
            gate, checks=tuple(each for each in gate.checks if each not in unwanted)
        )
    )


_CODES = {
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
}


def _recoded(code: str, status: int) -> Change:
    return on_refusals(
        lambda refusal: (
            Refusal(code, refusal.message, status) if refusal.code in _CODES else refusal
        )
    )


def faults() -> Iterator[Fault]:
    """All of this family."""
    for name, summary, change in (
        ("unsigned-accepted", "a request without Authorization is accepted",
         _on_gate(lambda gate: replace(gate, required=False))),
        ("any-key-accepted", "a request by an unknown key is accepted",
         _unchecked(check_key, check_signature)),
        ("any-signature-accepted", "a request with a wrong signature is accepted",
         _unchecked(check_signature)),
        ("any-scope-accepted", "a request signed for another service is accepted",
         _unchecked(check_scope)),
        ("any-time-accepted", "a request signed long ago is accepted", _unchecked(check_time)),
        ("any-headers-accepted", "a request that does not sign its X-Amz headers is accepted",
         _unchecked(check_headers)),
    ):  # fmt: skip
        yield _fault(name, summary, change)
    for name, summary, change in (
        ("auth-code-validation", "bad signatures are a ValidationException",
         _recoded("ValidationException", 400)),
        ("auth-status-500", "bad signatures are answered 500", _recoded("InternalFailure", 500)),
        ("auth-status-200", "bad signatures are answered 200",
         _recoded("InvalidSignatureException", 200)),
    ):  # fmt: skip
        yield _fault(name, summary, change, "holds")
