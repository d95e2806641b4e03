"""Takes what signs requests out of what a target says: a target may send back what it was sent.

What is looked for are the keys in use, what signed the call that is answered, and anything that has
the form of an AWS signature. The dummy keys of emulators are words of their own and no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote

from conformance.wire.messages import Call, Reply, TransportFault
from conformance.wire.signing import Credentials

REDACTED = "REDACTED"

#: An Authorization header of AWS's, and a signature wherever one is named.
_SIGNED = re.compile(
    rb"(AWS4-[A-Z0-9-]{4,40}[ +](?:Credential|SignedHeaders|Signature)=)[^\"'<>\r\n]{1,2000}"
    rb"|((?:X-Amz-)?Signature(?:=|%3D|\"?: ?\"?))[0-9A-Fa-f]{64}",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?:Signature=|Credential=)([^/,\s]+)")
_NAMES = frozenset({"authorization", "x-amz-security-token"})
_SHORTEST = 8  # characters: what is shorter is found everywhere and protects nothing
_DUMMIES = frozenset({Credentials.access_key, Credentials.secret_key})


class Redaction:
    """Replaces secrets in texts, replies and faults.

    ``credentials`` are the keys in use; what signs a call is learnt from the call itself.
    """

    def __init__(self, credentials: Credentials | None = None) -> None:
        keys = credentials or Credentials()
        self._secrets = usable((keys.access_key, keys.secret_key, keys.token))

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return _clean(text, self._secrets)

    def reply(self, reply: Reply, call: Call) -> Reply:
        """Return a reply without what signed the call that it answers."""
        secrets = self._secrets | _signing(call)
        said = "\n".join(part for header in reply.headers for part in header)
        if not _may_hold(reply.body + b"\n" + _bytes(said), secrets):
            return reply
        body = _without(reply.body, secrets)
        headers = tuple(
            (_clean(name, secrets), _clean(text, secrets)) for name, text in reply.headers
        )
        return replace(reply, body=body, headers=headers)

    def fault(self, fault: TransportFault, call: Call) -> TransportFault:
        """Return a fault whose sentence holds nothing of what signed the call."""
        secrets = self._secrets | _signing(call)
        return TransportFault(
            fault.kind, _without_beginning(_clean(fault.detail, secrets), secrets)
        )


def _signing(call: Call) -> frozenset[str]:
    """Return what signed a call: its header whole, its key, its signature and its token."""
    found = [value for name, value in call.headers.items() if name.lower() in _NAMES]
    parts = [part for value in found for part in _PARTS.findall(value)]
    return usable([*found, *parts])


def usable(secrets: Iterable[str | None]) -> frozenset[str]:
    """Return those that are secrets: no dummies, and none so short that words contain them."""
    return frozenset(
        each for each in secrets if each and len(each) >= _SHORTEST and each not in _DUMMIES
    )


#: How a secret may be written: plain, in a URL, and as JSON writers escape it for slashes and HTML.
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda secret: secret,
    lambda secret: quote(secret, safe=""),
    lambda secret: secret.replace("/", "\\/"),
    lambda secret: secret.replace("=", "\\u003d"),
    lambda secret: secret.replace("=", "\\u003d").replace("+", "\\u002b").replace("/", "\\u002f"),
)


#: What every spelling leaves as it is.
_PLAIN = re.compile("[A-Za-z0-9]+")


def _may_hold(data: bytes, secrets: frozenset[str]) -> bool:
    """Tell whether there is anything to look for; nearly always there is not, at once."""
    for secret in secrets:
        if any(other in secret for other in secrets if other is not secret):
            continue  # a header holds its signature: without that it is not there either
        longest = max(_PLAIN.findall(secret), key=len, default="")
        if longest.encode() in data:
            return True
    lower = data.lower()  # a search that ignores case takes ten times as long
    is_named = b"aws4-" in lower or b"signature" in lower
    return is_named and _SIGNED.search(data) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _clean(text: str, secrets: frozenset[str]) -> str:
    return _without(_bytes(text), secrets).decode("utf-8", "surrogatepass")


def _without_beginning(text: str, secrets: frozenset[str]) -> str:
    """Return a text that was cut to a length without the beginning of a secret at its end."""
    for secret in secrets:
        for length in range(min(len(secret), len(text)), _SHORTEST - 1, -1):
            if text.endswith(secret[:length]):
                return text[:-length] + REDACTED
    return text


def _without(data: bytes, secrets: frozenset[str]) -> bytes:
    # Longest first: a header holds its signature.
    for secret in sorted(secrets, key=len, reverse=True):
        for spelling in _SPELLINGS:
            data = data.replace(spelling(secret).encode("utf-8", "replace"), REDACTED.encode())
    return _SIGNED.sub(lambda found: (found[1] or found[2]) + REDACTED.encode(), data)
