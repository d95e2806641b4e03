"""Envelopes: signed by a maintained library, read strictly, keys refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.certification.envelope import (
    BadKey,
    NotSigned,
    check_signature,
    payload_of,
    sealed,
    signer,
)

PKCS8, PEM = form.PrivateFormat.PKCS8, form.Encoding.PEM


def test_what_is_sealed_can_be_opened_and_checked(keys: tuple[Path, Path]) -> None:
    """The payload comes back byte for byte, and the signature holds."""
    private, public = keys
    document = sealed(b'{"a":1}', signer(private))
    assert payload_of(document) == b'{"a":1}'
    check_signature(document, public)


def test_another_key_did_not_sign_it(keys: tuple[Path, Path], tmp_path: Path) -> None:
    """Whoever signed something else did not sign this."""
    other = tmp_path / "other.pem"
    key = Ed25519PrivateKey.generate().public_key()
    other.write_bytes(key.public_bytes(PEM, form.PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(NotSigned, match="not signed by this key"):
        check_signature(sealed(b"x", signer(keys[0])), other)


def test_keys_that_cannot_sign_are_refused_with_a_sentence(tmp_path: Path) -> None:
    """Missing, no PEM, encrypted, RSA, or public: each says which file and why."""
    ed = Ed25519PrivateKey.generate()
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    contents = {
        "is encrypted": ed.private_bytes(PEM, PKCS8, form.BestAvailableEncryption(b"x")),
        "is no Ed25519 key": rsa.private_bytes(PEM, PKCS8, form.NoEncryption()),
        "holds no private key": ed.public_key().public_bytes(
            PEM, form.PublicFormat.SubjectPublicKeyInfo
        ),
    }
    for why, data in contents.items():
        key = tmp_path / "key.pem"
        key.write_bytes(data)
        with pytest.raises(BadKey, match=f"key.pem {why}"):
            signer(key)
    with pytest.raises(BadKey, match="cannot be read"):
        signer(tmp_path / "missing.pem")


@settings(deadline=None)  # the first import of the library takes its time
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["payload", "payloadType", "signatures", "sig", "keyid"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_any_document_is_an_envelope_or_is_said_to_be_none(value: Any) -> None:
    """Odd forms raise one exception with a sentence, whatever the library thinks of them."""
    document = value if isinstance(value, dict) else {"payload": value}
    with pytest.raises(NotSigned):
        payload_of(document)
