"""Small requirement sets: certificates that are made and verified within a second."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli.certify import command as certify
from conformance.oracle import catalogue
from conformance.spec import requirements as sets
from conformance.spec.requirements import Requirements, UnknownRequirements

#: One rule of each kind that is judged differently.
CORE = (
    "CreateModel/ModelName:max-length",
    "CreateModel/ModelName:pattern",
    "CreateModel/EnableNetworkIsolation:type",
    "request/one-multi-model-container",
    "errors/status",
    "response/model-arn",
)
FULL = (
    "wire/malformed-json",
    "wire/target-missing",
    "lifecycle/duplicate-name-is-rejected",
    "tags/add",
    "list/created-after",
    "concurrency/one-name",
)


@dataclass(frozen=True)
class Certified:
    """What a certification left."""

    folder: Path
    result: Result

    @property
    def document(self) -> dict[str, Any]:
        """The content of certificate.json."""
        found: dict[str, Any] = json.loads((self.folder / "certificate.json").read_text("utf-8"))
        return found


Certify = Callable[..., Certified]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Requirements:
    """A requirement set of a dozen rules under the name of the real one, whose corpus it has."""
    real = sets.requirements()
    few = Requirements(
        name=real.name,
        added={"Core": CORE, "Full": FULL},
        corpus=real.corpus,
        specification=real.specification,
        digest="sha256:" + "5" * 64,
    )
    everything = tuple(
        rule for rule in catalogue.all_rules() if rule.id in (*CORE, *FULL, "auth/unsigned")
    )
    for rule in catalogue.all_rules():
        catalogue.rule_by_id(rule.id)  # remembers each, whatever all_rules() says from now on
    from conformance.certification import verification

    def named(name: str = real.name) -> Requirements:
        if name != real.name:
            raise UnknownRequirements(name)
        return few

    monkeypatch.setattr(sets, "requirements", named)
    monkeypatch.setattr(verification, "requirements", named)
    monkeypatch.setattr(catalogue, "all_rules", lambda: everything)
    monkeypatch.setattr(verification, "all_rules", lambda: everything)
    return few


@pytest.fixture
def certified(small: Requirements, tmp_path: Path) -> Certify:
    """Certify a target by the small set."""

    def run(target: str, *options: str, out: str = "out") -> Certified:
        folder = tmp_path / out
        result = CliRunner().invoke(certify, [target, "--out", str(folder), "-q", *options])
        return Certified(folder, result)

    return run


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """An Ed25519 key pair in PEM files: private, public."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private, public = tmp_path / "key.pem", tmp_path / "public.pem"
    private.write_bytes(
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    )
    public.write_bytes(
        key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public
