"""Signatures that are not looked at closely. They show only where the strict mode `sigv4` is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Change
from conformance.reference.errors import Refusal
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_refusals,
    together,
    with_reply_filter,
)
from conformance.reference.messages import Reply, Request
from conformance.reference.sigv4 import (
    SignatureCheck,
    SignatureGate,
    Signed,
    check_headers,
    check_key,
    check_scope,
    check_signature,
    check_time,
)

FAMILY = "auth"


#: The rules that each fault breaks.
_RULES: dict[str, tuple[str, ...]] = {
    "unknown-keys-trusted": ("auth/unknown-key",),
    "unsigned-refused-but-done": ("auth/creates-nothing",),
    "unsigned-accepted": ("auth/unsigned",),
    "any-key-accepted": ("auth/unknown-key",),
    "any-signature-accepted": ("auth/wrong-signature",),
    "signatures-remembered": ("auth/other-body",),
    "any-scope-accepted": ("auth/wrong-service",),
    "any-time-accepted": ("auth/expired",),
    "any-headers-accepted": ("auth/unsigned-headers",),
    "auth-code-validation": ("auth/code",),
    "auth-status-500": ("auth/status",),
    "auth-status-200": ("auth/status",),
}


def _fault(name: str, summary: str, change: Change, side: Side = "rejects") -> Fault:
    return Fault(name, summary, _RULES[name], FAMILY, side, change)


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


def _of_known_keys(checks: tuple[SignatureCheck, ...]) -> SignatureCheck:
    """All these checks, for requests by a key that is known; others go through."""

    def check(gate: SignatureGate, signed: Signed) -> None:
        if signed.key_id in gate.secrets:
            for each in checks:
                each(gate, signed)

    return check


def _remembering(behaviour: Behaviour) -> Behaviour:
    """A gate that knows the signatures that were good once, and looks at them no more closely."""
    good: set[str] = set()

    def check(gate: SignatureGate, signed: Signed) -> None:
        if signed.signature not in good:
            check_signature(gate, signed)
            good.add(signed.signature)

    return _on_gate(
        lambda gate: replace(
            gate,
            checks=tuple(check if each is check_signature else each for each in gate.checks),
        )
    )(behaviour)


def _refuse_unsigned(request: Request, reply: Reply) -> Reply:
    if "authorization" in request.headers:
        return reply
    body = b'{"__type":"MissingAuthenticationTokenException","message":"Missing"}'
    return replace(reply, status=403, body=body)


_unsigned_done = together(
    _on_gate(lambda gate: replace(gate, required=False)), with_reply_filter(_refuse_unsigned)
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
        ("unknown-keys-trusted", "only the signatures of known keys are looked at",
         _on_gate(lambda gate: replace(gate, checks=(_of_known_keys(gate.checks),)))),
        ("unsigned-refused-but-done", "a request without Authorization is done, then refused",
         _unsigned_done),
        ("any-signature-accepted", "a request with a wrong signature is accepted",
         _unchecked(check_signature)),
        ("signatures-remembered", "a signature that was good once is good for any body",
         _remembering),
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
