"""Signature Version 4, checked by hand: who signed, for what, when, and whether the signature fits
the request.

Source: the signing steps of the IAM User Guide, "Create a signed AWS API request". Texts are those
of the captures F1, F9 and F10 (spec/data/captures.json); the others are common to AWS's services.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from conformance.reference.errors import Refusal, Refused
from conformance.reference.messages import Reply, Request

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "sagemaker"
TERMINATOR = "aws4_request"
TOLERANCE_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Signed:
    """What an Authorization header says, with the request it came on."""

    request: Request
    key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def timestamp(self) -> str:
        """The X-Amz-Date header."""
        return self.request.headers.get("x-amz-date", "")


@dataclass(frozen=True, slots=True)
class SignatureGate:
    """A gate that lets signed requests through; `checks` are made in their order."""

    secrets: Mapping[str, str]
    checks: tuple[SignatureCheck, ...]
    now: Callable[[], float] = time.time
    required: bool = True

    def __call__(self, request: Request) -> Reply | None:
        """Look at a request. Raises Refused where its signature does not do."""
        header = request.headers.get("authorization", "")
        if header == "":
            if self.required:
                raise _refused(
                    "MissingAuthenticationTokenException", "Missing Authentication Token"
                )
            return None
        signed = parse(request, header)
        for check in self.checks:
            check(self, signed)
        return None


SignatureCheck = Callable[[SignatureGate, Signed], None]


def signature_gate(
    secrets: Mapping[str, str], now: Callable[[], float] = time.time
) -> SignatureGate:
    """The gate for these pairs of access key and secret key."""
    return SignatureGate(dict(secrets), CHECKS, now)


def parse(request: Request, header: str) -> Signed:
    """An Authorization header's parts. Raises Refused (IncompleteSignatureException) where some
    are missing.
    """
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    parts = dict(_pair(each) for each in rest.split(","))
    missing = [each for each in ("Credential", "SignedHeaders", "Signature") if not parts.get(each)]
    if missing:
        names = " ".join(f"Authorization header requires '{each}' parameter." for each in missing)
        raise _incomplete(f"{names} Authorization={header}")
    scope = parts["Credential"].split("/")
    if len(scope) < 5:
        raise _incomplete("Credential must have exactly 5 slash-delimited elements.")
    if "x-amz-date" not in request.headers:
        raise _incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    return Signed(
        request=request,
        key_id="/".join(scope[:-4]),
        date=scope[-4],
        region=scope[-3],
        service=scope[-2],
        terminator=scope[-1],
        signed_headers=tuple(parts["SignedHeaders"].split(";")),
        signature=parts["Signature"],
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


# --- checks ---


def check_key(gate: SignatureGate, signed: Signed) -> None:
    """The access key is known (F10)."""
    if signed.key_id not in gate.secrets:
        raise _refused(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )


def check_scope(_gate: SignatureGate, signed: Signed) -> None:
    """The credential is meant for this service and algorithm (F1)."""
    if signed.terminator != TERMINATOR:
        raise _invalid(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}', "
            f"not '{signed.terminator}'."
        )
    if signed.service != SERVICE:
        raise _invalid(f"Credential should be scoped to correct service: '{SERVICE}'. ")
    if not signed.timestamp.startswith(signed.date):
        raise _invalid(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            f"from HTTP: '{signed.date}' != '{signed.timestamp[:8]}', from '{signed.timestamp}'."
        )


def check_time(gate: SignatureGate, signed: Signed) -> None:
    """The request was signed not long ago, nor in the future."""
    try:
        signed_at = datetime.strptime(signed.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete("Date must be in ISO-8601 'basic format'.") from None
    now = gate.now()
    if signed_at.timestamp() < now - TOLERANCE_SECONDS:
        limit = datetime.fromtimestamp(now - TOLERANCE_SECONDS, UTC)
        raise _invalid(
            f"Signature expired: {signed.timestamp} is now earlier than {limit:%Y%m%dT%H%M%SZ}"
        )
    if signed_at.timestamp() > now + TOLERANCE_SECONDS:
        limit = datetime.fromtimestamp(now + TOLERANCE_SECONDS, UTC)
        raise _invalid(
            f"Signature not yet current: {signed.timestamp} is still later than "
            f"{limit:%Y%m%dT%H%M%SZ}"
        )


def check_headers(_gate: SignatureGate, signed: Signed) -> None:
    """Host and every x-amz header are signed, and every signed header is there."""
    headers = signed.request.headers
    must = {name for name in headers if name.startswith("x-amz-")} | {"host"}
    if not must.issubset(signed.signed_headers) or not set(signed.signed_headers) <= set(headers):
        raise _mismatch()


def check_signature(gate: SignatureGate, signed: Signed) -> None:
    """The signature is the one that the secret key gives for this very request (F9)."""
    secret = gate.secrets.get(signed.key_id, "")
    if not hmac.compare_digest(expected_signature(secret, signed), signed.signature):
        raise _mismatch()


CHECKS: tuple[SignatureCheck, ...] = (
    check_key,
    check_scope,
    check_time,
    check_headers,
    check_signature,
)


# --- the computation ---


def expected_signature(secret: str, signed: Signed) -> str:
    """The hexadecimal signature of a request under a secret key."""
    scope = "/".join((signed.date, signed.region, signed.service, signed.terminator))
    digest = hashlib.sha256(canonical_request(signed).encode("utf-8")).hexdigest()
    text = "\n".join((ALGORITHM, signed.timestamp, scope, digest))
    key = f"AWS4{secret}".encode()
    for part in (signed.date, signed.region, signed.service, signed.terminator):
        key = hmac.new(key, part.encode("utf-8"), hashlib.sha256).digest()
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def canonical_request(signed: Signed) -> str:
    """The request as the signer is to have seen it."""
    request = signed.request
    fields = "".join(
        f"{name}:{' '.join(request.headers.get(name, '').split())}\n"
        for name in signed.signed_headers
    )
    return "\n".join(
        (
            request.method,
            quote(request.path, safe="/-_.~"),
            "&".join(sorted(each for each in request.query.split("&") if each)),
            fields,
            ";".join(signed.signed_headers),
            hashlib.sha256(request.body).hexdigest(),
        )
    )


# --- refusals ---


def _refused(code: str, message: str) -> Refused:
    return Refused(Refusal(code, message))


def _incomplete(message: str) -> Refused:
    return _refused("IncompleteSignatureException", message)


def _invalid(message: str) -> Refused:
    return _refused("InvalidSignatureException", message)


def _mismatch() -> Refused:
    return _invalid(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details."
    )
