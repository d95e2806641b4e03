"""AWS Emulator: its CA is trusted, its keys sign, its account is known, 501 is no failure."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.authority import certify
from fakes.emulator import ACCOUNT, Emulator, emulator
from fakes.processes import command

from conformance.oracle.catalogue import all_rules
from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.wire import TransportFault, encode
from conformance.wire.signing import Credentials


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def running(home: Path) -> Iterator[Emulator]:
    """An emulator that runs, with its files in the home folder."""
    with emulator(home) as each:
        yield each


def catalogue() -> list[str]:
    """The ids of all rules."""
    return [rule.id for rule in all_rules()]


def told(spec: str) -> str:
    """The sentence with which a target is refused."""
    with pytest.raises(TargetProblem) as problem:
        resolve(spec, TargetOptions())
    return str(problem.value)


def test_it_is_judged_with_its_own_keys_over_its_own_ca(
    running: Emulator, judged: Callable[..., Any]
) -> None:
    """Every request is taken as signed, models are in its account, tags are unsupported."""
    target = resolve(f"aws-emulator:{running.port}", TargetOptions())
    rules = ["CreateModel/ModelName:max-length", "response/model-arn-account", "auth/unsigned"]
    done = judged(target, rules, demands_auth=True)
    target.close()
    assert set(done.verdicts()) == {"pass"}
    assert target.account == ACCOUNT
    assert running.refused == 1  # the request that nobody signed, and no other
    assert target.fingerprint()["kind"] == "aws-emulator"


def test_what_it_does_not_implement_yet_is_unsupported(
    running: Emulator, judged: Callable[..., Any]
) -> None:
    """501 NotImplemented fails no rule: coverage shows it."""
    target = resolve(f"aws-emulator:{running.port}", TargetOptions())
    done = judged(target, [rule for rule in catalogue() if rule.startswith("tags/add")])
    target.close()
    assert set(done.verdicts()) == {"unsupported"}
    assert "AddTags" in running.operations


def test_a_run_needs_nothing_but_the_port(running: Emulator, tmp_path: Path) -> None:
    """From the command line: no CA, no keys, no account, and none of its keys in the results."""
    done = command(
        *("run", f"aws-emulator:{running.port}", "--select", "response/*", "--out", "out"),
        cwd=tmp_path,
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert running.refused == 0
    left = [
        each for each in (tmp_path / "out").iterdir() if running.secret in each.read_text("latin-1")
    ]
    assert left == []


def test_keys_may_stand_in_the_config(running: Emulator, home: Path) -> None:
    """Keys are taken from the config where there is no file of credentials."""
    folder = home / ".aws" / "emulator" / str(running.port)
    (folder / "emulator_credentials").rename(folder / "config")
    target = resolve(f"aws-emulator:{running.port}", TargetOptions())
    assert target.credentials == Credentials(running.key, running.secret)  # type: ignore[attr-defined]


def test_without_keys_the_dummies_sign(running: Emulator, home: Path) -> None:
    """An emulator that was told to check no signatures writes no keys."""
    (home / ".aws" / "emulator" / str(running.port) / "emulator_credentials").unlink()
    target = resolve(f"aws-emulator:{running.port}", TargetOptions())
    assert target.credentials == Credentials()  # type: ignore[attr-defined]


def test_the_users_own_keys_are_not_sent_to_it(
    running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys in the environment are for AWS; the emulator's sign, whatever stands there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY1234")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "c" * 40)
    target = resolve(f"aws-emulator:{running.port}", TargetOptions())
    assert target.credentials.access_key == running.key  # type: ignore[attr-defined]


def test_another_ca_is_not_trusted(running: Emulator, home: Path) -> None:
    """A server whose certificate is by somebody else gets no request."""
    folder = home / ".aws" / "emulator" / str(running.port)
    (folder / "other").mkdir()
    certify(folder / "other", "127.0.0.1")
    target = resolve(
        f"aws-emulator:{running.port}", TargetOptions(ca_bundle=str(folder / "other" / "ca.pem"))
    )
    with pytest.raises(TransportFault, match="TLS: "):
        target.send(encode("ListModels", {}, url=target.endpoint))
    shutil.rmtree(folder / "other")
    assert running.operations == []


def test_an_emulator_that_does_not_run_is_told(home: Path) -> None:
    """Its folder goes when it ends: the sentence says what is missing, and for which port."""
    sentence = told("aws-emulator")
    assert "no AWS Emulator runs on port 9297" in sentence
    assert str(home / ".aws" / "emulator" / "9297") in sentence


@pytest.mark.parametrize("port", ["", "0", "65536", "x", "-1", "٩٢٩٧", "1:2"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    """The form that is wanted is shown."""
    assert "aws-emulator[:PORT]" in told(f"aws-emulator:{port}")
