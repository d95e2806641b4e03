"""A stand-in for AWS Emulator: HTTPS with a CA of its own, keys of its own, SigV4 required.

It writes what AWS Emulator writes, where it writes it: ``HOME/.aws/emulator/PORT/`` with
``ca.pem``, ``config`` and ``emulator_credentials``. Signatures are checked with botocore; what it
implements, the reference service answers; everything else is 501 NotImplemented.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from fakes.authority import certify

from conformance.reference import application
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply

ACCOUNT = "000000000000"
MODELS = ("CreateModel", "DescribeModel", "DeleteModel", "ListModels")


class Emulator:
    """One emulator that runs: its port, its keys, its folder, and what was refused."""

    def __init__(self, implemented: Collection[str]) -> None:
        self.key = "AKIA" + secrets.token_hex(8).upper()
        self.secret = secrets.token_urlsafe(30)
        self.implemented = implemented
        self.refused = 0
        self.operations: list[str] = []
        self.port = 0
        self._service = WsgiTarget("emulator", application(account=ACCOUNT), fingerprint={})

    def answer(self, headers: dict[str, str], body: bytes) -> Reply:
        """The answer to a POST; header names are in small letters."""
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if not self._is_signed(headers, body):
            self.refused += 1
            return _error(403, "UnrecognizedClientException")
        self.operations.append(operation)
        if operation not in self.implemented:
            return _error(501, "NotImplemented")
        return self._service.send(Call(operation, body, headers))

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        """Sign the same headers and body with botocore, as of the same time, and compare."""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/sagemaker/aws4_request, "
            r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})",
            headers.get("authorization", ""),
        )
        if found is None or found[1] != self.key:
            return False
        kept = {name: headers[name] for name in found[3].split(";") if name in headers}
        request: Any = AWSRequest("POST", f"https://{headers['host']}/", kept, body)
        request.context["timestamp"] = headers.get("x-amz-date", "")
        auth: Any = SigV4Auth(Credentials(self.key, self.secret), "sagemaker", found[2])
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return bool(auth.signature(text, request) == found[4])


def _error(status: int, code: str) -> Reply:
    body = json.dumps({"__type": code, "message": "Not here."}).encode()
    headers = (("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body))))
    return Reply(status, headers, body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    emulator: Emulator

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        reply = self.emulator.answer(headers, body)
        head = [f"HTTP/1.1 {reply.status} x", *(f"{name}: {text}" for name, text in reply.headers)]
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + reply.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def emulator(home: Path, *, implemented: Collection[str] = MODELS) -> Iterator[Emulator]:
    """A running stand-in whose files are in this home folder; they go when it ends."""
    running = Emulator(implemented)
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (_Handler,), {"emulator": running})
    ) as server:
        running.port = server.server_port
        folder = home / ".aws" / "emulator" / str(running.port)
        folder.mkdir(parents=True)
        _, context = certify(folder, "127.0.0.1")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        (folder / "config").write_text("[default]\nregion = us-east-1\n", "utf-8")
        (folder / "emulator_credentials").write_text(
            f"[default]\naws_access_key_id = {running.key}\n"
            f"aws_secret_access_key = {running.secret}\n",
            "utf-8",
        )
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
