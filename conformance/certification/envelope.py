"""DSSE envelopes: a certificate signed with an Ed25519 key, by securesystemslib.

Keys are PEM files as OpenSSL writes them: ``openssl genpkey -algorithm ed25519 -out key.pem`` and
``openssl pkey -in key.pem -pubout -out public.pem``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.bounded import bytes_of

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class BadKey(Exception):
    """A file holds no key that can be used; the message says why."""


class NotSigned(Exception):
    """An envelope does not hold what it claims, or not by this key; the message says why."""


def sealed(payload: bytes, by: Any) -> dict[str, Any]:
    """Return the envelope of a payload, signed by a ``signer``."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(by)
    document: dict[str, Any] = envelope.to_dict()
    return document


def signer(key: Path) -> Any:
    """Return what signs with the private key in a file. Raises ``BadKey``."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    data = _read(key)
    try:
        private = load_pem_private_key(data, password=None)
    except TypeError as problem:
        raise BadKey(f"{key} is encrypted: give a key without a password") from problem
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise BadKey(f"{key} holds no private key in PEM form") from problem
    if not isinstance(private, Ed25519PrivateKey):
        raise BadKey(f"{key} is no Ed25519 key (openssl genpkey -algorithm ed25519)")
    return CryptoSigner(private)


def payload_of(document: Mapping[str, Any]) -> bytes:
    """Return what an envelope holds, its signature unseen. Raises ``NotSigned`` for odd forms.

    Base64 that decodes to the same bytes in another spelling is odd: nobody writes it.
    """
    envelope = _envelope(document)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise NotSigned(f"the envelope's payload is no in-toto statement, but {PAYLOAD_TYPE} is")
    if envelope.to_dict() != document:
        raise NotSigned("the envelope is not written as envelopes are")
    payload: bytes = envelope.payload
    return payload


def key_ids(document: Mapping[str, Any]) -> list[str]:
    """Return the ids of the keys that an envelope says to be signed with."""
    return list(_envelope(document).signatures)


def check_signature(document: Mapping[str, Any], key: Path) -> None:
    """Raise ``NotSigned`` unless the public key in a file signed the envelope, ``BadKey``."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    data = _read(key)
    try:
        public = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise BadKey(f"{key} holds no public key in PEM form") from problem
    if not isinstance(public, Ed25519PublicKey):
        raise BadKey(f"{key} is no Ed25519 key")
    try:
        _envelope(document).verify([SSlibKey.from_crypto(public)], 1)
    except VerificationError as problem:
        raise NotSigned("it is not signed by this key, or was changed afterwards") from problem


def _envelope(document: Mapping[str, Any]) -> Any:
    from copy import deepcopy

    from securesystemslib.dsse import Envelope

    try:
        return Envelope.from_dict(deepcopy(dict(document)))  # it changes what it is given
    except Exception as problem:  # it may be anything, and is the document's fault
        raise NotSigned("it is no DSSE envelope") from problem


def _read(key: Path) -> bytes:
    try:
        return bytes_of(key)
    except OSError as problem:
        raise BadKey(f"{key} cannot be read: {problem.strerror}") from problem
