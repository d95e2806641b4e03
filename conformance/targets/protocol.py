"""The one seam between the suite and whatever it judges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from conformance.spec.regions import is_region
from conformance.wire import Call, Reply


class Target(Protocol):
    """Anything that answers calls.

    ``name`` is how the user called it, ``endpoint`` the URL that calls are signed for,
    ``account`` the account it is known to use (``None`` when it is not known). A target that
    brings its own keys has them in ``credentials``.
    """

    name: str
    endpoint: str
    account: str | None

    def send(self, call: Call) -> Reply:
        """Return the reply to a call; raises ``TransportFault`` when there is none."""

    def fingerprint(self) -> Mapping[str, str]:
        """Return what identifies the implementation: its kind, and its version where known."""

    def close(self) -> None:
        """Give back what the target holds: sockets, child processes."""


class TargetProblem(Exception):
    """A target cannot be used as asked for; the message is one sentence for the user."""


@dataclass(frozen=True)
class TargetOptions:
    """What the user says about a target. ``timeout`` is in seconds, for each request; ``rate`` in
    requests a second, of all processes together. ``aws_endpoint`` is where AWS is asked once the
    user has agreed to it.
    """

    region: str = "us-east-1"
    ca_bundle: str | None = None
    timeout: float = 30.0
    allow_aws: bool = False
    client: str = "requests"
    rate: float | None = None
    aws_endpoint: str | None = None


_LONGEST_TIMEOUT = 86_400
_SLOWEST, _FASTEST = 0.01, 10_000


def check(options: TargetOptions, account: str | None = None) -> None:
    """Raise ``TargetProblem`` for a region, account, rate or time-out that cannot be meant."""
    if account is not None and not re.fullmatch("[0-9]{12}", account):
        raise TargetProblem(f"account {account!r} is not an account of twelve digits")
    if not is_region(options.region):
        raise TargetProblem(f"region {options.region!r} is not a region such as us-east-1")
    if not 0 < options.timeout <= _LONGEST_TIMEOUT:
        raise TargetProblem(f"a timeout is more than 0 and at most {_LONGEST_TIMEOUT} seconds")
    if options.rate is not None and not _SLOWEST <= options.rate <= _FASTEST:
        raise TargetProblem(f"a rate is from {_SLOWEST} to {_FASTEST} requests a second")
