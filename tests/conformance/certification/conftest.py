"""Small requirement sets: certificates that are made and verified within a second."""

from __future__ import annotations

import json
import shutil
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


@pytest.fixture(scope="session")
def _once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, ...], Result]]:
    """Where certifications are kept that many tests look at, and what came of them."""
    return tmp_path_factory.mktemp("certified"), {}


@pytest.fixture
def certificate(certified: Certify, _once: Any, tmp_path: Path) -> Certify:
    """A copy of its own of a certification that is made once: for tests of what comes after."""
    kept, results = _once

    def copied(*arguments: str, out: str = "out") -> Certified:
        name = str(list(results).index(arguments) if arguments in results else len(results))
        if arguments not in results:
            results[arguments] = certified(*arguments, out=str(kept / name)).result
        shutil.copytree(kept / name, tmp_path / out)
        return Certified(tmp_path / out, results[arguments])

    return copied


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An Ed25519 key pair in PEM files: private, public."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    folder = tmp_path_factory.mktemp("keys")
    private, public = folder / "key.pem", folder / "public.pem"
    private.write_bytes(
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    )
    public.write_bytes(
        key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public
