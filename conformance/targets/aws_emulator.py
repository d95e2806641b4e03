"""AWS Emulator, AWS's own: HTTPS on a port of this machine, with a CA and keys of its own.

It writes both, anew with each start, into a folder named for its port, ``~/.aws/emulator/PORT/``:
``ca.pem``, ``config`` and a file of credentials (AWS Emulator User Guide, "Command reference" and
"Pointing your AWS SDK at AWS Emulator"). Without a file of credentials it checks no signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.targets.http import HttpTarget
from conformance.targets.protocol import TargetOptions, TargetProblem
from conformance.wire.signing import Credentials

NAME = "aws-emulator"
ACCOUNT = "000000000000"
DEFAULT_PORT = 9297

#: Where keys may be, in this order. The guide names ``config`` and a file of credentials.
_FILES = ("emulator_credentials", "credentials", "config")


def _port(spec: str) -> int:
    _, colon, port = spec.partition(":")
    if not colon:
        return DEFAULT_PORT
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise TargetProblem(f"{spec!r} does not have the form {NAME}[:PORT]")
    return int(port)


def folder_of(spec: str) -> Path:
    """Return where the emulator of ``aws-emulator[:PORT]`` writes its files."""
    return Path.home() / ".aws" / "emulator" / str(_port(spec))


def keys_of(spec: str) -> Credentials:
    """Return the keys that the emulator has written down; the dummies where it checks none.

    Raises ``TargetProblem`` when no such emulator runs, or what it wrote cannot be read.
    """
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import BotoCoreError

    folder = folder_of(spec)
    if not folder.is_dir():
        raise TargetProblem(
            f"no AWS Emulator runs on port {_port(spec)}: it would have written {folder}"
        )
    for name in _FILES:
        if not (folder / name).is_file():
            continue
        try:
            profiles: Mapping[str, Any] = raw_config_parse(str(folder / name))
        except BotoCoreError as problem:
            raise TargetProblem(f"{folder / name} cannot be read: {problem}") from problem
        for profile in sorted(
            profiles.values(), key=lambda each: each is not profiles.get("default")
        ):
            key, secret = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
            if key and secret:
                return Credentials(key, secret, profile.get("aws_session_token"))
    return Credentials()


class AwsEmulator(HttpTarget):
    """The emulator on its port: its certificate is trusted, and nobody else's."""

    def __init__(self, spec: str, options: TargetOptions) -> None:
        """Raises ``TargetProblem`` with one sentence when no such emulator runs."""
        ca_bundle = options.ca_bundle or str(folder_of(spec) / "ca.pem")
        if not Path(ca_bundle).is_file():
            raise TargetProblem(
                f"no AWS Emulator runs on port {_port(spec)}: it would have written {ca_bundle}"
            )
        url = f"https://127.0.0.1:{_port(spec)}"
        super().__init__(url, replace(options, ca_bundle=ca_bundle))
        self.name = spec
        self.account: str | None = ACCOUNT
        self.credentials = keys_of(spec)

    def fingerprint(self) -> Mapping[str, str]:
        """Return the kind and the Server header that was seen, if any."""
        return {**super().fingerprint(), "kind": NAME}
