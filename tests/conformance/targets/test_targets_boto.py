"""URLs asked by boto3: exactly what was asked arrives, or nothing is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetOptions, resolve
from conformance.wire import Reply, TransportFault, encode
from strategies.requests import create_model_requests


class Recording:
    """A server that keeps what it is sent and gives one answer."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answer: tuple[int, bytes] = (200, b'{"ModelArn": "arn"}')
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((dict(self.headers), body))
                status, data = outer.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("x-amzn-RequestId", "1")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def recording() -> Iterator[Recording]:
    """A server that keeps what it is sent."""
    server = Recording()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(scope="module")
def target(recording: Recording) -> Iterator[Any]:
    """That server, asked by boto3."""
    asked = resolve(recording.url, TargetOptions(client="boto3", timeout=5))
    yield asked
    asked.close()


def send(target: Any, body: Any, operation: str = "CreateModel") -> Reply:
    """Send one call."""
    return target.send(encode(operation, body, url=target.endpoint))


def exactly_or_not_at_all(recording: Recording, target: Any, body: Any) -> bool:
    """Send a body; what arrives is the body asked for, else nothing does. Tells whether it did."""
    before = len(recording.received)
    fault: TransportFault | None = None
    try:
        send(target, body)
    except TransportFault as problem:
        fault = problem
    if fault is not None:
        assert fault.kind == "unsendable"
        assert "\n" not in fault.detail
        assert len(recording.received) == before
        return False
    ((_, arrived),) = recording.received[before:]
    assert json.dumps(json.loads(arrived), sort_keys=True) == json.dumps(body, sort_keys=True)
    return True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=create_model_requests())
def test_legal_requests_arrive_as_asked(recording: Recording, target: Any, body: Any) -> None:
    """boto3 can send every legal request, and the bytes that arrive are the JSON that was asked."""
    assert exactly_or_not_at_all(recording, target, body)


@pytest.mark.parametrize(
    "body",
    [
        {"ModelName": "a", "Unknown": 1},
        {"ModelName": "a", "PrimaryContainer": {"Unknown": "x"}},
        {"ModelName": "a", "PrimaryContainer": "text"},
        {"ModelName": "a", "PrimaryContainer": ["x"]},
        {"ModelName": "a", "Tags": "text"},
        {"ModelName": "a", "Tags": {}},
        {"ModelName": "a", "Tags": [None]},
        {"ModelName": "a", "Tags": 5},
        [1],
        "text",
        5,
        True,
        None,
    ],
    ids=str,
)
def test_what_boto3_cannot_send_is_not_sent(recording: Recording, target: Any, body: Any) -> None:
    """Unknown members, values of another structure, bodies that are no objects: ``unsendable``."""
    assert not exactly_or_not_at_all(recording, target, body)


@pytest.mark.parametrize("value", [5, True, 1.5, ["a"], {}, "", "é\n\U0001f600", "\ud800", None])
@pytest.mark.parametrize("member", ["ModelName", "EnableNetworkIsolation"])
def test_a_scalar_of_another_type_arrives_as_asked_or_not_at_all(
    member: str, value: Any, recording: Recording, target: Any
) -> None:
    """Whatever boto3 makes of a value, never does something else than asked arrive."""
    exactly_or_not_at_all(recording, target, {"ModelName": "a", member: value})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"ModelArn": "arn"}'),
        (200, b""),
        (200, b"<html>"),
        (400, b'{"__type": "ValidationException", "message": "no"}'),
        (400, b"<html>"),
        (403, b""),
        (500, b'{"__type": "InternalFailure"}'),
        (503, b"busy"),
    ],
)
def test_every_answer_is_a_reply(
    status: int, body: bytes, recording: Recording, target: Any
) -> None:
    """Errors and nonsense come back as they are, asked for once: boto3 does not try again."""
    before = len(recording.received)
    usual, recording.answer = recording.answer, (status, body)
    try:
        reply = send(target, {"ModelName": "a"})
    finally:
        recording.answer = usual
    assert (reply.status, reply.body) == (status, body)
    assert reply.header("x-amzn-requestid") == "1"
    assert len(recording.received) == before + 1


def test_boto3_signs_and_says_that_it_is_boto3(recording: Recording, target: Any) -> None:
    """Requests are signed with dummy keys and carry boto3's user agent."""
    send(target, {"ModelName": "a"})
    headers = recording.received[-1][0]
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")
    assert "Boto3" in headers["User-Agent"]
    assert headers["X-Amz-Target"] == "SageMaker.CreateModel"
    assert target.fingerprint() == {"kind": "url", "client": "boto3"}


def test_keys_and_proxies_of_the_environment_are_not_used(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's session token never reaches a URL, and no proxy gets the request."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-real-token")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    asked = resolve(recording.url, TargetOptions(client="boto3", timeout=5))
    send(asked, {"ModelName": "a"})
    asked.close()
    seen = str(recording.received[-1][0])
    assert "AKIDREAL" not in seen
    assert "a-real-token" not in seen


def test_a_profile_of_the_environment_does_not_matter(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_PROFILE may name what is not there: the keys are ours anyway."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    asked = resolve(recording.url, TargetOptions(client="boto3", timeout=5))
    assert send(asked, {"ModelName": "a"}).status == 200
    asked.close()


def test_nobody_listens_for_boto3(free_port: int) -> None:
    """A refused connection is the fault ``connect``, in one line without addresses of objects."""
    asked = resolve(f"http://127.0.0.1:{free_port}", TargetOptions(client="boto3", timeout=2))
    with pytest.raises(TransportFault) as told:
        send(asked, {"ModelName": "a"})
    asked.close()
    assert told.value.kind == "connect"
    assert " at 0x" not in told.value.detail
    assert "\n" not in told.value.detail


def test_silence_is_a_timeout_for_boto3() -> None:
    """A server that never answers is given up after the time that the user set."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asked = resolve(url, TargetOptions(client="boto3", timeout=0.3))
        with pytest.raises(TransportFault) as told:
            send(asked, {"ModelName": "a"})
        asked.close()
    assert (told.value.kind, told.value.detail) == ("timeout", "no answer within 0.3 s")


def test_what_cannot_be_sent_is_not_run(recording: Recording, target: Any) -> None:
    """Cases that boto3 cannot send count neither for nor against the target."""
    usual, recording.answer = recording.answer, (200, b'{"ModelArn": "arn"}')
    bench = Bench.at(target)
    judgement = judge_side(rule_by_id("CreateModel/PrimaryContainer:type"), "rejects", bench)
    recording.answer = usual
    assert judgement.cases.get("not-run", 0) > 0
    assert judgement.verdict == "not-run"
    assert judgement.note.startswith("Not sent: boto3")
