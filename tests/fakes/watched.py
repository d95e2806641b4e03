"""A reference service in this process that outlives the runs it is asked by, and watches them."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from conformance.reference import application

_CREATES = {
    "SageMaker.CreateModel": "ModelName",
    "SageMaker.CreateEndpointConfig": "EndpointConfigName",
}


class Watched:
    """What was made on the service; what arrived without an intent in a journal before it.

    ``folder`` is where the run that is to be watched writes, once it is named.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.url = ""
        self.folder: Path | None = None
        self.configs: set[str] = set()
        self.creates = 0
        self.unjournalled: list[str] = []
        self._service = application(list(faults))

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Any:
        member = _CREATES.get(environ.get("HTTP_X_AMZ_TARGET", ""))
        if member is not None and environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            self._see(member, body)
        return self._service(environ, start_response)

    def _see(self, member: str, body: bytes) -> None:
        try:
            name = json.loads(body).get(member)
        except (ValueError, AttributeError):
            return
        if not isinstance(name, str) or not name.startswith("cmc"):
            return
        self.creates += 1
        if member == "EndpointConfigName":
            self.configs.add(name)
        if self.folder is not None:
            written = b"".join(each.read_bytes() for each in self.folder.glob("journal*.ndjson"))
            if json.dumps(name).encode() not in written:
                self.unjournalled.append(name)


class _Silent(WSGIRequestHandler):
    """Says nothing of each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def watched(*faults: str) -> Iterator[Watched]:
    """A watched service that listens on a loopback port."""
    service = Watched(faults)
    server = make_server("127.0.0.1", 0, service, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
