"""moto in two ways: in this process without sockets, and as a ``moto_server`` child process."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import IO

from conformance.targets.children import end, start
from conformance.targets.protocol import Target, TargetProblem
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply

ACCOUNT = "123456789012"
_STARTS_WITHIN = 60.0
_ADDRESS = re.compile(rb"Running on http://127\.0\.0\.1:(\d+)")


def moto() -> WsgiTarget:
    """Return moto's SageMaker backend in this process, with the state that it has here."""
    from moto.moto_server.werkzeug_app import create_backend_app

    return WsgiTarget(
        "moto",
        create_backend_app("sagemaker"),
        fingerprint={"kind": "moto", "version": version("moto")},
        account=ACCOUNT,
    )


class MotoServer:
    """A ``moto_server`` child process on a free loopback port, started and ended by the suite."""

    name = "moto-server"
    account: str | None = ACCOUNT

    def __init__(self, connect: Callable[[str], Target]) -> None:
        """Start the server; ``connect`` makes the target that talks to the server's URL."""
        with tempfile.TemporaryFile() as log:
            where = ("-H", "127.0.0.1", "-p", "0")
            self._process = start("moto.server", *where, stdout=subprocess.DEVNULL, stderr=log)
            try:
                self.endpoint = self._address(log)
                self._connection = connect(self.endpoint)
            except BaseException:  # whatever stops us, Ctrl-C included, no child stays behind
                self.close()
                raise

    def _address(self, log: IO[bytes]) -> str:
        """Wait until the server has written where it listens (it chooses the port itself)."""
        deadline = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            log.seek(0)
            found = _ADDRESS.search(log.read())
            if found:
                return f"http://127.0.0.1:{int(found.group(1))}/"
            time.sleep(0.02)
        raise TargetProblem("moto_server did not start: is moto[server] installed?")

    def send(self, call: Call) -> Reply:
        """Return the server's reply over a real connection."""
        return self._connection.send(call)

    def fingerprint(self) -> Mapping[str, str]:
        """Return kind and version of moto."""
        return {"kind": "moto-server", "version": version("moto")}

    def close(self) -> None:
        """End the child process."""
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()
        end(self._process)
