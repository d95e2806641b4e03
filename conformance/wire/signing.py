"""Signs calls with SigV4 for the service ``sagemaker``, by botocore's signer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.wire.messages import Call

SERVICE = "sagemaker"

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
        from botocore.awsrequest import AWSRequest

        request: Any = AWSRequest(
            method=call.method, url=call.url, data=call.body, headers=dict(call.headers)
        )
        if later:
            self._sign_as_of(request, datetime.now(UTC) + timedelta(seconds=later))
        else:
            self._auth.add_auth(request)
        return replace(call, headers=dict(request.headers.items()))

    def _sign_as_of(self, request: Any, moment: datetime) -> None:
        """Take the steps of botocore's ``add_auth``, which knows no other time than now."""
        request.context["timestamp"] = f"{moment:%Y%m%dT%H%M%SZ}"
        self._auth._modify_request_before_signing(request)
        text = self._auth.string_to_sign(request, self._auth.canonical_request(request))
        self._auth._inject_signature_to_request(request, self._auth.signature(text, request))


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
