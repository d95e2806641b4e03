"""Targets in this process and as child processes: WSGI, moto, and what they leave running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.targets.moto import MotoServer, moto
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import encode, read
from conformance.wire.signing import Signer

REQUEST = {
    "ModelName": "in-process",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
    "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b"},
}


def wsgi(application: Any) -> WsgiTarget:
    """Return an application as a target."""
    return WsgiTarget("application", application, fingerprint={"kind": "wsgi"})


def ask(target: Any, operation: str = "CreateModel", body: Any = None) -> Any:
    """Send one signed call."""
    call = encode(operation, REQUEST if body is None else body, url=target.endpoint)
    return target.send(Signer("us-east-1").signed(call))


# -- WSGI ----------------------------------------------------------------------------------


def test_an_application_sees_the_request() -> None:
    """Method, headers, length and body are those of the call; the environment is a valid one."""
    from wsgiref.validate import validator

    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        seen["body"] = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("201 Created", [("Content-Type", "text/plain"), ("X-A", "b")])
        return [b"{", b"}"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["x"])
        reply = ask(wsgi(validator(application)))
    assert (reply.status, reply.body, reply.header("x-a")) == (201, b"{}", "b")
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["HTTP_X_AMZ_TARGET"] == "SageMaker.CreateModel"
    assert seen["CONTENT_TYPE"] == "application/x-amz-json-1.1"
    assert seen["HTTP_AUTHORIZATION"].startswith("AWS4-HMAC-SHA256 ")
    assert b'"in-process"' in seen["body"]


def raises_at_once(_environ: Any, _start: Any) -> Any:
    """Raises before anything is answered."""
    raise LookupError("inside")


def raises_while_sending(_environ: Any, start_response: Any) -> Iterator[bytes]:
    """Raises in the middle of its answer."""
    start_response("200 OK", [])
    yield b"{"
    raise LookupError("inside")


def never_starts(_environ: Any, _start: Any) -> list[bytes]:
    """Never calls start_response."""
    return [b"{}"]


def sends_text(_environ: Any, start_response: Any) -> Any:
    """Sends text in place of bytes."""
    start_response("200 OK", [])
    return ["text"]


def sends_no_status(_environ: Any, start_response: Any) -> Any:
    """Has no number in its status line."""
    start_response("OK", [])
    return []


def returns_nothing(_environ: Any, start_response: Any) -> Any:
    """Returns no answer."""
    start_response("200 OK", [])


@pytest.mark.parametrize(
    "application",
    [
        raises_at_once,
        raises_while_sending,
        never_starts,
        sends_text,
        sends_no_status,
        returns_nothing,
    ],
)
def test_a_mistake_in_an_application_is_a_500(application: Any) -> None:
    """Whatever escapes from an application becomes a 500 with the traceback as its body."""
    reply = ask(wsgi(application))
    assert reply.status == 500
    assert reply.body.startswith(b"Traceback")
    assert read(reply).kind == "server-fault"


def test_what_an_application_writes_comes_first() -> None:
    """The old way of sending, by the callable that start_response returns, works too."""

    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])(b'{"a":')
        return [b"1}"]

    assert ask(wsgi(application)).body == b'{"a":1}'


def test_an_answer_is_closed_also_when_it_fails() -> None:
    """``close`` of an answer's iterator is called whatever happens while it is read."""
    closed = []

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            raise LookupError

        def close(self) -> None:
            closed.append(True)

    def application(_environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Chunks()

    assert ask(wsgi(application)).status == 500
    assert closed == [True]


def test_an_error_may_replace_a_started_answer() -> None:
    """The last call of start_response counts, as when an error handler takes over."""

    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X", "1")])
        try:
            raise ValueError
        except ValueError:
            start_response("503 Busy", [("X", "2")], sys.exc_info())
        return [b""]

    reply = ask(wsgi(application))
    assert (reply.status, reply.header("X")) == (503, "2")


@given(st.integers(100, 999), st.binary(max_size=100))
def test_any_status_and_body_come_back(status: int, body: bytes) -> None:
    """A reply has the status and the bytes that the application gave."""

    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response(f"{status} Any", [])
        return [body]

    reply = ask(wsgi(application))
    assert (reply.status, reply.body) == (status, body)


# -- moto ----------------------------------------------------------------------------------


def test_moto_in_this_process_uses_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto is asked without a connection: with sockets forbidden it answers all the same."""

    def forbidden(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("a socket was used")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    target = moto()
    assert ask(target).status == 200
    described = read(ask(target, "DescribeModel", {"ModelName": "in-process"}))
    assert described.payload["ExecutionRoleArn"] == REQUEST["ExecutionRoleArn"]
    assert ask(target, "DeleteModel", {"ModelName": "in-process"}).status == 200


def test_what_escapes_from_moto_is_a_500() -> None:
    """A request on which moto falls over is answered with 500, not with an exception here."""
    reply = ask(moto(), body=[1])
    assert reply.status == 500


def test_moto_is_known_by_its_version() -> None:
    """The fingerprint has the installed version, and the account is moto's."""
    from importlib.metadata import version

    target = moto()
    assert target.fingerprint() == {"kind": "moto", "version": version("moto")}
    assert target.account == "123456789012"


def is_running(pid: int) -> bool:
    """Tell whether a process is there."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The child processes that a target starts; any that is left is ended."""
    processes: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    class Watched(popen):  # type: ignore[type-arg,misc,valid-type]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_moto_server_is_started_and_ended(started: list[subprocess.Popen[bytes]]) -> None:
    """moto_server listens on a free loopback port, answers, and is gone after ``close``."""
    target = resolve("moto-server", TargetOptions(timeout=10))
    (process,) = started
    try:
        assert target.endpoint.startswith("http://127.0.0.1:")
        assert ask(target).status == 200
        assert read(ask(target, "DescribeModel", {"ModelName": "in-process"})).status == 200
        assert target.fingerprint()["kind"] == "moto-server"
        assert is_running(process.pid)
    finally:
        target.close()
    assert not is_running(process.pid)
    target.close()  # a second time does no harm


@pytest.mark.parametrize("spec", ["moto-server", "reference-server"])
def test_a_server_that_could_not_be_talked_to_is_not_started(
    spec: str, started: list[subprocess.Popen[bytes]], tmp_path: Any
) -> None:
    """Options that cannot be meant, here a CA bundle that is not there, are told before."""
    missing = str(tmp_path / "none.pem")
    with pytest.raises(TargetProblem, match="no such file"):
        resolve(spec, TargetOptions(ca_bundle=missing))
    assert started == []


def test_a_server_that_does_not_start_is_told_and_ended(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child process that ends, or says nothing in time, becomes one sentence."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    begun = time.monotonic()
    with pytest.raises(TargetProblem, match="did not start"):
        MotoServer(lambda _url: moto())
    assert time.monotonic() - begun < 10
    assert all(not is_running(process.pid) for process in started)


def test_reference_server_is_started_and_ended(
    started: list[subprocess.Popen[bytes]],
) -> None:
    """The reference service as a child process answers and is gone after ``close``."""
    target = resolve("reference-server", TargetOptions(timeout=10))
    (process,) = started
    assert ask(target).status == 200
    target.close()
    assert not is_running(process.pid)


def test_a_fault_of_the_reference_is_switched_on(judged: Callable[..., Any]) -> None:
    """``reference:FAULT`` has the fault, ``reference`` has none."""
    from conformance.reference.faults import FAULTS

    fault = next(name for name in FAULTS)
    assert resolve(f"reference:{fault}", TargetOptions()).name == f"reference:{fault}"
    assert ask(resolve("reference", TargetOptions())).status == 200
