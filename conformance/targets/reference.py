"""The built-in conformant service in two ways: in this process, and as a child process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from conformance import __version__
from conformance.targets.children import end, start
from conformance.targets.protocol import Target, TargetProblem
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply
from conformance.wire.signing import Credentials

_LISTENING = "listening on "


def _checked(spec: str) -> list[str]:
    """Return the faults that ``reference:FAULT+FAULT`` names; raises ``TargetProblem``."""
    _, colon, named = spec.partition(":")
    if not colon:
        return []
    from conformance.reference.faults import FAULTS

    faults = named.split("+")
    for fault in faults:
        if fault not in FAULTS:
            raise TargetProblem(f"the reference service has no fault named {fault!r}")
    return faults


def secrets_of(credentials: Credentials | None) -> dict[str, str]:
    """Return secret keys by access key, as the reference takes them; the dummies where none."""
    keys = credentials or Credentials()
    return {keys.access_key: keys.secret_key}


def reference(spec: str, **strict: Any) -> WsgiTarget:
    """Return the reference service in this process; ``spec`` is ``reference[:FAULT[+FAULT]]``.

    ``strict`` is what is switched on (see ``conformance.reference.strict``); without ``sigv4``
    requests must be signed with the suite's dummy keys.
    """
    from conformance.reference import ConnectionDropped, application
    from conformance.reference.places import DEFAULT_ACCOUNT

    faults = _checked(spec)
    return WsgiTarget(
        spec,
        application(faults, **{"sigv4": secrets_of(None), **strict}),
        fingerprint={"kind": "reference", "version": __version__},
        account=DEFAULT_ACCOUNT,
        drops=(ConnectionDropped,),
    )


class ReferenceServer:
    """The reference service as a child process on a free loopback port."""

    def __init__(
        self, spec: str, connect: Callable[[str], Target], *, checks_signatures: bool = True
    ) -> None:
        """Start the server; ``connect`` makes the target that talks to the server's URL.

        It wants requests to be signed with the suite's dummy keys, if it checks signatures: a
        secret of the user's must not be seen on a command line.
        """
        from conformance.reference.places import DEFAULT_ACCOUNT

        self.name = spec
        self.account: str | None = DEFAULT_ACCOUNT
        options = [part for fault in _checked(spec) for part in ("--fault", fault)]
        if checks_signatures:
            options += ["--sigv4", ":".join(*secrets_of(None).items())]
        self._process = start(
            "conformance.reference",
            *("--port", "0", *options),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert self._process.stdout is not None
            line = self._process.stdout.readline().decode().strip()
            if not line.startswith(_LISTENING):
                raise TargetProblem("the reference service did not start")
            self.endpoint = line.removeprefix(_LISTENING).rstrip("/") + "/"
            self._connection = connect(self.endpoint)
        except BaseException:  # whatever stops us, Ctrl-C included, no child stays behind
            self.close()
            raise

    def send(self, call: Call) -> Reply:
        """Return the server's reply over a real connection."""
        return self._connection.send(call)

    def fingerprint(self) -> Mapping[str, str]:
        """Return kind and version of the reference service."""
        return {"kind": "reference-server", "version": __version__}

    def close(self) -> None:
        """End the child process."""
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()
        end(self._process)
