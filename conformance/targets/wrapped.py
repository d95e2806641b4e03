"""A target in front of another: it answers for it, and says of itself what the other says."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.targets.protocol import Target
from conformance.wire import Call, Reply


class Wrapped:
    """Hands everything on to ``inner``; those that change what is sent define ``send`` anew."""

    def __init__(self, inner: Target) -> None:
        self._inner = inner
        self.name, self.endpoint, self.account = inner.name, inner.endpoint, inner.account
        self.waits = bool(getattr(inner, "waits", True))
        self.signs_itself = bool(getattr(inner, "signs_itself", False))

    def send(self, call: Call) -> Reply:
        """Return the inner target's reply."""
        return self._inner.send(call)

    def fingerprint(self) -> Mapping[str, str]:
        """Return the inner target's own."""
        return self._inner.fingerprint()

    def close(self) -> None:
        """Close the inner target."""
        self._inner.close()
