"""``st`` as users run it, with our hooks, against the reference service in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from fakes.processes import environment, reference_server
from fakes.raw_server import serving

from conformance.exports.openapi import openapi, path
from conformance.wire import encode
from conformance.wire.signing import Signer

#: The command as the package installs it.
_ST = [sys.executable, "-m", "schemathesis.cli"]

_SIGNED = ("--sigv4", "test:test")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def st(tmp_path: Path) -> Run:
    """Runs ``st run`` on a document, ours unless another is given."""

    def run(
        url: str, *options: str, document: dict[str, Any] | None = None
    ) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "openapi.json"
        file.write_text(json.dumps(document or openapi()))
        return subprocess.run(
            [*_ST, "run", str(file), "--url", url, "--no-color", *options],
            cwd=tmp_path,
            env=environment(SCHEMATHESIS_HOOKS="conformance.schemathesis_hooks"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=290,
            check=False,
        )

    return run


def _small(*members: str) -> dict[str, Any]:
    """Our document with few members of CreateModel: quick, and still ours in every part."""
    document = openapi()
    document["paths"] = {path("CreateModel"): document["paths"][path("CreateModel")]}
    shape = document["components"]["schemas"]["CreateModelInput"]
    shape["properties"] = {name: shape["properties"][name] for name in ("ModelName", *members)}
    return document


def _models(url: str) -> list[Any]:
    call = Signer("us-east-1").signed(encode("ListModels", {}, url=url))
    answer = requests.post(url, data=call.body, headers=dict(call.headers), timeout=10)
    found: list[Any] = answer.json()["Models"]
    return found


def test_a_conformant_service_gets_no_finding_and_keeps_no_model(st: Run) -> None:
    """Examples, boundary values and random requests: exit code 0, and nothing stays behind."""
    with reference_server(options=_SIGNED) as (url, _):
        done = st(url, "--max-examples", "3", document=_small())
        assert done.returncode == 0, done.stdout + done.stderr
        assert "No issues found" in done.stdout
        assert _models(url) == []


@pytest.mark.parametrize(
    ("fault", "phase", "says"),
    [
        (
            "model-name-max-length-64",
            "coverage",
            "CreateModel/ModelName:max-length is broken at ModelName",
        ),
        pytest.param(
            "enable-network-isolation-type-unchecked",
            "coverage",
            "CreateModel/EnableNetworkIsolation:type is broken at EnableNetworkIsolation",
            marks=pytest.mark.proof,
        ),
        ("rejects-everything", "examples", "The target refused a legal request (400"),
    ],
)
def test_a_fault_is_found_and_named(fault: str, phase: str, says: str, st: Run) -> None:
    """Exit code 1, and the output has our sentence with the rule that is broken."""
    with reference_server(fault) as (url, _):
        document = _small("EnableNetworkIsolation")
        done = st(url, "--phases", phase, document=document)
    assert done.returncode == 1, done.stdout + done.stderr
    assert says in " ".join(done.stdout.split())


@pytest.mark.proof
def test_checks_that_judge_by_labels_are_switched_off(st: Run) -> None:
    """A service that answers 403 to everything has refused, not failed: none of st's own checks
    on statuses and methods speaks up.
    """
    with reference_server("denies-everything-403") as (url, _):
        done = st(url, "--phases", "coverage", document=_small())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.proof
def test_the_whole_document_gets_no_finding_on_a_conformant_service(st: Run) -> None:
    """All operations and all phases."""
    with reference_server(options=_SIGNED) as (url, _):
        done = st(url, "--max-examples", "20")
        assert done.returncode == 0, done.stdout + done.stderr
        assert _models(url) == []


#: Has the hooks delete a model that was made at the URL that is the argument. In a process of its
#: own, for whoever imports the hooks has them.
_DELETES = """
import sys
from types import SimpleNamespace as Some
from conformance import schemathesis_hooks as hooks
case = Some(operation=Some(path="/#X-Amz-Target=SageMaker.CreateModel"))
request = Some(body=b'{"ModelName": "ours"}', headers={}, method="POST", url=sys.argv[1])
answer = b'{"ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/ours"}'
kind = {"content-type": ["application/x-amz-json-1.1"]}
made = Some(status_code=200, headers=kind, content=answer, request=request, verify=True)
hooks.after_call(None, case, made)
"""


def test_a_deletion_follows_no_redirect() -> None:
    """Found: a target could have had it sent, signed, to anybody else."""
    with serving() as start:
        elsewhere = start(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        there = f"http://127.0.0.1:{elsewhere.port}/".encode()
        target = start(
            b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: "
            + there
            + b"\r\n\r\n"
        )
        url = f"http://127.0.0.1:{target.port}/"
        command = [sys.executable, "-c", _DELETES, url]
        subprocess.run(command, env=environment(), check=True, timeout=60)
        assert [b"SageMaker.DeleteModel" in each for each in target.requests] == [True]
        assert elsewhere.requests == []
