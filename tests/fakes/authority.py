"""A certificate authority for servers of tests, and certificates that nobody should trust."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certify(
    folder: Path, host: str, *, ended: timedelta = timedelta(hours=-1), self_signed: bool = False
) -> tuple[Path, ssl.SSLContext]:
    """Make a CA and a certificate by it for a host, an IP address; their files are in the folder.

    The certificate ``ended`` so long ago: by default it is valid for another hour. One that is
    ``self_signed`` is by nobody else. Returns the file of the CA, and what a server for the host
    needs.
    """
    now = datetime.now(UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test CA")])

    def certificate(
        name: x509.Name, of: Any, by: tuple[x509.Name, Any], until: datetime, *more: Any
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(by[0])
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(hours=2))
            .not_valid_after(until)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by[1].public_key()), False
            )
        )
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        return builder.sign(by[1], hashes.SHA256())

    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    ca = certificate(
        ca_name,
        ca_key,
        (ca_name, ca_key),
        now + timedelta(hours=1),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False),
        (usage, True),
    )
    own_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    own = certificate(
        own_name,
        key,
        (own_name, key) if self_signed else (ca_name, ca_key),
        now - ended,
        (x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False),
    )
    pem = serialization.Encoding.PEM
    authority = folder / "ca.pem"
    authority.write_bytes(ca.public_bytes(pem))
    chain = folder / "server.pem"
    chain.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + own.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return authority, context
