"""Signs calls with SigV4 for the service ``sagemaker``.

botocore's signer knows every kind of request, and takes a quarter of the time of judging. The plain
call, of which nearly all are, is signed here without its detours; tests hold both to be the same.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from conformance.wire.messages import Call

SERVICE = "sagemaker"

_ALGORITHM = "AWS4-HMAC-SHA256"

#: The headers of a plain call. AWS's clients do not sign the last one.
_PLAIN = ("Content-Type", "X-Amz-Target", "User-Agent")

#: Headers that sign a request: no record and no finding holds them.
SIGNATURE = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256")


@dataclass(frozen=True)
class Credentials:
    """Keys to sign with. The defaults are dummies that emulators take.

    ``source`` is what renews keys that expire (botocore's credentials), where there is such.
    """

    access_key: str = field(default="test", repr=False)
    secret_key: str = field(default="test", repr=False)
    token: str | None = field(default=None, repr=False)
    source: Any = field(default=None, repr=False, compare=False)


class Signer:
    """Signs calls for one region with one set of keys."""

    def __init__(
        self, region: str, credentials: Credentials | None = None, service: str = SERVICE
    ) -> None:
        from botocore.auth import SigV4Auth
        from botocore.credentials import Credentials as BotocoreCredentials

        self.region = region
        self._service = service
        self._keys = credentials or Credentials()
        given = BotocoreCredentials(self._keys.access_key, self._keys.secret_key, self._keys.token)
        self._auth: Any = SigV4Auth(self._keys.source or given, service, region)

    def otherwise(
        self, *, key: str | None = None, secret: str | None = None, service: str | None = None
    ) -> Signer:
        """Return a signer that has another key, secret or service than this one."""
        changed = replace(
            self._keys,
            access_key=key or self._keys.access_key,
            secret_key=secret or self._keys.secret_key,
            source=None if key or secret else self._keys.source,
        )
        return Signer(self.region, changed, service or SERVICE)

    def signed(self, call: Call, *, later: float = 0.0) -> Call:
        """Return the call with the headers that sign it, as of so many seconds from now."""
        stamp = _stamp(int(time.time() + later))
        host = _plain_host(call.url)
        is_plain = call.method == "POST" and tuple(call.headers) == _PLAIN
        if host is None or not is_plain or self._keys.source is not None:
            return self._signed_by_botocore(call, stamp)
        return self._signed_plainly(call, host, stamp)

    def _signed_by_botocore(self, call: Call, stamp: str) -> Call:
        """Take the steps of botocore's ``add_auth``, which knows no other time than now."""
        from botocore.awsrequest import AWSRequest

        request: Any = AWSRequest(
            method=call.method, url=call.url, data=call.body, headers=dict(call.headers)
        )
        request.context["timestamp"] = stamp
        self._auth._modify_request_before_signing(request)
        text = self._auth.string_to_sign(request, self._auth.canonical_request(request))
        self._auth._inject_signature_to_request(request, self._auth.signature(text, request))
        return replace(call, headers=dict(request.headers.items()))

    def _signed_plainly(self, call: Call, host: str, stamp: str) -> Call:
        token = self._keys.token
        signed = {
            "content-type": call.headers["Content-Type"],
            "host": host,
            "x-amz-date": stamp,
            **({"x-amz-security-token": token} if token else {}),
            "x-amz-target": call.headers["X-Amz-Target"],
        }
        names = ";".join(signed)
        lines = "".join(f"{name}:{' '.join(text.split())}\n" for name, text in signed.items())
        canonical = f"POST\n/\n\n{lines}\n{names}\n{sha256(call.body).hexdigest()}"
        scope = f"{stamp[:8]}/{self.region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = _signing_key(self._keys.secret_key, stamp[:8], self.region, self._service)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        credential = f"{_ALGORITHM} Credential={self._keys.access_key}/{scope}"
        headers = {
            **call.headers,
            "X-Amz-Date": stamp,
            **({"X-Amz-Security-Token": token} if token else {}),
            "Authorization": f"{credential}, SignedHeaders={names}, Signature={signature}",
        }
        return replace(call, headers=headers)


@lru_cache(maxsize=4)
def _stamp(second: int) -> str:
    """Return an epoch second as SigV4 writes it."""
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%dT%H%M%SZ}"


@lru_cache(maxsize=64)
def _plain_host(url: str) -> str | None:
    """Return the host that is signed for a URL, ``None`` for one that is more than a host."""
    from botocore.auth import _host_from_url

    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query or not parts.scheme.startswith("http"):
        return None
    host: str = _host_from_url(url)
    return host


@lru_cache(maxsize=64)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def profile_credentials(profile: str) -> Credentials:
    """Return the keys of a credential profile of the user's.

    Raises ``LookupError`` with one sentence when there is no such profile or it has no keys.
    """
    found = chain_credentials(profile)
    if found is None:
        raise LookupError(f"credential profile {profile!r} has no credentials")
    return found


def chain_credentials(profile: str | None = None) -> Credentials | None:
    """Return the keys that AWS's own clients would find, of one profile where it is named.

    ``None`` where there are none. Raises ``LookupError`` with one sentence for trouble on the way.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        found: Any = Session(profile=profile).get_credentials()
        frozen = found.get_frozen_credentials() if found is not None else None
    except BotoCoreError as problem:
        what = f"credential profile {profile!r}" if profile else "AWS credentials"
        raise LookupError(f"{what}: {problem}") from problem
    if frozen is None:
        return None
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, source=found)
